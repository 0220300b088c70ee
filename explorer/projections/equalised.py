"""Axes of equal probability: a number of a Gaussian latent stands where its share of the prior is, between 0 and 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from explorer.latents.arrays import Latent, Latents, Points
from explorer.projections.base import Projection, ProjectionChoice

Pair = tuple[float, float]
LEAST = 0.001  # no latent is lifted from nearer to 0 or 1, where a Gaussian has no end


@dataclass(frozen=True, eq=False)
class Equalised:
    """A projection on two Gaussian numbers, bent by their distribution function: points of the prior lie evenly.

    `centre` and `width`: mean and standard deviation of each. `place(lift(...))` and its reverse hold between `LEAST`
    and 1 - `LEAST`.
    """

    straight: Projection
    centre: Pair = (0.0, 0.0)
    width: Pair = (1.0, 1.0)

    @property
    def choice(self) -> ProjectionChoice:
        return self.straight.choice

    @property
    def axis_names(self) -> tuple[str, str]:
        first, second = self.straight.axis_names
        return f"{first} (probability)", f"{second} (probability)"

    @property
    def lift_name(self) -> str:
        return self.straight.lift_name

    @property
    def lift_hint(self) -> str:
        return self.straight.lift_hint

    @property
    def lift_error(self) -> float:
        return self.straight.lift_error

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d), float32 (n, 2) in 0..1."""
        return self.bend(self.straight.place(latents))

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents (n, d) of positions (n, 2)."""
        return self.straight.lift(self.straighten(points), current)

    def bend(self, points: Points) -> Points:
        """The distribution function of every number of points (n, 2); NaN stays."""
        return probabilities(((points - self.centre) / self.width).astype(np.float32))

    def straighten(self, points: Points) -> Points:
        """The other way, float32 (n, 2), finite for every finite point."""
        return (quantiles(points) * self.width + self.centre).astype(np.float32)

    def share(self, direction: Latent) -> float:
        """As on straight axes: bending moves nothing out of sight."""
        return self.straight.share(direction)


def probabilities(points: Points) -> Points:
    """The distribution function of N(0, 1) of every number of points (n, 2); NaN stays."""
    values = (0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in points.ravel().tolist())
    return np.fromiter(values, np.float32, points.size).reshape(points.shape)


def quantiles(points: Points) -> Points:
    """The other way, float32 (n, 2), finite for every finite point."""
    within = np.clip(points, LEAST, 1 - LEAST).ravel().tolist()
    return np.fromiter(map(NormalDist().inv_cdf, within), np.float32, points.size).reshape(points.shape)
