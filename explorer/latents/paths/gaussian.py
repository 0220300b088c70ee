"""Every number of the latent goes evenly through the shares of N(0, 1)."""

from __future__ import annotations

import numpy as np

from explorer.latents.normal import at_offset, from_half
from explorer.latents.paths import linear
from explorer.latents.paths.base import Floats, Kind, chained

FARTHEST = 6.0
"""Sigma. Beyond it a share cannot be told from 0 or 1; what a number exceeds it by goes in a straight line."""


def between(a: Floats, b: Floats, t: Floats) -> Floats:
    """Phi^-1((1 - t) Phi(a) + t Phi(b)), number by number: each spends the same time in equal shares of the prior."""
    start, end = np.clip(a, -FARTHEST, FARTHEST), np.clip(b, -FARTHEST, FARTHEST)
    inner = at_offset(linear.between(from_half(start), from_half(end), t))
    return inner + linear.between(a - start, b - end, t)


KIND = Kind(
    "gaussian",
    "Even probability",
    "Every number goes evenly through its share of N(0, 1), and so hurries through the tails. For a Gaussian prior.",
    chained(between),
)
