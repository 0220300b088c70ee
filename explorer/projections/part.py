"""A flat map of one part of a latent: fitted to the numbers of that part alone, and moving along it alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.moments import mean_of
from explorer.latents.samples import LatentSet
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

    def widened(self, plane: Plane, samples: LatentSet) -> Plane:
        """A plane of the part (k,) as one of whole latents (d,): it has no direction outside the part."""
        mean = mean_of(samples.latents)
        axes, origin, fallback = np.zeros((len(mean), 2)), mean.copy(), mean
        axes[self.numbers] = plane.axes
        origin[self.numbers] = plane.origin
        lift = f"plane within {self.words}"
        return replace(
            plane, axes=axes, origin=origin, fallback=fallback, lift_name=lift, lift_hint=HINT.format(words=self.words)
        )
