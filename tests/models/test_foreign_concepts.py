"""Directions from elsewhere: what is understood, what is explained, and what is never run."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from explorer.errors import ExplorerError
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Part, Space
from explorer.models.companions import write_concepts_to
from explorer.models.foreign_concepts import read_directions

DIM = 6
SAMPLES = LatentSet("w", np.random.default_rng(0).standard_normal((200, DIM)).astype(np.float32))
SPACES = (Space("z", 4, (4,), ""), Space("w", DIM, (DIM,), ""))
CARD = Card("m", "gan", "", 0, SPACES, (4, 4, 3), (0, 1), "", "", "none", fingerprint="ab" * 32)
ROWS = np.random.default_rng(1).standard_normal((3, DIM)).astype(np.float32)


def read(path: Path) -> list[Concept]:
    return read_directions(path, SAMPLES, CARD)[0]


def write(path: Path, rows: np.ndarray) -> None:
    """In the manner of the ending."""
    if path.suffix == ".npy":
        np.save(path, rows)
    elif path.suffix == ".npz":
        np.savez(path, smile=rows)
    elif path.suffix == ".pt":
        torch.save({"smile": torch.from_numpy(rows)}, path)
    elif path.suffix == ".safetensors":
        save_file({"smile": rows}, path)
    else:
        lines = rows.reshape(-1, rows.shape[-1]).tolist()
        path.write_text("\n".join(",".join(map(str, line)) for line in lines))


@pytest.mark.parametrize("ending", ["npy", "npz", "pt", "safetensors", "csv"])
@pytest.mark.parametrize(("shape", "count"), [((DIM,), 1), ((1, DIM), 1), ((3, DIM), 3), ((3, 1, DIM), 3)])
def test_every_kind_of_file_and_shape_is_read(tmp_path: Path, ending: str, shape: tuple[int, ...], count: int) -> None:
    rows = ROWS.reshape(-1)[: int(np.prod(shape))].reshape(shape)
    path = tmp_path / f"smile.{ending}"
    write(path, rows)
    found = read(path)
    assert len(found) == count
    for concept, row in zip(found, rows.reshape(-1, DIM), strict=True):
        np.testing.assert_allclose(concept.direction, row / np.linalg.norm(row), atol=1e-5)
        assert concept.coordinate(SAMPLES.latents).std() == pytest.approx(1, abs=1e-4)
        assert (concept.space, concept.provenance["file"]) == ("w", path.name)


def test_one_direction_for_every_layer_is_one_direction(tmp_path: Path) -> None:
    np.save(tmp_path / "age.npy", np.repeat(ROWS[:1], 18, axis=0))
    (concept,) = read(tmp_path / "age.npy")
    assert concept.name == "age"


def test_an_export_of_ganspace_gives_its_components_alone(tmp_path: Path) -> None:
    parts = {"lat_comp": ROWS[:, None], "lat_stdev": np.ones(3), "lat_mean": np.zeros((1, DIM)), "act_comp": ROWS}
    np.savez(tmp_path / "stylegan_w.npz", **parts)
    found = read(tmp_path / "stylegan_w.npz")
    assert [concept.name for concept in found] == ["lat_comp 1", "lat_comp 2", "lat_comp 3"]


def test_a_csv_may_name_its_lines_and_have_a_head(tmp_path: Path) -> None:
    text = "name," + ",".join(f"w{i}" for i in range(DIM)) + "\nsmile," + ",".join(map(str, ROWS[0].tolist()))
    (tmp_path / "d.csv").write_text(text)
    (concept,) = read(tmp_path / "d.csv")
    assert concept.name == "smile"


def test_our_own_file_brings_names_units_and_scores_back(tmp_path: Path) -> None:
    unit = (ROWS[0] / np.linalg.norm(ROWS[0])).astype(np.float32)
    told = {"method": "linear SVM", "held_out_auc": 0.9, "examples": {"with": [1], "without": [2]}}
    write_concepts_to(tmp_path / "mine.safetensors", [Concept("smile", unit, 1.5, 0.25, "w", told)])
    (back,) = read(tmp_path / "mine.safetensors")
    assert (back.name, back.sigma, back.centre, dict(back.provenance)) == ("smile", 1.5, 0.25, told)


def test_concepts_of_another_space_are_explained(tmp_path: Path) -> None:
    write_concepts_to(tmp_path / "mine.safetensors", [Concept("smile", np.eye(4, dtype=np.float32)[0], 1.0, 0, "z")])
    with pytest.raises(ExplorerError, match="another space \\(z\\)"):
        read(tmp_path / "mine.safetensors")


def test_another_dimension_is_explained_with_what_was_found(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.ones((1, 512)))
    with pytest.raises(ExplorerError, match="holds no direction") as refusal:
        read(tmp_path / "d.npy")
    assert "(1, 512)" in refusal.value.hint
    assert "(6,)" in refusal.value.hint


class Hostile:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("ending", ["npy", "npz", "pt"])
def test_a_hostile_pickle_is_refused_and_never_run(tmp_path: Path, ending: str) -> None:
    path, mark = tmp_path / f"d.{ending}", tmp_path / "it ran"
    if ending == "npy":
        np.save(path, np.array([Hostile(mark)], dtype=object), allow_pickle=True)
    elif ending == "npz":
        np.savez(path, d=np.array([Hostile(mark)], dtype=object))
    else:
        path.write_bytes(pickle.dumps(Hostile(mark)))
    with pytest.raises(ExplorerError):
        read(path)
    assert not mark.exists()


@pytest.mark.parametrize("name", ["d.npy", "d.npz", "d.pt", "d.csv", "d.safetensors", "d.txt", "gone.npy"])
def test_damaged_unknown_and_missing_files_are_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    if name != "gone.npy":
        (tmp_path / name).write_bytes(b"\x00nonsense")
    with pytest.raises(ExplorerError) as refusal:
        read(tmp_path / name)
    assert refusal.value.hint


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.full(DIM, np.nan))
    with pytest.raises(ExplorerError, match="no numbers"):
        read(tmp_path / "d.npy")


@pytest.mark.parametrize(("shape", "count"), [((4, 3), 1), ((3,), 1), ((1, 3), 1), ((12,), 1), ((2, 4, 3), 2)])
def test_in_a_space_of_layers_a_vector_for_each_or_one_for_all_is_a_direction(
    tmp_path: Path, shape: tuple[int, ...], count: int
) -> None:
    parts = tuple(Part(f"layer {number}", 3, "mapped") for number in range(4))
    card = replace(CARD, spaces=(Space("z", 4, (4,), ""), Space("w+", 12, (4, 3), "", parts)))
    samples = LatentSet("w+", np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32))
    rows = np.random.default_rng(1).standard_normal(shape)
    np.save(tmp_path / "smile.npy", rows)
    found = read_directions(tmp_path / "smile.npy", samples, card)[0]
    assert len(found) == count
    wanted = rows.reshape(count, -1) if rows.size == 12 * count else np.tile(rows.reshape(1, 3), (1, 4))
    np.testing.assert_allclose(found[0].direction, wanted[0] / np.linalg.norm(wanted[0]), atol=1e-6)
