"""Coordinates in which the prior of a space is simple: where to begin, how far to step, how far out a latent lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.latents.arrays import Latents
from explorer.models.base import Card, Space

Kind = Literal["normal", "uniform", "sphere", "one-hot", "mapped", "none"]
SIMPLE: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
WHITENED = 1024  # numbers; in more, each is taken by itself
NARROWEST = 1e-2  # of the widest direction of a mapped space: what varies less is taken to vary so much


@dataclass(frozen=True, eq=False)
class Block:
    """Numbers of a latent next to each other: `centre` (k,), and where they are whitened `axes` and the way `back`,
    (k, k), or (k,) of each number by itself."""

    part: slice
    kind: Kind
    centre: Tensor
    axes: Tensor | None = None
    back: Tensor | None = None

    def to_latents(self, points: Tensor) -> Tensor:
        own = points[:, self.part]
        if self.kind == "sphere":
            direction: Tensor = own / own.norm(dim=1, keepdim=True).clamp_min(1e-12)
            return direction
        return own if self.axes is None else self.centre + _along(own, self.axes)

    def from_latents(self, latents: Tensor) -> Tensor:
        own = latents[:, self.part]
        if self.kind == "sphere":
            return own * math.sqrt(own.shape[1])  # so that a coordinate deviates by 1
        return own if self.back is None else _along(own - self.centre, self.back)


class Coordinates:
    """Points (n, d) for latents (n, d) of a space; the prior of a point is N(0, I), or U(-1, 1), or one 1 among zeros.

    Mapped parts (w of a GAN) are whitened by `samples` (m, d) of the space, as are those whose prior is no simple one;
    of latents on a sphere only the direction counts.
    """

    def __init__(self, card: Card, space: Space, samples: Latents, device: torch.device) -> None:
        self.blocks = _blocks(_kinds(card, space), samples, device)
        self.moves = 1 - self._where("one-hot", dim=space.dim).to(device)
        self._counts = self._where("normal", "uniform", "mapped", dim=space.dim).to(device)  # in lengths
        self.has_classes = any(block.kind == "one-hot" for block in self.blocks)
        points = self.from_latents(torch.from_numpy(samples).to(device))
        self._sample_lengths = self._length(points).sort().values
        self._middling = self._sample_lengths[len(points) // 2].clamp_min(1e-12)

    def to_latents(self, points: Tensor) -> Tensor:
        return torch.cat([block.to_latents(points) for block in self.blocks], 1)

    def from_latents(self, latents: Tensor) -> Tensor:
        return torch.cat([block.from_latents(latents) for block in self.blocks], 1)

    def confine(self, points: Tensor) -> None:
        """In place: where the prior ends, points end."""
        for block in self.blocks:
            if block.kind == "uniform":
                points[..., block.part].clamp_(-1, 1)

    def beyond(self, points: Tensor) -> Tensor:
        """By how much the square of a point's length, that of a middling sample being 1, goes beyond 1: (n,)."""
        return ((points * self._counts).square().sum(1) / self._middling**2 - 1).clamp_min(0)

    def lengths(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Of points (n, d): length over that of a middling sample, and the share of samples that are shorter."""
        length, known = self._length(points), self._sample_lengths
        if not bool(self._counts.any()):
            nothing = torch.full_like(length, torch.nan)
            return nothing, nothing
        share = torch.searchsorted(known, length.contiguous()) / len(known)
        return length / self._middling, share

    def _length(self, points: Tensor) -> Tensor:
        return (points * self._counts).square().sum(1).sqrt()

    def _where(self, *kinds: Kind, dim: int) -> Tensor:
        found = torch.zeros(dim)
        for block in self.blocks:
            if block.kind in kinds:
                found[block.part] = 1
        return found


def _kinds(card: Card, space: Space) -> list[tuple[Kind, int]]:
    """The prior of each part of a space. What is no first space is what a network makes of one."""
    if space.name != card.spaces[0].name:
        return [("mapped", part.dim) for part in space.parts] or [("mapped", space.dim)]
    return [(SIMPLE.get(prior, "mapped"), dim) for prior, dim in space.kinds]


def _blocks(kinds: Sequence[tuple[Kind, int]], samples: Latents, device: torch.device) -> list[Block]:
    blocks: list[Block] = []
    start, before = 0, np.empty((0, 0), np.float32)
    for kind, dim in kinds:
        part, own = slice(start, start + dim), samples[:, start : start + dim]
        start += dim
        if kind != "mapped":
            blocks.append(Block(part, kind, torch.zeros(dim, device=device)))
        elif np.array_equal(own, before):  # the layers of w+ have equal samples
            last = blocks[-1]
            blocks.append(Block(part, kind, last.centre, last.axes, last.back))
        else:
            blocks.append(Block(part, kind, *_whitened(own, device)))
        before = own
    return blocks


def _whitened(samples: Latents, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Mean (k,), principal axes times their deviations (k, k), and the way back; of many numbers deviations (k,)."""
    centre = samples.mean(axis=0, dtype=np.float64)
    if samples.shape[1] > WHITENED:
        widths = samples.std(axis=0, dtype=np.float64)
        widths = np.maximum(widths, max(widths.max() * NARROWEST, 1e-12))
        return _tensors((centre, widths, 1 / widths), device)
    variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(samples, rowvar=False)))
    widths = np.sqrt(np.maximum(variances, 0))
    widths = np.maximum(widths, max(widths.max() * NARROWEST, 1e-12))[:, None]
    return _tensors((centre, widths * axes.T, axes / widths.T), device)


def _tensors(arrays: Sequence[NDArray[np.float64]], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    mean, out, back = (torch.from_numpy(one.astype(np.float32)).to(device) for one in arrays)
    return mean, out, back


def _along(rows: Tensor, axes: Tensor) -> Tensor:
    return rows * axes if axes.dim() == 1 else rows @ axes
