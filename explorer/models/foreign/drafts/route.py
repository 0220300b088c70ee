"""How wide the features are from layer to layer, and where a vector becomes a picture: what the shapes alone tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece, missing_before
from explorer.models.foreign.drafts.split import PICTURE
from explorer.models.foreign.drafts.ways import Kernel
from explorer.models.foreign.stack import UnfitError

Kind = Literal["linear", "fold", "kernel", "shuffle", "norm", "scale", "slope", "flatten", "attend", "block"]
TURNED = ("convt", "deconv", "transpos", "upconv", "tconv")
ENLARGED = 2  # the gap before a layer that is likely enlarged first, as blocks of generators are
SPATIAL = (1, 64)  # channels of a latent that is a picture itself: from, to


@dataclass(frozen=True)
class Step:
    """One layer. `out`: its width. `side`: of a fold. `gap`: as of its piece. `kernel`: of a convolution."""

    kind: Kind
    piece: Piece
    out: int
    side: int = 0
    gap: int = UNKNOWN
    kernel: Kernel | None = None


@dataclass
class Route:
    """`dim`: width of what goes in; `side`: of the picture that goes in, 0 for a vector, 1 for one place."""

    dim: int = 0
    side: int = 0
    steps: list[Step] = field(default_factory=list)

    @property
    def kernels(self) -> list[Kernel]:
        return [step.kernel for step in self.steps if step.kernel is not None]

    @property
    def first_side(self) -> int:
        """Of the picture that the first convolution gets."""
        return next((step.side for step in self.steps if step.kind == "fold"), self.side)

    @property
    def out(self) -> int:
        """Width at the end: channels, or numbers of a flat picture."""
        return self.steps[-1].out

    @property
    def ends_flat(self) -> bool:
        return not self.kernels


class Walker:
    """Goes from a latent to the picture, or from features of `begin`: their width, and the side of a picture or 0.

    `turned`: which convolutions are transposed, where widths do not tell.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        spatial_side: int,
        begin: tuple[int, int] | None = None,
        *,
        begins_spatial: bool = False,
        turned: Mapping[str, bool] | None = None,
    ) -> None:
        self.pieces = [piece for piece in pieces if piece.kind not in ("table", "other")]
        self.begins_spatial = begins_spatial
        self.turned = turned or {}
        self.route = Route()
        self.width = 0
        self.is_picture = False
        self.spatial_side = spatial_side
        if begin is not None:
            self._begin(*begin)

    def walk(self) -> Route:
        if not any(piece.weighs for piece in self.pieces):
            raise UnfitError("no layer makes a picture")
        for number, piece in enumerate(self.pieces):
            ways = {"linear": self._linear, "kernel": self._kernel, "attend": self._attend, "block": self._block}
            ways.get(piece.kind, self._other)(number, piece)
        last = self.route.steps[-1]
        if not last.piece.weighs and (last.kind != "norm" or last.out not in PICTURE):
            raise UnfitError(f"the last module '{piece.key}' makes no picture")
        return self.route

    def _begin(self, width: int, side: int) -> None:
        self.route.dim, self.route.side = width, side
        self.width, self.is_picture = width, side > 0

    def _linear(self, _number: int, piece: Piece) -> None:
        if not self.route.steps and not self.width:
            self._begin(piece.shape[1], 0)
        if self.is_picture or piece.shape[1] != self.width:
            raise UnfitError(f"'{piece.key}' takes {piece.shape[1]} numbers where {self.width} come")
        self._add("linear", piece, piece.shape[0])

    def _kernel(self, number: int, piece: Piece) -> None:
        if not self.route.steps and not self.width:
            self._enter(number, piece)
        turned = self._turned(number, piece)
        first = self.is_picture and self.route.first_side == 1 and all(one.size == 1 for one in self.route.kernels)
        last = not any(later.weighs for later in self.pieces[number + 1 :])
        out = piece.shape[1] if turned else piece.shape[0]
        shuffled = self._is_shuffled(number, out)
        raised = not turned and not self.route.kernels and (piece.gap == 1 or piece.first_gap > 0)
        doubled = any(one.turned and not one.first and one.size % 2 == 0 for one in self.route.kernels)
        refines = turned and last and piece.kernel % 2 == 1 and doubled
        gap = missing_before(self.pieces, number)
        gap -= gap > 0 and bool(self.route.kernels) and self.route.kernels[-1].shuffled
        kernel = Kernel(piece.key, piece.kernel, turned, first and turned, gap, last, shuffled, raised, refines)
        self._add("kernel", piece, out, kernel=kernel)
        if shuffled:
            self._add("shuffle", piece, out // 4)

    def _attend(self, _number: int, piece: Piece) -> None:
        if not self.is_picture or piece.shape[0] != self.width:
            raise UnfitError(f"'{piece.key}' looks at {piece.shape[0]} channels where {self.width} come")
        self._add("attend", piece, self.width)

    def _block(self, _number: int, piece: Piece) -> None:
        into, _between, out, _normed, size = piece.shape
        if not self.is_picture:
            side = math.isqrt(self.width // into)
            if not side or side * side * into != self.width:
                raise UnfitError(f"{self.width} numbers are no square picture for '{piece.key}'")
            self._fold_to(piece, into, side)
        if into != self.width:
            raise UnfitError(f"'{piece.key}' takes {into} channels where {self.width} come")
        self._add("block", piece, out, kernel=Kernel(piece.key, size, False, gap=ENLARGED))

    def _enter(self, number: int, piece: Piece) -> None:
        """The decoder begins with a convolution: of one place, or of a latent that is a small picture."""
        after = self._next_width(number)
        told = piece.turned
        turned = told if told is not None else piece.shape[1] in after or self._is_called_turned(piece)
        if turned and self.begins_spatial and piece.shape[0] <= SPATIAL[1]:
            self._begin(piece.shape[0], self.spatial_side)
        elif turned and (told or piece.shape[0] not in after or piece.shape[0] > SPATIAL[1]):
            self._begin(piece.shape[0], 1)
        elif piece.shape[1] <= SPATIAL[1]:
            self._begin(piece.shape[1], self.spatial_side)
        else:
            raise UnfitError(f"'{piece.key}' takes a picture of {piece.shape[1]} channels")

    def _turned(self, number: int, piece: Piece) -> bool:
        if not self.is_picture:
            return self._fold(number, piece)
        plain, turned = piece.shape[1] == self.width, piece.shape[0] == self.width
        if piece.turned is not None and (turned if piece.turned else plain):
            return piece.turned
        if plain and turned:
            return self._looks_turned(piece)
        if not plain and not turned:
            raise UnfitError(f"'{piece.key}' takes {piece.shape[1]} channels where {self.width} come")
        return turned

    def _looks_turned(self, piece: Piece) -> bool:
        if piece.key in self.turned:
            return self.turned[piece.key]
        return self._is_called_turned(piece) or piece.kernel % 2 == 0 or self._has_turned(piece.kernel)

    def _is_called_turned(self, piece: Piece) -> bool:
        return any(word in piece.key.lower() for word in TURNED)

    def _has_turned(self, size: int) -> bool:
        """Whether a kernel of this size is transposed for certain, somewhere in this decoder."""
        return any(piece.kernel == size and piece.turned for piece in self.pieces)

    def _fold(self, number: int, piece: Piece) -> bool:
        """Makes a picture of the vector for a convolution; whether that one is transposed."""
        after = self._next_width(number)
        ways = [(piece.shape[1], False), (piece.shape[0], True)]
        likely = self._looks_turned(piece) or (piece.shape[1] in after and piece.shape[0] not in after)
        if likely if piece.turned is None else piece.turned:
            ways.reverse()
        for wide, turned in ways:
            side = math.isqrt(self.width // wide) if self.width % wide == 0 else 0
            if side and side * side * wide == self.width:
                self._fold_to(piece, wide, side)
                return turned
        raise UnfitError(f"{self.width} numbers are no square picture for '{piece.key}'")

    def _fold_to(self, piece: Piece, wide: int, side: int) -> None:
        self.route.steps.append(Step("fold", piece, wide, side, piece.gap))
        self.width, self.is_picture = wide, True

    def _other(self, _number: int, piece: Piece) -> None:
        features = piece.shape[0]
        if features != self.width and not (piece.kind == "slope" and features == 1):
            side = math.isqrt(self.width // features)
            if self.is_picture or side * side * features != self.width:
                raise UnfitError(f"'{piece.key}' has {features} features where {self.width} come")
            self._fold_to(piece, features, side)
        kinds: dict[str, Kind] = {"norm": "norm", "scale": "scale", "slope": "slope"}
        self._add(kinds[piece.kind], piece, self.width)

    def _is_shuffled(self, number: int, out: int) -> bool:
        """Whether four channels become four pixels: what follows takes a quarter of the channels."""
        after = self._next_width(number)
        return out not in after and out % 4 == 0 and out // 4 in after

    def _next_width(self, number: int) -> tuple[int, ...]:
        """What the next module may take: its features, or either side of a kernel; channels of a picture at the end."""
        for piece in self.pieces[number + 1 :]:
            if piece.kind == "kernel":
                return piece.shape[:2]
            if piece.kind == "linear":
                return (piece.shape[1],)
            if piece.kind in ("attend", "block"):
                return (piece.shape[0],)
            if piece.shape[0] > 1:
                return (piece.shape[0],)
        return PICTURE

    def _add(self, kind: Kind, piece: Piece, out: int, kernel: Kernel | None = None) -> None:
        self.route.steps.append(Step(kind, piece, out, 0, piece.gap, kernel))
        self.width = out
