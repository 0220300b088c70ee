"""What the neighbour maps of the libraries have in common: a limit, a cache, a way up, and a lift that is measured."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latents, Points
from explorer.latents.moments import moments
from explorer.latents.samples import LatentSet
from explorer.projections import kept
from explorer.projections.base import ProjectionChoice, Step
from explorer.projections.neighbours import NeighbourMap, Numbers, lift_error, upright
from explorer.projections.pca import principal_axes

MOST, FEWEST = 10_000, 20  # samples that a fit takes; the others are placed among them
VERSION = 1  # of what the parameters mean; another one makes every map anew

Embed = Callable[[Latents], Numbers]
Parameters = Mapping[str, object]


def embedded(
    samples: LatentSet, choice: ProjectionChoice, name: str, parameters: Parameters, embed: Embed, step: Step
) -> NeighbourMap:
    """The map called `name` that `embed` makes of latents (n, d), as points (n, 2); from the disk if made before.

    Raises InputError for fewer than 20 samples.
    """
    latents = fitted_latents(samples, choice.seed)
    key = kept.name_of(latents, {**parameters, "kind": choice.kind, "seed": choice.seed, "version": VERSION})
    points = kept.load(key, len(latents))
    if points is None:
        step(0, 0, f"{name} of {len(latents):,} samples")
        points = made(latents, embed)
        kept.save(key, points)
    axis_names = (f"{name} across", f"{name} up")
    return NeighbourMap(choice, axis_names, lift_error(latents, points), latents, points)


def made(latents: Latents, embed: Embed) -> Points:
    """Places (n, 2) of latents (n, d), turned like their principal components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries warn of what is meant: a seed, one thread, few samples
        points = np.asarray(embed(latents), dtype=np.float64)
    if points.shape != (len(latents), 2) or not np.isfinite(points).all():
        raise InputError("This map did not come out: it has places that are no numbers.", "Try another seed.")
    mean, covariance = moments(latents)
    return upright(points, (latents - mean) @ principal_axes(covariance)[0][:, :2])


def fitted_latents(samples: LatentSet, seed: int) -> Latents:
    """The latents that a fit takes: all, or 10,000 by chance in their own order."""
    if len(samples) < FEWEST:
        raise InputError(
            f"A map of neighbours needs {FEWEST} samples or more.", "Choose another projection, such as PCA."
        )
    if len(samples) <= MOST:
        return samples.latents
    chosen = np.sort(np.random.default_rng(seed).choice(len(samples), MOST, replace=False))
    return samples.latents[chosen]
