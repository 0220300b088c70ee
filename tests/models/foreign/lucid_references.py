"""stylegan2-pytorch's generator and mapping network in its keys, written for the tests; noise at its mean."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def leaky(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


def larger(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Slow(nn.Module):
    """Weight and bias times 0.1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight, self.bias = (
            nn.Parameter(torch.randn(width, width) * 12 / math.sqrt(width)),
            nn.Parameter(torch.randn(width)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight * 0.1, self.bias * 0.1)


class Vectors(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(depth):
            layers += [Slow(width), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.net(functional.normalize(z, dim=1))


class Mod(nn.Module):
    """A kernel for each picture: times style + 1, and divided by its size."""

    def __init__(self, i: int, o: int, kernel: int, *, demod: bool = True) -> None:
        super().__init__()
        self.weight, self.demod = nn.Parameter(torch.randn(o, i, kernel, kernel) / math.sqrt(i)), demod

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        made = []
        for one, by in zip(x, style, strict=True):
            weight = self.weight * (by + 1)[None, :, None, None]
            if self.demod:
                weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
            made.append(functional.conv2d(one[None], weight, padding=weight.shape[2] // 2))
        return torch.cat(made)


class Smooth(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("f", torch.tensor([1.0, 2.0, 1.0]))

    def forward(self, x: Tensor) -> Tensor:
        kernel = (torch.outer(self.f, self.f) / 16).expand(x.shape[1], 1, 3, 3)
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), "reflect"), kernel, groups=x.shape[1])


class Rgb(nn.Module):
    def __init__(self, w: int, width: int, *, last: bool) -> None:
        super().__init__()
        self.to_style, self.conv = nn.Linear(w, width), Mod(width, 3, 1, demod=False)
        self.upsample = None if last else nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), Smooth())

    def forward(self, x: Tensor, before: Tensor | None, w: Tensor) -> Tensor:
        x = self.conv(x, self.to_style(w))
        x = x if before is None else x + before
        return x if self.upsample is None else self.upsample(x)


class Block(nn.Module):
    def __init__(self, w: int, i: int, o: int, *, first: bool, last: bool) -> None:
        super().__init__()
        self.first = first
        self.to_style1, self.to_noise1, self.conv1 = nn.Linear(w, i), nn.Linear(1, o), Mod(i, o, 3)
        self.to_style2, self.to_noise2, self.conv2 = nn.Linear(w, o), nn.Linear(1, o), Mod(o, o, 3)
        self.to_rgb = Rgb(w, o, last=last)

    def forward(self, x: Tensor, rgb: Tensor | None, w: Tensor) -> tuple[Tensor, Tensor]:
        x = x if self.first else larger(x)
        for style, noise, conv in (
            (self.to_style1, self.to_noise1, self.conv1),
            (self.to_style2, self.to_noise2, self.conv2),
        ):
            x = leaky(conv(x, style(w)) + noise(torch.full((1,), 0.5))[:, None, None])
        return x, self.to_rgb(x, rgb, w)


class Generator(nn.Module):
    def __init__(self, w: int, widths: list[int]) -> None:
        super().__init__()
        self.initial_block = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.initial_conv = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        pairs = list(pairwise([widths[0], *widths]))
        blocks = [Block(w, i, o, first=not n, last=n == len(pairs) - 1) for n, (i, o) in enumerate(pairs)]
        self.blocks = nn.ModuleList(blocks)

    def forward(self, w: Tensor) -> Tensor:
        x, rgb = self.initial_conv(self.initial_block.expand(len(w), -1, -1, -1)), None
        for block in self.blocks:
            x, rgb = block(x, rgb, w)
        assert rgb is not None
        return rgb


class Lucid(nn.Module):
    """Pictures in -1..1, for the checks that all style-based generators share."""

    def __init__(self, w: int, depth: int, widths: list[int]) -> None:
        super().__init__()
        self.SE, self.GE = Vectors(w, depth), Generator(w, widths)

    def forward(self, z: Tensor) -> Tensor:
        return 2 * self.GE(self.SE(z)) - 1
