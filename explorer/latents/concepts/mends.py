"""Three mends of a concept that drags something else along, such as glasses that come with every smile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept, Numbers, in_units_of
from explorer.latents.concepts.examples import Examples

LEFT_OVER = 1e-4  # of a direction's length: less than this is rounding


def balanced(examples: Examples, strata: NDArray[np.generic]) -> Examples:
    """The examples weighed so that every stratum counts as much among those with as among those without.

    `strata` (n + m,): a class of each, those with first; several labels make joint strata (see `joint`). A stratum that
    is missing on one side counts on neither. Raises InputError where no stratum is on both sides.
    """
    is_with, weights = examples.is_with, np.zeros(len(strata))
    for stratum in np.unique(strata):
        here = strata == stratum
        n, m = int((here & is_with).sum()), int((here & ~is_with).sum())
        if n and m:
            weight = n + m  # how much it counts on each side: as much as there is of it in all
            weights[here & is_with], weights[here & ~is_with] = weight / n, weight / m
    if not weights.any():
        raise InputError(
            "No kind of example is in both buckets, so there is nothing to balance.",
            "Add examples, or balance by fewer attributes.",
        )
    return examples.some(weights > 0).weighted(weights[weights > 0])


def joint(codes: Sequence[NDArray[np.integer]]) -> NDArray[np.int64]:
    """One class a combination of several labels, each (n,)."""
    return np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def matched(examples: Examples, kinds: NDArray[np.generic] | None = None) -> Examples:
    """Pairs: each example of the smaller bucket with the nearest free one of the other, of the same kind where known.

    `kinds` (n + m,). Greedy, the nearest pairs first; what has no partner is left out. Raises InputError without any.
    """
    n = len(examples.with_)
    squares = _squares(examples.with_, examples.without)
    if kinds is not None:
        squares[np.asarray(kinds[:n])[:, None] != np.asarray(kinds[n:])[None]] = np.inf
    pairs = _nearest_pairs(squares)
    if not len(pairs):
        raise InputError("No examples make a pair.", "Add examples of the same kind to both buckets.")
    return examples.some(np.concatenate([pairs[:, 0], n + pairs[:, 1]]))


def _squares(rows: Numbers, others: Numbers) -> Numbers:
    """Squared distances (n, m), without a difference of every pair."""
    lengths = np.square(rows).sum(axis=1)[:, None] + np.square(others).sum(axis=1)
    return np.asarray(np.maximum(lengths - 2 * rows @ others.T, 0))


def _nearest_pairs(squares: Numbers) -> NDArray[np.int64]:
    """What taking the nearest free pair again and again leads to, (k, 2), the nearest first.

    Two that are each other's nearest are such a pair whatever is taken before them, so a round takes all of those.
    """
    rows, columns = np.arange(squares.shape[0]), np.arange(squares.shape[1])
    free, pairs = squares, [np.zeros((0, 2), np.int64)]
    while free.size:
        nearest, chosen_by = free.argmin(axis=1), free.argmin(axis=0)
        here = np.arange(len(rows))
        mutual = (chosen_by[nearest] == here) & np.isfinite(free[here, nearest])
        if not mutual.any():
            break
        pairs.append(np.stack([rows[mutual], columns[nearest[mutual]]], axis=1))
        left = np.ones(len(columns), bool)
        left[nearest[mutual]] = False
        free, rows, columns = free[~mutual][:, left], rows[~mutual], columns[left]
    found = np.concatenate(pairs)
    order = np.argsort(squares[found[:, 0], found[:, 1]], kind="stable")
    return found[order]


def without_components(direction: Numbers, others: Sequence[Numbers]) -> Numbers:
    """`direction` (d,) less all that lies along the other directions: moving along it leaves their coordinates alone.

    Raises InputError where nothing is left.
    """
    if not others:
        return direction
    basis = np.linalg.svd(np.stack(others), full_matrices=False)
    kept = basis[2][basis[1] > 1e-8 * basis[1][0]]
    left = direction - kept.T @ (kept @ direction)
    left = left - kept.T @ (kept @ left)  # once more: rounding
    if np.linalg.norm(left) <= LEFT_OVER * np.linalg.norm(direction):
        raise InputError("Nothing is left of this concept.", "It lies along those that you remove from it.")
    return np.asarray(left / np.linalg.norm(left))


def freed(concept: Concept, locked: Sequence[Concept], latents: Latents) -> Concept:
    """The concept orthogonal to the locked ones, in the unit of the samples. Itself where nothing would be left."""
    others = [
        other.direction.astype(np.float64)
        for other in locked
        if other.name != concept.name and other.direction.shape == concept.direction.shape
    ]
    try:
        direction = without_components(concept.direction.astype(np.float64), others)
        return in_units_of(latents, direction, concept.name, concept.space, concept.provenance) if others else concept
    except InputError:
        return concept
