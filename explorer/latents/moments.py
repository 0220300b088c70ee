"""Mean and covariance of very many latents, block by block: no second copy of them is ever made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents

BLOCK = 16_384  # latents at once

Numbers = NDArray[np.float64]


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover 0..count - 1."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def mean_of(latents: Latents) -> Numbers:
    """The mean of latents (n, d), float64 (d,)."""
    total = np.zeros(latents.shape[1])
    for rows in blocks(len(latents)):
        total += np.asarray(latents[rows]).sum(axis=0, dtype=np.float64)
    return total / max(1, len(latents))


def moments(latents: Latents) -> tuple[Numbers, Numbers]:
    """The mean (d,) and the covariance (d, d) of latents (n, d), float64; the covariance is the mean over all n."""
    mean = mean_of(latents)
    products = np.zeros((len(mean), len(mean)))
    for rows in blocks(len(latents)):
        centred = np.asarray(latents[rows]) - mean
        products += centred.T @ centred
    return mean, products / max(1, len(latents))


def are_finite(values: NDArray[np.floating]) -> bool:
    """Whether all numbers of an array (n, ...) are finite."""
    return all(bool(np.isfinite(values[rows]).all()) for rows in blocks(len(values)))


def spread(count: int, most: int) -> NDArray[np.int64]:
    """At most `most` different indices, evenly over 0..count - 1, int64 (k,)."""
    return np.linspace(0, count - 1, min(most, count)).astype(np.int64)
