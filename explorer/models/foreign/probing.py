"""What a model that others trained makes of random latents: range, layout, batches, collapse, numbers at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.models.network import NetworkModel

PROBED = 64  # pictures
PATIENCE_S = 1.5  # for them: a slow decoder is probed with fewer
SAME = 1e-4  # mean difference of pictures in 0..1 that nobody sees
OUT = 0.02  # share of numbers that may lie outside the range


@dataclass(frozen=True)
class Probe:
    """`low`, `high`: the 1st and 99th percentile of the numbers that come out. `apart`: mean difference of two pictures
    in 0..1. `alone`: the largest difference of a picture decoded alone and among others. `ms`: a picture took."""

    finite: bool
    low: float
    high: float
    apart: float
    alone: float
    roughness: float
    ms: float


def probe(model: NetworkModel, pictures: int = PROBED) -> Probe:
    """Decodes so many latents of the prior, or fewer of a slow model, in the network's own numbers."""
    space = model.card.default_space
    start = time.perf_counter()
    _raw(model, model.sample(2, seed=1))
    ms = 1000 * (time.perf_counter() - start) / 2
    count = int(np.clip(PATIENCE_S * 1000 / max(ms, 1e-3), 2, pictures))
    latents = model.sample(count, seed=0)
    raw = _raw(model, latents)
    finite = bool(np.isfinite(raw).all())
    low, high = np.percentile(raw[np.isfinite(raw)] if not finite else raw, (1, 99)) if raw.size else (0.0, 1.0)
    images = model.decode_float(latents, space=space.name)
    apart = float(np.abs(images[1:] - images[:-1]).mean())
    alone = float(np.abs(model.decode_float(latents[:1], space=space.name) - images[:1]).max())
    return Probe(finite, float(low), float(high), apart, alone, roughness(images), ms)


def told(found: Probe, model: NetworkModel) -> Iterator[str]:
    """What is worth saying of it, a sentence each; nothing where all is well but the range."""
    low, high = model.card.image_range
    if not found.finite:
        yield "some numbers of its pictures are none (NaN or infinite)"
    slack = 0.02 * (high - low)
    if found.low < low - slack or found.high > high + slack:
        yield f"most numbers lie in {found.low:.2g}..{found.high:.2g}, beyond {low:g}..{high:g}, and are cut off"
    elif found.high - found.low < 0.25 * (high - low):
        yield f"its numbers fill only {found.low:.2g}..{found.high:.2g} of the range {low:g}..{high:g}"
    if found.apart < SAME:
        yield "all latents give the same picture: it collapsed, or a choice is wrong"
    if found.alone > 1 / 255:
        yield "a picture depends on those decoded with it"
    if found.roughness > 0.9:
        yield "its pictures are as rough as noise: a choice is wrong, or the latents are not from this prior"


def roughness(pictures: NDArray[np.float32]) -> float:
    """Mean squared step between neighbouring pixels over what it would be for pixels in any order: 1 for noise."""
    steps = np.concatenate(
        [(np.diff(pictures, axis=axis) ** 2).reshape(len(pictures), -1) for axis in (1, 2)], axis=1
    ).mean(1)
    variance = pictures.reshape(len(pictures), -1).var(1)
    known = variance > 1e-8
    return float((steps[known] / (2 * variance[known])).mean()) if known.any() else 0.0


def _raw(model: NetworkModel, latents: NDArray[np.float32]) -> NDArray[np.float32]:
    """The numbers that come out, in the network's own range."""
    low, high = model.card.image_range
    generator = model._generator(model.card.default_space.name)
    with torch.inference_mode():
        made = generator(torch.from_numpy(latents)).float().numpy()
    return np.asarray(made * (high - low) + low, np.float32)
