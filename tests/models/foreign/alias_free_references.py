"""StyleGAN3 written for the tests from its paper and its authors' names, one kernel a picture, nothing folded."""

from __future__ import annotations

import math

import numpy as np
import torch
from style_references import ROOT, Dense, Mapping, resampled
from torch import Tensor, nn
from torch.nn import functional


class Input(nn.Module):
    def __init__(self, w: int, channels: int, size: int, rate: float, bandwidth: float) -> None:
        super().__init__()
        self.size, self.sampling_rate, self.bandwidth = np.array([size, size]), np.float64(rate), np.float64(bandwidth)
        self.weight = nn.Parameter(torch.randn(channels, channels))
        self.affine = Dense(w, 4)
        self.affine.weight.data *= 0.2
        self.affine.bias.data[0] += 1
        self.register_buffer("transform", torch.eye(3) + 0.1 * torch.randn(3, 3) * torch.tensor([[1.0], [1], [0]]))
        self.register_buffer("freqs", torch.randn(channels, 2) * bandwidth / 2)
        self.register_buffer("phases", torch.rand(channels) - 0.5)

    def forward(self, w: Tensor) -> Tensor:
        t = self.affine(w)
        t = t / t[:, :2].norm(dim=1, keepdim=True)
        pictures = []
        for c, s, x, y in t.tolist():
            turn = torch.tensor([[c, -s, 0], [s, c, 0], [0, 0, 1]])
            move = torch.tensor([[1, 0, -x], [0, 1, -y], [0, 0, 1.0]])
            whole = turn @ move @ self.transform
            phases = self.phases + self.freqs @ whole[:2, 2]
            freqs = self.freqs @ whole[:2, :2]
            spare = float(self.sampling_rate) / 2 - float(self.bandwidth)
            heights = (1 - (freqs.norm(dim=1) - float(self.bandwidth)) / spare).clamp(0, 1)
            theta = torch.eye(2, 3) * 0.5 * float(self.size[0] / self.sampling_rate)
            side = int(self.size[0])
            grid = functional.affine_grid(theta[None], [1, 1, side, side], align_corners=False)[0]
            waves = torch.sin(2 * math.pi * (grid @ freqs.T + phases)) * heights
            pictures.append((waves @ self.weight.T / math.sqrt(len(self.weight))).permute(2, 0, 1))
        return torch.stack(pictures)


def filter_of(taps: int, radial: bool = False) -> Tensor | None:
    """Uneven on purpose: a filter that is turned the wrong way shows."""
    if taps == 1:
        return None
    f = torch.rand(*((taps, taps) if radial else (taps,))) + 0.1
    return f / f.sum()


class Layer(nn.Module):
    def __init__(
        self,
        w: int,
        *,
        channels: tuple[int, int],
        sizes: tuple[int, int],
        rates: tuple[int, int],
        last: bool,
        radial: bool,
        kernel: int,
        clamp: float | None,
    ) -> None:
        super().__init__()
        self.is_torgb, self.conv_clamp, self.conv_kernel = last, clamp, 1 if last else kernel
        self.in_sampling_rate, self.out_sampling_rate = rates
        fine = max(rates) * (1 if last else 2)
        self.up_factor, self.down_factor = fine // rates[0], fine // rates[1]
        self.up_taps = 6 * self.up_factor if self.up_factor > 1 and not last else 1
        self.down_taps = 6 * self.down_factor if self.down_factor > 1 and not last else 1
        self.affine = Dense(w, channels[0], bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels[1], channels[0], self.conv_kernel, self.conv_kernel))
        self.bias = nn.Parameter(0.2 * torch.randn(channels[1]))
        self.register_buffer("magnitude_ema", torch.tensor(1.0))
        self.register_buffer("up_filter", filter_of(self.up_taps))
        self.register_buffer("down_filter", filter_of(self.down_taps, radial))
        total = (sizes[1] - 1) * self.down_factor + 1 - (sizes[0] + self.conv_kernel - 1) * self.up_factor
        total += self.up_taps + self.down_taps - 2
        low = (total + self.up_factor) // 2
        self.padding = [low, total - low]

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w)
        if self.is_torgb:
            style = style / math.sqrt(self.weight.shape[1])
        weight = self.weight if self.is_torgb else self.weight / self.weight.square().mean((1, 2, 3), True).sqrt()
        pictures = []
        for one, scales in zip(x, style, strict=True):
            kernel = weight * scales[None, :, None, None]
            if not self.is_torgb:
                kernel = kernel / (kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
            kernel = kernel / self.magnitude_ema.sqrt()
            pictures.append(functional.conv2d(one[None], kernel, padding=self.conv_kernel - 1))
        x = torch.cat(pictures) + self.bias[:, None, None]
        x = resampled(x, flat(self.up_filter), up=self.up_factor, pad=self.padding, gain=self.up_factor**2)
        x = x if self.is_torgb else functional.leaky_relu(x, 0.2) * ROOT
        x = x if self.conv_clamp is None else x.clamp(-self.conv_clamp, self.conv_clamp)
        return resampled(x, flat(self.down_filter), down=self.down_factor)


def flat(taps: Tensor | None) -> Tensor:
    if taps is None:
        return torch.ones(1, 1)
    return torch.outer(taps, taps) if taps.dim() == 1 else taps


class Synthesis(nn.Module):
    def __init__(
        self, w: int, side: int, *, count: int, channels: int, base: int, kernel: int, radial: bool, clamp: float | None
    ) -> None:
        super().__init__()
        self.output_scale, self.num_layers, critical = 0.25, count, 2
        exponents = np.minimum(np.arange(count + 1) / (count - critical), 1)
        cutoffs = 2 * (side / 2 / 2) ** exponents
        stops = 2**2.1 * (side / 2 * 2**0.3 / 2**2.1) ** exponents
        rates = np.exp2(np.ceil(np.log2(np.minimum(stops * 2, side)))).astype(int)
        sizes = rates + 20
        sizes[-2:] = side
        widths = np.rint(np.minimum(base / 2 / cutoffs, 10)).astype(int)
        widths[-1] = channels
        self.input = Input(w, int(widths[0]), int(sizes[0]), float(rates[0]), float(cutoffs[0]))
        self.layer_names = []
        for number in range(count + 1):
            before = max(number - 1, 0)
            layer = Layer(
                w,
                channels=(int(widths[before]), int(widths[number])),
                sizes=(int(sizes[before]), int(sizes[number])),
                rates=(int(rates[before]), int(rates[number])),
                last=number == count,
                radial=radial and number < count - critical,
                kernel=kernel,
                clamp=clamp,
            )
            self.layer_names.append(f"L{number}_{sizes[number]}_{widths[number]}")
            self.add_module(self.layer_names[-1], layer)

    @torch.no_grad()
    def settle(self, w: Tensor) -> None:
        """Each layer learns how large its features are, as in training."""
        x = self.input(w)
        for name in self.layer_names:
            layer = getattr(self, name)
            layer.magnitude_ema.copy_(x.square().mean())
            x = layer(x, w)

    def forward(self, ws: Tensor) -> Tensor:
        x = self.input(ws[:, 0])
        for number, name in enumerate(self.layer_names, 1):
            x = getattr(self, name)(x, ws[:, number])
        return x * self.output_scale


class Nvidia3(nn.Module):
    """`kernel` 1 and `radial`: config-r."""

    def __init__(
        self,
        side: int,
        *,
        count: int = 6,
        classes: int = 0,
        channels: int = 3,
        kernel: int = 3,
        radial: bool = False,
        base: int = 64,
        clamp: float | None = 256,
    ) -> None:
        super().__init__()
        self.synthesis = Synthesis(
            10, side, count=count, channels=channels, base=base, kernel=kernel, radial=radial, clamp=clamp
        )
        self.mapping = Mapping(12, classes, 10, 2)
        self.num_ws = count + 2
        self.synthesis.settle(self.mapping(torch.randn(4, 12 + classes)))
        self.clamp = clamp

    def forward(self, z: Tensor, psi: float = 1.0) -> Tensor:
        w: Tensor = self.mapping.w_avg + psi * (self.mapping(z) - self.mapping.w_avg)
        return self.synthesis(w[:, None].repeat(1, self.num_ws, 1))
