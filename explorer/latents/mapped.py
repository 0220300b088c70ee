"""Large arrays that stay in their file: read where they are looked at, and sent to another process by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGE = 1_000_000  # bytes; smaller arrays are read, so that their file may be replaced or go

Source = tuple[str, str, tuple[int, ...], int]  # path, type, shape, place of the first byte in the file


class Mapped(np.memmap[Any, np.dtype[Any]]):
    """An array in a file, which cannot be written. Pickled whole it is only named; a part of it is copied as ever."""

    source: Source | None

    def __array_finalize__(self, whole: object) -> None:
        super().__array_finalize__(whole)
        self.source = None  # what is made of it is another array

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        if self.source is not None:
            return _open, self.source
        reduced: tuple[Callable[..., Any], Any] = np.asarray(self).__reduce_ex__(protocol)  # type: ignore[assignment]
        return reduced


def mapped(path: Path, kind: np.dtype[Any], shape: tuple[int, ...], offset: int) -> Mapped:
    """The array of `shape` that begins at byte `offset` of a file. Raises OSError and ValueError where it is none."""
    return _open(str(path), kind.str, shape, offset)


def is_same(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    """Whether two arrays are equal; at once where they are the same part of the same file."""
    sources = [array.source if isinstance(array, Mapped) else None for array in (one, other)]
    return one is other or (sources[0] is not None and sources[0] == sources[1]) or np.array_equal(one, other)


def _open(path: str, kind: str, shape: tuple[int, ...], offset: int) -> Mapped:
    array = np.memmap(path, np.dtype(kind), mode="r", offset=offset, shape=shape).view(Mapped)
    array.source = (path, kind, shape, offset)
    return array
