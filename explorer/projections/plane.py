"""A flat view: two directions through an origin. Components, dimensions, concepts and discriminants all are one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.moments import blocks
from explorer.projections.base import ProjectionChoice

LIFT_NAME = "plane through the current latent"
LIFT_HINT = (
    "The map shows two directions of many. Under the cursor you see the current latent moved along these two; "
    "all that the map cannot show stays as it is."
)


@dataclass(frozen=True, eq=False)
class Plane:
    """Places latents by their coordinates along `axes`, and lifts a position through the current latent.

    `axes` float64 (d, 2), columns that are not parallel; they need be neither orthogonal nor of unit length. `origin`
    float64 (d,) lies at (0, 0) of the map; `fallback` float64 (d,) stands in for a current latent that does not fit
    (the mean of the samples).
    """

    choice: ProjectionChoice
    axis_names: tuple[str, str]
    lift_name: str
    lift_hint: str
    axes: NDArray[np.float64]
    origin: NDArray[np.float64]
    fallback: NDArray[np.float64]
    lift_error: float = 0.0

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """The shortest latents that lead one unit along each axis of the map and none along the other, (2, d)."""
        return np.asarray(np.linalg.pinv(self.axes), dtype=np.float64)

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d) on the map, float32 (n, 2)."""
        points = np.empty((len(latents), 2), np.float32)
        for rows in blocks(len(latents)):
            points[rows] = (np.asarray(latents[rows]) - self.origin) @ self.axes
        return points

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents (n, d) of positions (n, 2): `current` moved within the plane, everything across it kept.

        Through the mean of the samples where `current` is of another dimension (before the first latent is chosen).
        """
        anchor = np.asarray(current if current.shape == self.fallback.shape else self.fallback, dtype=np.float64)
        moved: NDArray[np.float64] = points - (anchor - self.origin) @ self.axes
        return (anchor + moved @ self.steps).astype(np.float32)

    def share(self, direction: Latent) -> float:
        """Share of the length of a direction (d,) that is visible on the map, 0..1; 0 for no direction."""
        length = float(np.linalg.norm(direction))
        within = (direction @ self.axes) @ self.steps
        return min(1.0, float(np.linalg.norm(within)) / length) if length else 0.0


def origin_at(axes: NDArray[np.float64], mean: NDArray[np.float64], zero: NDArray[np.float64]) -> NDArray[np.float64]:
    """The origin (d,) nearest to `mean` (d,), from which coordinates along `axes` (d, 2) count from `zero` (2,)."""
    return np.asarray(mean + (zero - mean @ axes) @ np.linalg.pinv(axes), dtype=np.float64)
