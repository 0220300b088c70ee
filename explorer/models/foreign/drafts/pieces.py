"""The modules of a file, by the names and shapes of their tensors, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from explorer.models.foreign.stack import COUNTED

Kind = Literal["linear", "kernel", "norm", "scale", "slope", "table", "other"]
"""A matrix, a convolution of either direction, a batch norm, another norm, a PReLU, a table of classes, or else."""
UNKNOWN = -1


@dataclass(frozen=True)
class Piece:
    """One module. `gap`: how many numbers are missing before it in its Sequential; UNKNOWN where names do not count.

    `shape` is that of its weight, or (features,) of a norm.
    """

    key: str
    kind: Kind
    shape: tuple[int, ...]
    biased: int = 0  # numbers of the bias
    gap: int = UNKNOWN

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


def pieces_of(tensors: Mapping[str, Tensor]) -> list[Piece]:
    """All modules with tensors of their own."""
    found: list[Piece] = []
    keys = list(dict.fromkeys(key.rpartition(".")[0] for key in tensors if not key.endswith(COUNTED)))
    if keys == sorted(keys):  # of a container that keeps no order
        keys = sorted(keys, key=lambda key: [(part.zfill(6) if part.isdigit() else part) for part in key.split(".")])
    for key in keys:
        before = found[-1].key if found else ""
        found.append(_piece(tensors, key, _gap(before, key)))
    return found


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


def _gap(before: str, key: str) -> int:
    (stem, _, last), (other, _, number) = before.rpartition("."), key.rpartition(".")
    counted = stem == other and last.isdigit() and number.isdigit()
    return int(number) - int(last) - 1 if counted and int(number) > int(last) else UNKNOWN


def is_decoding(key: str) -> bool:
    """Whether a module's name says that it makes pictures."""
    return _says(key, ("decod", "generat"), ("dec", "gen", "g", "netg"))


def is_encoding(key: str) -> bool:
    """Whether a module's name says that it reads pictures."""
    return _says(key, ("encod", "quant_conv"), ("enc",))


def _says(key: str, parts: Sequence[str], words: Sequence[str]) -> bool:
    first = [word for part in key.lower().split(".")[:2] for word in (part, *part.split("_"))]
    return any(part in word for word in first for part in parts) or any(word in words for word in first)
