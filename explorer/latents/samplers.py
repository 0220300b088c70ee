"""Drawing latents: one seed, the same latents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents


def normal(n: int, dim: int, seed: int) -> Latents:
    """n latents of N(0, I), float32 (n, dim)."""
    return np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)


def gaussian(mean: NDArray[np.floating], covariance: NDArray[np.floating], n: int, seed: int) -> Latents:
    """n latents of N(mean, covariance), float32 (n, d): mean + L eps with the lower L of covariance = L L^T.

    Raises InputError for a covariance that is not symmetric and positive definite, or not of the mean's dimension.
    """
    centre, spread = np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if spread.shape != (centre.size, centre.size) or not np.allclose(spread, spread.T):
        raise InputError("The covariance does not fit.", f"Give a symmetric matrix of {centre.size} x {centre.size}.")
    try:
        lower = np.linalg.cholesky(spread)
    except np.linalg.LinAlgError as error:
        raise InputError("The covariance is not positive definite.", "Add a little to its diagonal.") from error
    noise = np.random.default_rng(seed).standard_normal((n, centre.size))
    latents: Latents = (centre + noise @ lower.T).astype(np.float32)  # rows: (L eps)^T = eps^T L^T
    return latents
