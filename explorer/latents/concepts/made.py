"""From examples to a concept with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.concepts import difference
from explorer.latents.concepts.concept import Concept, in_units_of
from explorer.latents.concepts.examples import Examples, Mask, of_masks
from explorer.latents.concepts.scores import Method, cohens_d, held_out_auc, split_half_angle
from explorer.latents.samples import LatentSet


def made(
    examples: Examples, latents: Latents, name: str, space: str, method: Method, told: Mapping[str, object]
) -> Concept:
    """The concept that a method makes of examples, in the unit of the samples `latents` (n, d).

    Its provenance is `told` (the method's name, a label) and the counts, Cohen's d of the buckets (None where nothing
    varies) and the distance of their means in sigma. Raises InputError.
    """
    concept = in_units_of(latents, method(examples), name, space, told)
    with_, without = (part @ concept.direction.astype(np.float64) for part in (examples.with_, examples.without))
    effect = cohens_d(with_, without)
    numbers = {
        "with": len(with_),
        "without": len(without),
        "cohens_d": effect if np.isfinite(effect) else None,  # JSON has no infinity
        "length_in_sigma": float(with_.mean() - without.mean()) / concept.sigma,
    }
    return replace(concept, provenance={**told, **numbers})


def tested(concept: Concept, examples: Examples, method: Method) -> Concept:
    """The concept with `held_out_auc` and `split_half_angle` in its provenance; None where examples are too few."""
    try:
        score: float | None = held_out_auc(examples, method)
    except InputError:
        score = None
    numbers = {"held_out_auc": score, "split_half_angle": split_half_angle(examples, method)}
    return replace(concept, provenance={**concept.provenance, **numbers})


def mean_difference(samples: LatentSet, with_: Mask, without: Mask, name: str, *, label: str = "") -> Concept:
    """The concept that points from the mean of the samples `without` to the mean of those `with_`.

    Raises InputError for empty or overlapping buckets and for equal means.
    """
    told = {"method": "mean difference", "label": label or name}
    return made(of_masks(samples, with_, without), samples.latents, name, samples.space, difference.fit, told)


def scored(concept: Concept, samples: LatentSet, with_: Mask, without: Mask) -> Concept:
    """The concept with the `held_out_auc` of a mean difference in its provenance. Raises InputError."""
    auc = held_out_auc(of_masks(samples, with_, without))
    return replace(concept, provenance={**concept.provenance, "held_out_auc": auc})
