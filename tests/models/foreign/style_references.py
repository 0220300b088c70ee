"""Style-based generators written for the tests from their papers, one kernel a picture as the formulas have it.

The keys, gains and constants are those of the authors' code; nothing is folded and nothing is quick.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

ROOT = math.sqrt(2)


def resampled(
    x: Tensor, taps: Tensor, up: int = 1, down: int = 1, pad: Sequence[int] = (0, 0), gain: float = 1
) -> Tensor:
    """Zeros between pixels, `pad` around, a true convolution by `taps` (k, k), every `down`-th pixel."""
    n, c, h, w = x.shape
    wide = x.new_zeros(n, c, h * up, w * up)
    wide[:, :, ::up, ::up] = x
    wide = functional.pad(wide, (pad[0], pad[1], pad[0], pad[1]))
    kernel = (taps.flip(0, 1) * gain)[None, None].repeat(c, 1, 1, 1)
    return functional.conv2d(wide, kernel, groups=c)[:, :, ::down, ::down]


def kernel_of(taps: Sequence[float]) -> Tensor:
    one = torch.tensor(taps, dtype=torch.float32)
    return torch.outer(one, one) / one.sum() ** 2


def per_picture(x: Tensor, weight: Tensor, style: Tensor, *, demodulate: bool, up: bool) -> Tensor:
    """A kernel (out, in, k, k) for each picture, by its style (n, in)."""
    pictures = []
    for one, scales in zip(x, style, strict=True):
        kernel = weight * scales[None, :, None, None]
        if demodulate:
            kernel = kernel / (kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if up:
            pictures.append(functional.conv_transpose2d(one[None], kernel.transpose(0, 1), stride=2))
        else:
            pictures.append(functional.conv2d(one[None], kernel, padding=weight.shape[-1] // 2))
    return torch.cat(pictures)


class Dense(nn.Module):
    def __init__(self, low: int, high: int, rate: float = 1.0, activation: str = "linear", bias: float = 0.0) -> None:
        super().__init__()
        self.activation, self.bias_gain, self.weight_gain = activation, rate, rate / math.sqrt(low)
        self.weight = nn.Parameter(torch.randn(high, low) / rate)
        self.bias = nn.Parameter((bias + 0.1 * torch.randn(high)) / rate)

    def forward(self, x: Tensor) -> Tensor:
        x = x @ (self.weight * self.weight_gain).T + self.bias * self.bias_gain
        return functional.leaky_relu(x, 0.2) * ROOT if self.activation == "lrelu" else x


def normal(x: Tensor) -> Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


class Mapping(nn.Module):
    def __init__(self, z: int, classes: int, w: int, layers: int, rate: float = 0.01) -> None:
        super().__init__()
        self.classes, self.z, self.count = classes, z, layers
        if classes:
            self.embed = Dense(classes, w)
        for number in range(layers):
            low = w if number else z + (w if classes else 0)
            self.add_module(f"fc{number}", Dense(low, w, rate, "lrelu"))
        self.register_buffer("w_avg", torch.randn(w))

    def forward(self, z: Tensor) -> Tensor:
        x = normal(z[:, : self.z])
        if self.classes:
            x = torch.cat([x, normal(self.embed(z[:, self.z :]))], 1)
        for number in range(self.count):
            x = getattr(self, f"fc{number}")(x)
        return x


class Nvidia2Layer(nn.Module):
    def __init__(
        self, low: int, high: int, w: int, side: int, up: bool, clamp: float | None, taps: Sequence[float]
    ) -> None:
        super().__init__()
        self.conv_clamp, self.activation, self.up = clamp, "lrelu", 2 if up else 1
        self.register_buffer("resample_filter", kernel_of(taps))
        self.affine = Dense(w, low, bias=1.0)
        self.weight = nn.Parameter(torch.randn(high, low, 3, 3))
        self.register_buffer("noise_const", torch.randn(side, side))
        self.noise_strength = nn.Parameter(torch.tensor(0.3))
        self.bias = nn.Parameter(0.2 * torch.randn(high))

    def forward(self, x: Tensor, w: Tensor, gain: float = 1.0) -> Tensor:
        x = per_picture(x, self.weight, self.affine(w), demodulate=True, up=self.up == 2)
        if self.up == 2:
            k = len(self.resample_filter)
            x = resampled(x, self.resample_filter, pad=((k + 1) // 2 - 1, (k - 2) // 2), gain=4)
        x = functional.leaky_relu(x + self.noise_const * self.noise_strength + self.bias[:, None, None], 0.2)
        x = x * ROOT * gain
        return x if self.conv_clamp is None else x.clamp(-self.conv_clamp * gain, self.conv_clamp * gain)


class Nvidia2Paint(nn.Module):
    def __init__(self, low: int, channels: int, w: int, clamp: float | None) -> None:
        super().__init__()
        self.conv_clamp = clamp
        self.affine = Dense(w, low, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, low, 1, 1))
        self.bias = nn.Parameter(0.2 * torch.randn(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) / math.sqrt(self.weight.shape[1])
        x = per_picture(x, self.weight, style, demodulate=False, up=False) + self.bias[:, None, None]
        return x if self.conv_clamp is None else x.clamp(-self.conv_clamp, self.conv_clamp)


class Nvidia2Skip(nn.Module):
    def __init__(self, low: int, high: int, taps: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("resample_filter", kernel_of(taps))
        self.weight = nn.Parameter(torch.randn(high, low, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = functional.conv2d(x, self.weight / math.sqrt(self.weight.shape[1]))
        return grown(x, self.resample_filter) * math.sqrt(0.5)


def grown(x: Tensor, taps: Tensor) -> Tensor:
    k = len(taps)
    return resampled(x, taps, up=2, pad=((k + 1) // 2, (k - 2) // 2), gain=4)


class Nvidia2Block(nn.Module):
    def __init__(self, low: int, high: int, w: int, side: int, plan: Nvidia2, last: bool) -> None:
        super().__init__()
        self.architecture, self.low = plan.layout, low
        self.register_buffer("resample_filter", kernel_of(plan.taps))
        if low:
            self.conv0 = Nvidia2Layer(low, high, w, side, True, plan.clamp, plan.taps)
        else:
            self.const = nn.Parameter(torch.randn(high, 4, 4))
        self.conv1 = Nvidia2Layer(high, high, w, side, False, plan.clamp, plan.taps)
        if last or plan.layout == "skip":
            self.torgb = Nvidia2Paint(high, plan.channels, w, plan.clamp)
        if low and plan.layout == "resnet":
            self.skip = Nvidia2Skip(low, high, plan.taps)


class Nvidia2Synthesis(nn.Module):
    def __init__(self, w: int, plan: Nvidia2) -> None:
        super().__init__()
        self.count = len(plan.widths)
        for level, width in enumerate(plan.widths):
            low = plan.widths[level - 1] if level else 0
            side = 4 * 2**level
            self.add_module(f"b{side}", Nvidia2Block(low, width, w, side, plan, level + 1 == self.count))

    def forward(self, ws: Tensor) -> Tensor:
        """ws (n, layers, w) to pictures in -1..1."""
        x, picture, used = None, None, 0
        for level in range(self.count):
            block = getattr(self, f"b{4 * 2**level}")
            if x is None:
                x = block.conv1(block.const.expand(len(ws), -1, -1, -1), ws[:, 0])
                used = 1
            elif block.architecture == "resnet":
                around = block.skip(x)
                x = around + block.conv1(block.conv0(x, ws[:, used]), ws[:, used + 1], math.sqrt(0.5))
                used += 2
            else:
                x = block.conv1(block.conv0(x, ws[:, used]), ws[:, used + 1])
                used += 2
            picture = grown(picture, block.resample_filter) if picture is not None else None
            if hasattr(block, "torgb"):
                colours = block.torgb(x, ws[:, used])
                picture = colours if picture is None else picture + colours
        return picture


class Nvidia2(nn.Module):
    """StyleGAN2 as NVIDIA's PyTorch code calls its parts."""

    def __init__(
        self,
        widths: Sequence[int],
        *,
        z: int = 12,
        w: int = 10,
        classes: int = 0,
        layers: int = 3,
        channels: int = 3,
        layout: str = "skip",
        clamp: float | None = 256,
        taps: Sequence[float] = (1, 3, 3, 1),
    ) -> None:
        super().__init__()
        self.widths, self.layout, self.clamp, self.channels, self.taps = (
            list(widths),
            layout,
            clamp,
            channels,
            list(taps),
        )
        self.synthesis = Nvidia2Synthesis(w, self)
        self.mapping = Mapping(z, classes, w, layers)
        self.num_ws = 2 * len(widths)

    def forward(self, z: Tensor, psi: float = 1.0) -> Tensor:
        w = self.mapping.w_avg + psi * (self.mapping(z) - self.mapping.w_avg)
        return self.synthesis(w[:, None].repeat(1, self.num_ws, 1))
