"""A concept: a named direction in one latent space, with its unit and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.latents.arrays import Latent, Latents


@dataclass(frozen=True, eq=False)
class Concept:
    """A direction one can move a latent along.

    `direction` float32 (d,), unit length. `centre` and `sigma` are the mean and the standard deviation of the samples' coordinates along it:
    a strength of +1 moves a latent by `sigma * direction`. `provenance` holds what is known of its making: method, label, counts
    (n without, n with), held-out AUC, ... (JSON values).
    """

    name: str
    direction: Latent
    sigma: float
    centre: float = 0.0
    space: str = "z"
    provenance: Mapping[str, object] = field(default_factory=dict)

    def coordinate(self, latents: Latents | Latent) -> np.ndarray:
        """Where latents (n, d) or (d,) stand along the concept, in sigma from the mean of the samples."""
        return (latents @ self.direction - self.centre) / self.sigma
