"""Writing a graph of ours (`graph`) from a program of others: shapes are followed, nothing is computed.

A program is written twice, for two numbers of items. What differs between the two is the number of items, or a
multiple of it; that is how a graph is freed from the number that it was exported with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.graph import INPUT, MOST_NODES, graph_of
from explorer.models.foreign.operators import OPERATORS

ITEMS = (5, 7)  # two numbers that hardly any layer has as a size of its own
LARGEST = 2**28  # numbers between two nodes, for so many items


class LoweringError(Exception):
    """The program does something that a graph of ours cannot; in words for the user."""


@dataclass(frozen=True, eq=False)
class Value:
    """What a node makes: its name, and its shape as a tensor without numbers."""

    name: str
    meta: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.meta.shape)


@dataclass(frozen=True, eq=False)
class Index(Value):
    """The number of a class; `rows` (n, classes) says the class as one 1 among zeros, or a blend of some."""

    rows: Value


Constant = NDArray[Any]
Given = Value | Constant


@dataclass(frozen=True)
class Broken:
    """A result that cannot be made, and why. It does no harm where nobody wants it."""

    why: str


Result = Given | Broken


class Writer:
    """The nodes and weights of a graph in the making, for `n` items of `shape`."""

    def __init__(self, shape: Sequence[int], n: int) -> None:
        self.n = n
        self.is_quiet = False  # noise of the program's own is left out then: its mean stands for it
        self.left_out = False  # whether there was some
        self.input = Value(INPUT, torch.empty(n, *shape, device="meta"))
        self.nodes: list[dict[str, object]] = []
        self.weights: dict[str, Constant] = {}
        self._names: dict[int, str] = {}
        self._turned: dict[str, tuple[Value, tuple[int, ...]]] = {}  # what was turned, and how: turns are made as one
        self._rows: dict[int, Constant] = {}

    def emit(self, op: str, *takes: Given, **options: object) -> Value:
        """A node that makes a value. Raises LoweringError where the shapes do not fit."""
        if len(self.nodes) >= MOST_NODES:
            raise LoweringError(f"it has more than {MOST_NODES:,} operations")
        values = [one if isinstance(one, Value) else self._weight(one) for one in takes]
        try:
            with torch.device("meta"):
                made = OPERATORS[op](Fields(options, op))(self.n, *(one.meta for one in values))
        except (RuntimeError, ValueError, TypeError, IndexError, CheckpointError) as error:
            shapes = ", ".join(str(one.shape) for one in values)
            raise LoweringError(f"'{op}' does not fit values of {shapes[:100]}") from error
        if made.numel() > LARGEST:
            raise LoweringError(f"'{op}' makes {made.numel():,} numbers")
        name = f"v{len(self.nodes)}"
        self.nodes.append({"op": op, "in": [one.name for one in values], "out": name, **options})
        return Value(name, made)

    def reshape(self, value: Value, *shape: int) -> Value:
        """To sides for the `n` items at hand; -1 is what is left."""
        try:
            sides = list(value.meta.reshape(shape).shape)
        except RuntimeError as error:
            raise LoweringError(f"values of {value.shape} cannot be laid out as {shape}"[:160]) from error
        return value if sides == list(value.shape) else self.emit("reshape", value, shape=sides)

    def transpose(self, value: Value, *order: int) -> Value:
        before, done = self._turned.get(value.name, (value, tuple(range(len(order)))))
        total = tuple(done[axis] for axis in order)
        if total == tuple(range(len(order))):
            return before
        made = self.emit("transpose", before, order=list(total))
        self._turned[made.name] = before, total
        return made

    def computed(self, constant: Constant) -> Constant:
        """A constant that may follow from the number of items: where it has a row for each, one is kept."""
        if constant.ndim > 1 and len(constant) == self.n and (constant == constant[:1]).all():
            self._rows[id(constant)] = constant
        return constant

    def _weight(self, constant: Constant) -> Value:
        if id(constant) in self._rows:
            return self.emit("expand", np.array(constant[:1]), shape=list(constant.shape))
        if id(constant) not in self._names:
            name = f"w{len(self.weights)}"
            self._names[id(constant)], self.weights[name] = name, constant
        return Value(self._names[id(constant)], torch.empty(constant.shape, device="meta"))


@dataclass(frozen=True, eq=False)
class Lowered:
    """A graph as `graph` takes it, its weights by name, and the shape of one item that comes out."""

    nodes: list[dict[str, object]]
    weights: Mapping[str, Tensor]
    shape: tuple[int, ...]
    items: int = 0

    def hyperparameters(self) -> dict[str, object]:
        return graph_of(self.nodes, self.weights, self.items)


Write = Callable[[int], tuple[Writer, Value]]


def lowered(write: Write, fixed: int = 0) -> Lowered:
    """Writes the program for two numbers of items, or for the one it was made for, and frees it of them.

    Raises LoweringError.
    """
    numbers = (fixed, fixed) if fixed else ITEMS
    (first, value), (second, other) = (write(n) for n in numbers)
    if [node["op"] for node in first.nodes] != [node["op"] for node in second.nodes]:
        raise LoweringError("it does something else for another number of pictures")
    value, other = (
        one if one.name != INPUT else one_writer.emit("copy", one)
        for one_writer, one in ((first, value), (second, other))
    )
    nodes = [_merged(*pair, *numbers) for pair in zip(first.nodes, second.nodes, strict=True)]
    nodes = _used(nodes, value.name)
    taken = {name for node in nodes for name in _takes(node)}
    weights = {
        name: torch.from_numpy(np.array(one, np.float32)) for name, one in first.weights.items() if name in taken
    }
    if any(tuple(one.shape) != second.weights[name].shape for name, one in weights.items()):
        raise LoweringError("a constant in it goes with the number of pictures")
    if value.shape[:1] != (numbers[0],) or other.shape[:1] != (numbers[1],):
        raise LoweringError("it makes another number of pictures than it is given latents")
    return Lowered(nodes, weights, value.shape[1:])


def _used(nodes: list[dict[str, object]], result: str) -> list[dict[str, object]]:
    """The nodes that the result follows from; it comes last then."""
    wanted, kept = {result}, []
    for node in reversed(nodes):
        if node["out"] in wanted:
            kept.append(node)
            wanted.update(_takes(node))
    return kept[::-1]


def _takes(node: dict[str, object]) -> list[str]:
    names = node["in"]
    assert isinstance(names, list)
    return names


def _merged(one: dict[str, object], other: dict[str, object], n: int, m: int) -> dict[str, object]:
    """Sides that go with the number of items, as multiples of it."""
    if one["op"] not in ("reshape", "expand"):
        if one != other:
            raise LoweringError(f"'{one['op']}' goes with the number of pictures")
        return one
    shape, theirs = one["shape"], other["shape"]
    assert isinstance(shape, list)
    assert isinstance(theirs, list)
    return {
        **one,
        "shape": [_side(a, b, n, m, place == 0) for place, (a, b) in enumerate(zip(shape, theirs, strict=True))],
    }


def _side(a: int, b: int, n: int, m: int, is_first: bool) -> int:
    if n == m:  # made for one number alone: its first axis is that of the items
        return -(a // n) if is_first and a % n == 0 and a else a
    if a == b:
        return a
    if a * m != b * n or a % n:
        raise LoweringError("a shape in it goes with the number of pictures in a way of its own")
    return -(a // n)
