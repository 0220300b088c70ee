"""Invertible layers of the flow: each has `forward` (pictures to latents, with log|det J|) and `inverse`.

Affine couplings as in RealNVP (Dinh et al. 2017), with the activation normalisation of Glow (Kingma & Dhariwal 2018)
and fixed rotations of the channels between them. Rotations are orthogonal, so that their inverse is a transpose and
their log-determinant is 0. Only plain operators, for ONNX.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Shape = tuple[int, int, int]  # channels, height, width
AnyLayer = TypeVar("AnyLayer", nn.Linear, nn.Conv2d)


class ConvBody(nn.Module):
    """What a neighbourhood says: 3x3, 1x1, 3x3. The last layer starts at zero: a coupling starts as the identity."""

    def __init__(self, channels: int, width: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 1)
        self.last = _starting_at_zero(nn.Conv2d(width, outputs, 3, padding=1))

    def forward(self, features: Tensor) -> Tensor:
        hidden = functional.relu(self.first(features))
        result: Tensor = self.last(functional.relu(self.second(hidden)))
        return result


class DenseBody(nn.Module):
    """What the whole picture says, so that the strokes of a digit belong together; few convolutions see so far."""

    def __init__(self, shape: Shape, width: int, outputs: int) -> None:
        super().__init__()
        channels, height, breadth = shape
        self.first = nn.Linear(channels * height * breadth, width)
        self.last = _starting_at_zero(nn.Linear(width, outputs * height * breadth))
        self.fold = nn.Unflatten(1, (outputs, height, breadth))

    def forward(self, features: Tensor) -> Tensor:
        result: Tensor = self.fold(self.last(functional.relu(self.first(features.flatten(1)))))
        return result


class Coupling(nn.Module):
    """Normalise, rotate the channels, then scale and shift the second half by what the first half says.

    The log-scale is bounded: a * tanh(.) with a learned `a` a channel.
    """

    rotation: Tensor

    def __init__(self, shape: Shape, body: nn.Module, seed: int) -> None:
        super().__init__()
        self.kept = shape[0] // 2
        self.body = body
        self.bias = nn.Parameter(torch.zeros(shape))
        self.log_scale = nn.Parameter(torch.zeros(shape))
        self.bound = nn.Parameter(torch.ones(shape[0] - self.kept, 1, 1))
        self.register_buffer("rotation", _rotation(shape[0], seed))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features of the same shape and log|det J|, (n,)."""
        normal = (features + self.bias) * torch.exp(self.log_scale)
        turned = functional.conv2d(normal, self.rotation[:, :, None, None])
        kept, moved = turned[:, : self.kept], turned[:, self.kept :]
        log_scale, shift = self._says(kept)
        moved = moved * torch.exp(log_scale) + shift
        return torch.cat([kept, moved], 1), self.log_scale.sum() + log_scale.sum((1, 2, 3))

    def inverse(self, features: Tensor) -> Tensor:
        kept, moved = features[:, : self.kept], features[:, self.kept :]
        log_scale, shift = self._says(kept)
        turned = torch.cat([kept, (moved - shift) * torch.exp(-log_scale)], 1)
        normal = functional.conv2d(turned, self.rotation.t()[:, :, None, None])
        return normal * torch.exp(-self.log_scale) - self.bias

    @torch.no_grad()
    def settle(self, features: Tensor) -> None:
        """Set the normalisation so that these features get mean 0 and deviation 1 at every place."""
        self.bias.copy_(-features.mean(0))
        self.log_scale.copy_(-torch.log(features.std(0).clamp(min=0.05)))

    def _says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = self.body(kept).chunk(2, 1)
        return self.bound * torch.tanh(raw), shift


class SplitOff(nn.Module):
    """Half of the channels leave as latents, scaled and shifted by what the half that stays says of them."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.kept = channels - channels // 2
        self.body = ConvBody(self.kept, width, 2 * (channels // 2))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What stays, the latents that leave, and log|det J|."""
        kept, leaving = features[:, : self.kept], features[:, self.kept :]
        log_scale, shift = self._says(kept)
        return kept, (leaving + shift) * torch.exp(log_scale), log_scale.sum((1, 2, 3))

    def inverse(self, kept: Tensor, latents: Tensor) -> Tensor:
        log_scale, shift = self._says(kept)
        return torch.cat([kept, latents * torch.exp(-log_scale) - shift], 1)

    def _says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = self.body(kept).chunk(2, 1)
        return 2 * torch.tanh(raw / 2), shift


class FlowNet(nn.Module):
    """Pictures in logits (n, channels, size, size) to latents (n, d), coarsest part first, and back.

    Two squeezes: at half size convolutions, at a quarter convolutions and dense layers in turn, at last dense layers
    alone. After each of the first two levels half of the numbers leave.
    """

    def __init__(self, size: int, channels: int, steps: Sequence[int], widths: Sequence[int], seed: int = 0) -> None:
        super().__init__()
        fine: Shape = (4 * channels, size // 2, size // 2)
        middle: Shape = (8 * channels, size // 4, size // 4)
        coarse: Shape = (4 * channels, size // 4, size // 4)
        self.parts = (coarse, coarse, (2 * channels, size // 2, size // 2))
        seeds = iter(range(1000 * seed, 1000 * seed + 1000))
        self.fine = nn.ModuleList(_conv_step(fine, widths[0], next(seeds)) for _ in range(steps[0]))
        self.fine_split = SplitOff(fine[0], widths[0])
        pairs = (
            (_conv_step(middle, widths[1], next(seeds)), _dense_step(middle, widths[2], next(seeds)))
            for _ in range(steps[1])
        )
        self.middle = nn.ModuleList(step for pair in pairs for step in pair)
        self.middle_split = SplitOff(middle[0], widths[1])
        self.coarse = nn.ModuleList(_dense_step(coarse, widths[2], next(seeds)) for _ in range(steps[2]))

    def forward(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (n, d) and log|det J| (n,)."""
        features, volume = _through(self.fine, functional.pixel_unshuffle(logits, 2))
        features, finest, change = self.fine_split(features)
        volume = volume + change
        features, change = _through(self.middle, functional.pixel_unshuffle(features, 2))
        volume = volume + change
        features, finer, change = self.middle_split(features)
        volume = volume + change
        features, change = _through(self.coarse, features)
        return torch.cat([features.flatten(1), finer.flatten(1), finest.flatten(1)], 1), volume + change

    def inverse(self, latents: Tensor) -> Tensor:
        """Logits (n, channels, size, size) of latents (n, d)."""
        sizes = [math.prod(part) for part in self.parts]
        coarse, finer, finest = (
            piece.reshape(-1, *part) for piece, part in zip(torch.split(latents, sizes, 1), self.parts, strict=True)
        )
        features = self.middle_split.inverse(_back(self.coarse, coarse), finer)
        features = functional.pixel_shuffle(_back(self.middle, features), 2)
        features = self.fine_split.inverse(features, finest)
        return functional.pixel_shuffle(_back(self.fine, features), 2)

    @torch.no_grad()
    def settle(self, logits: Tensor) -> None:
        """Data-dependent start (Salimans & Kingma 2016): every normalisation set from this batch, in order."""
        features = _settled(self.fine, functional.pixel_unshuffle(logits, 2))
        features = functional.pixel_unshuffle(self.fine_split(features)[0], 2)
        features = self.middle_split(_settled(self.middle, features))[0]
        _settled(self.coarse, features)


def _through(steps: nn.ModuleList, features: Tensor) -> tuple[Tensor, Tensor]:
    volume = features.new_zeros(())
    for step in steps:
        features, change = step(features)
        volume = volume + change
    return features, volume


def _back(steps: nn.ModuleList, features: Tensor) -> Tensor:
    for step in reversed(list(steps)):
        assert isinstance(step, Coupling)
        features = step.inverse(features)
    return features


def _settled(steps: nn.ModuleList, features: Tensor) -> Tensor:
    for step in steps:
        assert isinstance(step, Coupling)
        step.settle(features)
        features = step(features)[0]
    return features


def _conv_step(shape: Shape, width: int, seed: int) -> Coupling:
    return Coupling(shape, ConvBody(shape[0] // 2, width, 2 * (shape[0] - shape[0] // 2)), seed)


def _dense_step(shape: Shape, width: int, seed: int) -> Coupling:
    kept = shape[0] // 2
    return Coupling(shape, DenseBody((kept, *shape[1:]), width, 2 * (shape[0] - kept)), seed)


def _rotation(channels: int, seed: int) -> Tensor:
    matrix = np.random.default_rng(seed).standard_normal((channels, channels))
    return torch.tensor(np.linalg.qr(matrix)[0], dtype=torch.float32)


def _starting_at_zero(layer: AnyLayer) -> AnyLayer:
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer
