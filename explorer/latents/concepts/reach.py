"""How far one can go along a concept before one leaves the data."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept

STARTS, OTHERS = 48, 2000  # samples one starts at, and samples that are the data
STEPS = np.arange(0, 8.01, 0.25)
EDGE = 99  # percentile of the samples' own distances that is the edge


def safe_range(concept: Concept, latents: Latents) -> tuple[float, float]:
    """The strengths (low, high), in sigma, up to which half of the samples stay among the samples (n, d).

    A moved latent is among them while the nearest sample is not farther than that of 99 of 100 samples is from its own
    nearest one. (-0, 0) where there are too few samples to tell.
    """
    if len(latents) < 10:
        return 0.0, 0.0
    others = latents[:: max(1, len(latents) // OTHERS)].astype(np.float64)
    starts = others[:: max(1, len(others) // STARTS)]
    squares = np.square(others).sum(axis=1)
    edge = _edge(others, squares)
    gaps = np.maximum(np.square(starts).sum(axis=1)[:, None] - 2 * starts @ others.T + squares, 0)
    gaps[gaps < 1e-9 * squares.max()] = np.inf  # itself
    unit = concept.direction.astype(np.float64)
    ahead = (starts @ unit)[:, None] - (others @ unit)[None]
    ends = []
    for sign in (-1, 1):
        steps = sign * STEPS * concept.sigma
        inside = [float(np.median((gaps + 2 * step * ahead + step**2).min(axis=1))) <= edge for step in steps]
        ends.append(sign * float(STEPS[max(0, inside.index(False) - 1)] if False in inside else STEPS[-1]))
    return ends[0], ends[1]


def _edge(others: np.ndarray, squares: np.ndarray) -> float:
    """The squared distance to the nearest other sample that 99 of 100 samples keep."""
    some = others[:: max(1, len(others) // 500)]
    gaps = np.maximum(np.square(some).sum(axis=1)[:, None] - 2 * some @ others.T + squares, 0)
    gaps[gaps < 1e-9 * squares.max()] = np.inf
    nearest = gaps.min(axis=1)
    return float(np.percentile(nearest[np.isfinite(nearest)], EDGE)) if np.isfinite(nearest).any() else 0.0
