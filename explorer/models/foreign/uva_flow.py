"""The coupling flows of the UvA deep learning tutorials: masks in the file, gated convolutions, squeeze and split.

A family of ours. Hyper-parameters: `channels` and `hidden` width, a number for each coupling (one width for all in
older files); `blocks` in each network;
`leading` 1 where a gated convolution begins with an activation (older files); `margin` as in `flow`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.flow import FlowModel
from explorer.models.network import described

EPS = 1e-5  # of the normalisation


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of each place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(1, width, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        centred = features - features.mean(1, keepdim=True)
        return centred * torch.rsqrt(centred.square().mean(1, keepdim=True) + EPS) * self.gamma + self.beta


class Gated(nn.Module):
    """x + value * sigmoid(gate), of a small network."""

    def __init__(self, width: int, leading: bool) -> None:
        super().__init__()
        self.leading = leading
        self.first = nn.Conv2d(width * (2 if leading else 1), width, 3, padding=1)
        self.second = nn.Conv2d(2 * width, 2 * width, 1)

    def forward(self, features: Tensor) -> Tensor:
        hidden = self.first(both(features) if self.leading else features)
        value, gate = self.second(both(hidden)).chunk(2, 1)
        total: Tensor = features + value * torch.sigmoid(gate)
        return total


class Coupling(nn.Module):
    """z' = (z + t) exp(s) where the mask is 0; s and t come from where it is 1."""

    mask: Tensor

    def __init__(self, channels: int, mask: tuple[int, ...], hidden: int, blocks: int, leading: bool) -> None:
        super().__init__()
        self.register_buffer("mask", torch.zeros(mask))
        self.scaling_factor = nn.Parameter(torch.zeros(channels))
        self.first = nn.Conv2d(channels, hidden, 3, padding=1)
        self.gates = nn.ModuleList(Gated(hidden, leading) for _ in range(blocks))
        self.norms = nn.ModuleList(ChannelNorm(hidden) for _ in range(blocks))
        self.last = nn.Conv2d(2 * hidden, 2 * channels, 3, padding=1)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The next z and log|det J| (n,)."""
        scale, shift = self._says(z)
        return (z + shift) * torch.exp(scale), scale.sum((1, 2, 3))

    def inverse(self, z: Tensor) -> Tensor:
        scale, shift = self._says(z)
        return z * torch.exp(-scale) - shift

    def _says(self, z: Tensor) -> tuple[Tensor, Tensor]:
        features = self.first(z * self.mask)
        for gate, norm in zip(self.gates, self.norms, strict=True):
            features = norm(gate(features))
        scale, shift = self.last(both(features)).chunk(2, 1)
        bound = torch.exp(self.scaling_factor).view(1, -1, 1, 1)
        moved = 1 - self.mask
        return torch.tanh(scale / bound) * bound * moved, shift * moved


class UvaNet(nn.Module):
    """Logits (n, c, h, w) to latents (n, d), what was split off last, and back. Channels say where to squeeze."""

    def __init__(
        self, shape: tuple[int, int, int], channels: list[int], hidden: list[int], blocks: int, leading: bool
    ) -> None:
        super().__init__()
        self.shape, self.channels = shape, channels
        self.couplings = nn.ModuleList()
        width, height, breadth = shape
        self.shapes: list[tuple[int, int, int]] = []
        for wide, inner in zip(channels, hidden, strict=True):
            if wide != width:
                height, breadth, width = height // 2, breadth // 2, wide
            self.shapes.append((wide, height, breadth))
            mask = (1, 1, height, breadth) if wide == shape[0] else (1, wide, 1, 1)
            self.couplings.append(Coupling(wide, mask, inner, blocks, leading))

    def forward(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (n, d) and log|det J| (n,)."""
        z, volume, left = logits, logits.new_zeros(len(logits)), []
        for wide, coupling in zip(self.channels, self.couplings, strict=True):
            if wide == 2 * z.shape[1]:
                z, gone = z.chunk(2, 1)
                left.append(gone.flatten(1))
            if wide != z.shape[1]:
                z = functional.pixel_unshuffle(z, 2)
            z, change = coupling(z)
            volume = volume + change
        return torch.cat([z.flatten(1), *reversed(left)], 1), volume

    def inverse(self, latents: Tensor) -> Tensor:
        """Logits of latents (n, d)."""
        size = math.prod(self.shapes[-1])
        z, rest = latents[:, :size].reshape(-1, *self.shapes[-1]), latents[:, size:]
        before = [self.shape, *self.shapes[:-1]]
        for coupling, shape, earlier in zip(reversed(self.couplings), self.shapes[::-1], before[::-1], strict=True):
            z = coupling.inverse(z)  # type: ignore[operator]
            if earlier[0] != shape[0]:
                z = functional.pixel_shuffle(z, 2)
            if shape[0] == 2 * earlier[0]:
                half = math.prod(earlier) // 2
                z = torch.cat([z, rest[:, :half].reshape(z.shape)], 1)
                rest = rest[:, half:]
        return z


def both(features: Tensor) -> Tensor:
    """ELU of x and of -x, side by side."""
    return torch.cat([functional.elu(features), functional.elu(-features)], 1)


def build(config: Config) -> FlowModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    height, width, grey = card.image_shape
    channels = raw.integers("channels", 1, 4096)
    alike = isinstance(config.hyperparameters.get("hidden"), int)
    hidden = [raw.integer("hidden", 1, 4096)] * len(channels) if alike else raw.integers("hidden", 1, 4096)
    blocks, leading = raw.integer("blocks", 1, 16), bool(raw.integer("leading", 0, 1))
    raw.number("margin", 0.0, 0.49)
    steps = [after / before for before, after in zip([grey, *channels], channels, strict=False)]
    squeezes = 2 ** sum(step != 1 for step in steps)
    if set(steps) - {1, 2, 4} or height % squeezes or width % squeezes or len(hidden) != len(channels):
        raise CheckpointError(f"{raw.where}: 'channels' do not fit a picture.", "The file is damaged.")
    if card.default_space.dim != height * width * grey:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "A flow has a number a pixel.")
    net = UvaNet((grey, height, width), channels, hidden, blocks, leading)
    return FlowModel(described(card, net), config.hyperparameters, net)
