"""Tables of words and vectors, read without running anything: word2vec and GloVe texts (.vec, .txt) and .npz.

`as_model` writes such a table as a model folder, which then opens like any other.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer import places
from explorer.errors import CheckpointError
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Part, Space
from explorer.models.foreign.hashes import whole_hash

MOST_WORDS = 100_000  # the first ones, which are the most frequent
MOST_NUMBERS = 100_000_000
LONGEST_LINE = 200_000  # letters
Columns = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class WordTable:
    """`words` (n) and `vectors` float32 (n, d)."""

    words: tuple[str, ...]
    vectors: NDArray[np.float32]


def is_table(path: Path) -> bool:
    """Whether a file looks like one, by its first line or the names of its arrays."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return {"words.npy", "vectors.npy"} <= set(archive.namelist())
        with path.open(encoding="utf-8") as lines:
            return _is_row(lines, lines.readline(LONGEST_LINE))
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile):
        return False


def read_table(path: Path) -> WordTable:
    """The table in a file; of a very long one the first 100,000 words. Raises CheckpointError."""
    try:
        table = _read_npz(path) if zipfile.is_zipfile(path) else _read_text(path)
    except CheckpointError:
        raise
    except Exception as error:  # a damaged file raises many kinds
        raise CheckpointError(f"{path.name} cannot be read as word vectors.", "It is damaged or cut short.") from error
    if len(table.words) < 2 or not np.isfinite(table.vectors).all():
        raise CheckpointError(f"{path.name} holds no word vectors.", "Give two words or more, with finite numbers.")
    return table


def _read_npz(path: Path) -> WordTable:
    with np.load(path, allow_pickle=False) as arrays:
        words, vectors = arrays["words"], arrays["vectors"]
    if words.ndim != 1 or words.dtype.kind != "U" or vectors.ndim != 2 or len(words) != len(vectors):
        raise CheckpointError(
            f"{path.name}: 'words' {words.shape} and 'vectors' {vectors.shape} do not belong together.",
            "Give one text a row of numbers.",
        )
    return WordTable(tuple(words[:MOST_WORDS].tolist()), vectors[:MOST_WORDS].astype(np.float32))


def _read_text(path: Path) -> WordTable:
    words: list[str] = []
    rows: list[NDArray[np.float32]] = []
    for number, line in _rows(path):
        word, *numbers = line.rstrip().split(" ")
        try:
            row = np.array(numbers, dtype=np.float32)
        except ValueError:
            raise CheckpointError(
                f"{path.name}, line {number}: not all are numbers.", "One word and its vector a line."
            ) from None
        if not word or not len(row) or (rows and len(row) != len(rows[0])):
            raise CheckpointError(
                f"{path.name}, line {number}: {len(row)} numbers, not {len(rows[0]) if rows else 'one or more'}.",
                "Every line is a word and a vector of one length, with single spaces between.",
            )
        words.append(word)
        rows.append(row)
        if len(words) == MOST_WORDS or len(words) * len(row) > MOST_NUMBERS:
            break
    return WordTable(tuple(words), np.stack(rows))


def _rows(path: Path) -> Iterator[tuple[int, str]]:
    """The lines with words, and their numbers; a first line 'count dim', as word2vec writes it, is no word."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), ""), 1):
            if line.strip() and not (number == 1 and _is_header(line)):
                yield number, line


def _is_header(line: str) -> bool:
    parts = line.split()
    return len(parts) == 2 and all(part.isdigit() for part in parts)


def _is_row(lines: object, line: str) -> bool:
    if _is_header(line):
        line = lines.readline(LONGEST_LINE)  # type: ignore[attr-defined]
    word, *numbers = line.rstrip().split(" ")
    try:
        return bool(word) and len(numbers) >= 2 and bool(np.isfinite(np.array(numbers, dtype=np.float32)).all())
    except ValueError:
        return False


# the table as a model


def as_model(path: Path) -> Path:
    """A model folder made of the table in a file; at once where it was made before. Raises CheckpointError."""
    told = path.stat()
    folder = places.cache() / "words" / _digest(path, told.st_size, told.st_mtime_ns)[:16] / path.stem
    if not (folder / "config.json").is_file():
        write_model(read_table(path), path.stem, folder)
    return folder


@lru_cache(maxsize=16)  # an opening asks for the folder several times, and tables are large
def _digest(path: Path, _size: int, _changed: int) -> str:
    """sha256 of a file, hex, for as long as its size and its time stay the same."""
    return whole_hash(path)


def write_model(table: WordTable, name: str, folder: Path) -> None:
    """Write the model of a table, `config.json` last: a folder that has one is whole. Raises StorageError."""
    import torch
    from safetensors.torch import save

    from explorer.models.config import WEIGHTS, write_bytes, write_config
    from explorer.models.folder import write_samples

    arrays = lettered(table)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in arrays.items()}
    write_bytes(folder / WEIGHTS, save(tensors, {"format": "pt"}))
    words = Labels("word", np.arange(len(table.words)), table.words)
    write_samples(folder, [LatentSet("z", table.vectors, labels=(words,), provenance="words of the table")])
    hyperparameters = {
        "words": len(table.words),
        "dim": table.vectors.shape[1],
        "large": arrays["large"].shape[1],
        "small": arrays["small"].shape[1],
    }
    write_config(folder, card(name, table), hyperparameters)


def card(name: str, table: WordTable) -> Card:
    """What is known of a table."""
    from explorer.models.word_vectors import SIDE

    count, dim = table.vectors.shape
    return Card(
        name=name,
        family="words",
        architecture=f"table of {count:,} words, {dim} numbers each",
        parameters=table.vectors.size,
        spaces=(Space("z", dim, (dim,), "none: words of the table", (Part("vector", dim, "none"),)),),
        image_shape=(SIDE, SIDE, 1),
        image_range=(0.0, 1.0),
        trained_on="",
        licence="",
        likelihood="none",
        summary="Each point is a word. The picture lists the words whose vectors point the same way, by cosine.",
    )


def lettered(table: WordTable) -> dict[str, NDArray[np.generic]]:
    """The weights of a `WordPicture`: the vectors, and the lettering as columns of two strips."""
    from explorer.models.word_vectors import LARGE, NUMBER, NUMBERS, SMALL

    letters = sorted(set("".join(table.words)) | set("-.0123456789…"))[:4000]
    large, small = Strip(letters, *LARGE, 40), Strip(letters, *SMALL, 16)
    numbers = [f"{value:.2f}" for value in np.linspace(-1, 1, NUMBERS)]
    return {
        "vectors": table.vectors,
        "large": large.ink,
        "small": small.ink,
        "large_columns": np.stack([large.columns(word) for word in table.words]),
        "small_columns": np.stack([small.columns(word) for word in table.words]),
        "number_columns": np.stack([small.columns(text)[: NUMBER[1]] for text in numbers]),
    }


class Strip:
    """All letters side by side, uint8 (height, columns): a text is a choice of columns. Column 0 is empty."""

    def __init__(self, letters: list[str], height: int, width: int, size: int) -> None:
        drawn = [_letter(letter, height, size) for letter in letters]
        starts = 1 + np.cumsum([0, *(part.shape[1] for part in drawn)])
        self._width = width
        self._at = {
            letter: np.arange(start, start + part.shape[1])
            for letter, start, part in zip(letters, starts[:-1], drawn, strict=True)
        }
        ink = np.concatenate([np.zeros((height, 1), np.uint8), *drawn], axis=1)
        fits = int(starts[-1]) <= np.iinfo(np.int16).max
        self._at = self._at if fits else {key: at for key, at in self._at.items() if at[-1] < np.iinfo(np.int16).max}
        self.ink = ink[:, : np.iinfo(np.int16).max - 1]

    def columns(self, text: str) -> Columns:
        """int16 (width,): the columns of a text, cut with an ellipsis where it is too long."""
        parts = [self._at[letter] for letter in text if letter in self._at]
        chosen = np.concatenate(parts) if parts else np.zeros(0, int)
        if len(chosen) > self._width:
            dots = self._at["…"]
            chosen = np.concatenate([chosen[: self._width - len(dots)], dots])
        return np.pad(chosen, (0, self._width - len(chosen))).astype(np.int16)


def _letter(letter: str, height: int, size: int) -> NDArray[np.uint8]:
    """The ink of one letter, uint8 (height, its advance)."""
    font = _font(size)
    advance = max(1, round(font.getlength(letter)))
    image = Image.new("L", (advance, height))
    ImageDraw.Draw(image).text((0, height // 2), letter, fill=255, font=font, anchor="lm")
    return np.asarray(image, np.uint8)


def _font(size: int) -> ImageFont.FreeTypeFont:
    file = places.resources() / "fonts" / "Inter-Regular.ttf"
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
