"""Many dimensions to two, and back where there is a way back. A new kind is one file and one line in `FITS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from explorer.errors import InputError
from explorer.latents.samples import LatentSet
from explorer.projections import axes, pca
from explorer.projections.base import Fit, Projection, ProjectionChoice

__all__ = ["FITS", "Fit", "Projection", "ProjectionChoice", "choices", "fit", "fitting"]

FITS: Mapping[str, Fit] = {"pca": pca.fit, "axes": axes.fit}


def fit(samples: LatentSet, choice: ProjectionChoice) -> Projection:
    """Fit the projection that was asked for; its `choice` says which components it took (see `fitting`).

    Raises InputError for an unknown kind, no samples, samples with NaN, or fewer than two dimensions.
    """
    if choice.kind not in FITS:
        raise InputError(f"There is no projection called '{choice.kind}'.", f"Choose one of: {', '.join(FITS)}.")
    if not len(samples) or not np.isfinite(samples.latents).all():
        raise InputError("The samples cannot be drawn on a map.", "Give one or more samples of finite numbers.")
    return FITS[choice.kind](samples, fitting(choice, samples.dim))


def choices(dim: int) -> tuple[ProjectionChoice, ...]:
    """The kinds there are for a space of `dim` dimensions, the best for a start first; none for fewer than two."""
    if dim < 2:
        return ()
    kinds = sorted(FITS, key=lambda kind: kind != "axes") if dim == 2 else list(FITS)  # two latents are a map already
    return tuple(ProjectionChoice(kind) for kind in kinds)


def fitting(choice: ProjectionChoice, dim: int) -> ProjectionChoice:
    """The choice with two different components that a space of `dim` dimensions has.

    A choice outlives a change of model, so a component that is not there becomes the nearest one that is. Raises
    InputError for fewer than two dimensions.
    """
    if dim < 2:
        raise InputError(
            "A map needs at least two latent dimensions.", f"This space has {dim}: use its sliders instead of the map."
        )
    first, second = (min(max(index, 0), dim - 1) for index in (choice.first, choice.second))
    if first == second:
        second = first - 1 if first == dim - 1 else first + 1
    return replace(choice, first=first, second=second)
