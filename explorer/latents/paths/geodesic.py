"""The shortest way as the pictures see it: a geodesic of the metric that the decoder pulls back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.latents.paths import linear
from explorer.latents.paths.base import Floats, Ground, Kind, Knots, rounded

KNOTS = 16
"""Pieces of each section."""
STEPS, TOLD = 120, 4
RATE = 0.06
"""Of a step, in parts of the mean distance between knots at the start."""


def search(waypoints: Latents, closed: bool, ground: Ground) -> Iterator[Knots]:
    """Curves of less and less energy, sum |g(z_i+1) - g(z_i)|^2 (Shao et al. 2018; Arvanitidis et al. 2018).

    The energy of a curve cut into pieces is least for a shortest curve of constant speed. It begins with the straight
    lines; knots between the waypoints move by Adam (Kingma and Ba 2015) with a rate that falls to zero; the best curve
    is the last that is told.
    """
    ends = rounded(waypoints, closed)
    sections = len(ends) - 1
    if sections < 1:
        yield Knots(ends, np.zeros(1))
        return
    at = np.linspace(0, 1, sections * KNOTS + 1)
    knots = linear.KIND.lay(waypoints, closed)(at).astype(np.float64)
    fixed = np.arange(len(at)) % KNOTS == 0
    yield from _settled(knots, fixed, ends, at, ground)


def _settled(knots: Floats, fixed: NDArray[np.bool_], ends: Latents, at: Floats, ground: Ground) -> Iterator[Knots]:
    unit = float(np.linalg.norm(np.diff(knots, axis=0), axis=1).mean()) / np.sqrt(knots.shape[1])
    mean, square = np.zeros_like(knots), np.zeros_like(knots)
    best, least = knots.copy(), np.inf
    for step in range(STEPS + 1):
        energy, slope = energy_of(knots, ground)
        if energy < least:
            best, least = knots.copy(), energy
        if step % TOLD == 0 or step == STEPS:
            told = best.astype(np.float32)
            told[fixed] = ends
            yield Knots(told, at)
        slope[fixed] = 0
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * (slope**2).mean(axis=1, keepdims=True)
        ahead, spread = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.99 ** (step + 1))
        rate = RATE * 10 * unit * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        knots = knots - rate * ahead / (np.sqrt(spread) + 1e-12)


def energy_of(knots: Floats, ground: Ground) -> tuple[float, Floats]:
    """Energy of a curve of knots (k, d), and its slope (k, d)."""
    energy = 0.0

    def cotangents(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal energy
        steps = np.diff(pictures, axis=0)
        energy = float((steps.astype(np.float64) ** 2).sum())
        slope = np.zeros_like(pictures)
        slope[:-1] -= 2 * steps
        slope[1:] += 2 * steps
        return slope

    _pictures, slope = ground.pull_back(knots, cotangents)
    return energy, slope


KIND = Kind(
    "geodesic",
    "Geodesic",
    "The shortest way as the pictures see it: least sum of squared picture changes (Shao et al. 2018). It is searched "
    "for with the decoder.",
    linear.KIND.lay,
    search,
    needs="decoder",
)
