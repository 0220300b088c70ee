"""The straight line."""

from __future__ import annotations

from explorer.latents.paths.base import Floats, Kind, chained


def between(a: Floats, b: Floats, t: Floats) -> Floats:
    """(1 - t) a + t b."""
    return (1 - t) * a + t * b


KIND = Kind(
    "linear",
    "Straight",
    "Linear: (1 - t) a + t b. In many dimensions its middle has 0.71 of the ends' length, far from the samples.",
    chained(between),
)
