"""One smooth curve through all waypoints."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.paths.base import Chain, Course, Floats, Kind, rounded

LEAST = 1e-9


def lay(waypoints: Latents, closed: bool) -> Course:
    """The centripetal Catmull-Rom spline (Catmull and Rom 1974; Yuksel et al. 2011: no cusps, no loops in a section).

    Knots are spaced by the square root of the distance; beyond an open end the curve goes on as it came. Through two
    waypoints it is the straight line; between two equal ones it rests.
    """
    ends = rounded(waypoints, closed)
    points = _with_neighbours(ends.astype(np.float64), closed and len(waypoints) > 1)
    gaps = np.maximum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)), LEAST)
    return Chain(lambda section, t: _section(points[section : section + 4], gaps[section : section + 3], t), ends)


def _with_neighbours(ends: Floats, closed: bool) -> Floats:
    """One point more before the first and after the last (k + 2, d)."""
    if len(ends) < 2:
        return np.repeat(ends, 3, axis=0)
    if closed:
        return np.concatenate([ends[-2:-1], ends, ends[1:2]])
    return np.concatenate([2 * ends[:1] - ends[1:2], ends, 2 * ends[-1:] - ends[-2:-1]])


def _section(four: Floats, gaps: Floats, t: Floats) -> Floats:
    """Cubic Hermite from the second of `four` points (4, d) to the third, with the tangents of uneven knots."""
    first, here, there, last = four
    slope = (there - here) / gaps[1]
    start = (here - first) / gaps[0] - (there - first) / (gaps[0] + gaps[1]) + slope
    end = slope - (last - here) / (gaps[1] + gaps[2]) + (last - there) / gaps[2]
    start, end = start * gaps[1], end * gaps[1]
    ease = t * t * (3 - 2 * t)
    bend = t * (1 - t) * ((1 - t) * start - t * end)
    curve: Floats = here + ease * (there - here) + bend
    return curve


KIND = Kind(
    "catmull-rom",
    "Smooth",
    "Catmull-Rom: one smooth curve through all waypoints (centripetal, Yuksel et al. 2011). Of two, the straight line.",
    lay,
)
