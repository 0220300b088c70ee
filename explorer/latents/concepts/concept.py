"""A concept: a named direction in one latent space, with its unit, where it came from, and how well it separates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.concepts.record import Record

Numbers = NDArray[np.float64]
ENOUGH = 20_000  # samples whose spread is the unit: more tell the same


@dataclass(frozen=True, eq=False)
class Concept:
    """A direction one can move a latent along.

    `direction` float32 (d,), unit length. `centre` and `sigma` are the mean and the standard deviation of the samples'
    coordinates along it: a strength of +1 moves a latent by `sigma * direction`. `provenance` holds what is known of
    its making: method, label, counts (with, without), held-out AUC, ... (JSON values). `record`: its examples and
    strip, where they were kept.
    """

    name: str
    direction: Latent
    sigma: float
    centre: float = 0.0
    space: str = "z"
    provenance: Mapping[str, object] = field(default_factory=dict)
    record: Record | None = None

    def coordinate(self, latents: Latents | Latent) -> np.ndarray:
        """Where latents (n, d) or (d,) stand along the concept, in sigma from the mean of the samples."""
        return (latents @ self.direction - self.centre) / self.sigma


def in_units_of(
    latents: Latents, direction: NDArray[np.floating], name: str, space: str, provenance: Mapping[str, object]
) -> Concept:
    """The concept along `direction` (d,), of any length, in the unit of the samples `latents` (n, d).

    Raises InputError for a direction of no length, and for samples that do not vary along it.
    """
    exact = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(exact))
    if not 0 < length < np.inf:
        raise InputError(f"'{name}' has no direction.", "Choose examples that differ in what you look for.")
    unit = exact / length
    coordinates = latents[:: max(1, len(latents) // ENOUGH)].astype(np.float64) @ unit
    sigma = float(coordinates.std()) if len(coordinates) else 0.0
    if not sigma > 0:
        raise InputError(f"No sample varies along '{name}'.", "It needs samples to be measured in.")
    return Concept(name, unit.astype(np.float32), sigma, float(coordinates.mean()), space, provenance)
