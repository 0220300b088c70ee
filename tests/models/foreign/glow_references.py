"""Other spellings of Glow, written for the tests from the paper and their authors' descriptions.

Each has `forward`, from what the network sees to latents (n, d), and `inverse`; `low` and `high` are black and white.
"""

from __future__ import annotations

from typing import cast

import torch
from flow_references import grown, squeezed
from torch import Tensor, nn
from torch.nn import functional


def turned(channels: int) -> Tensor:
    return torch.linalg.qr(torch.randn(channels, channels))[0]


def per_channel(channels: int, spread: float, middle: float = 0.0) -> nn.Parameter:
    return nn.Parameter(middle + spread * torch.randn(1, channels, 1, 1).clamp(-2, 2))


class NestedStep(nn.Module):
    """chrischute: the second half says what becomes of the first, scaled by e^(b tanh)."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norm, self.conv, self.coup, half = nn.Module(), nn.Module(), nn.Module(), channels // 2
        self.norm.register_buffer("is_initialized", torch.ones(1))
        self.norm.bias, self.norm.logs = per_channel(channels, 0.1), per_channel(channels, 0.1)
        self.conv.weight = nn.Parameter(turned(channels))
        self.coup.nn, net = nn.Module(), {}
        self.coup.scale = nn.Parameter(0.5 + torch.rand(half, 1, 1))
        net["in_norm"], net["in_conv"] = nn.BatchNorm2d(half), nn.Conv2d(half, hidden, 3, padding=1, bias=False)
        net["mid_norm"], net["mid_conv"] = nn.BatchNorm2d(hidden), nn.Conv2d(hidden, hidden, 1, bias=False)
        net["out_norm"], net["out_conv"] = nn.BatchNorm2d(hidden), nn.Conv2d(hidden, channels, 3, padding=1)
        for name, layer in net.items():
            self.coup.nn.add_module(name, layer)
        self.layers = [net]

    def says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        for name, layer in self.layers[0].items():
            kept = layer(kept).relu() if name.endswith("norm") else layer(kept)
        return self.coup.scale * torch.tanh(kept[:, 0::2]), kept[:, 1::2]

    def forward(self, x: Tensor) -> Tensor:
        x = (x + self.norm.bias) * self.norm.logs.exp()
        moved, kept = functional.conv2d(x, self.conv.weight[:, :, None, None]).chunk(2, 1)
        log_scale, shift = self.says(kept)
        return torch.cat([(moved + shift) * log_scale.exp(), kept], 1)

    def inverse(self, x: Tensor) -> Tensor:
        moved, kept = x.chunk(2, 1)
        log_scale, shift = self.says(kept)
        x = torch.cat([moved / log_scale.exp() - shift, kept], 1)
        x = functional.conv2d(x, self.conv.weight.inverse()[:, :, None, None])
        return x / self.norm.logs.exp() - self.norm.bias


class NestedLevel(nn.Module):
    def __init__(self, channels: int, hidden: int, levels: int, steps: int) -> None:
        super().__init__()
        self.steps = nn.ModuleList(NestedStep(channels, hidden) for _ in range(steps))
        if levels > 1:
            self.next = NestedLevel(2 * channels, hidden, levels - 1, steps)

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = step(x)
        if hasattr(self, "next"):
            kept, gone = squeezed(x).chunk(2, 1)
            x = grown(torch.cat([self.next(kept), gone], 1))
        return x

    def inverse(self, x: Tensor) -> Tensor:
        if hasattr(self, "next"):
            kept, gone = squeezed(x).chunk(2, 1)
            x = grown(torch.cat([self.next.inverse(kept), gone], 1))
        for step in reversed(self.steps):
            x = step.inverse(x)
        return x


class GlowNested(nn.Module):
    """chrischute's Glow."""

    low, high, logits = 0.05, 0.95, True

    def __init__(self, size: int, channels: int, levels: int, steps: int, hidden: int) -> None:
        super().__init__()
        self.register_buffer("bounds", torch.tensor([0.9]))
        self.flows, self.shape = NestedLevel(4 * channels, hidden, levels, steps), (channels, size, size)

    def forward(self, x: Tensor) -> Tensor:
        return grown(self.flows(squeezed(x))).flatten(1)

    def inverse(self, latents: Tensor) -> Tensor:
        return grown(self.flows.inverse(squeezed(latents.reshape(-1, *self.shape))))


class Divided(nn.Module):
    """kamenbliznashki: (x - bias) / scale."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale, self.bias = per_channel(channels, 0.1, 1.0), per_channel(channels, 0.1)
        self.register_buffer("initialized", torch.tensor(1, dtype=torch.uint8))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.bias) / self.scale

    def inverse(self, x: Tensor) -> Tensor:
        return x * self.scale + self.bias


class Mixed(nn.Module):
    def __init__(self, channels: int, lu: bool) -> None:
        super().__init__()
        self.lu = lu
        if not lu:
            self.w = nn.Parameter(turned(channels))
            return
        p, lower, upper = torch.linalg.lu(turned(channels))
        self.p, self.l, self.u = nn.Parameter(p), nn.Parameter(lower), nn.Parameter(upper)
        self.log_s = nn.Parameter(upper.diag().abs().log())
        self.register_buffer("sign_s", upper.diag().sign())
        self.register_buffer("l_mask", torch.tril(torch.ones_like(lower), -1))

    def matrix(self) -> Tensor:
        if not self.lu:
            return self.w
        below = self.l * self.l_mask + torch.eye(len(self.l))
        return self.p @ below @ (self.u * self.l_mask.t() + torch.diag(self.sign_s * self.log_s.exp()))

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.matrix()[:, :, None, None])

    def inverse(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.matrix().inverse()[:, :, None, None])


class LevelCoupling(nn.Module):
    """The second half says what becomes of the first; the middle convolution pads, the last one takes it back."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.conv1, self.actnorm1 = nn.Conv2d(channels // 2, hidden, 3, padding=1, bias=False), Divided(hidden)
        self.conv2, self.actnorm2 = nn.Conv2d(hidden, hidden, 1, padding=1, bias=False), Divided(hidden)
        self.conv3, self.log_scale_factor = nn.Conv2d(hidden, channels, 3), per_channel(channels, 0.1)
        self.log_scale_factor.data = self.log_scale_factor.data[0]

    def says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.actnorm2(self.conv2(self.actnorm1(self.conv1(kept)).relu())).relu()
        said = self.conv3(hidden) * self.log_scale_factor.exp()
        return torch.sigmoid(said[:, 1::2] + 2), said[:, 0::2]

    def forward(self, x: Tensor) -> Tensor:
        moved, kept = x.chunk(2, 1)
        scale, shift = self.says(kept)
        return torch.cat([moved * scale + shift, kept], 1)

    def inverse(self, x: Tensor) -> Tensor:
        moved, kept = x.chunk(2, 1)
        scale, shift = self.says(kept)
        return torch.cat([(moved - shift) / scale, kept], 1)


class Gaussianize(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.net = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.log_scale_factor = nn.Parameter(0.1 * torch.randn(2 * channels, 1, 1))

    def says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        said = self.net(kept) * self.log_scale_factor.exp()
        return said[:, 0::2], said[:, 1::2].exp()


class GlowLevels(nn.Module):
    """kamenbliznashki's Glow."""

    low, high, logits = -0.5, 0.5, False

    def __init__(self, size: int, channels: int, levels: int, depth: int, hidden: int, lu: bool) -> None:
        super().__init__()
        self.flowlevels, self.shapes = nn.ModuleList(), []
        for _ in range(levels):
            level, size = nn.Module(), size // 2
            level.flowsteps = self.steps(4 * channels, hidden, depth, lu)
            level.split = nn.Module()
            level.split.gaussianize = Gaussianize(2 * channels)
            self.flowlevels.append(level)
            channels *= 2
            self.shapes.append((channels, size, size))
        self.flowstep, self.gaussianize = self.steps(4 * channels, hidden, depth, lu), Gaussianize(4 * channels)
        self.shapes.append((4 * channels, size // 2, size // 2))
        self.register_buffer("base_dist_mean", torch.zeros(1))
        self.register_buffer("base_dist_var", torch.ones(1))

    @staticmethod
    def steps(channels: int, hidden: int, depth: int, lu: bool) -> nn.Sequential:
        steps = ((Divided(channels), Mixed(channels, lu), LevelCoupling(channels, hidden)) for _ in range(depth))
        return nn.Sequential(*(nn.Sequential(*step) for step in steps))

    def forward(self, x: Tensor) -> Tensor:
        left = []
        for level in self.flowlevels:
            x, gone = level.flowsteps(squeezed(x)).chunk(2, 1)
            mean, scale = level.split.gaussianize.says(x)
            left.append(((gone - mean) / scale).flatten(1))
        x = self.flowstep(squeezed(x))
        mean, scale = self.gaussianize.says(torch.zeros_like(x))
        return torch.cat([((x - mean) / scale).flatten(1), *left[::-1]], 1)

    def inverse(self, latents: Tensor) -> Tensor:
        parts = torch.split(latents, [c * h * w for c, h, w in self.shapes[::-1]], 1)
        noise = [part.reshape(-1, *shape) for part, shape in zip(parts, self.shapes[::-1], strict=True)]
        mean, scale = self.gaussianize.says(torch.zeros_like(noise[0]))
        x = grown(back(self.flowstep, noise.pop(0) * scale + mean))
        for level in reversed(self.flowlevels):
            mean, scale = level.split.gaussianize.says(x)
            x = grown(back(level.flowsteps, torch.cat([x, noise.pop(0) * scale + mean], 1)))
        return x


def back(steps: nn.Sequential, x: Tensor) -> Tensor:
    for step in reversed(steps):
        for part in reversed(cast(nn.Sequential, step)):
            x = part.inverse(x)
    return x
