"""How latents lie among samples: how far, how densely, and which neighbours a map has kept. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.moments import blocks, spread

Values = NDArray[np.float32]
NEIGHBOURS = 15
MOST_KNOWN = 4000  # samples, evenly spread over the set, that stand for all
BLOCK = 2_000_000  # distances in memory at once


class Surroundings:
    """The samples that latents are held against; at most `MOST_KNOWN` of a set. Never changed after it is built."""

    def __init__(self, latents: Latents, most: int = MOST_KNOWN) -> None:
        self._index = spread(len(latents), most)
        self._centre = latents[self._index].mean(axis=0)  # far from the origin float32 would lose small distances
        self._known = np.ascontiguousarray(latents[self._index] - self._centre)
        self._squares = np.einsum("ij,ij->i", self._known, self._known)

    def distances(self, latents: Latents, own: NDArray[np.integer] | None = None) -> Values:
        """Euclidean distance of each latent (n, d) to the nearest sample, (n,).

        `own` (n,): the index of each among all samples, where they are samples; none is its own neighbour.
        """
        return self._reached(latents, 1, own)

    def densities(self, latents: Latents, own: NDArray[np.integer] | None = None, k: int = NEIGHBOURS) -> Values:
        """ln p(z) / d by the distance r to the k-th nearest of n samples, p = k / (n V r^d), float32 (n,).

        Loftsgaarden and Quesenberry (1965); V = pi^(d/2) / Gamma(d/2 + 1). Divided by d, the number of dimensions, so
        that it stays readable where there are many.
        """
        d, n = latents.shape[1], len(self._known)
        k = min(k, n - (own is not None))
        reach = np.maximum(self._reached(latents, k, own), 1e-12)
        volume = d / 2 * log(pi) - lgamma(d / 2 + 1)
        found: Values = ((log(k / n) - volume) / d - np.log(reach)).astype(np.float32)
        return found

    def _reached(self, latents: Latents, k: int, own: NDArray[np.integer] | None) -> Values:
        """Distance to the k-th nearest sample, (n,), in blocks so that memory stays small."""
        found = np.empty(len(latents), np.float32)
        rows = max(BLOCK // len(self._known), 1)
        for start in range(0, len(latents), rows):
            part = slice(start, start + rows)
            at = latents[part] - self._centre
            squares = self._squares - 2 * (at @ self._known.T)
            if own is not None:
                squares[own[part, None] == self._index] = np.inf
            near = np.argpartition(squares, k - 1, axis=1)[:, :k]
            exact = np.square(self._known[near] - at[:, None]).sum(axis=2)
            found[part] = np.sqrt(exact.max(axis=1))
        return found


@dataclass(frozen=True, eq=False)
class Kin:
    """A sample's nearest neighbours in the latent space, nearest first, and which of them the map has kept.

    `indices` int64 (k,); `kept` bool (k,): whether it is among the k nearest on the map; `distances` float32 (k,), in
    the latent space.
    """

    sample: int
    indices: NDArray[np.int64]
    kept: NDArray[np.bool_]
    distances: Values

    @property
    def sentence(self) -> str:
        """'7 of 15 neighbours are near here, 8 were lost.'"""
        kept, count = int(self.kept.sum()), len(self.kept)
        if kept == count:
            return f"All {count} neighbours are near here."
        are, were = "is" if kept == 1 else "are", "was" if count - kept == 1 else "were"
        return f"{kept or 'None'} of {count} neighbours {are} near here, {count - kept} {were} lost."


def kin(latents: Latents, points: Points, sample: int, k: int = NEIGHBOURS) -> Kin:
    """The k nearest of `latents` (n, d) to one of them, and which are among its k nearest at `points` (n, 2)."""
    k = min(k, len(latents) - 1)
    true, distances = _nearest_to(latents, sample, k)
    shown, _ = _nearest_to(points, sample, k)
    return Kin(sample, true, np.isin(true, shown), distances)


def lost(latents: Latents, points: Points, chosen: NDArray[np.integer], k: int = NEIGHBOURS) -> Values:
    """Share of the k nearest in the latent space that are not among the k nearest on the map, for each of `chosen`.

    Among all samples up to `MOST_KNOWN`, else among so many of them, the same in both spaces.
    """
    others = spread(len(latents), MOST_KNOWN)
    k = min(k, len(others) - 1)
    if k < 1:
        return np.zeros(len(chosen), np.float32)
    true, shown = (_nearest(space, chosen, others, k) for space in (latents, points))
    common = (true[:, :, None] == shown[:, None]).any(axis=2).sum(axis=1)
    shares: Values = (1 - common / k).astype(np.float32)
    return shares


def _nearest(space: Latents, chosen: NDArray[np.integer], others: NDArray[np.integer], k: int) -> NDArray[np.intp]:
    """The k nearest of `others` to each of `chosen` but itself, as places in `others` (c, k)."""
    centre = space[others].mean(axis=0)
    known, asked = space[others] - centre, space[chosen] - centre
    squares = np.einsum("ij,ij->i", known, known) - 2 * (asked @ known.T)
    squares[np.asarray(chosen)[:, None] == others] = np.inf
    near: NDArray[np.intp] = np.argpartition(squares, k - 1, axis=1)[:, :k]
    return near


def _nearest_to(space: Latents, sample: int, k: int) -> tuple[NDArray[np.int64], Values]:
    """The k nearest of all (n, c) to one of them: indices and distances, nearest first. Rows with NaN are far away."""
    one: Latent = space[sample]
    squares = np.empty(len(space), np.float32)
    for rows in blocks(len(space)):
        squares[rows] = np.square(space[rows] - one).sum(axis=1)
    squares[~np.isfinite(squares)] = np.inf
    squares[sample] = np.inf
    near = np.argpartition(squares, k - 1)[:k]
    near = near[np.argsort(squares[near], kind="stable")]
    return near.astype(np.int64), np.sqrt(squares[near]).astype(np.float32)
