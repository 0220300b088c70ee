"""Does it act, and how far does it reach: samples are moved along a concept, decoded, and their pictures read again.

What pictures are read as is rows (n, k): the latents that they are encoded to, or a few numbers of the pictures where
the model has no encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept, Numbers
from explorer.latents.concepts.effects import moved
from explorer.latents.concepts.reach import EDGE, edge_of, gaps_to, some_of

STRENGTHS = (0.0, -4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0)
ASKED = 2.0  # sigma: the strength that is reported
STARTS = 24
OTHERS = 2000  # samples that are the data


@dataclass(frozen=True)
class Act:
    """What moving by `asked` sigma did: the pictures read `read` sigma more on average, and a share `up` of them more
    than before. `count` samples were moved; `trust`: how well pictures tell the coordinate at all (R squared), 1 where
    they are encoded."""

    read: float
    up: float
    count: int
    trust: float = 1.0
    asked: float = ASKED


def trials(concept: Concept, latents: Latents) -> Latents:
    """Some samples of (n, d) at every one of `STRENGTHS`, float32 (9 k, d): all at the first, all at the second, ..."""
    starts = latents[:: max(1, len(latents) // STARTS)][:STARTS]
    return np.concatenate([moved(concept, starts, strength) for strength in STRENGTHS])


def act(readings: Numbers, trust: float = 1.0) -> Act:
    """What came of the trials, from the coordinate in sigma that each of their pictures reads, (9 k,)."""
    by_strength = readings.reshape(len(STRENGTHS), -1)
    change = by_strength[STRENGTHS.index(ASKED)] - by_strength[0]
    return Act(float(change.mean()), float((change > 0).mean()), len(change), trust)


def probe(rows: Numbers, coordinates: Numbers) -> tuple[Numbers, float, float]:
    """A linear reader of coordinates (n,) from rows (n, k): weights (k,), offset, and R squared on a held-out quarter.

    Ridge regression, the ridge a hundredth of the rows' mean variance.
    """
    cut = max(1, 3 * len(rows) // 4)
    weights, offset = _ridge(rows[:cut], coordinates[:cut])
    rest = coordinates[cut:]
    missed = np.square(rows[cut:] @ weights + offset - rest).mean() if len(rest) else np.inf
    trust = 1 - missed / max(float(rest.var()), 1e-12) if len(rest) else 0.0
    return (*_ridge(rows, coordinates), max(0.0, float(trust)))


def _ridge(rows: Numbers, coordinates: Numbers) -> tuple[Numbers, float]:
    middle, mean = rows.mean(axis=0), float(coordinates.mean())
    centred = rows - middle
    spread = centred.T @ centred / len(rows)
    spread += 1e-2 * (np.trace(spread) / len(spread) + 1e-12) * np.eye(len(spread))
    weights = np.linalg.solve(spread, centred.T @ (coordinates - mean) / len(rows))
    return weights, mean - float(middle @ weights)


def pictured_range(rows: Numbers, data: Numbers, asked: Numbers | None = None) -> tuple[float, float]:
    """The strengths (low, high), in sigma, up to which the pictures of the trials, rows (9 k, d), stay among those of
    the samples, `data` (n, d): while half of them have a sample no farther than 99 of 100 samples have.

    Where they were encoded again, `asked` (9 k, d) is what they were decoded from: they have left the data too where
    half of them come back farther from it than 99 of 100 samples do, and than half the way to a sample's nearest other.
    Between two strengths the way is taken as straight; a range that ends at the last one may be longer.
    """
    others = some_of(data, OTHERS)
    ranges = [_ends(np.sqrt(gaps_to(rows, others).min(axis=1)), np.sqrt(edge_of(others)))]
    if asked is not None:
        ranges.append(_ends(np.linalg.norm(rows - asked, axis=1), np.sqrt(edge_of(others, 50)) / 2))
    return -float(min(low for low, _high in ranges)), float(min(high for _low, high in ranges))


def _ends(distances: Numbers, edge: float) -> tuple[float, float]:
    """How far down and up half of the trials' distances (9 k,) stay within an edge, or within that of the unmoved."""
    trialled = distances.reshape(len(STRENGTHS), -1)
    by_strength = dict(zip(STRENGTHS, np.median(trialled, axis=1).tolist(), strict=True))
    unmoved = trialled[0][np.isfinite(trialled[0])]
    edge = max(float(edge), float(np.percentile(unmoved, EDGE)) if len(unmoved) else 0.0)
    down, up = ([by_strength[sign * step] for step in (0.0, 1.0, 2.0, 3.0, 4.0)] for sign in (-1, 1))
    return _last_inside(down, edge), _last_inside(up, edge)


def _last_inside(distances: list[float], edge: float) -> float:
    """Where a line through distances at 0, 1, 2, ... crosses the edge for the first time."""
    for step, (before, after) in enumerate(pairwise(distances)):
        if after > edge:
            return round(step + max(0.0, edge - before) / max(after - before, 1e-12), 1)
    return float(len(distances) - 1)
