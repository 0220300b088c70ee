"""What stands in a pickle, as plain data: names that were not imported, things that were not made, tensors not loaded.

Nothing here can run anything: a `Thing` is a note that the file wanted something of that name to be made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DTYPES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
}
"""Bytes of a number, by torch's name of its kind."""


@dataclass(frozen=True)
class Name:
    """A class or function that the file names, such as argparse.Namespace. It was not imported."""

    module: str
    name: str

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}" if self.module else self.name


@dataclass(eq=False)
class Thing:
    """What the file wanted to be made of a `Name`: kept as arguments, state, items and entries."""

    name: Name
    arguments: tuple[object, ...] = ()
    state: object = None
    items: list[object] = field(default_factory=list)
    entries: dict[object, object] = field(default_factory=dict)

    def attributes(self) -> dict[str, object]:
        """What the thing would have held by name: its state and its entries."""
        states = self.state if isinstance(self.state, tuple) else (self.state,)
        found: dict[str, object] = {}
        for part in (*states, self.entries):
            if isinstance(part, dict):
                found.update({key: value for key, value in part.items() if isinstance(key, str)})
        return found


@dataclass(frozen=True, eq=False)
class Storage:
    """A run of numbers in the file: `fetch` gives its bytes (uint8 tensor, of its own), when they are wanted."""

    key: str
    dtype: str
    count: int
    fetch: Callable[[], Any] | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return self.count * DTYPES[self.dtype]


@dataclass(frozen=True, eq=False)
class Stored:
    """A tensor that has not been loaded: a view (offset, shape, stride, all in numbers) on a storage."""

    storage: Storage
    dtype: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int = 0

    @property
    def count(self) -> int:
        """Numbers in it."""
        product = 1
        for side in self.shape:
            product *= side
        return product


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a tensor whose numbers lie in order."""
    strides: list[int] = []
    step = 1
    for side in reversed(shape):
        strides.append(step)
        step *= max(side, 1)
    return tuple(reversed(strides))
