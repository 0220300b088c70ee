"""Concepts as axes: across one, up another, or the first principal component of what the first leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.moments import moments
from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice, Step
from explorer.projections.pca import what_remains
from explorer.projections.plane import LIFT_NAME, Plane, origin_at

LIFT_HINT = (
    "Across and up are concepts, in standard deviations of the samples. Under the cursor you see the current latent "
    "moved the shortest way to these two values; all else stays as it is."
)
MOST_ALIKE = 0.98  # the cosine beyond which two concepts span no plane worth a map


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> Plane:
    """The concepts `choice.across` and `choice.up` of the samples' space, in sigma from the mean of each.

    Where `across` is no concept, the first one that is not `up`; where `up` is none, the first principal component of
    what remains. Raises InputError without a concept, and for two that point the same way.
    """
    across, up = chosen(samples, choice, concepts)
    mean, covariance = moments(samples.latents)
    first = across.direction.astype(np.float64) / across.sigma
    zero = across.centre / across.sigma
    if up is None:
        axes = np.column_stack([first, what_remains(covariance, first)])
        return _plane(choice, (in_sigma(across), "most of what remains"), axes, mean, (zero, float(mean @ axes[:, 1])))
    _check_angle(across, up)
    axes = np.column_stack([first, up.direction.astype(np.float64) / up.sigma])
    return _plane(choice, (in_sigma(across), in_sigma(up)), axes, mean, (zero, up.centre / up.sigma))


def chosen(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept]) -> tuple[Concept, Concept | None]:
    """The concept of each axis; None for what remains."""
    known = {concept.name: concept for concept in concepts if fits(concept, samples)}
    up = known.pop(choice.up, None) if choice.up != choice.across else None
    if not known:
        raise InputError(
            "This space has no concepts to be axes.", "Make a concept first, or choose another projection."
        )
    return known.get(choice.across) or next(iter(known.values())), up


def fits(concept: Concept, samples: LatentSet) -> bool:
    """Whether a concept lives in the space of the samples."""
    return concept.space == samples.space and concept.direction.shape == (samples.dim,) and concept.sigma > 0


def in_sigma(concept: Concept) -> str:
    return f"{concept.name} (σ)"


def _plane(
    choice: ProjectionChoice,
    names: tuple[str, str],
    axes: NDArray[np.float64],
    mean: NDArray[np.float64],
    zero: tuple[float, float],
) -> Plane:
    return Plane(choice, names, LIFT_NAME, LIFT_HINT, axes, origin_at(axes, mean, np.array(zero)), mean)


def _check_angle(across: Concept, up: Concept) -> None:
    if abs(float(across.direction @ up.direction)) > MOST_ALIKE:
        raise InputError(
            f"'{across.name}' and '{up.name}' point the same way, so they span no map.",
            "Choose another concept for one of the axes.",
        )
