"""The camera of the map: which part of the plane is on the screen. A value. Up is +y in the plane, -y on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points

Floats = NDArray[np.float64]
MARGIN = 36.0  # logical pixels left free around the samples of a fresh view
NEAREST, FARTHEST = 500.0, 0.2  # how far a zoom may go, as factors of the fitted scale


@dataclass(frozen=True)
class Camera:
    """Centre of the view in the plane; `scale`, logical pixels per unit of the plane; size of the view, logical pixels.

    One scale serves both axes: equal distances on the map are equal distances in the plane.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 100.0
    width: int = 1
    height: int = 1

    def to_screen(self, points: Points | Floats) -> Floats:
        """Screen positions of plane positions (..., 2), in logical pixels."""
        return (np.asarray(points, np.float64) - (self.x, self.y)) * (self.scale, -self.scale) + self._middle

    def to_plane(self, positions: Floats) -> Floats:
        """Plane positions of screen positions (..., 2)."""
        return (np.asarray(positions, np.float64) - self._middle) / (self.scale, -self.scale) + (self.x, self.y)

    def panned(self, dx: float, dy: float) -> Camera:
        """What is on the screen moves by (dx, dy) pixels."""
        return replace(self, x=self.x - dx / self.scale, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, at: tuple[float, float]) -> Camera:
        """Zoomed by `factor`; what is under the screen position `at` stays there."""
        fixed = self.to_plane(np.array(at))
        nearer = replace(self, scale=self.scale * factor)
        x, y = fixed - (nearer.to_plane(np.array(at)) - (self.x, self.y))
        return replace(nearer, x=float(x), y=float(y))

    def resized(self, width: int, height: int) -> Camera:
        """Another size of the view around the same centre."""
        return replace(self, width=max(width, 1), height=max(height, 1))

    def blended(self, other: Camera, share: float) -> Camera:
        """Between this camera (share 0) and another (share 1) of the same size; the scale moves by equal factors."""
        if share >= 1:
            return other
        keep = 1 - share
        scale = float(np.exp(keep * np.log(self.scale) + share * np.log(other.scale)))
        return replace(other, x=keep * self.x + share * other.x, y=keep * self.y + share * other.y, scale=scale)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, bottom, right, top of the view in the plane."""
        half_width, half_height = self.width / 2 / self.scale, self.height / 2 / self.scale
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height

    @property
    def _middle(self) -> Floats:
        return np.array([self.width / 2, self.height / 2])


def fitted(points: Points, width: int, height: int) -> Camera:
    """A camera that shows all finite points (n, 2); the unit square around the origin when there are none."""
    x, y = points.T if np.isfinite(points).all() else points[np.isfinite(points).all(axis=1)].T
    ends = [[x.min(), y.min()], [x.max(), y.max()]] if len(x) else [[-1.0, -1.0], [1.0, 1.0]]
    low, high = np.array(ends, np.float64)
    span = np.maximum(high - low, 1e-6 + 1e-6 * np.abs(high))
    room = np.maximum(np.array([width, height]) - 2 * MARGIN, 16.0)
    x, y = (low + high) / 2
    return Camera(float(x), float(y), float((room / span).min()), max(width, 1), max(height, 1))
