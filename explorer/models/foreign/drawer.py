"""Tensors of a file, each taken once, with the gains that their authors apply at run time put into them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.models.foreign.reading import ModuleTree
from explorer.models.foreign.stack import UnfitError


class Drawer:
    """`left`: what nobody took yet. `made`: weights by the keys of the network that is to be built."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self.left = dict(tensors)
        self.made: dict[str, Tensor] = {}

    def take(self, key: str, rank: int | None = None) -> Tensor:
        """A tensor of the file. Raises UnfitError where it is missing, or of another rank."""
        value = self.left.pop(key, None)
        if value is None or (rank is not None and value.dim() != rank):
            raise UnfitError(key)
        return value

    def put(self, name: str, value: Tensor) -> None:
        self.made[name] = value.contiguous()

    def dense(self, key: str, name: str, rate: float = 1.0, gain: float = 1.0) -> tuple[int, int]:
        """A linear layer of equalised learning rate: its weight has a standard deviation of 1 / rate. (out, in)."""
        weight, bias = self.take(f"{key}.weight", 2), self.take(f"{key}.bias", 1)
        wide, narrow = weight.shape
        self.put(f"{name}.weight", weight * (rate * gain / math.sqrt(narrow)))
        self.put(f"{name}.bias", bias * (rate * gain))
        return wide, narrow

    def ignore(self, *endings: str) -> None:
        """What means nothing for a picture."""
        self.left = {key: value for key, value in self.left.items() if not key.endswith(endings)}

    def finish(self) -> dict[str, Tensor]:
        """The weights. Raises UnfitError where tensors are left over."""
        if self.left:
            raise UnfitError(next(iter(self.left)))
        return self.made


def fan(weight: Tensor) -> int:
    """Numbers that one number of a convolution's result is summed from, (out, in, height, width)."""
    return weight[0].numel()


def square_filter(taps: Tensor) -> Tensor:
    """A filter (k, k) that sums to 1; of (k,) the product with itself."""
    whole = torch.outer(taps, taps) if taps.dim() == 1 else taps
    if whole.dim() != 2 or whole.shape[0] != whole.shape[1] or whole.shape[0] > 16:
        raise UnfitError("resample_filter")
    return whole


def said(tree: ModuleTree | None, path: str, name: str) -> object:
    """A plain attribute of a pickled module below `tree`; None where it is not told."""
    for part in path.split("."):
        tree = tree.children.get(part) if tree is not None else None
    return tree.attributes.get(name) if tree is not None else None
