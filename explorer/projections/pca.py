"""Principal components: the directions along which the samples spread most (Pearson 1901)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.latents.concepts import Concept
from explorer.latents.moments import moments
from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice, Step, silent
from explorer.projections.plane import LIFT_HINT, LIFT_NAME, Plane


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept] = (), step: Step = silent) -> Plane:
    """Two principal components of the samples (n, d)."""
    mean, covariance = moments(samples.latents)
    components, shares = principal_axes(covariance)
    chosen = [choice.first, choice.second]
    first, second = (f"PC {index + 1} ({100 * shares[index]:.0f} %)" for index in chosen)
    return Plane(choice, (first, second), LIFT_NAME, LIFT_HINT, components[:, chosen], mean, mean)


def principal_axes(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns (d, d) and their shares of the variance (d,), largest first, of a covariance (d, d).

    An eigenvector has no sign of its own: its largest loading is made positive, so that a map never comes out mirrored.
    """
    variances, vectors = np.linalg.eigh(covariance)
    variances, vectors = np.clip(variances[::-1], 0, None), vectors[:, ::-1]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    total = variances.sum()
    return vectors * np.where(largest < 0, -1.0, 1.0), variances / (total if total > 0 else 1.0)


def what_remains(covariance: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first principal component (d,) across an `axis` (d,), over its standard deviation; `covariance` (d, d).

    An axis to go with one that stands already: orthogonal to it, and a unit is a standard deviation of the samples.
    """
    unit = axis / np.linalg.norm(axis)
    across = np.eye(len(unit)) - np.outer(unit, unit)
    components, _shares = principal_axes(across @ covariance @ across)
    component = components[:, 0] - (components[:, 0] @ unit) * unit
    if np.linalg.norm(component) < 0.5:  # nothing remains: any direction across the axis will do
        component = np.eye(len(unit))[np.abs(unit).argmin()]
        component = component - (component @ unit) * unit
    component /= np.linalg.norm(component)
    variance = float(component @ covariance @ component)
    spread = np.sqrt(variance) if variance > 0 else 0.0
    return component / (spread if spread > 1e-7 * (1 + float(np.sqrt(np.diag(covariance).sum()))) else 1.0)
