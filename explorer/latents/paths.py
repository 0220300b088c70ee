"""Paths between two latents. A new kind is one function and one line in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents

Positions = NDArray[np.float64]
"""float64 (n,), 0 at the start of a path and 1 at its end."""

PARALLEL = 1e-6
"""Sine of the angle below which two directions span no plane (float32 resolves directions to about 1e-7)."""


class Path(Protocol):
    """A kind of path: latents (n, d) at positions (n,), exactly `a` at 0 and exactly `b` at 1."""

    def __call__(self, a: Latent, b: Latent, positions: ArrayLike) -> Latents: ...


def linear(a: Latent, b: Latent, positions: ArrayLike) -> Latents:
    """The straight line. In many dimensions it passes nearer to the origin than both ends do."""
    t = _checked(a, b, positions)
    start, end = a.astype(np.float64), b.astype(np.float64)
    return _with_exact_ends((1 - t) * start + t * end, a, b, t)


def spherical(a: Latent, b: Latent, positions: ArrayLike) -> Latents:
    """The directions turn evenly (Shoemake 1985) while the length goes evenly from |a| to |b|.

    The textbook formula on the raw vectors would dip below both ends. Where the ends span no plane (parallel, opposite
    or zero) the path is the straight line.
    """
    t = _checked(a, b, positions)
    from_length, to_length = _length(a), _length(b)
    if not from_length or not to_length:
        return linear(a, b, positions)
    start, end = a.astype(np.float64) / from_length, b.astype(np.float64) / to_length
    angle = 2 * np.arctan2(np.linalg.norm(start - end), np.linalg.norm(start + end))  # exact for small angles too
    if np.sin(angle) < PARALLEL:
        return linear(a, b, positions)
    directions = (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)
    return _with_exact_ends(((1 - t) * from_length + t * to_length) * directions, a, b, t)


KINDS: Mapping[str, Path] = {"linear": linear, "spherical": spherical}


def points(kind: str, a: Latent, b: Latent, positions: ArrayLike) -> Latents:
    """Latents float32 (n, d) of a path of this kind. Raises InputError for an unknown kind or ends that do not fit."""
    if kind not in KINDS:
        raise InputError(f"There is no path called '{kind}'.", f"Choose one of: {', '.join(KINDS)}.")
    return KINDS[kind](a, b, positions)


def positions(frames: int, mode: str) -> Positions:
    """The positions of the frames of a film, in the order they are shown.

    'once' and 'loop' go there (a loop then begins again); 'ping-pong' goes there and back, each end once a round.
    """
    if frames < 1:
        raise InputError("A path needs at least one frame.", "Choose a number of frames of 1 or more.")
    there = np.linspace(0.0, 1.0, frames)
    if mode == "ping-pong":
        return np.concatenate([there, there[-2:0:-1]])
    if mode not in ("once", "loop"):
        raise InputError(f"There is no way to play called '{mode}'.", "Choose one of: once, loop, ping-pong.")
    return there


def _length(latent: Latent) -> float:
    return float(np.linalg.norm(latent.astype(np.float64)))


def _checked(a: Latent, b: Latent, positions: ArrayLike) -> Positions:
    """Positions as a column (n, 1); those outside 0..1 are taken to the nearer end."""
    if a.ndim != 1 or a.shape != b.shape:
        raise InputError("The two ends of the path do not fit together.", "Pin two latents of the same latent space.")
    return np.clip(np.atleast_1d(np.asarray(positions, dtype=np.float64)), 0.0, 1.0)[:, None]


def _with_exact_ends(latents: NDArray[np.float64], a: Latent, b: Latent, t: Positions) -> Latents:
    """Rounding would let the ends differ from the pins in the last bit."""
    path = latents.astype(np.float32)
    path[t[:, 0] == 0.0] = a
    path[t[:, 0] == 1.0] = b
    return path
