"""Which colour a sample has: classes in colours that every eye can tell apart, numbers along viridis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.latents.palette import UNKNOWN, class_codes, label_colours, number_range, number_steps, ramp
from explorer.latents.samples import Labels, LatentSet

LIKELIHOOD = "log-likelihood"

MOST_CLASSES = 300
PALE = 0.13  # opacity of what does not stand out, where something does


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a class, its colour (#rrggbb) and how many samples are of it."""

    code: int
    name: str
    colour: str
    count: int


@dataclass(frozen=True, eq=False)
class Colouring:
    """Sample i has the colour colours[codes[i]]; colours are ARGB, uint32 (k,).

    `low` and `high` are the ends of the bar when it shows numbers, `entries` the lines when it shows classes.
    """

    name: str
    codes: NDArray[np.integer]
    colours: NDArray[np.uint32]
    entries: tuple[Entry, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def is_numeric(self) -> bool:
        return self.high > self.low


def argb(colour: str, opacity: float = 1.0) -> int:
    """A colour '#rrggbb' as ARGB."""
    return round(255 * opacity) << 24 | int(colour[1:7], 16)


def argb_of(colour: int, opacity: float) -> int:
    """The same colour in another opacity."""
    return round(255 * opacity) << 24 | (colour & 0xFFFFFF)


def plain(count: int, ground: str) -> Colouring:
    """One colour for all `count` samples."""
    return Colouring("", np.zeros(count, np.uint8), np.array([argb(ground)], np.uint32))


def choices(samples: LatentSet) -> tuple[str, ...]:
    """What a set of samples can be coloured by, besides nothing: not by file names, which are all different."""
    names = tuple(labels.name for labels in samples.labels if len(labels.names) <= MOST_CLASSES)
    return names if samples.log_likelihoods is None else (*names, LIKELIHOOD)


def colouring(samples: LatentSet, name: str, *, ground: str, dark: bool) -> Colouring:
    """The samples coloured by the labels called `name`; in the one colour `ground` when there are none of that name."""
    labels = samples.label(name)
    if labels is None and name == LIKELIHOOD and samples.log_likelihoods is not None:
        labels = Labels(LIKELIHOOD, samples.log_likelihoods)
    if labels is None:
        return plain(len(samples), ground)
    return _by_class(labels) if labels.is_category else _by_number(labels, dark)


def _by_class(labels: Labels) -> Colouring:
    count = len(labels.names)
    codes = class_codes(labels)  # the seat after the last is 'unknown'
    numbers = np.bincount(codes, minlength=count + 1)
    names = label_colours(labels.names)
    rows = zip(labels.names, names, numbers.tolist(), strict=False)
    entries = tuple(Entry(code, name, colour, number) for code, (name, colour, number) in enumerate(rows))
    if numbers[count]:
        entries = (*entries, Entry(count, "unknown", UNKNOWN, int(numbers[count])))
    return Colouring(labels.name, codes, np.array([argb(c) for c in (*names, UNKNOWN)], np.uint32), entries)


def _by_number(labels: Labels, dark: bool) -> Colouring:
    low, high = number_range(labels.values)
    colours = np.array([argb(colour) for colour in (*ramp(dark), UNKNOWN)], np.uint32)
    return Colouring(labels.name, number_steps(labels.values), colours, (), low, high)
