"""The colours of data as arrays of bytes; which they are stands in `latents.palette`, as for the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.palette import UNKNOWN, class_codes, label_colours, number_steps, ramp, rgb
from explorer.latents.samples import Labels


def ramp_colours(*, dark: bool = True) -> NDArray[np.uint8]:
    """The colours of numbers from low to high, uint8 (256, 3), to be seen on a `dark` ground."""
    return np.array([rgb(colour) for colour in ramp(dark)], dtype=np.uint8)


def colours_of(labels: Labels, *, dark: bool = True) -> NDArray[np.uint8]:
    """uint8 (n, 3), one colour for each sample."""
    grey = np.array([rgb(UNKNOWN)], dtype=np.uint8)
    if labels.is_category:
        return np.concatenate([legend_colours(labels), grey])[class_codes(labels)]
    return np.concatenate([ramp_colours(dark=dark), grey])[number_steps(labels.values)]


def legend_colours(labels: Labels) -> NDArray[np.uint8]:
    """uint8 (names, 3)."""
    return np.array([rgb(colour) for colour in label_colours(labels.names)], dtype=np.uint8)
