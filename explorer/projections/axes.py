"""Any two latent dimensions: the map of a model with two latents exactly, a slice of one with more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice, Step, silent
from explorer.projections.plane import Plane

LIFT_NAME = "slice through the current latent"
LIFT_HINT = (
    "Under the cursor you see the current latent with these two numbers changed; all its other numbers are kept."
)
EXACT_NAME = "exact"
EXACT_HINT = "This model has two latent numbers, and the map shows both: every point of it is one picture."


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept] = (), step: Step = silent) -> Plane:
    """The latent dimensions `choice.first` and `choice.second` of the samples (n, d)."""
    chosen = [choice.first, choice.second]
    first, second = (f"{samples.space} {index + 1}" for index in chosen)
    name, hint = (EXACT_NAME, EXACT_HINT) if samples.dim == 2 else (LIFT_NAME, LIFT_HINT)
    mean = samples.latents.mean(axis=0, dtype=np.float64)
    return Plane(choice, (first, second), name, hint, np.eye(samples.dim)[:, chosen], np.zeros(samples.dim), mean)
