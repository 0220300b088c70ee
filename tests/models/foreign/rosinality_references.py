"""StyleGAN2 in the keys of a second well-known code base, written for the tests from its names and the paper."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from style_references import ROOT, Dense, kernel_of, normal, per_picture, resampled
from torch import Tensor, nn
from torch.nn import functional


class Normal(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return normal(z)


class Blur(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernel", 4 * kernel_of((1, 3, 3, 1)))


class Modulated(nn.Module):
    def __init__(self, low: int, high: int, kernel: int, w: int, up: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, high, low, kernel, kernel))
        self.modulation = Dense(w, low, bias=1.0)
        self.blur = Blur() if up else None

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        weight = self.weight[0] / math.sqrt(self.weight[0, 0].numel())
        up = self.blur is not None
        x = per_picture(x, weight, self.modulation(w), demodulate=weight.shape[-1] == 3, up=up)
        return resampled(x, self.blur.kernel, pad=(1, 1)) if self.blur is not None else x


class Noise(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.2]))


class Bias(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(0.2 * torch.randn(width))


class Styled(nn.Module):
    def __init__(self, low: int, high: int, w: int, up: bool) -> None:
        super().__init__()
        self.conv, self.noise, self.activate = Modulated(low, high, 3, w, up), Noise(), Bias(high)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        x = self.conv(x, w) + self.noise.weight * noise + self.activate.bias[:, None, None]
        return functional.leaky_relu(x, 0.2) * ROOT


class Colours(nn.Module):
    def __init__(self, low: int, w: int, up: bool) -> None:
        super().__init__()
        if up:
            self.upsample = Blur()
        self.conv = Modulated(low, 3, 1, w, False)
        self.bias = nn.Parameter(0.2 * torch.randn(1, 3, 1, 1))

    def forward(self, x: Tensor, w: Tensor, before: Tensor | None = None) -> Tensor:
        x = self.conv(x, w) + self.bias
        return x if before is None else x + resampled(before, self.upsample.kernel, up=2, pad=(2, 1))


class Start(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, width, 4, 4))


class Rosinality2(nn.Module):
    def __init__(self, widths: Sequence[int], w: int = 9, layers: int = 4) -> None:
        super().__init__()
        self.style = nn.Sequential(Normal(), *(Dense(w, w, 0.01, "lrelu") for _ in range(layers)))
        self.input = Start(widths[0])
        self.conv1, self.to_rgb1 = Styled(widths[0], widths[0], w, False), Colours(widths[0], w, False)
        self.convs, self.to_rgbs, self.noises = nn.ModuleList(), nn.ModuleList(), nn.Module()
        self.noises.register_buffer("noise_0", torch.randn(1, 1, 4, 4))
        for level in range(1, len(widths)):
            for number in (2 * level - 1, 2 * level):
                self.noises.register_buffer(f"noise_{number}", torch.randn(1, 1, 4 * 2**level, 4 * 2**level))
            self.convs.append(Styled(widths[level - 1], widths[level], w, True))
            self.convs.append(Styled(widths[level], widths[level], w, False))
            self.to_rgbs.append(Colours(widths[level], w, True))

    def forward(self, z: Tensor) -> Tensor:
        w = self.style(z)
        x = self.conv1(self.input.input.repeat(len(z), 1, 1, 1), w, self.noises.noise_0)
        picture = self.to_rgb1(x, w)
        for level, colours in enumerate(self.to_rgbs):
            for number in (2 * level, 2 * level + 1):
                x = self.convs[number](x, w, getattr(self.noises, f"noise_{number + 1}"))
            picture = colours(x, w, picture)
        return picture
