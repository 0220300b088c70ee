"""The concepts a recipe names, measured on the encoded samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts import Concept, mean_difference, scored
from explorer.latents.samples import Labels, LatentSet
from explorer.models.training.recipe import Direction

WORTH = 0.65  # held-out AUC under which a direction is left out: it would not do what its name says


def concepts(samples: LatentSet, directions: tuple[Direction, ...]) -> list[Concept]:
    """A concept for each direction that can be told from the samples, by mean difference, with its held-out AUC."""
    found = []
    for one in directions:
        labels = samples.label(one.label)
        concept = None if labels is None else _concept(samples, labels, one)
        if concept is not None:
            found.append(concept)
    return found


def _concept(samples: LatentSet, labels: Labels, one: Direction) -> Concept | None:
    with_, without = _buckets(labels, one)
    described = f"{one.label}: {', '.join(one.with_)}" + (f" against {', '.join(one.without)}" if one.without else "")
    try:
        concept = mean_difference(samples, with_, without, one.name, label=described)
        concept = scored(concept, samples, with_, without)
    except InputError:  # a bucket is empty in these samples
        return None
    auc = concept.provenance["held_out_auc"]
    return concept if isinstance(auc, float) and auc >= WORTH else None


def _buckets(labels: Labels, one: Direction) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if not labels.is_category:
        values = labels.values.astype(np.float32)
        low, high = np.quantile(values, (1 / 3, 2 / 3))
        return values >= high, values <= low
    with_ = np.isin(labels.values, _codes(labels, one.with_))
    without = np.isin(labels.values, _codes(labels, one.without)) if one.without else ~with_
    return with_, without


def _codes(labels: Labels, names: tuple[str, ...]) -> list[int]:
    return [labels.names.index(name) for name in names if name in labels.names]


def by_folder(samples: LatentSet) -> tuple[Direction, ...]:
    """A direction for each folder of a user's own pictures (at most 12, of 10 samples or more)."""
    labels = samples.label("folder")
    if labels is None:
        return ()
    counts = np.bincount(labels.values.astype(np.int64), minlength=len(labels.names))
    largest = [int(code) for code in np.argsort(-counts, kind="stable")[:12] if counts[code] >= 10]
    return tuple(Direction(labels.names[code], "folder", (labels.names[code],)) for code in largest)
