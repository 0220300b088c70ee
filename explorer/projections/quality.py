"""How far a map can be believed: trustworthiness and continuity (Venna and Kaski 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents, Points
from explorer.latents.moments import moments

NEIGHBOURS = 15
MOST = 2000


@dataclass(frozen=True)
class Quality:
    """`trust`: whether neighbours on the map are neighbours in truth; `continuity`: whether true neighbours are so on
    the map. 1 is perfect, about 0.5 is chance. Of the `neighbours` nearest, among `samples` samples. `seen`: the share
    of the samples' variance that lies in the view, 0..1; None for a map without straight directions.
    """

    trust: float
    continuity: float
    neighbours: int
    samples: int
    seen: float | None = None


def quality(latents: Latents, points: Points, neighbours: int = NEIGHBOURS, most: int = MOST) -> Quality | None:
    """The quality of the places `points` (n, 2) of `latents` (n, d), on at most `most` samples spread over the set.

    None for too few samples to tell.
    """
    chosen = np.unique(np.linspace(0, len(latents) - 1, min(most, len(latents))).astype(np.int64))
    n, k = len(chosen), min(neighbours, (len(chosen) - 1) // 2)
    if k < 1:
        return None
    true, shown = distances(latents[chosen]), distances(points[chosen])
    worst = n * k * (2 * n - 3 * k - 1) / 2
    return Quality(1 - intrusion(true, shown, k) / worst, 1 - intrusion(shown, true, k) / worst, k, n)


def variance_seen(latents: Latents, axes: NDArray[np.float64]) -> float:
    """The share of the variance of latents (n, d) that lies in the plane of `axes` (d, 2), 0..1.

    For two principal components it is the sum of their shares.
    """
    _, covariance = moments(latents)
    plane, _ = np.linalg.qr(axes)
    total = float(np.trace(covariance))
    return float(np.trace(plane.T @ covariance @ plane)) / total if total > 0 else 1.0


def intrusion(true: NDArray[np.float32], shown: NDArray[np.float32], k: int) -> float:
    """Sum over the `k` nearest by `shown` (n, n) of how far beyond the k-th their rank by `true` (n, n) is."""
    near = np.argpartition(shown, k, axis=1)[:, :k]
    ranks = np.empty(near.shape, dtype=np.int64)
    for place in range(k):  # counting what is nearer is cheaper than sorting every row
        reach = np.take_along_axis(true, near[:, place, None], axis=1)
        ranks[:, place] = (true < reach).sum(axis=1) + 1
    return float(np.maximum(ranks - k, 0).sum())


def distances(rows: Latents) -> NDArray[np.float32]:
    """Squared distances (n, n) between rows (n, d); infinite from a row to itself."""
    centred = (rows - rows.mean(axis=0)).astype(np.float64)
    squares = np.square(centred).sum(axis=1)
    result: NDArray[np.float32] = (squares[:, None] + squares[None] - 2 * centred @ centred.T).astype(np.float32)
    np.fill_diagonal(result, np.inf)
    return result
