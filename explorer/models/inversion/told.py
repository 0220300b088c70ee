"""What is asked of an inversion, and what it answers: plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents

MOST_STEPS, MOST_STARTS = 10_000, 64


@dataclass(frozen=True)
class Wish:
    """How to look: `space` '' is the one that one edits in; `starts` at once for each picture, the bad ones dropped."""

    space: str = ""
    steps: int = 300
    starts: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises InputError for numbers that make no search."""
        if not (1 <= self.steps <= MOST_STEPS and 1 <= self.starts <= MOST_STARTS):
            raise InputError(
                f"{self.steps:,} steps from {self.starts:,} starts cannot be searched.",
                f"Give 1 to {MOST_STEPS:,} steps and 1 to {MOST_STARTS} starts.",
            )


@dataclass(frozen=True, eq=False)
class Inverse:
    """The best latents so far of n pictures, and what they are worth.

    `latents` float32 (n, d) of `space`; `images` uint8, what they decode to. All others float32. `errors` (n,): mean
    absolute difference of a pixel, in 0..1; `signals` (n,): peak signal over noise, in dB. `lengths` (n,): distance
    from the centre of the prior, over that of a middling sample of it; `percentiles` (n,): share of samples nearer to
    it, in 0..1; NaN without a prior. `losses` (n, starts, steps done): what was made small, NaN once a start was
    dropped.
    """

    space: str
    latents: Latents
    images: Images
    errors: NDArray[np.float32]
    signals: NDArray[np.float32]
    lengths: NDArray[np.float32]
    percentiles: NDArray[np.float32]
    losses: NDArray[np.float32]
    step: int
    steps: int

    @property
    def mean_error(self) -> float:
        """Of all pictures, in 0..1."""
        return float(self.errors.mean()) if len(self.errors) else 0.0


def compared(images: Images, targets: Images) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean absolute difference of a pixel in 0..1, and peak signal over noise in dB, float32 (n,) each; uint8 in."""
    apart = (images.astype(np.float32) - targets.astype(np.float32)).reshape(len(images), -1) / 255
    squares = np.maximum(np.square(apart).mean(axis=1), 1e-10)  # at most 100 dB: equal pictures
    return np.abs(apart).mean(axis=1), (-10 * np.log10(squares)).astype(np.float32)
