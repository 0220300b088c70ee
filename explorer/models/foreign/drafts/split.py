"""Which modules read pictures, which are the two heads, and where the decoder begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece, is_decoding, is_encoding
from explorer.models.foreign.heads import is_spread

PICTURE = (1, 3)  # channels
FEW = 16  # channels: with more, a convolution ends in one place rather than in a small picture


@dataclass(frozen=True)
class Split:
    """`before` leads from a picture to the `heads` (none: a decoder alone), `after` from a latent to a picture."""

    before: tuple[Piece, ...]
    heads: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def dim(self) -> int:
        """Numbers that the first layer of the decoder takes; channels where it is a convolution."""
        first = next(piece for piece in self.after if piece.weighs)
        return first.shape[1] if first.kind == "linear" else 0

    @property
    def ends_spatial(self) -> bool:
        """Whether the encoder ends in a convolution whose picture, of more than one place, is the latent."""
        first = next(piece for piece in self.after if piece.weighs)
        if not self.heads or any(piece.kind != "kernel" for piece in self.heads):
            return False
        return first.kernel < 4 or (len(self.heads) == 1 and self.heads[0].shape[0] <= FEW)


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Encoder first, as they are used: some files begin with the decoder."""
    named = [piece for piece in pieces if is_decoding(piece.key)]
    if named and pieces[0] in named and any(is_encoding(piece.key) for piece in pieces):
        end = max(pieces.index(piece) for piece in named) + 1
        later = [piece for piece in pieces[:end] if not is_encoding(piece.key)]
        pieces = [piece for piece in pieces if piece not in later] + later
    return _entry_first(_with_norms(list(pieces)))


def _with_norms(pieces: list[Piece]) -> list[Piece]:
    """The same where a file names several layers first and then their norms: each norm behind its layer."""
    runs = [
        (is_norm, list(run)) for is_norm, run in groupby(pieces, lambda one: one.kind == "norm" and one.gap == UNKNOWN)
    ]
    ordered: list[Piece] = []
    for place, (is_norm, run) in enumerate(runs):
        if not is_norm or len(run) == 1 or place == 0:
            ordered += run
            continue
        layers = [piece for piece in runs[place - 1][1] if piece.weighs]
        ordered = ordered[: len(ordered) - len(runs[place - 1][1])] + _threaded(runs[place - 1][1], run, layers)
    return ordered


def _outs(layer: Piece) -> tuple[int, ...]:
    """How many features a layer may make."""
    if layer.kind == "linear" or layer.turned is False:
        return (layer.shape[0],)
    return (layer.shape[1],) if layer.turned else layer.shape[:2]


def _threaded(before: Sequence[Piece], norms: Sequence[Piece], layers: Sequence[Piece]) -> list[Piece]:
    """Each norm behind the layer that makes so many features; as the file has them where they do not fit."""
    ways = [layers[start : start + len(norms)] for start in range(len(layers) - len(norms), -1, -1)]
    for way in ways:
        if all(norm.shape[0] in _outs(layer) for norm, layer in zip(norms, way, strict=True)):
            behind = dict(zip((layer.key for layer in way), norms, strict=True))
            return [one for piece in before for one in (piece, behind.get(piece.key)) if one is not None]
    return [*before, *norms]


def _entry_first(pieces: list[Piece]) -> list[Piece]:
    """The same where a file names the decoder's first layer, from a vector, behind the one that makes the picture."""
    weighing = [piece for piece in pieces if piece.weighs]
    if len(weighing) < 4 or weighing[-1].kind != "linear":
        return pieces
    entry, before = weighing[-1], weighing[:-1]
    heads = [place for place, piece in enumerate(before) if piece.kind == "linear" and entry.shape[1] == piece.shape[0]]
    if not heads or before[-1].kind != "kernel" or min(before[-1].shape[:2]) not in PICTURE:
        return pieces
    place = pieces.index(before[heads[-1]]) + 1
    moved = pieces[pieces.index(entry) :]
    return [*pieces[:place], *moved, *(piece for piece in pieces[place:] if piece not in moved)]


def starts(pieces: Sequence[Piece]) -> list[str]:
    """The keys of modules with which the decoder may begin, the likeliest first."""
    weighing = [piece for piece in pieces if piece.weighs]
    makers = [piece for piece in weighing if piece.kind == "linear" or not _takes_picture(piece)]
    likely = [*_after_heads(weighing), *_by_name(weighing), *_narrowest(weighing)]
    return list(dict.fromkeys(piece.key for piece in [*likely, *makers]))


def split_at(pieces: Sequence[Piece], start: str) -> Split:
    """The same modules, where the decoder begins with `start`."""
    place = next(number for number, piece in enumerate(pieces) if piece.key == start)
    if place and pieces[place - 1].kind in ("table", "norm") and not is_encoding(pieces[place - 1].key):
        place -= pieces[place - 1].kind == "table"
    before, after = list(pieces[:place]), tuple(pieces[place:])
    if not any(piece.weighs for piece in before):
        return Split((), (), tuple(before) + after)
    tables = tuple(piece for piece in before if piece.kind == "table")
    heads = _heads(before)
    return Split(tuple(one for one in before if one not in heads and one not in tables), heads, tables + after)


def _heads(before: Sequence[Piece]) -> tuple[Piece, ...]:
    weighing = [piece for piece in before if piece.weighs]
    last = weighing[-2:]
    if len(last) == 2 and _are_heads(last[0], last[1]):
        return (last[1], last[0]) if is_spread(last[0].key) and not is_spread(last[1].key) else (last[0], last[1])
    return tuple(weighing[-1:])


def _are_heads(one: Piece, other: Piece) -> bool:
    """Whether two layers may be mean and log variance: of one shape, and narrowing."""
    if is_encoding(one.key) != is_encoding(other.key) and is_decoding(other.key):
        return False
    return one.shape == other.shape and one.kind == other.kind and _narrows(one) and _narrows(other)


def _narrows(piece: Piece) -> bool:
    return piece.shape[0] < piece.shape[1] and not piece.turned


def _after_heads(weighing: Sequence[Piece]) -> list[Piece]:
    """What follows two neighbours of one shape that narrow, and takes what they give."""
    found = []
    for one, other, after in zip(weighing, weighing[1:], weighing[2:], strict=False):
        if _are_heads(one, other) and one.shape[0] in after.shape[:2]:
            found.append(after)
    return found


def _by_name(weighing: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in weighing if is_decoding(piece.key)][:1]


def _narrowest(weighing: Sequence[Piece]) -> list[Piece]:
    """The layer that takes least, where wider ones stand before it; the first one where none reads a picture."""
    if not weighing:
        return []
    if not (_takes_picture(weighing[0]) or (weighing[0].kind == "linear" and _narrows(weighing[0]))):
        return [weighing[0]]
    pairs = [(_takes(after, last=after is weighing[-1]), after) for after in weighing[1:]]
    return [min(pairs, key=lambda pair: pair[0])[1]] if pairs else []


def _takes(piece: Piece, *, last: bool) -> int:
    """How wide what goes into a layer is: of a kernel of unknown direction the narrower side, at the end the wider."""
    if piece.kind == "linear" or piece.turned is False:
        return piece.shape[1]
    if piece.turned:
        return piece.shape[0]
    return max(piece.shape[:2]) if last else min(piece.shape[:2])


def _takes_picture(piece: Piece) -> bool:
    return piece.kind == "kernel" and piece.shape[1] in PICTURE
