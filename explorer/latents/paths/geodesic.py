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
CHAIN = 2 * np.eye(KNOTS - 1) - np.eye(KNOTS - 1, k=1) - np.eye(KNOTS - 1, k=-1)
BENDING: Floats = np.linalg.inv(CHAIN).astype(np.float64)
"""The inverse of the Laplacian of a chain of knots between two fixed ends."""
RATE = 0.05
"""Of the longest first step of a knot, in parts of the length of its section."""


def search(waypoints: Latents, closed: bool, ground: Ground) -> Iterator[Knots]:
    """Curves of less and less energy, sum |g(z_i+1) - g(z_i)|^2 (Shao et al. 2018; Arvanitidis et al. 2018).

    The energy of a curve cut into pieces is least for a shortest curve of constant speed. It begins with the straight
    lines. The slope is taken in the Sobolev metric of curves (Neuberger 1997): divided by the Laplacian of a chain of
    knots, which is what the energy itself would be divided by on flat ground, so that the whole section bends at once
    and not one knot after the other. Each section steps with momentum, at a rate that falls to zero; the best curve is
    the last that is told.
    """
    ends = rounded(waypoints, closed)
    sections = len(ends) - 1
    if sections < 1:
        yield Knots(ends, np.zeros(1))
        return
    at = np.linspace(0, 1, sections * KNOTS + 1)
    knots = linear.KIND.lay(waypoints, closed)(at).astype(np.float64)
    yield from _settled(knots, ends, at, ground)


def _settled(knots: Floats, ends: Latents, at: Floats, ground: Ground) -> Iterator[Knots]:
    lengths = np.linalg.norm(np.diff(ends.astype(np.float64), axis=0), axis=1)[:, None, None]
    mean, square = np.zeros((len(lengths), KNOTS - 1, knots.shape[1])), np.zeros_like(lengths)
    best, least = knots.copy(), np.inf
    for step in range(STEPS + 1):
        energy, slope = energy_of(knots, ground)
        if energy < least:
            best, least = knots.copy(), energy
        if step % TOLD == 0 or step == STEPS:
            told = best.astype(np.float32)
            told[::KNOTS] = ends
            yield Knots(told, at)
        bend = BENDING @ _within(slope)
        longest = (bend**2).sum(axis=2, keepdims=True).max(axis=1, keepdims=True)
        mean, square = 0.9 * mean + 0.1 * bend, 0.99 * square + 0.01 * longest
        ahead, spread = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.99 ** (step + 1))
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        knots = knots.copy()
        _within(knots)[...] -= rate * lengths * ahead / (np.sqrt(spread) + 1e-12)


def _within(knots: Floats) -> Floats:
    """The knots between the waypoints, a view (sections, KNOTS - 1, d) of knots (sections * KNOTS + 1, d)."""
    inner: Floats = knots[:-1].reshape(-1, KNOTS, knots.shape[1])[:, 1:]
    return inner


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
