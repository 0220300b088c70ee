"""How far one can go along a concept before one leaves the data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept, Numbers

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
    others = some_of(latents, OTHERS)
    starts = others[:: max(1, len(others) // STARTS)]
    edge, gaps = edge_of(others), gaps_to(starts, others)
    unit = concept.direction.astype(np.float64)
    ahead = (starts @ unit)[:, None] - (others @ unit)[None]
    ends = []
    for sign in (-1, 1):
        steps = sign * STEPS * concept.sigma
        inside = [float(np.median((gaps + 2 * step * ahead + step**2).min(axis=1))) <= edge for step in steps]
        ends.append(sign * float(STEPS[max(0, inside.index(False) - 1)] if False in inside else STEPS[-1]))
    return ends[0], ends[1]


def narrower(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """What lies in both ranges (low, high); one that could not be told, (0, 0), says nothing."""
    known = [ends for ends in (one, other) if any(ends)]
    return (max(low for low, _ in known), min(high for _, high in known)) if known else (0.0, 0.0)


def some_of(rows: NDArray[np.floating], count: int) -> Numbers:
    """About `count` of rows (n, d), evenly picked, float64."""
    return rows[:: max(1, len(rows) // count)].astype(np.float64)


def gaps_to(rows: Numbers, others: Numbers) -> Numbers:
    """Squared distances (n, m) of rows (n, d) to others (m, d); infinite to itself."""
    squares = np.square(others).sum(axis=1)
    gaps = np.maximum(np.square(rows).sum(axis=1)[:, None] - 2 * rows @ others.T + squares, 0)
    gaps[gaps < 1e-9 * squares.max()] = np.inf
    return np.asarray(gaps)


def edge_of(others: Numbers, percentile: float = EDGE) -> float:
    """The squared distance to the nearest other sample that 99 (or `percentile`) of 100 samples (n, d) keep."""
    nearest = gaps_to(others[:: max(1, len(others) // 500)], others).min(axis=1)
    known = nearest[np.isfinite(nearest)]
    return float(np.percentile(known, percentile)) if len(known) else 0.0
