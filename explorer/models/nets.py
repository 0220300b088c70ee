"""Building blocks of our networks: plain convolutions that are quick on a CPU and export to ONNX as they are.

No normalisation layers: each residual branch starts at zero (SkipInit, De & Smith 2020), so that the network begins as
a nearly linear map, is the same in training and in use, and gives the same picture in any batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """x + a * conv(silu(conv(silu(x)))), the learned scale `a` of each channel starting at zero; shapes stay."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.scale = nn.Parameter(torch.zeros(width, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        branch = self.second(nn.functional.silu(self.first(nn.functional.silu(features))))
        added: Tensor = features + self.scale * branch
        return added


def grow(width_in: int, width_out: int) -> nn.Sequential:
    """Twice the height and width: a convolution at the low resolution, then a pixel shuffle."""
    return nn.Sequential(nn.Conv2d(width_in, 4 * width_out, 3, padding=1), nn.PixelShuffle(2))


def dense(inputs: int, hidden: int, outputs: int) -> nn.Module:
    """A linear map; with `hidden`, two layers of that width before it, which few latents need to mean much."""
    if not hidden:
        return nn.Linear(inputs, outputs)
    layers = [nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, outputs)]
    return nn.Sequential(*layers)


class ConvEncoder(nn.Module):
    """Pictures (n, channels, size, size) in 0..1 to features (n, outputs).

    The stem folds patches of `patch` x `patch` pixels into channels, so that nothing is computed at full size.
    """

    def __init__(
        self, size: int, channels: int, widths: Sequence[int], depth: int, patch: int, outputs: int, hidden: int = 0
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.PixelUnshuffle(patch), nn.Conv2d(channels * patch**2, widths[0], 3, padding=1)]
        for level, width in enumerate(widths):
            if level:
                layers += [nn.SiLU(), nn.Conv2d(widths[level - 1], width, 3, stride=2, padding=1)]
            layers += [Residual(width) for _ in range(depth)]
        layers += [nn.SiLU(), nn.Flatten()]
        self.body = nn.Sequential(*layers)
        self.head = dense(widths[-1] * lowest(size, patch, widths) ** 2, hidden, outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.head(self.body(2 * pictures - 1))
        return features


class ConvDecoder(nn.Module):
    """Latents (n, latent_dim) to logits of pictures (n, channels, size, size): the encoder's way back.

    `widths` counts from the finest level, as in the encoder; `tail` is the width at the levels finer than that.
    """

    def __init__(
        self,
        size: int,
        channels: int,
        latent_dim: int,
        widths: Sequence[int],
        depth: int,
        patch: int,
        tail: int,
        hidden: int = 0,
    ) -> None:
        super().__init__()
        side = lowest(size, patch, widths)
        coarse_first = list(reversed(widths))
        self.foot = dense(latent_dim, hidden, coarse_first[0] * side**2)
        self.fold = nn.Unflatten(1, (coarse_first[0], side, side))
        layers: list[nn.Module] = []
        for level, width in enumerate(coarse_first):
            if level:
                layers += [nn.SiLU(), grow(coarse_first[level - 1], width)]
            layers += [Residual(width) for _ in range(depth)]
        fine = [widths[0]] + [tail] * (int(math.log2(patch)) - 1)
        for width_in, width_out in zip(fine, [*fine[1:], channels], strict=True):
            layers += [nn.SiLU(), grow(width_in, width_out)]
        self.body = nn.Sequential(*layers)

    def forward(self, latents: Tensor) -> Tensor:
        logits: Tensor = self.body(self.fold(self.foot(latents)))
        return logits


def lowest(size: int, patch: int, widths: Sequence[int]) -> int:
    """The side of the coarsest level."""
    return size // (patch << (len(widths) - 1))
