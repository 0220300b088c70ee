"""The networks of zuko as layers: dense ones, masked or not, with residual blocks or without, normalised or not."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

from explorer.models.foreign.flows.writing import Flowing, odd_first, rows
from explorer.models.foreign.stack import Stack, UnfitError

EPS = 1e-5  # of a normalisation between layers


def network(flowing: Flowing, key: str, moved: int) -> tuple[Stack, int]:
    """The layers, and how many numbers they say of each of `moved` features; of two, raw scales come first."""
    start = f"{key}."
    numbers = sorted({int(name[len(start) :].partition(".")[0]) for name in flowing.tensors if name.startswith(start)})
    if not numbers or len(numbers) < 2 or numbers[0] != 0:
        raise UnfitError(key)
    gaps = [after - before for before, after in pairwise(numbers)]
    said = flowing.tensors[f"{key}.{numbers[-1]}.weight"].shape[0]
    each, left = divmod(said, moved)
    if left or set(gaps) - {1, 2, 3}:
        raise UnfitError(f"{said} numbers for {moved}")
    net = flowing.stack()
    for number, gap in zip(numbers, [*gaps, 1], strict=True):
        last = number == numbers[-1]
        if f"{key}.{number}.0.weight" in flowing.tensors:
            first, second = (_layer(flowing, f"{key}.{number}.{place}") for place in (0, 2))
            net.residual(rows(rows(net.beside(), *first).add("relu"), *second))
        else:
            rows(net, *_layer(flowing, f"{key}.{number}"), odd_first(said) if last and each == 2 else None)
        if gap > 1:
            net.add("relu")
        if gap > 2:
            _normalise(net, flowing.tensors[f"{key}.{number}.weight"].shape[0])
    return net, each


def _normalise(net: Stack, width: int) -> None:
    """(x - mean) / sqrt(variance + eps), where zuko divides the sum of squares by `width` - 1, and torch by `width`."""
    share = (width - 1) / width
    net.add("layer_norm", eps=EPS * share)
    net.own("weight", torch.full((width,), math.sqrt(share))).own("bias", torch.zeros(width))


def _layer(flowing: Flowing, key: str) -> tuple[Tensor, Tensor]:
    """Weight, masked where there is a mask, and bias."""
    mask = flowing.take(f"{key}.mask").float() if f"{key}.mask" in flowing.tensors else torch.ones(())
    return flowing.take(f"{key}.weight") * mask, flowing.take(f"{key}.bias")
