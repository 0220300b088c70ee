"""How good a concept is: how well it ranks examples it has not seen, and how far other examples would turn it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts import difference
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples, Mask

FOLDS = 5
SPLITS = 12  # halvings whose mean is the split-half angle
Method = Callable[[Examples], Numbers]
"""From examples to a unit direction (d,)."""


def held_out_auc(examples: Examples, method: Method = difference.fit, *, seed: int = 0) -> float:
    """How well a direction, fitted on four fifths of the examples, ranks the last fifth: mean AUC of 5 folds.

    0.5 is chance, 1 is perfect. Examples of one group are never on both sides of the split. Under 5 examples a bucket
    there are as many folds as examples. Raises InputError where no fold has both buckets on both sides.
    """
    is_with = examples.is_with
    folds = _folds(is_with, examples.groups, seed)
    scores = [_fold_auc(examples, method, folds == fold) for fold in np.unique(folds)]
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


def split_half_angle(examples: Examples, method: Method = difference.fit, *, seed: int = 0) -> float | None:
    """By how many degrees as many other examples would turn the arrow; None with fewer than two in a bucket.

    Both buckets are halved at random, the two halves' directions have the cosine c, and by the formula of Spearman and
    Brown (1910) two arrows from all the examples have 2c / (1 + c). c is a mean over halvings; 90 where it is below 0.
    """
    if min(len(examples.with_), len(examples.without)) < 2:
        return None
    random, cosines = np.random.default_rng(seed), []
    for _ in range(SPLITS):
        first = _half(examples, random)
        try:
            one, other = method(examples.some(first)), method(examples.some(~first))
        except InputError:  # a half all alike, or without pairs
            continue
        cosines.append(float(one @ other))
    if not cosines:
        return None
    cosine = max(0.0, float(np.mean(cosines)))
    return float(np.degrees(np.arccos(min(1.0, 2 * cosine / (1 + cosine)))))


def angle_in_words(angle: float | None) -> str:
    """What the split-half angle means."""
    if angle is None:
        return "too few examples to tell how steady this arrow is"
    told = "very steady" if angle < 12 else "steady" if angle < 25 else "shaky" if angle < 50 else "mostly chance"
    return f"other examples would turn this arrow by about {angle:.0f} degrees: {told}"


def _half(examples: Examples, random: np.random.Generator) -> Mask:
    """Half of each bucket, whole pairs where both have as many."""
    n, m = len(examples.with_), len(examples.without)
    first = random.permutation(n) < n // 2
    return np.concatenate([first, first if n == m else random.permutation(m) < m // 2])


def _folds(is_with: Mask, groups: NDArray[np.int64] | None, seed: int) -> NDArray[np.int64]:
    """The fold of every example: dealt out in a random order, bucket by bucket, or whole groups at a time."""
    random = np.random.default_rng(seed)
    if groups is not None:
        names, member = np.unique(groups, return_inverse=True)
        dealt: NDArray[np.int64] = random.permutation(len(names)) % FOLDS
        return dealt[member]
    n, m = int(is_with.sum()), int((~is_with).sum())
    count = min(FOLDS, n, m)
    first = random.permutation(n) % count
    return np.concatenate([first, first if n == m else random.permutation(m) % count])


def _fold_auc(examples: Examples, method: Method, held_out: Mask) -> float | None:
    """AUC on the held-out fold, or None where a bucket is missing on one side."""
    seen, is_with = ~held_out, examples.is_with
    if not all(side.any() for side in (is_with & seen, ~is_with & seen, is_with & held_out, ~is_with & held_out)):
        return None
    try:
        direction = method(examples.some(seen))
    except InputError:
        return None
    tested = examples.latents @ direction
    return auc(tested[is_with & held_out], tested[~is_with & held_out])
