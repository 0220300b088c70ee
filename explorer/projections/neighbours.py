"""Maps made by hand of neighbours: each sample has its place; everything else is told from the samples around it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.projections.base import ProjectionChoice

Numbers = NDArray[np.float64]
Found = tuple[NDArray[np.intp], NDArray[np.float32]]

PLACING = 10  # neighbours in latent space that place a latent
LIFTING, RIDGE = 20, 0.03
"""Neighbours on the map that lift a place, and the ridge on their slopes, in squared reaches of the neighbourhood.

Errors on t-SNE, UMAP and PaCMAP of the bundled models (benchmarks/lift.py), on 500 samples that the estimate did not
know; 1 is as bad as the mean of all. Latents of a GAN and of a flow are nearly noise: no map of two numbers holds them.

                              nearest        mean of 10       20 and 0.03       30 and 0.1
    toonfaces-vae, 32       .65 .96 1.05    .57 .72 .79      .59 .72 .78      .63 .71 .77
    glyphs-vae, 32          .43 .58 .68     .39 .47 .54      .40 .47 .53      .45 .50 .54
    digits-vae-2d, 2        .05 .08 .11     .05 .08 .08      .04 .08 .07      .07 .09 .08
    pixelfaces-gan, 64     1.13 1.38 1.39   .93 1.04 1.05    .93 1.02 1.03    .94 1.00 1.02
    digits-flow, 784       1.40 1.41 1.39  1.06 1.07 1.06   1.04 1.05 1.04   1.02 1.03 1.02

The one chosen is within 5 % of the best everywhere, and has no jumps (the mean of the nearest 10 has).
With a ridge of 0.01 places outside all samples run away: to 1.6 times as far as the farthest sample, here to 1.05.
"""
ROWS = 4_000_000  # numbers in one block of distances, so that memory stays small
TESTED = 500  # samples on which the lift is measured
LIFT_NAME = "neighbours (an estimate, no exact inverse)"
ABOUT = (
    "This kind of map keeps neighbours together and gives up the rest. The size of a clump tells nothing about how "
    "much its samples differ. The distance between clumps tells little. Clumps can come from chance alone: look at "
    "another seed before you believe one."
)


@dataclass(frozen=True, eq=False)
class NeighbourMap:
    """Places of samples, and estimates between them.

    `latents` float32 (n, d) of the samples that were fitted, `points` float32 (n, 2) where they are; `count` samples
    there were in all. `metric`: what makes two latents neighbours, 'euclidean' or 'cosine'.
    """

    choice: ProjectionChoice
    axis_names: tuple[str, str]
    lift_error: float
    latents: Latents
    points: Points
    count: int = 0
    metric: str = "euclidean"

    @property
    def fitted_words(self) -> str:
        """How many samples made the map, where they were not all: '10,000 of them fitted'; else ''."""
        return f"{len(self.points):,} of them fitted" if self.count > len(self.points) else ""

    @property
    def lift_name(self) -> str:
        return LIFT_NAME

    @property
    def lift_hint(self) -> str:
        return (
            f"Under the cursor you see what the {LIFTING} samples around it would be there, by a local linear fit. "
            f"Its error is {100 * self.lift_error:.0f} % of the samples' spread, measured on samples it did not know. "
            f"{self._fitted_hint}{ABOUT}"
        )

    @property
    def _fitted_hint(self) -> str:
        if not self.fitted_words:
            return ""
        return f"{len(self.points):,} of {self.count:,} samples made the map; the others stand among their neighbours. "

    def __getstate__(self) -> dict[str, object]:
        """What can be made again does not travel between processes."""
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def _among_latents(self) -> Nearby:
        return Nearby(self._measured(self.latents))

    @cached_property
    def _on_map(self) -> Nearby:
        return Nearby(self.points)

    def _measured(self, latents: Latents) -> Latents:
        """Latents (n, d) whose Euclidean distances are those of the metric: for the cosine, of length 1."""
        if self.metric != "cosine":
            return latents
        lengths = np.sqrt(np.square(latents).sum(axis=1, keepdims=True))
        measured: Latents = (latents / np.maximum(lengths, 1e-30)).astype(np.float32)
        return measured

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d), float32 (n, 2): the inverse-distance mean of the nearest samples' places.

        A fitted sample is exactly where the fit has put it.
        """
        placed = np.empty((len(latents), 2), dtype=np.float32)
        for rows in _blocks(len(latents), len(self.latents)):
            near, squares = self._among_latents.find(self._measured(latents[rows]), PLACING)
            weights = 1.0 / np.sqrt(np.maximum(squares, 1e-30).astype(np.float64))
            exact = squares[:, 0] == 0
            weights[exact] = squares[exact] == 0
            weights /= weights.sum(axis=1, keepdims=True)
            placed[rows] = np.einsum("nk,nkc->nc", weights, self.points[near])
        return placed

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents (n, d) of positions (n, 2): a weighted ridge regression of the samples around each (`current` plays
        no part)."""
        lifted = np.empty((len(points), self.latents.shape[1]), dtype=np.float32)
        for rows in _blocks(len(points), len(self.points)):
            near, squares = self._on_map.find(points[rows], LIFTING + 1)
            lifted[rows] = regressed(points[rows], near, squares, self.points, self.latents)
        return lifted

    def share(self, direction: Latent) -> float:
        """1: no direction is left out as a whole, and what is lost differs from place to place."""
        return 1.0


class Nearby:
    """Rows (n, d) among which the nearest are looked for; what every question needs is made once."""

    def __init__(self, known: Latents) -> None:
        self._known = known
        self._centre = known.mean(axis=0)  # far from the origin float32 would lose small distances
        self._shifted = known - self._centre
        self._squares = np.square(self._shifted).sum(axis=1)

    def find(self, queries: Latents, count: int) -> Found:
        """The `count` nearest to each query (m, d), nearest first: indices and squared distances (m, k).

        Squared distances are found by |a|^2 - 2ab + |b|^2 and then taken exactly, so that equal latents are 0 apart.
        """
        count = min(count, len(self._known))
        squares = self._squares - 2 * ((queries - self._centre) @ self._shifted.T)
        if count < len(self._known):
            near = np.argpartition(squares, count - 1, axis=1)[:, :count]
        else:
            near = squares.argsort(axis=1)
        exact = np.square(self._known[near] - queries[:, None]).sum(axis=2)
        order = np.argsort(exact, axis=1, kind="stable")
        return np.take_along_axis(near, order, axis=1), np.take_along_axis(exact, order, axis=1).astype(np.float32)


def nearest(queries: Latents, known: Latents, count: int) -> Found:
    """The `count` nearest of `known` (n, d) to each query (m, d): see `Nearby`."""
    return Nearby(known).find(queries, count)


def regressed(
    queries: Points, near: NDArray[np.intp], squares: NDArray[np.float32], points: Points, latents: Latents
) -> Latents:
    """Latents (m, d) at `queries` (m, 2) by a straight fit through the neighbours `near` (m, k), the last at weight 0.

    Local linear regression with a tricube kernel (Cleveland 1979): the weight runs out where a neighbour drops out, so
    that the estimate has no jumps. A ridge on the slopes keeps a place outside all samples from running away.
    """
    reach = np.sqrt(np.maximum(squares[:, -1:], 1e-30)).astype(np.float64)
    shares = np.minimum(np.sqrt(squares) / reach, 1.0)
    weights = (1.0 - shares**3) ** 3 + 1e-6
    offsets = (points[near] - queries[:, None]).astype(np.float64) / reach[..., None]
    design = np.concatenate([np.ones((*near.shape, 1)), offsets], axis=2)
    weighted = design * weights[..., None]
    normal = np.einsum("mki,mkj->mij", weighted, design)
    normal[:, [1, 2], [1, 2]] += RIDGE * weights.sum(axis=1)[:, None]
    first = np.broadcast_to(np.array([[1.0], [0.0], [0.0]]), (len(queries), 3, 1))
    kernel = np.einsum("mi,mki->mk", np.linalg.solve(normal, first)[..., 0], weighted)
    lifted: Latents = np.einsum("mk,mkd->md", kernel, latents[near]).astype(np.float32)
    return lifted


def lift_error(latents: Latents, points: Points, tested: int = TESTED) -> float:
    """The normalised error of the lift, on samples estimated from all the others: 0 is exact, 1 as bad as the mean.

    The root of the mean square of what is missed, over that of the distance from the mean.
    """
    chosen = np.unique(np.linspace(0, len(latents) - 1, min(tested, len(latents))).astype(np.int64))
    near, _ = nearest(points[chosen], points, LIFTING + 2)
    others = np.stack([row[row != own][: LIFTING + 1] for row, own in zip(near, chosen, strict=True)])
    squares = np.square(points[others] - points[chosen][:, None]).sum(axis=2)
    missed = regressed(points[chosen], others, squares, points, latents) - latents[chosen]
    spread = float(np.square(latents[chosen] - latents.mean(axis=0)).sum())
    return float(np.sqrt(np.square(missed.astype(np.float64)).sum() / spread)) if spread > 0 else 0.0


def upright(points: Numbers, plane: Numbers) -> Points:
    """Centred points (n, 2), turned and mirrored to lie as nearly as they can like `plane` (n, 2), float32.

    Neighbour maps have no up of their own (orthogonal Procrustes, Schoenemann 1966): so two of them can be compared.
    """
    centred = points - points.mean(axis=0)
    left, _, right = np.linalg.svd(centred.T @ (plane - plane.mean(axis=0)))
    return np.ascontiguousarray(centred @ (left @ right), dtype=np.float32)


def _blocks(queries: int, known: int) -> list[slice]:
    step = max(1, ROWS // max(known, 1))
    return [slice(start, start + step) for start in range(0, queries, step)]
