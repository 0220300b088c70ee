"""The straight line, stretched so that its length goes evenly from end to end."""

from __future__ import annotations

import numpy as np

from explorer.latents.paths import linear
from explorer.latents.paths.base import Floats, Kind, chained

LEAST = 1e-6
"""Where the straight line comes nearer to the origin than this share of the longer end, it has no direction."""


def between(a: Floats, b: Floats, t: Floats) -> Floats:
    """The direction of (1 - t) a + t b with the length (1 - t) |a| + t |b|; it turns fastest in the middle.

    Ends that are opposite have no direction half way: there the path is the straight line.
    """
    straight = linear.between(a, b, t)
    lengths = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
    # the nearest the line comes to the origin decides, so that a path is of one kind from end to end
    along = b - a
    closest = a + np.clip(-(a @ along) / max(float(along @ along), 1e-300), 0, 1) * along
    if np.linalg.norm(closest) <= LEAST * max(np.linalg.norm(a), np.linalg.norm(b)):
        return straight
    own = np.linalg.norm(straight, axis=1, keepdims=True)
    path: Floats = straight * (lengths / own)
    return path


KIND = Kind(
    "kept length",
    "Straight, kept length",
    "The straight line, stretched to a length that goes evenly from end to end. It turns fastest in the middle.",
    chained(between),
)
