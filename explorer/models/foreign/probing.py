"""What a model that others trained makes of random latents: range, layout, batches, collapse, numbers at all, time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.models.base import Card, Fact
from explorer.models.network import NetworkModel, batches

PROBED = 64  # pictures
PATIENCE_S = 1.5  # for them: a slow decoder is probed with fewer
MOST_NUMBERS = 2**25  # of all their pixels: 128 MB
SAME = 1e-4  # mean difference of pictures in 0..1 that nobody sees
MOVES = 0.01  # of black to white: what the strongest pixel has to move by, for a latent that does anything
FAR = 2.0  # standard deviations that a latent is moved by
AT_ONCE = 16  # of the latents that are moved by themselves
FEW = 6  # latents that are named
SLOW_MS, QUICK_MS = 250, 20  # a picture
PLOTTED = "flow-points"  # its pictures are plots, mostly empty
NOISE = 0.9  # roughness
OFF_RANGE = ("most numbers lie in", "its numbers fill only")  # how a sentence begins that tells the range already

Pictures = NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """What so many `pictures` showed, in the network's own numbers.

    `low`, `high`: their 1st and 99th percentile. `apart`: mean difference of two pictures in 0..1. `alone`: the largest
    difference of a picture decoded alone and among others. `ms`: a picture took. `moved`: how many latents were moved
    one by one of the `movable` ones, `idle`: those of them, counted from 0, that nothing came of. `smoother`: another
    layout, in which neighbouring pixels are more alike, if there is one.
    """

    pictures: int
    finite: bool
    low: float
    high: float
    apart: float
    alone: float
    roughness: float
    ms: float
    smoother: str = ""
    movable: int = 0
    moved: int = 0
    idle: tuple[int, ...] = ()


def probe(model: NetworkModel, pictures: int = PROBED, *, moving: bool = False) -> Probe:
    """Decodes so many latents of the prior, or fewer of a slow model; `moving` each latent by itself as well."""
    ms = a_picture_takes(model)
    shape = model.card.image_shape
    most = min(pictures, MOST_NUMBERS // max(1, int(np.prod(shape))))
    count = int(np.clip(PATIENCE_S * 1000 / max(ms, 1e-3), 2, max(2, most)))
    latents = model.sample(count, seed=0)
    raw = _raw(model, latents)
    known = raw[np.isfinite(raw)]
    low, high = np.percentile(known, (1, 99)) if known.size else (0.0, 1.0)
    images = _shown(raw, model.card)
    alone = float(np.abs(_shown(_raw(model, latents[:1]), model.card) - images[:1]).max())
    apart = float(np.abs(images[1:] - images[:-1]).mean())
    rough = roughness(images)
    finite = known.size == raw.size
    found = Probe(count, finite, float(low), float(high), apart, alone, rough, ms, _smoother(raw, rough))
    return _moved(model, latents, found) if moving else found


def facts_of(found: Probe, card: Card) -> Iterator[Fact]:
    """All of it, a sentence each; those that warn say that something is wrong."""
    warnings = [Fact(text, "measured", warns=True) for text in told(found, card)]
    yield from warnings
    low, high = card.image_range
    if found.finite and not any(fact.text.startswith(OFF_RANGE) for fact in warnings):
        yield Fact(f"numbers from {found.low:.2f} to {found.high:.2f}; its range is {low:g} to {high:g}", "measured")
    if found.apart >= SAME:
        yield Fact(f"two random pictures differ by {100 * found.apart:.2g} % of black to white on average", "measured")
    if found.moved > len(found.idle):
        yield Fact(_moving(found, card), "measured")
    if not any("rough" in fact.text or "alike" in fact.text for fact in warnings):
        yield Fact(f"neighbouring pixels are alike: roughness {found.roughness:.2f}, noise has 1", "measured")
    same = "is the same alone and in a batch, and " if found.alone <= 1 / 255 else ""
    yield Fact(f"a picture {same}takes {time_in_words(found.ms)} here", "measured")


def told(found: Probe, card: Card) -> Iterator[str]:
    """What is wrong, a sentence each; nothing where all is well."""
    low, high = card.image_range
    if not found.finite:
        yield "some numbers of its pictures are none (NaN or infinite)"
    slack = 0.02 * (high - low)
    if found.low < low - slack or found.high > high + slack:
        yield f"{OFF_RANGE[0]} {found.low:.2g}..{found.high:.2g}, beyond {low:g}..{high:g}, and are cut off"
    elif found.high - found.low < 0.25 * (high - low) and card.family != PLOTTED:
        yield f"{OFF_RANGE[1]} {found.low:.2g}..{found.high:.2g} of the range {low:g}..{high:g}"
    if found.apart < SAME:
        yield "all latents give the same picture: it collapsed, or a choice is wrong"
    elif found.moved and found.moved == len(found.idle):
        yield "no latent moves the picture when it is moved by itself: it collapsed, or a choice is wrong"
    if found.alone > 1 / 255:
        yield "a picture depends on those decoded with it"
    if found.smoother:
        yield f"neighbouring pixels would be more alike laid out {found.smoother}"
    elif found.roughness > NOISE:
        yield "its pictures are as rough as noise: a choice is wrong, or the latents are not from this prior"


def time_in_words(ms: float) -> str:
    """'2.4 ms', '38 ms', '3.9 s'."""
    if ms < 0.1:
        return "less than 0.1 ms"
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def a_picture_takes(model: NetworkModel) -> float:
    """Milliseconds for one alone: not the first, which warms up, and the best of three of a quick model."""
    latent = model.sample(1, seed=1)
    ms = _timed(model, latent)
    if ms > 4 * SLOW_MS:
        return ms
    ms = _timed(model, latent)
    return ms if ms > QUICK_MS else min(ms, _timed(model, latent), _timed(model, latent))


def _timed(model: NetworkModel, latents: Latents) -> float:
    start = time.perf_counter()
    _raw(model, latents)
    return 1000 * (time.perf_counter() - start)


def _moving(found: Probe, card: Card) -> str:
    space, count = card.default_space, len(found.idle)
    of = f"{found.moved} latents" if found.moved == found.movable else f"{found.moved} of {found.movable} latents tried"
    by = f"when moved by {FAR:g} standard deviations"
    if not count:
        return f"all {of} change the picture {by}"
    names = ", ".join(space.called(number) for number in found.idle[:FEW]) + (", …" if count > FEW else "")
    return f"of {of}, {count} {'changes' if count == 1 else 'change'} no pixel by 1 % {by}: {names}"


def _moved(model: NetworkModel, latents: Latents, found: Probe) -> Probe:
    """With the latents that were moved by themselves while there was time. A flow's all do something."""
    space = model.card.default_space
    if len(space.shape) != 1 or model.card.likelihood == "exact" or found.ms > SLOW_MS:
        return found
    classes = space.classes
    dims = [dim for dim in range(space.dim) if classes is None or not classes.start <= dim < classes.stop]
    dims = np.random.default_rng(0).permutation(dims).tolist()
    first, steps = latents[:1], FAR * latents.std(axis=0)
    before = _shown(_raw(model, first), model.card)
    idle: list[int] = []
    moved, end = 0, time.perf_counter() + PATIENCE_S
    for part in batches(len(dims), AT_ONCE):
        if time.perf_counter() > end:
            break
        some = dims[part]
        moved += len(some)
        there = np.repeat(first, len(some), axis=0)
        away = np.where(first[0, some] > 0, -1.0, 1.0)  # towards the middle of the prior, and through it
        there[np.arange(len(some)), some] += (away * steps[some]).astype(np.float32)
        change = np.abs(_shown(_raw(model, there), model.card) - before).reshape(len(some), -1).max(1)
        idle += [dim for dim, most_changed in zip(some, change, strict=True) if most_changed < MOVES]
    return replace(found, movable=len(dims), moved=moved, idle=tuple(sorted(idle)))


def roughness(pictures: Pictures) -> float:
    """Mean squared step between neighbouring pixels over what it would be for pixels in any order: 1 for noise.

    `pictures`: float32 (n, height, width, channels).
    """
    steps = np.concatenate(
        [(np.diff(pictures, axis=axis) ** 2).reshape(len(pictures), -1) for axis in (1, 2)], axis=1
    ).mean(1)
    variance = pictures.reshape(len(pictures), -1).var(1)
    known = variance > 1e-8
    return float((steps[known] / (2 * variance[known])).mean()) if known.any() else 0.0


def _smoother(raw: Pictures, rough: float) -> str:
    """Another layout of colours, if neighbouring pixels are far more alike in it."""
    count, channels, height, width = raw.shape
    if channels == 1 or rough < 0.3 or not np.isfinite(raw).all():
        return ""
    last = raw.reshape(count, height, width, channels)
    return "channels last (numpy, Keras)" if roughness(last) < 0.5 * rough else ""


def _shown(raw: Pictures, card: Card) -> Pictures:
    """Pictures float32 (n, height, width, channels) in 0..1 of a network's own numbers (n, channels, height, width)."""
    low, high = card.image_range
    shown: Pictures = np.nan_to_num(np.clip((raw - low) / (high - low), 0, 1), nan=0.0).transpose(0, 2, 3, 1)
    return shown


def _raw(model: NetworkModel, latents: Latents) -> Pictures:
    """The numbers that come out, in the network's own range, float32 (n, channels, height, width)."""
    low, high = model.card.image_range
    generator = model._generator(model.card.default_space.name)
    with torch.inference_mode():
        made = [generator(torch.from_numpy(latents[part])).float() for part in batches(len(latents), model.at_once)]
        return np.asarray(torch.cat(made).numpy() * (high - low) + low, np.float32)
