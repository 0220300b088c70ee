"""The nearest samples of anything: of a latent, of a sample, of the mean of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents

Metric = Literal["euclidean", "cosine"]
FORMULAS: dict[Metric, str] = {
    "euclidean": "Euclidean: |a \N{MINUS SIGN} b|, in the latent's own units",
    "cosine": "Cosine: 1 \N{MINUS SIGN} a\N{MIDDLE DOT}b / (|a| |b|), 0 for the same direction, 2 for the opposite",
}
BLOCK = 100_000  # samples in one block, so that memory stays small


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest first: `samples` int64 (k,), `distances` float64 (k,)."""

    samples: NDArray[np.int64]
    distances: NDArray[np.float64]


def nearest(latents: Latents, latent: Latent, count: int, metric: Metric = "euclidean") -> Neighbours:
    """The `count` samples of `latents` (n, d) that are nearest to a latent (d,). Of equals the first.

    Samples without finite numbers are left out. Cosine takes the direction from the origin; a latent of length 0 has
    none, and is at distance 1 from all.
    """
    distances = np.concatenate(
        [_distances(latents[start : start + BLOCK], latent, metric) for start in range(0, len(latents), BLOCK)]
        or [np.empty(0)]
    )
    distances = np.where(np.isfinite(distances), distances, np.inf)
    count = min(count, int(np.isfinite(distances).sum()))
    if not count:
        return Neighbours(np.empty(0, np.int64), np.empty(0))
    bound = np.partition(distances, count - 1)[count - 1]
    few = np.flatnonzero(distances <= bound)
    samples = few[np.argsort(distances[few], kind="stable")][:count]
    return Neighbours(samples.astype(np.int64), distances[samples])


def _distances(latents: Latents, latent: Latent, metric: Metric) -> NDArray[np.float64]:
    block, wanted = latents.astype(np.float64), latent.astype(np.float64)
    if metric == "euclidean":
        distances: NDArray[np.float64] = np.sqrt(np.square(block - wanted).sum(axis=1))
        return distances
    lengths = np.sqrt(np.square(block).sum(axis=1)) * np.linalg.norm(wanted)
    cosines = np.divide(block @ wanted, lengths, out=np.zeros(len(block)), where=lengths > 0)
    return np.where(np.isfinite(block).all(axis=1), 1.0 - np.clip(cosines, -1, 1), np.nan)
