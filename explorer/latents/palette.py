"""Colours of data, the same on the screen and in what is exported: classes that every eye can tell apart, viridis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.latents.moments import blocks, spread
from explorer.latents.samples import COLOUR, Labels

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
# van der Walt and Smith (2015), interpolated between
VIRIDIS = (
    "#440154", "#481769", "#472c7a", "#423f85", "#3b518b", "#33628d", "#2c718e", "#26818e", "#21908c", "#1f9f88",
    "#27ad80", "#3dbc73", "#5cc862", "#81d34c", "#aadc31", "#d5e219", "#fde725",
)  # fmt: skip
STEPS = 256
MOST_RANGED = 100_000  # values that say where a ramp begins and ends
UNKNOWN = "#808080"


def rgb(text: str) -> tuple[int, int, int]:
    """(red, green, blue) of '#rrggbb'."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def class_colours(count: int) -> tuple[str, ...]:
    """Colours for `count` classes; beyond thirty-eight they repeat."""
    colours = CLASSES if count <= len(CLASSES) else CLASSES[:6] + MORE_CLASSES
    return tuple(colours[code % len(colours)] for code in range(count))


def own_colours(names: Sequence[str]) -> tuple[str, ...] | None:
    """Classes that are called by a colour ('#77311d') have that colour, mid enough to show on any ground; else None."""
    if not names or not all(COLOUR.fullmatch(name) for name in names):
        return None
    channels = np.array([rgb(name) for name in names])
    darkest, lightest = channels.max(axis=1, keepdims=True), channels.min(axis=1, keepdims=True)
    channels = np.where(darkest < 72, channels + (72 - darkest), channels)
    channels = np.where(lightest > 205, channels - (lightest - 205), channels)
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in channels.tolist())


def label_colours(names: Sequence[str]) -> tuple[str, ...]:
    """The colours of the classes called `names`: their own, or those of the set."""
    return own_colours(names) or class_colours(len(names))


def ramp(dark: bool) -> tuple[str, ...]:
    """Viridis in `STEPS` steps without what would vanish: its dark end on dark ground, its light end on light."""
    anchors = np.array([rgb(colour) for colour in VIRIDIS])
    places = np.linspace(0.12, 1.0, STEPS) if dark else np.linspace(0.0, 0.92, STEPS)
    grid = np.linspace(0, 1, len(VIRIDIS))
    channels = np.rint([np.interp(places, grid, anchors[:, channel]) for channel in range(3)]).astype(int)
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in channels.T)


def number_range(values: NDArray[np.generic]) -> tuple[float, float]:
    """What the ends of the ramp mean: the 1st and the 99th percentile, so that no outlier takes all colours.

    Of very many values, those of a part that is spread over them.
    """
    numbers = values[spread(len(values), MOST_RANGED)].astype(np.float64)
    known = numbers[np.isfinite(numbers)]
    low, high = np.percentile(known, (1, 99)) if known.size else (0.0, 0.0)
    return float(low), float(high if high > low else low + 1.0)


def number_steps(values: NDArray[np.generic]) -> NDArray[np.int16]:
    """The step of each number on the ramp, int16 (n,); `STEPS` for what is no number."""
    low, high = number_range(values)
    steps = np.empty(len(values), np.int16)
    for rows in blocks(len(values)):
        numbers = values[rows].astype(np.float64)
        known = np.isfinite(numbers)
        shares = np.where(known, (np.where(known, numbers, low) - low) / (high - low), 0.0)
        steps[rows] = np.where(known, np.rint(np.clip(shares, 0, 1) * (STEPS - 1)), STEPS)
    return steps


def class_codes(labels: Labels) -> NDArray[np.int32]:
    """The class of each sample, int32 (n,); the seat after the last for what is of no known class."""
    count = len(labels.names)
    classes = np.empty(len(labels.values), np.int32)
    for rows in blocks(len(classes)):
        codes = labels.values[rows].astype(np.int64)
        classes[rows] = np.where((codes >= 0) & (codes < count), codes, count)
    return classes
