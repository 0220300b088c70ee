"""A flat view: two orthonormal directions through an origin. Principal components and dimensions are both one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.projections.base import ProjectionChoice


@dataclass(frozen=True, eq=False)
class Plane:
    """Places latents by their coordinates along `axes`, and lifts a position through the current latent.

    `axes` float64 (d, 2), orthonormal columns; `origin` float64 (d,) lies at (0, 0) of the map; `fallback` float64 (d,)
    stands in for a current latent that does not fit (the mean of the samples).
    """

    choice: ProjectionChoice
    axis_names: tuple[str, str]
    lift_name: str
    lift_hint: str
    axes: NDArray[np.float64]
    origin: NDArray[np.float64]
    fallback: NDArray[np.float64]

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d) on the map, float32 (n, 2)."""
        return ((latents - self.origin) @ self.axes).astype(np.float32)

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents (n, d) of positions (n, 2): `current` moved within the plane, everything across it kept.

        Through the mean of the samples where `current` is of another dimension (before the first latent is chosen).
        """
        anchor = np.asarray(current if current.shape == self.fallback.shape else self.fallback, dtype=np.float64)
        moved: NDArray[np.float64] = points - (anchor - self.origin) @ self.axes
        return (anchor + moved @ self.axes.T).astype(np.float32)

    def share(self, direction: Latent) -> float:
        """Share of the length of a direction (d,) that is visible on the map, 0..1; 0 for no direction."""
        length = float(np.linalg.norm(direction))
        return min(1.0, float(np.linalg.norm(direction @ self.axes)) / length) if length else 0.0
