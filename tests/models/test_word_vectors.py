"""Word vectors: tables are read safely, the picture lists the nearest words, and arithmetic finds the queen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.errors import CheckpointError
from explorer.models import word_tables
from explorer.models.checkpoint import open_model
from explorer.models.folder import read_samples
from explorer.models.word_tables import WordTable, as_model, is_table, read_table, write_model
from explorer.models.word_vectors import WordVectors

WORDS = ("king", "queen", "man", "woman", "été", "apple")
MALE, FEMALE, ROYAL = np.eye(4, dtype=np.float32)[:3]
VECTORS = np.stack([ROYAL + MALE, ROYAL + FEMALE, MALE, FEMALE, np.eye(4)[3], -MALE]).astype(np.float32)
REAL = Path(__file__).parents[3] / "shared" / "data" / "word2vec_1k.npz"


def as_text(header: bool) -> str:
    lines = [" ".join([word, *map(str, row)]) for word, row in zip(WORDS, VECTORS.tolist(), strict=True)]
    return "\n".join([*(["6 4"] if header else []), *lines]) + "\n"


def files(folder: Path) -> dict[str, Path]:
    made = {"vec": folder / "little.vec", "txt": folder / "little.txt", "npz": folder / "little.npz"}
    made["vec"].write_text(as_text(header=True), encoding="utf-8")
    made["txt"].write_text(as_text(header=False), encoding="utf-8")
    np.savez(made["npz"], words=np.array(WORDS), vectors=VECTORS)
    return made


@pytest.mark.parametrize("kind", ["vec", "txt", "npz"])
def test_each_kind_of_table_gives_the_same_words_and_vectors(tmp_path: Path, kind: str) -> None:
    file = files(tmp_path)[kind]
    assert is_table(file)
    table = read_table(file)
    assert table.words == WORDS
    np.testing.assert_array_equal(table.vectors, VECTORS)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("short.txt", "king 1 2 3\nqueen 1 2\n", "line 2: 2 numbers, not 3"),
        ("words.txt", "king 1 2 3\nqueen one two three\n", "line 2: not all are numbers"),
        ("one.txt", "king 1 2 3\n", "no word vectors"),
        ("nan.txt", "king 1 2\nqueen nan 2\n", "no word vectors"),
        ("empty.txt", "", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError, match=told):
        read_table(tmp_path / name)


def test_objects_in_an_archive_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", words=np.array(["a", {}], dtype=object), vectors=VECTORS[:2])
    with pytest.raises(CheckpointError):
        read_table(tmp_path / "objects.npz")


def test_other_texts_and_archives_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader,\nthis is a letter.\n", encoding="utf-8")
    np.savez(tmp_path / "weights.npz", layer=VECTORS)
    (tmp_path / "bytes.vec").write_bytes(bytes(range(256)))
    assert not any(is_table(tmp_path / name) for name in ("letter.txt", "weights.npz", "bytes.vec", "none.txt"))


@pytest.fixture
def model(tmp_path: Path) -> WordVectors:
    write_model(WordTable(WORDS, VECTORS), "little", tmp_path / "little")
    opened = open_model(tmp_path / "little", "cpu")
    assert isinstance(opened, WordVectors)
    return opened


def test_a_table_becomes_a_folder_whose_samples_are_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_tables.places, "cache", lambda: tmp_path / "cache")
    folder = as_model(files(tmp_path)["vec"])
    samples = read_samples(folder)["z"]
    words = samples.label("word")
    assert words is not None
    assert [words.text(index) for index in range(len(samples))] == list(WORDS)
    np.testing.assert_array_equal(samples.latents, VECTORS)
    before = (folder / "config.json").stat().st_mtime_ns
    assert (as_model(files(tmp_path)["vec"]) / "config.json").stat().st_mtime_ns == before  # at once


def test_the_picture_begins_with_the_nearest_word(model: WordVectors) -> None:
    """The head of a picture is that of the word itself, up to the bar and the number."""
    found = model.decode(VECTORS[:1] - VECTORS[2:3] + VECTORS[3:4])
    queen, king = model.decode(VECTORS[1:2]), model.decode(VECTORS[:1])
    np.testing.assert_array_equal(found[0, :60], queen[0, :60])
    assert not np.array_equal(found[0, :60], king[0, :60])


def test_the_list_is_in_the_order_of_the_cosine(model: WordVectors) -> None:
    import torch

    latent = np.array([[0.3, -0.2, 0.9, 0.1]], np.float32)
    cosines = model.net.cosines(torch.from_numpy(latent))[0].numpy()
    exact = VECTORS @ latent[0] / np.linalg.norm(VECTORS, axis=1) / np.linalg.norm(latent)
    np.testing.assert_allclose(cosines, exact, atol=1e-6)


def test_a_random_latent_is_a_word(model: WordVectors) -> None:
    drawn = model.sample(20, seed=3)
    assert all((row == VECTORS).all(axis=1).any() for row in drawn)


def test_a_word_that_is_too_long_is_cut() -> None:
    arrays = word_tables.lettered(WordTable(("a" * 400, "b"), np.eye(2, dtype=np.float32)))
    long, dots = arrays["large_columns"][0], word_tables.Strip(["a", "b", "…"], 48, 288, 40).columns("…")
    assert len(long) == 288
    ink = arrays["large"][:, long]
    shown = word_tables.Strip(["…"], 48, 288, 40).ink[:, 1 : 1 + int((dots > 0).sum())]
    np.testing.assert_array_equal(ink[:, -shown.shape[1] :], shown)  # it ends in an ellipsis


@pytest.mark.skipif(not REAL.exists(), reason="needs the shared data")
def test_king_minus_man_plus_woman_is_nearest_to_queen_after_king(tmp_path: Path) -> None:
    table = read_table(REAL)
    at = {word: table.vectors[index] for index, word in enumerate(table.words)}
    wanted = at["king"] - at["man"] + at["woman"]
    cosines = table.vectors @ wanted / np.linalg.norm(table.vectors, axis=1)
    assert [table.words[index] for index in np.argsort(-cosines)[:2]] == ["king", "queen"]
