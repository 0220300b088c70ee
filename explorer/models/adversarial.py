"""The nets of the GAN family: mapping network, generator steered by w, and the critic that is used in training only.

The style of each layer is a scale and a shift of its normalised features (Karras et al. 2019); the pixel-wise
normalisation is that of Karras et al. 2018. There are no noise inputs: a latent says all of its picture. Only plain
operators, for ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def pixel_norm(features: Tensor) -> Tensor:
    """Features (n, channels, ...) over their root mean square along the channels."""
    return features * torch.rsqrt(features.square().mean(1, keepdim=True) + 1e-6)


class Mapping(nn.Module):
    """z (n, d) to w (n, d): z of length sqrt(d), so that only its direction matters, plus what the layers add.

    They start by adding nothing, so that all d dimensions of w are in use: without it w shrank to five.
    """

    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(dim, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2), nn.Linear(width, dim)
        )
        for parameter in self.body[-1].parameters():
            nn.init.zeros_(parameter)

    def forward(self, z: Tensor) -> Tensor:
        normal = pixel_norm(z)
        w: Tensor = normal + self.body(normal)
        return w


class Styled(nn.Module):
    """A convolution (with `grow`, to twice the size), a bias for each place, normalisation, then the style of w."""

    def __init__(self, width_in: int, width_out: int, size: int, w_dim: int, grow: bool) -> None:
        super().__init__()
        self.convolution = (
            nn.ConvTranspose2d(width_in, width_out, 4, 2, 1) if grow else nn.Conv2d(width_in, width_out, 3, padding=1)
        )
        self.place = nn.Parameter(torch.zeros(width_out, size, size))
        self.style = nn.Linear(w_dim, 2 * width_out)
        if not self.style.weight.is_meta:  # drawing on the meta device imports 800 modules: 2 s and 70 MB
            nn.init.normal_(self.style.weight, std=0.5 / w_dim**0.5)

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        scale, shift = self.style(w)[:, :, None, None].chunk(2, 1)
        normal = pixel_norm(self.convolution(features) + self.place)
        return functional.leaky_relu(normal * (1 + scale) + shift, 0.2)


class Generator(nn.Module):
    """w (n, d_w) to pictures (n, channels, size, size), -1..1 and a little beyond.

    `widths` counts from 4 x 4; each further width doubles the size; `depths` says how many layers each of those sizes
    has.
    """

    def __init__(self, channels: int, w_dim: int, widths: Sequence[int], depths: Sequence[int]) -> None:
        super().__init__()
        self.start = nn.Linear(w_dim, widths[0] * 16)
        self.fold = nn.Unflatten(1, (widths[0], 4, 4))
        layers: list[nn.Module] = []
        for level, (before, width) in enumerate(pairwise(widths), start=1):
            layers.append(Styled(before, width, 4 * 2**level, w_dim, grow=True))
            layers += [Styled(width, width, 4 * 2**level, w_dim, grow=False) for _ in range(depths[level - 1] - 1)]
        self.layers = nn.ModuleList(layers)
        self.paint = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, w: Tensor) -> Tensor:
        features = functional.leaky_relu(self.fold(self.start(w)), 0.2)
        for layer in self.layers:
            features = layer(features, w)
        pictures: Tensor = self.paint(features)
        return pictures


class Critic(nn.Module):
    """Pictures (n, channels, size, size) to one number each: how much of the data they look.

    Sees the variety of each group of four as well (minibatch standard deviation, Karras et al. 2018): n is a multiple
    of four.
    """

    def __init__(self, size: int, channels: int, widths: Sequence[int], hidden: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], 3, padding=1), nn.LeakyReLU(0.2)]
        for before, width in pairwise(widths):
            layers += [nn.Conv2d(before, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers)
        side = size // 2 ** (len(widths) - 1)
        self.head = nn.Sequential(
            nn.Linear((widths[-1] + 1) * side**2, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, 1)
        )

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.body(pictures)
        scores: Tensor = self.head(torch.cat([features, _variety(features, group=4)], 1).flatten(1))
        return scores[:, 0]


def _variety(features: Tensor, group: int) -> Tensor:
    """The mean deviation within each group, as one more channel (n, 1, height, width)."""
    parts = features.view(group, -1, *features.shape[1:])
    deviation: Tensor = (parts - parts.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3))
    return deviation.repeat(group)[:, None, None, None].expand(-1, 1, *features.shape[2:])
