"""From the buckets of the studio to the concept in the making, mended as the user wants it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from explorer.errors import InputError
from explorer.latents.concepts import METHODS, Concept, Examples, made
from explorer.latents.concepts.effects import strata
from explorer.latents.concepts.layers import Pieces, layered
from explorer.latents.concepts.mends import balanced, freed, matched
from explorer.latents.concepts.scores import Method
from explorer.latents.samples import LatentSet
from explorer.session.studio import Bucket, Making

MOST_EXAMPLES = 10_000  # of a bucket that the arrow is made from
PAIRING = 2e8  # multiplications that matching pairs may take: some 30 ms
SEPARATING = 1e6  # numbers that a plane may be put between: some 50 ms
FEW_LEFT = 100  # examples: a bucket is not made smaller than that
NAMELESS = "new concept"


@dataclass(frozen=True, eq=False)
class Draft:
    """What came of the buckets: examples (mended), the concept, and how it was made."""

    examples: Examples
    concept: Concept
    method: Method


def draft(making: Making, samples: LatentSet, known: Iterable[Concept] = (), pieces: Pieces = ()) -> Draft | None:
    """The concept of the buckets, None while both are empty. An empty bucket stands for all other samples.

    `known`: the concepts of this space. The draft gets a name that none of them has, and leaves alone those that are to
    be removed. `pieces`: the layers of this space. Raises InputError.
    """
    if making.is_empty or making.space != samples.space:
        return None
    examples = mended(making, samples)
    method = METHODS[making.method]
    told: dict[str, object] = {"method": method.title, "label": making.name or NAMELESS}
    if not len(making.with_) or not len(making.without):
        told["against"] = "all others"
    if samples.groups is not None:
        told["held out by"] = samples.grouped_by
    told |= _mends(making)
    known = tuple(known)
    name = free_name(making.name or NAMELESS, (one.name for one in known))
    concept = made(examples, samples.latents, name, samples.space, method.fit, told)
    if making.layers is not None:
        concept = layered(concept, making.layers, pieces, samples.latents)
    removed = [one for one in known if one.name in making.remove]
    return Draft(examples, freed(concept, removed, samples.latents) if removed else concept, method.fit)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number behind it where it is taken."""
    known = set(taken)
    numbered = (f"{name} {number}" for number in range(2, len(known) + 3))
    return name if name not in known else next(one for one in numbered if one not in known)


def unmended(making: Making) -> Making:
    """The same buckets as they are."""
    return replace(making, balance=(), match=False, remove=())


def mended(making: Making, samples: LatentSet) -> Examples:
    """The examples, balanced or matched where that is wanted. Raises InputError."""
    with_, without = (_rows(bucket, samples) for bucket in (making.with_, making.without))
    if not len(making.with_):
        with_ = _others(without, samples)
    if not len(making.without):
        without = _others(with_, samples)
    if making.match:
        with_, without = _fewer(with_, without, math.sqrt(len(with_) * len(without) * (samples.dim + 40) / PAIRING))
    if making.method in ("logistic", "support"):
        with_, without = _fewer(with_, without, (len(with_) + len(without)) * samples.dim / SEPARATING)
    examples = Examples(_latents(making.with_, with_, samples), _latents(making.without, without, samples))
    if samples.groups is not None:
        examples = replace(examples, groups=_groups(examples, with_, without, samples.groups))
    if not making.balance and not making.match:
        return examples
    if making.with_.latents or making.without.latents:
        raise InputError(
            "Snapshots have no labels to be balanced or matched by.", "Take them out, or leave the buckets as they are."
        )
    kinds = strata(samples, np.concatenate([with_, without]), making.balance)
    return matched(examples, kinds if making.balance else None) if making.match else balanced(examples, kinds)


def _rows(bucket: Bucket, samples: LatentSet) -> np.ndarray:
    rows = np.array(bucket.samples, dtype=np.int64)
    return _some(rows[rows < len(samples)])


def _others(rows: np.ndarray, samples: LatentSet) -> np.ndarray:
    is_other = np.ones(len(samples), dtype=np.bool_)
    is_other[rows] = False
    return _some(np.flatnonzero(is_other))


def _some(rows: np.ndarray) -> np.ndarray:
    """Evenly picked where there are more than tell anything new: the arrow has to follow the hand."""
    return rows[:: max(1, -(-len(rows) // MOST_EXAMPLES))]


def _fewer(with_: np.ndarray, without: np.ndarray, times: float) -> tuple[np.ndarray, np.ndarray]:
    """So many times fewer, evenly picked, but for a bucket of which too few would be left."""
    step = max(1, math.ceil(times))
    both = (part[:: step if len(part) > step * FEW_LEFT else 1] for part in (with_, without))
    return next(both), next(both)


def _latents(bucket: Bucket, rows: np.ndarray, samples: LatentSet) -> np.ndarray:
    free = [latent for latent in bucket.latents if latent.shape == (samples.dim,)]
    found = samples.latents[rows].astype(np.float64)
    return np.concatenate([found, np.stack(free).astype(np.float64)]) if free else found


def _groups(examples: Examples, with_: np.ndarray, without: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The groups of the samples, int64 (n + m,); each latent that is no sample is a group of its own."""
    first = len(examples.with_)
    told = -1 - np.arange(first + len(examples.without))
    told[: len(with_)], told[first : first + len(without)] = groups[with_], groups[without]
    return told


def _mends(making: Making) -> dict[str, object]:
    told: dict[str, object] = {}
    if making.balance:
        told["matched by" if making.match else "balanced by"] = ", ".join(making.balance)
    elif making.match:
        told["matched by"] = "nearness"
    if making.remove:
        told["removed"] = ", ".join(making.remove)
    return told
