"""What every kind of path keeps: waypoints in, a course out, exact at every waypoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents

Floats = NDArray[np.float64]
Positions = NDArray[np.float64]
"""float64 (n,), 0 at the start of a path and 1 at its end."""

SNAP = 1e-9
"""A position so near to a knot, in sections, is the knot: positions are quotients, which round."""


class Course(Protocol):
    """A path that is laid: latents float32 (n, d) at positions (n,) in 0..1, those outside taken to the nearer end."""

    def __call__(self, positions: ArrayLike) -> Latents: ...


class Ground(Protocol):
    """What searched kinds are searched on: the samples, and the decoder where a kind needs one."""

    @property
    def samples(self) -> Latents:
        """float32 (n, d)."""
        ...

    def pull_back(
        self, latents: Floats, cotangents: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], Floats]:
        """Pictures (n, pixels) in 0..1 of latents (n, d), and J^T of what `cotangents` makes of them (n, d)."""
        ...


Lay = Callable[[Latents, bool], Course]
Search = Callable[[Latents, bool, Ground], Iterator["Knots"]]


@dataclass(frozen=True)
class Kind:
    """A kind of path. A new one is one file that holds a `KIND`, and one line in `KINDS`.

    `lay(waypoints (k, d), closed)` is the path, or for a kind that is searched for what the search begins with.
    `search` yields better and better courses; it `needs` the 'samples' or the 'decoder'. `mixes`: the pictures of the
    waypoints are mixed, and no latent lies between them.
    """

    name: str
    title: str
    words: str
    lay: Lay
    search: Search | None = None
    needs: str = ""
    mixes: bool = False


@dataclass(frozen=True, eq=False)
class Knots:
    """A course through latents (k, d), straight in between; `at` (k,) are their positions, rising from 0 to 1."""

    latents: Latents
    at: Positions

    def __call__(self, positions: ArrayLike) -> Latents:
        t = _within(positions)
        if len(self.latents) == 1:
            return np.repeat(self.latents, len(t), axis=0)
        section = np.clip(np.searchsorted(self.at, t, side="right") - 1, 0, len(self.at) - 2)
        share = (t - self.at[section]) / np.maximum(self.at[section + 1] - self.at[section], 1e-300)
        share = _snapped(np.clip(share, 0.0, 1.0))
        start, end = (self.latents[section + step].astype(np.float64) for step in (0, 1))
        path = ((1 - share)[:, None] * start + share[:, None] * end).astype(np.float32)
        path[share == 0] = self.latents[section[share == 0]]
        path[share == 1] = self.latents[section[share == 1] + 1]
        return path


Between = Callable[[Floats, Floats, Floats], Floats]
"""Latents (n, d) between two float64 latents (d,), at shares (n, 1) in 0..1. The ends need not be exact."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Sections from waypoint to waypoint, each as long in time as the others; closed, the last leads to the first."""

    between: Callable[[int, Floats], Floats]
    """Latents (n, d) of section i at shares (n, 1)."""
    ends: Latents  # (sections + 1, d)

    def __call__(self, positions: ArrayLike) -> Latents:
        sections = len(self.ends) - 1
        along = _snapped(_within(positions) * sections)
        section = np.minimum(along.astype(np.int64), max(sections - 1, 0))
        share = along - section
        path = np.empty((len(along), self.ends.shape[1]), np.float32)
        for index in np.unique(section):
            rows = section == index
            path[rows] = self.between(int(index), share[rows, None]) if sections else self.ends[:1]
        exact = (share == 0) | (share == 1)
        path[exact] = self.ends[(section + (share == 1))[exact]]
        return path


def chained(between: Between) -> Lay:
    """A kind that knows only how to go from one waypoint to the next."""

    def lay(waypoints: Latents, closed: bool) -> Course:
        ends = rounded(waypoints, closed)
        exact = ends.astype(np.float64)
        return Chain(lambda section, share: between(exact[section], exact[section + 1], share), ends)

    return lay


def rounded(waypoints: Latents, closed: bool) -> Latents:
    """The waypoints (k, d), and the first once more where the path is closed."""
    return np.concatenate([waypoints, waypoints[:1]]) if closed and len(waypoints) > 1 else waypoints


def checked(waypoints: Sequence[Latent] | Latents) -> Latents:
    """float32 (k, d), finite and one at least. Raises InputError."""
    shapes = {np.shape(waypoint) for waypoint in waypoints}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise InputError("The waypoints of the path do not fit together.", "Pin latents of one latent space.")
    latents = np.stack([np.asarray(waypoint, np.float32) for waypoint in waypoints])
    if not np.isfinite(latents).all():
        raise InputError("A waypoint holds values that are no numbers (NaN or infinite).", "Pin another latent.")
    return latents


def _within(positions: ArrayLike) -> Positions:
    return np.clip(np.atleast_1d(np.asarray(positions, dtype=np.float64)), 0.0, 1.0)


def _snapped(along: Floats) -> Floats:
    whole = np.rint(along)
    return np.where(np.abs(along - whole) <= SNAP, whole, along)
