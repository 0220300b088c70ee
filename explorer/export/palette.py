"""Colours of data: a set that colour-blind readers tell apart, and a scale for numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.samples import Labels

OKABE_ITO = ("#56b4e9", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#0072b2", "#f0e442", "#a8a8a8")
"""Okabe and Ito 2008, black replaced by grey: it has to show on dark paper."""
BEYOND = ("#8c6bb1", "#a6d854", "#e7298a", "#7fcdbb", "#b15928", "#fb8072", "#6a6aff", "#c7e9b4")
VIRIDIS = ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725")
"""Ten stops of viridis (van der Walt and Smith 2015), interpolated between."""


def rgb(text: str) -> tuple[int, int, int]:
    """(red, green, blue) of '#rrggbb'."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def category_colours(count: int) -> NDArray[np.uint8]:
    """uint8 (count, 3); beyond sixteen they repeat."""
    known = [rgb(text) for text in OKABE_ITO + BEYOND]
    return np.array([known[index % len(known)] for index in range(count)], dtype=np.uint8).reshape(-1, 3)


def number_colours(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """uint8 (n, 3) of numbers in 0..1; those outside take the nearer end."""
    stops = np.array([rgb(text) for text in VIRIDIS], dtype=np.float64)
    place = np.clip(values, 0.0, 1.0) * (len(stops) - 1)
    channels = [np.interp(place, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def colours_of(labels: Labels) -> NDArray[np.uint8]:
    """uint8 (n, 3), one colour for each sample. Numbers are spread from their 2nd to their 98th percentile."""
    if labels.is_category:
        return legend_colours(labels)[labels.values.astype(np.int64)]
    values = labels.values.astype(np.float64)
    low, high = number_range(labels)
    return number_colours((values - low) / max(high - low, 1e-12))


def legend_colours(labels: Labels) -> NDArray[np.uint8]:
    """uint8 (names, 3). Labels whose names are colours show themselves."""
    if labels.are_colours:
        return np.array([rgb(name) for name in labels.names], dtype=np.uint8)
    return category_colours(len(labels.names))


def number_range(labels: Labels) -> tuple[float, float]:
    """What the ends of the scale mean."""
    low, high = np.percentile(labels.values.astype(np.float64), (2, 98))
    return float(low), float(high)
