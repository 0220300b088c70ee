"""Drawing latents: one seed, the same latents."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Latents


def normal(n: int, dim: int, seed: int) -> Latents:
    """n latents of N(0, I), float32 (n, dim)."""
    return np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)


def uniform(n: int, dim: int, seed: int) -> Latents:
    """n latents of U(-1, 1) in each dimension, float32 (n, dim)."""
    return np.random.default_rng(seed).uniform(-1, 1, (n, dim)).astype(np.float32)


def one_hot(n: int, dim: int, seed: int) -> Latents:
    """One of `dim` classes each, as a 1 among zeros, float32 (n, dim)."""
    drawn = np.random.default_rng(seed).integers(dim, size=n)
    return np.eye(dim, dtype=np.float32)[drawn]
