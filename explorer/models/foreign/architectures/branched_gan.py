"""Conditional generators that widen z and the class by themselves, and go on with both: cGAN, cDCGAN and their like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.models.base import Prior
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drafts.orders import orders
from explorer.models.foreign.drafts.pieces import Piece, pieces_of
from explorer.models.foreign.drafts.route import Route, Walker
from explorer.models.foreign.drafts.ways import plans
from explorer.models.foreign.drafts.writing import KeyedStack, Writer, activate
from explorer.models.foreign.labels import space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import USUAL_SIDES
from explorer.models.foreign.stack import Found, Stack, UnfitError, flat_picture, made_of

LABELS = ("label", "class", "embed", "emb", "_2", "cond")
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Manner:
    """What no file tells. `label`: the activation behind the class' branch; `eps` of the norms behind both."""

    z: str = "relu"
    label: str = "relu"
    eps: float = 1e-5
    prior: Prior = "normal"


USUAL = Manner()
DENSE = Manner(prior="unit")  # fully connected, in the well-known repository of both
TABLED = Manner("leaky 0.2", "none", 0.8)  # `label_conditioned_generator`, `latent`, `model`: of a widely read tutorial


def recognise(reading: Reading) -> Recognised | None:
    """Two layers that both take inputs, and a third that takes what both make."""
    pieces = pieces_of(reading.tensors)
    if any(piece.kind in ("other", "scale", "attend") or "encoder" in piece.key for piece in pieces):
        return None
    for order in orders(pieces):
        try:
            return _Reader(reading, order).recognised()
        except (UnfitError, IndexError, StopIteration):
            continue
    return None


class _Reader:
    def __init__(self, reading: Reading, pieces: list[Piece]) -> None:
        self.reading, self.pieces = reading, pieces
        heads = self._heads()
        named = [any(word in branch[0].key.lower() for word in LABELS) for branch in heads]
        widths = [_takes(branch[0]) for branch in heads]
        turn = named[0] and not named[1] if named[0] != named[1] else widths[0] < widths[1]
        self.z_branch, self.label_branch = heads[::-1] if turn else heads
        self.rest = pieces[sum(len(branch) for branch in heads) :]
        self.z, self.classes = _takes(self.z_branch[0]), _takes(self.label_branch[0])
        if not 1 < self.classes <= MOST_CLASSES or self.label_branch[0].key.startswith("enc"):
            raise UnfitError("no classes")
        usual = DENSE if all(piece.kind != "kernel" for piece in pieces) else USUAL
        self.manner = TABLED if self.label_branch[0].kind == "table" else usual

    def _heads(self) -> list[list[Piece]]:
        """The modules of both branches, in the order of the file."""
        weighing = [place for place, piece in enumerate(self.pieces) if piece.weighs or piece.kind == "table"]
        starts = [0, next(place for place in weighing[1:] if not self._chains(place, weighing))]
        end = next(place for place in weighing if place > starts[1] and not self._chains(place, weighing))
        return [self.pieces[: starts[1]], self.pieces[starts[1] : end]]

    def _chains(self, place: int, weighing: Sequence[int]) -> bool:
        """Whether a module takes what the one before it makes."""
        before = self.pieces[weighing[weighing.index(place) - 1]]
        return _takes(self.pieces[place]) == _makes(before)

    def recognised(self) -> Recognised | None:
        writer = Writer(self.reading.tensors, {"activation": "relu", "eps": str(self.manner.eps)}, "decoder", 0)
        width, side = self._join(writer.stack)
        route = Walker(self.rest, 0, (width, side)).walk()
        writer.side = side
        plan = self._plan(route)
        writer.write(route.steps, plan, open_end=True)
        activate(writer.stack, "tanh")
        if route.ends_flat and not side:
            picture = flat_picture(route.out)
            if picture is None:
                raise UnfitError("no picture")
            writer.stack.add("fold", shape=list(picture))
        space = space_of(self.z, self.classes, self.manner.prior)
        made = made_of(writer.stack, space.shape)
        if made is None or made[1] not in USUAL_SIDES:
            raise UnfitError("no usual size")
        kind = f"conditional generator of two branches, {self.z} inputs, {self.classes} classes"
        found = Found(self.reading, kind, space, writer.stack, values=(-1.0, 1.0))
        found.know("read", f"{self.z} inputs, {self.classes} classes, widths and kernels, from the shapes")
        found.know("inferred", f"strides and paddings, from the kernels and the size {made[1]} x {made[2]}")
        found.know(
            "inferred",
            "the latent stands before the class",
            "ReLU between layers, tanh at the end",
            f"prior {space.prior}",
        )
        return found.recognised()

    def _plan(self, route: Route) -> dict[str, str]:
        found = plans(route.kernels, route.first_side, growing=True, wanted=USUAL_SIDES)
        if not found:
            raise UnfitError("no strides lead to a picture")
        return {kernel.key: way for kernel, way in zip(route.kernels, found[0], strict=True)}

    def _join(self, stack: KeyedStack) -> tuple[int, int]:
        """Writes both branches side by side; how wide they are together, and the side of their picture or 0."""
        made = [
            _makes([piece for piece in branch if piece.weighs][-1]) for branch in (self.z_branch, self.label_branch)
        ]
        first = next(piece for piece in self.rest if piece.weighs)
        side = self._side(made, first)
        z = self._branch(stack.beside().add("narrow", stop=self.z), self.z_branch, self.manner.z)
        start, stop = self.z, self.z + self.classes
        label = self._branch(stack.beside().add("narrow", start=start, stop=stop), self.label_branch, self.manner.label)
        for branch, width in zip((z, label), made, strict=True):
            if side and self.z_branch[0].kind != "kernel":
                branch.add("fold", shape=[width // side**2, side, side])
        stack.parallel(z, label)
        return _takes(first), side

    def _side(self, made: Sequence[int], first: Piece) -> int:
        """Of the picture that both branches make; 0 where they stay vectors."""
        if self.z_branch[0].kind == "kernel":
            if sum(made) != _takes(first):
                raise UnfitError(first.key)
            return self.z_branch[0].kernel
        if first.kind == "linear":
            if sum(made) != _takes(first):
                raise UnfitError(first.key)
            return 0
        side = math.isqrt(sum(made) // _takes(first))
        if not side or side * side * _takes(first) != sum(made) or any(width % side**2 for width in made):
            raise UnfitError(first.key)
        return side

    def _branch(self, stack: Stack, branch: Sequence[Piece], activation: str) -> Stack:
        """A table or layer, with a norm or without, and an activation behind it."""
        for piece in branch:
            if piece.kind == "table":
                weight = self.reading.tensors[f"{piece.key}.weight"]
                stack.add("linear", out=weight.shape[1], bias=0).own("weight", weight.T.contiguous())
                stack.taken.add(f"{piece.key}.weight")
            elif piece.kind == "linear":
                stack.linear(piece.key)
            elif piece.kind == "kernel":
                stack.add("fold", shape=[_takes(piece), 1, 1]).transposed(piece.key, 1, 0)
            else:
                stack.norm(piece.key)
        activate(stack, activation)
        return stack


def _takes(piece: Piece) -> int:
    """What goes in; a kernel of this place is transposed."""
    return piece.shape[1] if piece.kind == "linear" else piece.shape[0]


def _makes(piece: Piece) -> int:
    return piece.shape[0] if piece.kind == "linear" else piece.shape[1]
