"""Moving a latent along concepts: every strength is added once, so the order never matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents
from explorer.latents.concepts import Concept


def edited(base: Latent, concepts: Iterable[Concept], strengths: Mapping[str, float]) -> Latent:
    """`base` + sum of strength * sigma * direction, float32 (d,).

    `strengths` are in sigma, counted from where `base` stands. Concepts without a strength add nothing; so do concepts
    of another dimension than `base`.
    """
    moved = base.astype(np.float64)
    for concept in sorted(concepts, key=lambda concept: concept.name):  # one order of rounding, whatever the caller's
        strength = strengths.get(concept.name, 0.0)
        if strength and concept.direction.shape == base.shape:
            moved = moved + strength * concept.sigma * concept.direction
    return moved.astype(np.float32)


def edited_along(bases: Latents, concepts: Iterable[Concept], strengths: Mapping[str, NDArray[np.float64]]) -> Latents:
    """The same for many: `bases` (n, d) and a strength (n,) of each concept for each of them, float32 (n, d)."""
    if not strengths:
        return bases
    moved = bases.astype(np.float64)
    for concept in sorted(concepts, key=lambda concept: concept.name):
        if concept.name in strengths and concept.direction.shape == bases.shape[1:]:
            moved = moved + strengths[concept.name][:, None] * concept.sigma * concept.direction
    return moved.astype(np.float32)


def coordinates(base: Latent, concepts: Iterable[Concept]) -> dict[str, float]:
    """Where `base` stands along each concept of its dimension, in sigma from the mean of the samples, by name."""
    return {
        concept.name: float(concept.coordinate(base)) for concept in concepts if concept.direction.shape == base.shape
    }
