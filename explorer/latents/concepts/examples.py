"""Examples with and without: what a concept is made from, whatever the method."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts.concept import Numbers
from explorer.latents.samples import LatentSet

Mask = NDArray[np.bool_]
"""bool (n,): which samples are meant."""

FEW = 5
"""Under so many examples a bucket, numbers are shown grey."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Latents with (n, d) and without (m, d), float64.

    `weights` (n + m,), those with first: how much each counts; None: all the same. `groups` (n + m,): examples of one
    group (a person, a font) belong together; None: each stands for itself.
    """

    with_: Numbers
    without: Numbers
    weights: Numbers | None = None
    groups: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if not len(self.with_) or not len(self.without):
            raise InputError("A bucket is empty.", "Give at least one example with the concept and one without it.")
        if self.with_.shape[1] != self.without.shape[1]:
            raise InputError("The examples are of different spaces.", "Take them all from one latent space.")
        if not (np.isfinite(self.with_).all() and np.isfinite(self.without).all()):
            raise InputError("Some examples are no finite numbers.", "Encode the samples again.")

    @property
    def latents(self) -> Numbers:
        """All of them (n + m, d), those with first."""
        return np.concatenate([self.with_, self.without])

    @property
    def is_with(self) -> Mask:
        return np.arange(len(self.with_) + len(self.without)) < len(self.with_)

    @property
    def shares(self) -> Numbers:
        """The weights (n + m,), those of each bucket adding up to 1/2: a large bucket counts no more than a small."""
        weights = np.ones(len(self.is_with)) if self.weights is None else self.weights
        is_with = self.is_with
        return np.asarray(weights / (2 * np.where(is_with, weights[is_with].sum(), weights[~is_with].sum())))

    def some(self, chosen: Mask | NDArray[np.int64]) -> Examples:
        """A part of them, by mask or by places in `latents`."""
        latents, is_with = self.latents[chosen], self.is_with[chosen]
        order = np.concatenate([np.flatnonzero(is_with), np.flatnonzero(~is_with)])
        return Examples(
            latents[is_with],
            latents[~is_with],
            None if self.weights is None else self.weights[chosen][order],
            None if self.groups is None else self.groups[chosen][order],
        )

    def weighted(self, weights: Numbers) -> Examples:
        return replace(self, weights=weights)


def of_masks(samples: LatentSet, with_: Mask, without: Mask) -> Examples:
    """The samples of two masks, in the groups that they come in.

    Raises InputError for masks of another length, that overlap, or are empty.
    """
    if with_.shape != (len(samples),) or without.shape != with_.shape:
        raise InputError(
            "The buckets do not fit the samples.", f"Give one yes or no for each of {len(samples)} samples."
        )
    if bool((with_ & without).any()):
        raise InputError("A sample is in both buckets.", "Take it out of one of them.")
    return of_rows(samples, np.flatnonzero(with_), np.flatnonzero(without))


def of_rows(samples: LatentSet, with_: NDArray[np.int64], without: NDArray[np.int64]) -> Examples:
    """The samples of two lists of places, in the groups that they come in. Raises InputError for an empty list."""
    order = np.concatenate([with_, without])
    groups = None if samples.groups is None else np.unique(samples.groups[order], return_inverse=True)[1]
    latents = samples.latents[order].astype(np.float64)
    return Examples(latents[: len(with_)], latents[len(with_) :], groups=groups)
