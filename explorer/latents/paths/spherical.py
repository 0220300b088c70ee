"""Turning evenly from one direction to the other, with an even length."""

from __future__ import annotations

import numpy as np

from explorer.latents.paths import linear
from explorer.latents.paths.base import Floats, Kind, chained

PARALLEL = 1e-6
"""Sine of the angle below which two directions span no plane (float32 resolves directions to about 1e-7)."""


def between(a: Floats, b: Floats, t: Floats) -> Floats:
    """The directions turn evenly (Shoemake 1985) while the length goes evenly from |a| to |b|.

    The textbook formula on the raw vectors would dip below both ends. Where the ends span no plane (parallel, opposite
    or zero) the path is the straight line.
    """
    from_length, to_length = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if not from_length or not to_length:
        return linear.between(a, b, t)
    start, end = a / from_length, b / to_length
    angle = 2 * np.arctan2(np.linalg.norm(start - end), np.linalg.norm(start + end))  # exact for small angles too
    if np.sin(angle) < PARALLEL:
        return linear.between(a, b, t)
    directions = (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)
    path: Floats = ((1 - t) * from_length + t * to_length) * directions
    return path


KIND = Kind(
    "spherical",
    "Spherical",
    "Spherical: turns evenly (Shoemake 1985) and lets the length go evenly from end to end.",
    chained(between),
)
