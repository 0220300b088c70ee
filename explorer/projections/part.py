"""A map of one part of a latent: fitted to the numbers of that part alone, and moving within it alone."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.moments import mean_of
from explorer.latents.samples import LatentSet
from explorer.projections.base import Projection
from explorer.projections.neighbours import NeighbourMap
from explorer.projections.plane import Plane

HINT = "The map shows two directions within {words}. Under the cursor you see the current latent moved along these two."


@dataclass(frozen=True, eq=False)
class Part:
    """The numbers of a part, bool (d,), two or more of them, and what it is called."""

    numbers: NDArray[np.bool_]
    words: str

    def of(self, samples: LatentSet) -> LatentSet:
        """The samples with the numbers of the part alone, (n, k)."""
        numbers, effects, variances = self.numbers, samples.effects, samples.log_variances
        return replace(
            samples,
            latents=np.ascontiguousarray(samples.latents[:, numbers]),
            log_variances=None if variances is None else variances[:, numbers],
            effects=None if effects is None else effects[numbers],
        )

    def widened(self, projection: Projection, samples: LatentSet) -> Projection:
        """A projection of the part (k,) as one of whole latents (d,), which has no direction outside the part."""
        if isinstance(projection, NeighbourMap):
            known = {one.name: getattr(projection, one.name) for one in fields(NeighbourMap)}
            return NeighboursWithin(**known, part=self)
        if not isinstance(projection, Plane):
            return projection
        mean = mean_of(samples.latents)
        axes, origin = np.zeros((len(mean), 2)), mean.copy()
        axes[self.numbers] = projection.axes
        origin[self.numbers] = projection.origin
        name, hint = f"plane within {self.words}", HINT.format(words=self.words)
        return replace(projection, axes=axes, origin=origin, fallback=mean, lift_name=name, lift_hint=hint)


NOTHING = Part(np.zeros(0, np.bool_), "")


@dataclass(frozen=True, eq=False)
class NeighboursWithin(NeighbourMap):
    """A map of neighbours in a part; `latents` (n, k) are of that part alone."""

    part: Part = NOTHING

    @property
    def lift_name(self) -> str:
        return f"neighbours within {self.part.words} (an estimate)"

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d), by the numbers of the part."""
        return super().place(np.ascontiguousarray(latents[:, self.part.numbers]))

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents (n, d) of positions (n, 2): an estimate of the part, the rest as in `current`."""
        lifted = np.repeat(current[None].astype(np.float32), len(points), axis=0)
        lifted[:, self.part.numbers] = super().lift(points, current)
        return lifted
