"""Which colour a sample has: classes in colours that every eye can tell apart, numbers along viridis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.samples import Labels, LatentSet

LIKELIHOOD = "log-likelihood"

# Okabe and Ito (2008), blue and orange first; their yellow is darker here and their black a grey, for points must show
# on light ground and on dark
CLASSES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#dcc92c", "#999999")
# chosen one by one, each as far in CIELAB as can be from all before it (the way of Glasbey et al. 2007)
MORE_CLASSES = (
    "#784bc3", "#69690f", "#c3003c", "#ffa587", "#78d25a", "#874b3c", "#b40f87", "#b4a5ff", "#d2c378", "#006900",
    "#0f6969", "#5ad2d2", "#f087ff", "#ff5a96", "#0087ff", "#b4782d", "#00e196", "#96a51e", "#785a96", "#96c396",
    "#3c693c", "#ff695a", "#a52d5a", "#a53c1e", "#f0b4c3", "#96875a", "#9696c3", "#d26969", "#b45ab4", "#3c5ab4",
    "#966978", "#00a54b",
)  # fmt: skip
VIRIDIS = (
    "#440154", "#481769", "#472c7a", "#423f85", "#3b518b", "#33628d", "#2c718e", "#26818e", "#21908c", "#1f9f88",
    "#27ad80", "#3dbc73", "#5cc862", "#81d34c", "#aadc31", "#d5e219", "#fde725",
)  # fmt: skip
STEPS = 256
UNKNOWN = "#808080"
PALE = 0.13  # opacity of what is not highlighted


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
    codes: NDArray[np.intp]
    colours: NDArray[np.uint32]
    entries: tuple[Entry, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def is_numeric(self) -> bool:
        return self.high > self.low

    def highlighting(self, code: int | None) -> Colouring:
        """The same with one class in full colour and all others pale; None is the plain colouring."""
        if code is None:
            return self
        colours = np.array([argb_of(int(colour), PALE) for colour in self.colours], np.uint32)
        colours[code] = self.colours[code]
        return replace(self, colours=colours)


def argb(colour: str, opacity: float = 1.0) -> int:
    """A colour '#rrggbb' as ARGB."""
    return round(255 * opacity) << 24 | int(colour[1:7], 16)


def argb_of(colour: int, opacity: float) -> int:
    """The same colour in another opacity."""
    return round(255 * opacity) << 24 | (colour & 0xFFFFFF)


def class_colours(count: int) -> tuple[str, ...]:
    """Colours for `count` classes; beyond forty they repeat."""
    colours = CLASSES if count <= len(CLASSES) else CLASSES[:6] + MORE_CLASSES
    return tuple(colours[code % len(colours)] for code in range(count))


def own_colours(names: Sequence[str]) -> tuple[str, ...] | None:
    """Classes that are called by a colour ('#77311d') have that colour, mid enough to show on any ground; else None."""
    if not names or not all(re.fullmatch("#[0-9a-fA-F]{6}", name) for name in names):
        return None
    channels = np.array([[int(name[at : at + 2], 16) for at in (1, 3, 5)] for name in names])
    darkest, lightest = channels.max(axis=1, keepdims=True), channels.min(axis=1, keepdims=True)
    channels = np.where(darkest < 72, channels + (72 - darkest), channels)
    channels = np.where(lightest > 205, channels - (lightest - 205), channels)
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in channels.tolist())


def ramp(dark: bool) -> tuple[str, ...]:
    """Viridis in `STEPS` steps without what would vanish: its dark end on dark ground, its light end on light."""
    anchors = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in VIRIDIS])
    places = np.linspace(0.12, 1.0, STEPS) if dark else np.linspace(0.0, 0.92, STEPS)
    grid = np.linspace(0, 1, len(VIRIDIS))
    channels = np.rint([np.interp(places, grid, anchors[:, channel]) for channel in range(3)]).astype(int)
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in channels.T)


def plain(count: int, ground: str) -> Colouring:
    """One colour for all `count` samples."""
    return Colouring("", np.zeros(count, np.intp), np.array([argb(ground)], np.uint32))


def choices(samples: LatentSet) -> tuple[str, ...]:
    """What a set of samples can be coloured by, besides nothing."""
    names = tuple(labels.name for labels in samples.labels)
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
    codes = labels.values.astype(np.intp)
    codes = np.where((codes >= 0) & (codes < count), codes, count)  # the seat after the last is 'unknown'
    numbers = np.bincount(codes, minlength=count + 1)
    names = own_colours(labels.names) or class_colours(count)
    rows = zip(labels.names, names, numbers.tolist(), strict=False)
    entries = tuple(Entry(code, name, colour, number) for code, (name, colour, number) in enumerate(rows))
    if numbers[count]:
        entries = (*entries, Entry(count, "unknown", UNKNOWN, int(numbers[count])))
    return Colouring(labels.name, codes, np.array([argb(c) for c in (*names, UNKNOWN)], np.uint32), entries)


def _by_number(labels: Labels, dark: bool) -> Colouring:
    """The ends are the 1st and the 99th percentile, so that one outlier does not take all the colours."""
    values = labels.values.astype(np.float64)
    known = np.isfinite(values)
    low, high = np.percentile(values[known], (1, 99)) if known.any() else (0.0, 0.0)
    high = high if high > low else low + 1.0
    shares = np.where(known, (values - low) / (high - low), 0.0)
    codes = np.where(known, np.rint(np.clip(shares, 0, 1) * (STEPS - 1)), STEPS).astype(np.intp)
    colours = np.array([argb(colour) for colour in (*ramp(dark), UNKNOWN)], np.uint32)
    return Colouring(labels.name, codes, colours, (), float(low), float(high))
