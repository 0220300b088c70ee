"""Progressive GANs in the spellings of their authors, written for the tests from their descriptions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def normal(x: Tensor) -> Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def leaky(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


def doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2)


def shaken(layer: nn.Module) -> nn.Module:
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias, std=0.3)
    return layer


class Constrained(nn.Module):
    """weight and bias times He's constant."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.module = shaken(layer)

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x) * math.sqrt(2 / self.module.weight[0].numel())


class Zoo(nn.Module):
    def __init__(self, z: int, widths: Sequence[int], channels: int = 3) -> None:
        super().__init__()
        first = widths[0]
        self.formatLayer = Constrained(nn.Linear(z, 16 * first))
        self.groupScale0 = nn.ModuleList([Constrained(nn.Conv2d(first, first, 3, padding=1))])
        self.toRGBLayers = nn.ModuleList(Constrained(nn.Conv2d(width, channels, 1)) for width in widths)
        self.scaleLayers = nn.ModuleList(
            nn.ModuleList(Constrained(nn.Conv2d(i, high, 3, padding=1)) for i in (low, high))
            for low, high in itertools.pairwise(widths)
        )

    def forward(self, z: Tensor) -> Tensor:
        x = normal(leaky(self.formatLayer(normal(z))).view(len(z), -1, 4, 4))
        x = normal(leaky(self.groupScale0[0](x)))
        for scale in self.scaleLayers:
            x = doubled(x)
            for layer in scale:
                x = normal(leaky(layer(x)))
        return self.toRGBLayers[-1](x)


class Equal(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight * math.sqrt(2 / self.weight[0].numel())
        return functional.conv2d(x, weight, self.bias, padding=self.padding)


class EqualTurned(nn.ConvTranspose2d):
    def forward(self, x: Tensor) -> Tensor:
        return functional.conv_transpose2d(x, self.weight * math.sqrt(2 / len(self.weight)), self.bias)


class Pair(nn.Module):
    def __init__(self, low: int, high: int, *, first: bool) -> None:
        super().__init__()
        kind = EqualTurned(low, high, 4) if first else Equal(low, high, 3, padding=1)
        self.conv_1, self.conv_2 = shaken(kind), shaken(Equal(high, high, 3, padding=1))


class Blocks(nn.Module):
    """`trained`: how many sizes; the colours of the others still have the bias 0."""

    def __init__(self, z: int, widths: Sequence[int], trained: int, channels: int = 3) -> None:
        super().__init__()
        before = [z, *widths]
        self.trained = trained
        self.layers = nn.ModuleList(Pair(before[n], width, first=n == 0) for n, width in enumerate(widths))
        self.rgb_converters = nn.ModuleList(shaken(Equal(width, channels, 1)) for width in widths)
        for layer in self.rgb_converters[trained:]:
            nn.init.zeros_(layer.bias)

    def forward(self, z: Tensor) -> Tensor:
        first = self.layers[0]
        x = normal(leaky(first.conv_2(leaky(first.conv_1(z[:, :, None, None])))))
        for block in self.layers[1 : self.trained]:
            x = normal(leaky(block.conv_1(doubled(x))))
            x = normal(leaky(block.conv_2(x)))
        return self.rgb_converters[self.trained - 1](x)


class Scaled(nn.Module):
    def __init__(self, low: int, high: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(low, high, kernel, padding=kernel // 2, bias=False)
        self.bias = nn.Parameter(0.3 * torch.randn(high))
        nn.init.normal_(self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x * math.sqrt(2 / self.conv.weight[0].numel())) + self.bias.view(1, -1, 1, 1)


class ScaledPair(nn.Module):
    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = Scaled(low, high, 3), Scaled(high, high, 3)

    def forward(self, x: Tensor) -> Tensor:
        return normal(leaky(self.conv2(normal(leaky(self.conv1(x))))))


class Course(nn.Module):
    def __init__(self, z: int, widths: Sequence[int], trained: int, channels: int = 3) -> None:
        super().__init__()
        first = widths[0]
        parts = [nn.Identity(), nn.ConvTranspose2d(z, first, 4), nn.Identity(), Scaled(first, first, 3)]
        self.initial, self.trained = nn.Sequential(*parts), trained
        self.initial_rgb = Scaled(first, channels, 1)
        self.prog_blocks = nn.ModuleList(ScaledPair(low, high) for low, high in itertools.pairwise(widths))
        self.rgb_layers = nn.ModuleList([self.initial_rgb, *(Scaled(width, channels, 1) for width in widths[1:])])
        for layer in self.rgb_layers[trained:]:
            nn.init.zeros_(layer.bias)

    def forward(self, z: Tensor) -> Tensor:
        x = leaky(self.initial[1](normal(z)[:, :, None, None]))
        x = normal(leaky(self.initial[3](x)))
        for block in self.prog_blocks[: self.trained - 1]:
            x = block(doubled(x))
        return self.rgb_layers[self.trained - 1](x).tanh()
