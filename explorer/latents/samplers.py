"""Drawing latents: one seed, the same latents."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Latents


def normal(n: int, dim: int, seed: int) -> Latents:
    """n latents of N(0, I), float32 (n, dim)."""
    return np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
