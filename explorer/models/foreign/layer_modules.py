"""The torch modules that the closed list of layers is built of: no sizes are checked here.

What a layer `keep`s on the way is seen by the layers behind it, however deep they stand: a class for every norm, small
features for large ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

Kept = dict[str, Tensor]


class Remembering(nn.Module):
    """A layer that looks at what was kept, or keeps something."""


class Chain(nn.Sequential):
    """Layers one after the other."""

    def forward(self, features: Tensor, kept: Kept | None = None) -> Tensor:
        known: Kept = {} if kept is None else kept
        for layer in self:
            features = layer(features, known) if isinstance(layer, Remembering) else layer(features)
        return features


class Keep(Remembering):
    """Passes features on, and keeps them, or these ranges (start, stop, start, stop, ...) of their first axis."""

    def __init__(self, name: str, ranges: Sequence[int]) -> None:
        super().__init__()
        self.name = name
        self.slices = [slice(*pair) for pair in zip(ranges[::2], ranges[1::2], strict=True)]

    def forward(self, features: Tensor, kept: Kept) -> Tensor:
        parts = [features[:, one] for one in self.slices]
        kept[self.name] = torch.cat(parts, 1) if len(parts) > 1 else parts[0] if parts else features
        return features


class Recall(Remembering):
    """What was kept, whatever comes in."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, _features: Tensor, kept: Kept) -> Tensor:
        return kept[self.name]


class Modulate(Remembering):
    """(one + factor(kept)) x + shift(kept); a vector holds for all places of a picture. Either branch may be None."""

    def __init__(self, name: str, one: float, factor: nn.Module | None, shift: nn.Module | None) -> None:
        super().__init__()
        self.name, self.one = name, one
        self.factor, self.shift = factor, shift

    def forward(self, features: Tensor, kept: Kept) -> Tensor:
        if self.factor is not None:
            features = features * (self.one + _spread(self.factor(kept[self.name], kept), features))
        if self.shift is not None:
            features = features + _spread(self.shift(kept[self.name], kept), features)
        return features


def _spread(values: Tensor, features: Tensor) -> Tensor:
    """A vector over all places of a picture."""
    return values if values.dim() == features.dim() else values[:, :, None, None]


class Narrow(nn.Module):
    """Features start..stop of the first axis of an item."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        self.start, self.stop = start, stop

    def forward(self, features: Tensor) -> Tensor:
        return features[:, self.start : self.stop]


class Noise(nn.Module):
    """A bias for each channel, and one plane (height, width) of constant noise times a weight of each channel."""

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))
        self.plane = nn.Parameter(torch.zeros(height, width))

    def forward(self, features: Tensor) -> Tensor:
        return features + self.weight[:, None, None] * self.plane + self.bias[:, None, None]


class Constant(nn.Module):
    """Learned features, whatever comes in."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(*shape))

    def forward(self, features: Tensor) -> Tensor:
        return self.weight.expand(features.shape[0], *self.weight.shape)


class Attend(nn.Module):
    """Self-attention over the places of a picture, x + gamma attention(x) (Zhang et al. 2019).

    Keys and values of `pool` x `pool` places are pooled by their maximum; `out` leads back where values are narrower;
    `scalar`: gamma is a number and not a list of one.
    """

    def __init__(
        self, width: int, inner: int, values: int, pool: int, *, bias: bool, out: bool, scalar: bool = False
    ) -> None:
        super().__init__()
        self.query, self.key = nn.Conv2d(width, inner, 1, bias=bias), nn.Conv2d(width, inner, 1, bias=bias)
        self.value = nn.Conv2d(width, values, 1, bias=bias)
        self.out = nn.Conv2d(values, width, 1, bias=bias) if out else nn.Identity()
        self.gamma = nn.Parameter(torch.zeros(()) if scalar else torch.zeros(1))
        self.pool = nn.MaxPool2d(pool) if pool > 1 else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        queries, keys = self.query(features).flatten(2), self.pool(self.key(features)).flatten(2)
        values = self.pool(self.value(features)).flatten(2)
        weights = (queries.transpose(1, 2) @ keys).softmax(-1)
        seen = (values @ weights.transpose(1, 2)).reshape(-1, values.shape[1], *features.shape[2:])
        return features + self.gamma * cast(Tensor, self.out(seen))


class FrozenNorm(nn.Module):
    """Batch normalisation as it is after training: by the kept mean and variance, for vectors and pictures alike."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, features: int, eps: float, affine: bool) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.weight = nn.Parameter(torch.ones(features)) if affine else None  # type: ignore[assignment]
        self.bias = nn.Parameter(torch.zeros(features)) if affine else None  # type: ignore[assignment]

    def forward(self, features: Tensor) -> Tensor:
        mean, variance = self.running_mean, self.running_var
        return functional.batch_norm(features, mean, variance, self.weight, self.bias, False, 0.0, self.eps)


class Residual(Remembering):
    """skip(x) + body(x)."""

    def __init__(self, body: nn.Module, skip: nn.Module) -> None:
        super().__init__()
        self.body, self.skip = body, skip

    def forward(self, features: Tensor, kept: Kept) -> Tensor:
        total: Tensor = self.skip(features, kept) + self.body(features, kept)
        return total


class Parallel(Remembering):
    """What every branch makes of one input, side by side along the first axis of an item."""

    def __init__(self, branches: Iterable[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, features: Tensor, kept: Kept) -> Tensor:
        return torch.cat([branch(features, kept) for branch in self.branches], 1)


class Labels(nn.Module):
    """A latent [z, class as one 1 among zeros] with the class' row of a table in front, behind, or times z."""

    def __init__(self, classes: int, width: int, join: str) -> None:
        super().__init__()
        self.classes, self.join = classes, join
        self.weight = nn.Parameter(torch.zeros(classes, width))

    def forward(self, latents: Tensor) -> Tensor:
        z, row = latents[:, : -self.classes], latents[:, -self.classes :] @ self.weight
        if self.join == "times":
            return z * row
        return torch.cat([row, z] if self.join == "front" else [z, row], 1)


class Attention(nn.Module):
    """One head of self-attention over the places of a picture, after normalising groups; without the way around."""

    def __init__(self, width: int, groups: int, eps: float) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, eps)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, features: Tensor) -> Tensor:
        places = self.norm(features).flatten(2).transpose(1, 2)
        weights = self.query(places) @ self.key(places).transpose(1, 2) / math.sqrt(features.shape[1])
        seen: Tensor = self.out(weights.softmax(-1) @ self.value(places))
        return seen.transpose(1, 2).reshape(features.shape)


class PixelNorm(nn.Module):
    """Features over their root mean square along the channels (Karras et al. 2018)."""

    def forward(self, features: Tensor) -> Tensor:
        normal: Tensor = features * torch.rsqrt(features.square().mean(1, keepdim=True) + 1e-8)
        return normal


class Power(nn.Module):
    """Numbers to a power."""

    def __init__(self, power: float) -> None:
        super().__init__()
        self.power = power

    def forward(self, features: Tensor) -> Tensor:
        return features**self.power


class SoftClamp(nn.Module):
    """limit tanh(x / limit)."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def forward(self, features: Tensor) -> Tensor:
        return torch.tanh(features / self.limit) * self.limit


class Affine(nn.Module):
    """factor x + shift."""

    def __init__(self, factor: float, shift: float) -> None:
        super().__init__()
        self.factor, self.shift = factor, shift

    def forward(self, features: Tensor) -> Tensor:
        return features * self.factor + self.shift


class Glu(nn.Module):
    """The first half of the channels times the sigmoid of the second (Dauphin et al. 2017)."""

    def forward(self, features: Tensor) -> Tensor:
        return functional.glu(features, 1)


class Permute(nn.Module):
    """The axes of an item in another order."""

    def __init__(self, order: Iterable[int]) -> None:
        super().__init__()
        self.order = (0, *(axis + 1 for axis in order))

    def forward(self, features: Tensor) -> Tensor:
        return features.permute(self.order)
