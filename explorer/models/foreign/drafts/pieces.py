"""The modules of a file, by the names and shapes of their tensors, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from explorer.models.foreign.stack import COUNTED

GAINS = ("gamma", "sigma", "alpha")  # what the weight of self-attention is called
QUERIES, KEYS = ("query", "theta", "q_", "to_q"), ("key", "phi", "k_", "to_k")

Kind = Literal["linear", "kernel", "norm", "scale", "slope", "table", "attend", "block", "other"]
"""A matrix, a convolution of either direction, a batch norm, another norm, a PReLU, a table of classes, self-attention,
a residual block, or else."""
UNKNOWN = -1


@dataclass(frozen=True)
class Piece:
    """One module. `gap`: how many numbers are missing before it in its Sequential; UNKNOWN where names do not count.

    `shape` is that of its weight, (features,) of a norm, or (width, width of keys, width of values) of attention, and
    (in, between, out, of the first norm, kernel) of a block; the `parts` of both are keys of the file by their role.
    """

    key: str
    kind: Kind
    shape: tuple[int, ...]
    biased: int = 0  # numbers of the bias
    gap: int = UNKNOWN
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def first_gap(self) -> int:
        """The same of the first module of a Sequential: what stands before it there."""
        number = self.key.rpartition(".")[2]
        return int(number) if self.gap == UNKNOWN and number.isdigit() else 0

    @property
    def weighs(self) -> bool:
        """Whether it is a layer that a width goes through."""
        return self.kind in ("linear", "kernel")

    @property
    def kernel(self) -> int:
        return self.shape[2] if self.kind == "kernel" else 0

    @property
    def turned(self) -> bool | None:
        """Whether a convolution is transposed, as its bias tells; None where that does not."""
        if self.kind != "kernel" or not self.biased or self.shape[0] == self.shape[1]:
            return None
        return self.biased == self.shape[1]


def pieces_of(tensors: Mapping[str, Tensor]) -> list[Piece]:
    """All modules with tensors of their own."""
    found: list[Piece] = []
    keys = list(dict.fromkeys(key.rpartition(".")[0] for key in tensors if not key.endswith(COUNTED)))
    if keys == sorted(keys):  # of a container that keeps no order
        keys = sorted(keys, key=lambda key: [(part.zfill(6) if part.isdigit() else part) for part in key.split(".")])
    for key in keys:
        before = found[-1].key if found else ""
        found.append(_piece(tensors, key, gap_between(before, key)))
    return attending(found, tensors)


def _piece(tensors: Mapping[str, Tensor], key: str, gap: int) -> Piece:
    weight, bias = tensors.get(f"{key}.weight"), tensors.get(f"{key}.bias")
    biased = len(bias) if bias is not None and bias.dim() == 1 else 0
    if f"{key}.running_mean" in tensors:
        return Piece(key, "norm", tuple(tensors[f"{key}.running_mean"].shape), biased, gap)
    if weight is None:
        return Piece(key, "other", (), 0, gap)
    shape = tuple(weight.shape)
    named = any(word in key.lower() for word in ("emb", "label"))
    if weight.dim() == 2:
        return Piece(key, "table" if named and not biased else "linear", shape, biased, gap)
    if weight.dim() == 4 and shape[2] == shape[3]:
        return Piece(key, "kernel", shape, biased, gap)
    if weight.dim() == 1:
        return Piece(key, "scale" if biased else "slope", shape, biased, gap)
    return Piece(key, "other", shape, biased, gap)


def gap_between(before: str, key: str) -> int:
    """How many numbers are missing between two modules of one Sequential; UNKNOWN where that is not told."""
    (stem, _, last), (other, _, number) = before.rpartition("."), key.rpartition(".")
    counted = stem == other and last.isdigit() and number.isdigit()
    return int(number) - int(last) - 1 if counted and int(number) > int(last) else UNKNOWN


def missing_before(pieces: Sequence[Piece], number: int) -> int:
    """How many modules without weights stand before a layer, its activation among them; UNKNOWN where names tell none.

    A norm with an activation of its own before it has none behind, which is counted as if it had.
    """
    piece, before = pieces[number], pieces[number - 1] if number else None
    if (
        piece.gap == UNKNOWN
        and piece.key.endswith(".0")
        and number + 1 < len(pieces)
        and pieces[number + 1].gap != UNKNOWN
    ):
        return 0
    activated = before is not None and before.kind in ("norm", "scale") and before.gap > 0
    return piece.gap + 1 if piece.gap > 0 and activated else piece.gap


def is_decoding(key: str) -> bool:
    """Whether a module's name says that it makes pictures."""
    return _says(key, ("decod", "generat"), ("dec", "gen", "g", "netg"))


def is_encoding(key: str) -> bool:
    """Whether a module's name says that it reads pictures."""
    return _says(key, ("encod", "quant_conv"), ("enc",))


def _says(key: str, parts: Sequence[str], words: Sequence[str]) -> bool:
    first = [word for part in key.lower().split(".")[:2] for word in (part, *part.split("_"))]
    return any(part in word for word in first for part in parts) or any(word in words for word in first)


def attending(pieces: Sequence[Piece], tensors: Mapping[str, Tensor]) -> list[Piece]:
    """The same with one piece for each self-attention: convolutions of one pixel around a single number, its weight."""
    gains = {key.rpartition(".")[0]: key for key in tensors if key.endswith(GAINS) and tensors[key].numel() == 1}
    found: list[Piece] = []
    for head, gain in gains.items():
        inner = [piece for piece in pieces if piece.key.startswith(f"{head}.") and piece.kernel == 1]
        if (made := _attention(head, gain, inner)) is not None:
            found.append(made)
    if not found:
        return list(pieces)
    heads = {piece.key: piece for piece in found}
    kept: list[Piece] = []
    for piece in pieces:
        owner = next((head for head in heads if piece.key == head or piece.key.startswith(f"{head}.")), None)
        if owner is None:
            kept.append(piece)
        elif heads[owner] not in kept:
            kept.append(heads[owner])
    return kept


def _attention(head: str, gain: str, inner: Sequence[Piece]) -> Piece | None:
    """(query, key, value) and (out) of these convolutions; None where they are no self-attention."""
    if len(inner) not in (3, 4):
        return None
    width = inner[0].shape[1]
    narrow = min(inner, key=lambda piece: piece.shape[0]).shape[:2]
    pair = [piece for piece in inner if piece.shape[:2] == narrow][:2]
    rest = [piece for piece in inner if piece not in pair]
    if len(pair) != 2 or not rest or rest[0].shape[1] != width or any(piece.shape[0] != width for piece in rest[1:]):
        return None
    query, key = _in_turn(*pair)
    parts = {"query": query.key, "key": key.key, "value": rest[0].key, "gamma": gain}
    if len(rest) == 2:
        parts["out"] = rest[1].key
    shape = (width, narrow[0], rest[0].shape[0])
    return Piece(head, "attend", shape, int(inner[0].biased > 0), UNKNOWN, tuple(parts.items()))


def _in_turn(one: Piece, other: Piece) -> tuple[Piece, Piece]:
    """Query and key by their names; 'f' and 'g' as the paper has them: the second asks."""
    names = [piece.key.rpartition(".")[2].lower() for piece in (one, other)]
    asks = any(word in names[1] for word in QUERIES) or any(word in names[0] for word in KEYS)
    turned = asks or [name.strip("_")[:1] for name in names] == ["f", "g"]
    return (other, one) if turned else (one, other)
