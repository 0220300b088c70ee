"""Principal components: the directions along which the samples spread most (Pearson 1901)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice
from explorer.projections.plane import Plane

LIFT_NAME = "plane through the current latent"
LIFT_HINT = (
    "The map shows two directions of many. Under the cursor you see the current latent moved along these two; "
    "all that the map cannot show stays as it is."
)


def fit(samples: LatentSet, choice: ProjectionChoice) -> Plane:
    """Two principal components of the samples (n, d)."""
    latents = samples.latents.astype(np.float64)
    mean = latents.mean(axis=0)
    components, shares = principal_components(latents - mean)
    chosen = [choice.first, choice.second]
    first, second = (f"PC {index + 1} ({100 * shares[index]:.0f} %)" for index in chosen)
    return Plane(choice, (first, second), LIFT_NAME, LIFT_HINT, components[:, chosen], mean, mean)


def principal_components(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns (d, d) and their shares of the variance (d,), largest first, of centred latents (n, d).

    An eigenvector has no sign of its own: its largest loading is made positive, so that a map never comes out mirrored.
    """
    variances, vectors = np.linalg.eigh(centred.T @ centred / max(1, len(centred) - 1))
    variances, vectors = np.clip(variances[::-1], 0, None), vectors[:, ::-1]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    total = variances.sum()
    return vectors * np.where(largest < 0, -1.0, 1.0), variances / (total if total > 0 else 1.0)
