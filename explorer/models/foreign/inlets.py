"""What a program takes: a latent, or several things that are parts of one, such as a latent and a class."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.models.base import Part, Space
from explorer.models.foreign.lowering import Constant, Given, Index, LoweringError, Writer
from explorer.models.foreign.programs import Port, Program, Step, in_words
from explorer.models.foreign.roles import picture_in

SPATIAL = 8  # side of a spatial latent that the file leaves open: small enough to be moved live
CLASS = re.compile(r"label|class|cond|one_?hot|categor|digit|(^|[^a-z])[yc]($|[^a-z])", re.IGNORECASE)
KEEPING = {"Cast", "Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten"}
"""Operations after which the number of a class is still that number."""


@dataclass(frozen=True)
class Inlet:
    """One thing that goes in. `shape`: of one item; `dim`: how many numbers of the latent make it up.

    'index' is a class by its number, made from one 1 among `dim` zeros; 'held' is a single number that stays at 1.
    """

    name: str
    kind: Literal["latent", "class", "index", "held"]
    shape: tuple[int, ...]
    dim: int


@dataclass(frozen=True)
class Entry:
    """How a program takes one latent: the shape, how many go in at once (0: any), whether there is an axis for that.

    `inlets`: what the latent is cut into, one behind the other, where there are several.
    """

    shape: tuple[int, ...]
    fixed: int
    has_axis: bool
    inlets: tuple[Inlet, ...] = ()

    def starts(self, writer: Writer, program: Program) -> dict[str, Given]:
        """What a program begins with, by name, of the latents of a graph in the making."""
        if not self.inlets:
            whole = writer.input if self.has_axis else writer.reshape(writer.input, *self.shape)
            return {program.inputs[0].name: whole}
        made: dict[str, Given] = {}
        place = 0
        for one in self.inlets:
            made[one.name] = _started(writer, one, place)
            place += one.dim
        return made

    def feeds(self, program: Program, latents: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """What a program is given for latents (n, ...), by name."""
        if not self.inlets:
            given = latents.reshape(-1, *self.shape) if self.has_axis else latents.reshape(self.shape)
            return {program.inputs[0].name: given}
        fed: dict[str, NDArray[np.float32]] = {}
        place = 0
        for one in self.inlets:
            part = latents[:, place : place + one.dim]
            if one.kind == "held":
                part = np.ones((1,), np.float32)
            elif one.kind == "index":
                part = part.argmax(axis=1).astype(np.float32)
            fed[one.name] = part.reshape(one.shape) if one.kind == "held" else part.reshape(len(latents), *one.shape)
            place += one.dim
        return fed

    def space(self) -> Space:
        """The space of its latents, as far as the file says."""
        if self.inlets:
            return self._space_of_parts()
        dim = math.prod(self.shape)
        if len(self.shape) == 3 and max(self.shape[1:]) > 1 and min(self.shape[:2]) > 1:
            return Space("z", dim, self.shape, "none: latents come from pictures", (Part("z", dim, "none"),))
        return Space("z", dim, self.shape, "standard normal")

    def _space_of_parts(self) -> Space:
        parts = tuple(
            Part(_plain(one.name), one.dim, "normal" if one.kind == "latent" else "one-hot")
            for one in self.inlets
            if one.dim
        )
        words = ["standard normal"] if any(one.prior == "normal" for one in parts) else []
        words += [f"one of {part.dim} classes" for part in parts if part.prior == "one-hot"]
        dim = sum(part.dim for part in parts)
        return Space("z", dim, (dim,), ", and ".join(words), parts)


def _plain(name: str) -> str:
    """Without the models that an input of Keras lies in."""
    return name.rpartition("/")[2][:40] or "z"


def _started(writer: Writer, one: Inlet, place: int) -> Given:
    if one.kind == "held":
        return np.ones(one.shape, np.float32)
    part = writer.emit("slice", writer.input, axis=1, start=place, stop=place + one.dim, step=1)
    if one.kind != "index":
        return writer.reshape(part, writer.n, *one.shape)
    number = writer.emit("linear", part, np.arange(one.dim, dtype=np.float32)[None])
    flat = writer.reshape(number, writer.n, *one.shape)
    return Index(flat.name, flat.meta, part)


def entry_of(program: Program, constants: Mapping[str, Constant]) -> Entry:
    """How the latents of a program go in. Raises LoweringError where that is no latent."""
    if not program.inputs:
        raise LoweringError("it takes nothing")
    if len(program.inputs) == 1:
        return _single(program.inputs[0])
    inlets = tuple(_inlet(program, port, constants) for port in program.inputs)
    if not any(one.kind == "latent" for one in inlets):
        raise LoweringError(f"it takes {len(inlets)} things, and no latent: {in_words(program.inputs)}")
    fixed = max((port.shape[0] or 0 for port, one in zip(program.inputs, inlets, strict=True) if one.dim), default=0)
    return Entry((sum(one.dim for one in inlets),), fixed, has_axis=True, inlets=inlets)


def _single(port: Port) -> Entry:
    if not port.kind.startswith("float"):
        raise LoweringError(f"it takes {port.kind} numbers, which is no latent: {port.in_words()}")
    if len(port.shape) == 1 and port.shape[0]:
        return Entry((port.shape[0],), 1, has_axis=False)
    sides = [SPATIAL if side is None and len(port.shape) == 4 else side for side in port.shape[1:]]
    if not sides or None in sides:
        raise LoweringError(f"it does not say how long a latent is: {port.in_words()}")
    return Entry(tuple(side for side in sides if side is not None), port.shape[0] or 0, has_axis=True)


def _inlet(program: Program, port: Port, constants: Mapping[str, Constant]) -> Inlet:
    name, sides = port.name.removeprefix(program.prefix), port.shape[1:]
    numbers = math.prod(side or 0 for side in sides)
    is_number = port.kind.startswith("int") or any(
        step.name == "Embedding" and port.name in step.takes for step in program.steps
    )
    if is_number and sides in ((), (1,)):
        shape = tuple(side or 1 for side in sides)
        return Inlet(port.name, "index", shape, _classes(program, port, constants))
    if not port.kind.startswith("float"):
        raise LoweringError(f"it takes {port.kind} numbers, which is no latent: {port.in_words()}")
    if port.shape in ((), (1,)):
        return Inlet(port.name, "held", tuple(side or 1 for side in port.shape), 0)
    shape = tuple(side or 0 for side in sides)
    if not numbers or picture_in(shape) is not None:
        things = in_words(program.inputs)
        raise LoweringError(f"it takes {len(program.inputs)} things, not latents alone: {things}")
    return Inlet(port.name, "class" if CLASS.search(name) and numbers > 1 else "latent", shape, numbers)


def _classes(program: Program, port: Port, constants: Mapping[str, Constant]) -> int:
    """How many classes there are: the rows of the table that their number is looked up in. Raises LoweringError."""
    names, tables = {port.name}, dict(constants)
    for step in program.steps:
        value = step.settings.get("value")
        if step.name == "Constant" and isinstance(value, np.ndarray):
            tables[step.gives[0]] = value
        if names.intersection(step.takes):
            if (found := _rows_of(step, names, tables)) > 1:
                return found
            if step.name in KEEPING:
                names.add(step.gives[0])
    raise LoweringError(f"it does not say how many classes '{port.name}' has")


def _rows_of(step: Step, names: set[str], tables: Mapping[str, Constant]) -> int:
    """The classes that a step looks up, makes or lists; 0 where it does something else."""
    config = step.settings.get("config")
    if step.name == "Embedding" and isinstance(config, Mapping):
        return int(config.get("input_dim", 0))
    table = tables.get(step.takes[0 if step.name == "Gather" else 1]) if len(step.takes) > 1 else None
    if step.name == "Gather" and step.takes[1] in names and table is not None and table.ndim:
        return len(table)
    return int(table.ravel()[0]) if step.name == "OneHot" and table is not None and table.size else 0
