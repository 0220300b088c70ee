"""A concept: a named direction in one latent space, with its unit, where it came from, and how well it separates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.samples import LatentSet

Mask = NDArray[np.bool_]
"""bool (n,): which samples are meant."""

Numbers = NDArray[np.float64]

FOLDS = 5


@dataclass(frozen=True, eq=False)
class Concept:
    """A direction one can move a latent along.

    `direction` float32 (d,), unit length. `centre` and `sigma` are the mean and the standard deviation of the samples'
    coordinates along it: a strength of +1 moves a latent by `sigma * direction`. `provenance` holds what is known of
    its making: method, label, counts (with, without), held-out AUC, ... (JSON values).
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


def mean_difference(samples: LatentSet, with_: Mask, without: Mask, name: str, *, label: str = "") -> Concept:
    """The concept that points from the mean of the samples `without` to the mean of those `with_`.

    Centre and sigma are those of all samples. The provenance holds the method, the label, the counts, Cohen's d of the
    two buckets (None where nothing varies) and the distance of their means in sigma. Raises InputError for empty or
    overlapping buckets and for equal means.
    """
    _check_buckets(samples, with_, without)
    latents = samples.latents.astype(np.float64)
    direction = _direction(latents, with_, without, name)
    coordinates = latents @ direction
    centre, sigma = float(coordinates.mean()), float(coordinates.std())
    effect = cohens_d(coordinates[with_], coordinates[without])
    provenance = {
        "method": "mean difference",
        "label": label or name,
        "with": int(with_.sum()),
        "without": int(without.sum()),
        "cohens_d": effect if np.isfinite(effect) else None,  # JSON has no infinity
        "length_in_sigma": float(coordinates[with_].mean() - coordinates[without].mean()) / sigma,
    }
    return Concept(name, direction.astype(np.float32), sigma, centre, samples.space, provenance)


def scored(
    concept: Concept, samples: LatentSet, with_: Mask, without: Mask, groups: NDArray[np.generic] | None = None
) -> Concept:
    """The concept with `held_out_auc` in its provenance."""
    auc = held_out_auc(samples, with_, without, groups)
    return replace(concept, provenance={**concept.provenance, "held_out_auc": auc})


def held_out_auc(
    samples: LatentSet, with_: Mask, without: Mask, groups: NDArray[np.generic] | None = None, *, seed: int = 0
) -> float:
    """How well a mean difference, fitted on four fifths of the examples, ranks the last fifth: mean AUC of 5 folds.

    0.5 is chance, 1 is perfect. `groups` (n,): examples of one group (a person, a font) are never on both sides of the
    split. Under 5 examples a bucket there are as many folds as examples. Raises InputError where no fold has both
    buckets on both sides.
    """
    _check_buckets(samples, with_, without)
    chosen = np.flatnonzero(with_ | without)
    latents, is_with = samples.latents[chosen].astype(np.float64), with_[chosen]
    folds = _folds(is_with, None if groups is None else np.asarray(groups)[chosen], seed)
    scores = [_fold_auc(latents, is_with, folds == fold) for fold in np.unique(folds)]
    if not (known := [score for score in scores if score is not None]):
        raise InputError(
            "There are too few examples to test this concept.",
            "Give at least two examples, of different groups, with and without it.",
        )
    return float(np.mean(known))


def auc(with_scores: NDArray[np.floating], without_scores: NDArray[np.floating]) -> float:
    """The chance that a random example `with` scores above one `without`; ties count half (Mann and Whitney 1947)."""
    ordered = np.sort(without_scores)
    below = np.searchsorted(ordered, with_scores, "left") + np.searchsorted(ordered, with_scores, "right")
    return float(below.mean() / (2 * len(ordered)))


def cohens_d(with_coordinates: NDArray[np.floating], without_coordinates: NDArray[np.floating]) -> float:
    """Difference of the means over the pooled standard deviation (Cohen 1988).

    0 for equal means, infinite where they differ and nothing varies.
    """
    n, m = len(with_coordinates), len(without_coordinates)
    difference = float(with_coordinates.mean() - without_coordinates.mean())
    squares = n * float(with_coordinates.var()) + m * float(without_coordinates.var())
    if squares <= 0 or n + m <= 2:
        return 0.0 if difference == 0 else float(np.copysign(np.inf, difference))
    return difference / float(np.sqrt(squares / (n + m - 2)))


def _check_buckets(samples: LatentSet, with_: Mask, without: Mask) -> None:
    if with_.shape != (len(samples),) or without.shape != with_.shape:
        raise InputError(
            "The buckets do not fit the samples.", f"Give one yes or no for each of {len(samples)} samples."
        )
    if not with_.any() or not without.any():
        raise InputError("A bucket is empty.", "Give at least one example with the concept and one without it.")
    if bool((with_ & without).any()):
        raise InputError("A sample is in both buckets.", "Take it out of one of them.")
    if not np.isfinite(samples.latents).all():
        raise InputError("Some samples are no finite numbers.", "Encode the samples again.")


def _direction(latents: Numbers, with_: Mask, without: Mask, name: str) -> Numbers:
    difference: Numbers = latents[with_].mean(axis=0) - latents[without].mean(axis=0)
    length = float(np.linalg.norm(difference))
    if length <= 1e-9 * max(1.0, float(np.abs(latents).max())):
        raise InputError(
            f"The examples with and without '{name}' have the same mean.",
            "Choose examples that differ in what you look for.",
        )
    return difference / length


def _folds(is_with: Mask, groups: NDArray[np.generic] | None, seed: int) -> NDArray[np.int64]:
    """The fold of every example: dealt out in a random order, bucket by bucket, or whole groups at a time."""
    random = np.random.default_rng(seed)
    if groups is not None:
        names, member = np.unique(groups, return_inverse=True)
        dealt: NDArray[np.int64] = random.permutation(len(names)) % FOLDS
        return dealt[member]
    folds = np.zeros(len(is_with), dtype=np.int64)
    count = min(FOLDS, int(is_with.sum()), int((~is_with).sum()))
    for bucket in (is_with, ~is_with):
        folds[bucket] = random.permutation(int(bucket.sum())) % count
    return folds


def _fold_auc(latents: Numbers, is_with: Mask, held_out: Mask) -> float | None:
    """AUC on the held-out fold, or None where a bucket is missing on one side."""
    seen = ~held_out
    sides = (is_with & seen, ~is_with & seen, is_with & held_out, ~is_with & held_out)
    if not all(side.any() for side in sides):
        return None
    direction = latents[sides[0]].mean(axis=0) - latents[sides[1]].mean(axis=0)
    return auc(latents[sides[2]] @ direction, latents[sides[3]] @ direction)
