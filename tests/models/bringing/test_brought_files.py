"""Files of latents and labels, as people have them: whole, odd and damaged."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Space
from explorer.models.bringing import beside, read_samples_of
from explorer.models.bringing.tables import read_table

SPACE = Space("z", 3, (3,), "N(0, I)")
LATENTS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
WORDS = ("cat", "dog", "cat", "", "fish")
SIZES = (1.5, 2.25, float("nan"), 4.5, 0.125)


def numbers(row: np.ndarray) -> list[str]:
    return [repr(float(one)) for one in row]


def written_table(path: Path, sign: str = ",", names: bool = True) -> Path:
    rows = [[*numbers(row), word, str(size)] for row, word, size in zip(LATENTS, WORDS, SIZES, strict=True)]
    head = [["z1", "z2", "z3", "animal", "size"]] if names else []
    path.write_text("\n".join(sign.join(row) for row in [*head, *rows]) + "\n", encoding="utf-8")
    return path


def written_parquet(path: Path) -> Path:
    import pyarrow
    from pyarrow import parquet

    columns = {f"z{number + 1}": LATENTS[:, number] for number in range(3)}
    parquet.write_table(pyarrow.table({**columns, "animal": list(WORDS), "size": list(SIZES)}), path)
    return path


def test_every_kind_of_parquet_column_is_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "kinds.parquet"
    columns = {
        "whole": pyarrow.array([1, None, -3], "int64"),
        "yes": pyarrow.array([True, False, None]),
        "half": pyarrow.array([0.5, None, float("nan")], "float32"),
        "word": pyarrow.array(["b", None, "a"]).dictionary_encode(),
        "plain": pyarrow.array(["b", None, "b"], "large_string"),
        "none": pyarrow.nulls(3),
        "vector": pyarrow.array([[1.0, 2.0], [3.0, None], [5.0, 6.0]]),
        "fixed": pyarrow.array([[1, 2], [3, 4], [5, 6]], pyarrow.list_(pyarrow.int8(), 2)),
    }
    parquet.write_table(pyarrow.table(columns), path, row_group_size=2)
    nan, table = float("nan"), read_table(path)
    wanted = {
        "whole": [1, nan, -3],
        "yes": [1, 0, nan],
        "half": [0.5, nan, nan],
        "vector": [[1, 2], [3, nan], [5, 6]],
        "fixed": [[1, 2], [3, 4], [5, 6]],
    }
    for name, values in wanted.items():
        np.testing.assert_array_equal(table[name], np.array(values, np.float64))
    assert [table[name].tolist() for name in ("word", "plain", "none")] == [
        ["b", "", "a"],
        ["b", "", "b"],
        ["", "", ""],
    ]


@pytest.mark.parametrize("rows", [[[1.0], [1.0, 2.0]], [[1.0], None]])
def test_lists_of_different_lengths_are_no_latents(rows: list[list[float] | None], tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"z": rows}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="different lengths"):
        read_table(tmp_path / "t.parquet")


def written_npz(path: Path) -> Path:
    np.savez(path, latents=LATENTS, animal=np.array(WORDS), size=np.array(SIZES))
    return path


def written_labels(path: Path, rows: int = 5) -> Path:
    path.write_text("animal,size\n" + "".join(f"{WORDS[i]},{SIZES[i]}\n" for i in range(rows)), encoding="utf-8")
    return path


WRITERS = {
    "t.csv": written_table,
    "semicolons.csv": lambda path: written_table(path, ";"),
    "t.tsv": lambda path: written_table(path, "\t"),
    "t.parquet": written_parquet,
    "t.npz": written_npz,
}


@pytest.mark.parametrize("name", WRITERS)
def test_latents_with_labels_come_back(name: str, tmp_path: Path) -> None:
    samples = read_samples_of([WRITERS[name](tmp_path / name)], SPACE)
    assert np.array_equal(samples.latents, LATENTS)
    animal, size = samples.label("animal"), samples.label("size")
    assert animal is not None
    assert size is not None
    assert animal.names == ("cat", "dog", "fish")
    assert animal.values.tolist() == [0, 1, 0, -1, 2]
    assert not size.is_category
    assert np.array_equal(size.values, np.array(SIZES, np.float32), equal_nan=True)
    assert name in samples.provenance


def test_latents_and_a_table_of_labels_in_any_order(tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", LATENTS)
    labels = written_labels(tmp_path / "labels.csv")
    for paths in ([tmp_path / "l.npy", labels], [labels, tmp_path / "l.npy"]):
        samples = read_samples_of(paths, SPACE)
        assert np.array_equal(samples.latents, LATENTS)
        assert [one.name for one in samples.labels] == ["animal", "size"]


def test_files_of_the_projector(tmp_path: Path) -> None:
    vectors, metadata = tmp_path / "vectors.tsv", tmp_path / "metadata.tsv"
    vectors.write_text("\n".join("\t".join(numbers(row)) for row in LATENTS))
    metadata.write_text("\n".join(["one", "two", "one", "two", "two"]) + "\n")
    samples = read_samples_of([vectors, metadata], SPACE)
    assert np.array_equal(samples.latents, LATENTS)
    assert samples.labels[0].values.tolist() == [0, 1, 0, 1, 1]
    metadata.write_text("word\tcount\n" + "\n".join(f"w{i}\t{i * 0.5}" for i in range(5)))
    samples = read_samples_of([vectors, metadata], SPACE)
    assert [one.name for one in samples.labels] == ["word", "count"]


def test_labels_alone_are_for_the_samples_on_show(tmp_path: Path) -> None:
    known = LatentSet("z", LATENTS, labels=(Labels("old", np.zeros(5, np.int64), ("a",)),))
    samples = read_samples_of([written_labels(tmp_path / "labels.csv")], SPACE, known)
    assert samples.latents is known.latents
    assert [one.name for one in samples.labels] == ["old", "animal", "size"]


def test_the_models_own_shape_is_flattened(tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", LATENTS.reshape(5, 3, 1))
    assert np.array_equal(read_samples_of([tmp_path / "l.npy"], Space("z", 3, (3, 1), "")).latents, LATENTS)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((5, 4)), "Was it made by another model"),
        (np.zeros((3, 50)), "It lies on its side"),
        (np.zeros((2, 8, 8, 3)), "put them into a folder"),
        (np.full((5, 3), np.nan), "Leave those samples out"),
        (np.zeros((0, 3)), "holds no samples"),
        (np.array(["a", "b"]), "no columns of numbers"),
    ],
)
def test_wrong_shapes_are_explained(array: np.ndarray, says: str, tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", array)
    with pytest.raises(InputError, match=says):
        read_samples_of([tmp_path / "l.npy"], SPACE)


def test_a_table_of_another_length_is_explained(tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", LATENTS)
    with pytest.raises(InputError, match=r"labels\.csv has 4 rows, but there are 5 latents"):
        read_samples_of([tmp_path / "l.npy", written_labels(tmp_path / "labels.csv", 4)], SPACE)


def test_an_uneven_table_says_which_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("z1,z2,z3\n1,2,3\n1,2\n")
    with pytest.raises(InputError, match="row 3 has 2 columns"):
        read_samples_of([tmp_path / "t.csv"], SPACE)


def test_python_objects_are_never_unpacked(tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (tmp_path / "p.npz").write_bytes(pickle.dumps([1, 2]))
    for name in ("l.npy", "p.npz"):
        with pytest.raises(InputError, match="Python objects"):
            read_samples_of([tmp_path / name], SPACE)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["t.csv", "t.tsv", "t.parquet", "t.npz", "l.npy"]), data=st.data())
def test_damage_is_an_error_and_nothing_else(name: str, data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "l.npy":
        np.save(path, LATENTS)
    else:
        WRITERS[name](path)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.binary(max_size=20))
    path.write_bytes(whole[:cut] + other)
    try:
        samples = read_samples_of([path], SPACE)
    except InputError:
        return
    assert samples.latents.shape[1] == 3


@pytest.mark.parametrize("name", ["no.npy", "picture.xyz"])
def test_what_is_not_there_or_of_another_kind(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_samples_of([tmp_path / name], SPACE)


def test_beside_the_models_own_both_keep_what_they_know() -> None:
    known = LatentSet("z", LATENTS, labels=(Labels("animal", np.array([0, 1, 0, 1, 1]), ("cat", "dog")),))
    brought = LatentSet(
        "z",
        LATENTS[:2],
        labels=(Labels("animal", np.array([1, 0]), ("dog", "fish")), Labels("size", np.ones(2, np.float32))),
        provenance="brought from x",
    )
    both = beside(known, brought)
    assert len(both) == 7
    source, animal, size = both.labels
    assert [source.text(i) for i in (0, 6)] == ["the model's", "brought"]
    assert animal.names == ("cat", "dog", "fish")
    assert animal.values.tolist() == [0, 1, 0, 1, 1, 2, 1]
    assert np.isnan(size.values[:5]).all()
    assert "beside brought from x" in both.provenance
