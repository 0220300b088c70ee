"""The contract of a projection: fit, place, lift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.samples import LatentSet


@dataclass(frozen=True)
class ProjectionChoice:
    """Which projection the user asked for: 'pca' with two components, or 'axes' with two dimensions, counted from 0."""

    kind: str = "pca"
    first: int = 0
    second: int = 1


class Projection(Protocol):
    """A fitted projection. A value: it is never changed after the fit."""

    @property
    def choice(self) -> ProjectionChoice: ...

    @property
    def axis_names(self) -> tuple[str, str]:
        """'PC 1 (12 %)', 'z 4'."""
        ...

    @property
    def lift_name(self) -> str:
        """What kind of inverse `lift` is, in words: 'plane through the current latent'."""
        ...

    @property
    def lift_hint(self) -> str:
        """One sentence that explains it to a newcomer."""
        ...

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d) on the map, float32 (n, 2)."""
        ...

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents of positions (n, 2), through the latent `current` (d,).

        `place(lift(points, current))` gives the points back; `lift(place(current), current)` gives current.
        """
        ...

    def share(self, direction: Latent) -> float:
        """Share of the length of a direction (d,) that is visible on the map, 0..1."""
        ...


class Fit(Protocol):
    """How a kind of projection is fitted; one file each."""

    def __call__(self, samples: LatentSet, choice: ProjectionChoice) -> Projection: ...
