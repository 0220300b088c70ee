"""Which concepts there are: those of the model, those of the user, and what a lock makes of them."""

from __future__ import annotations

from functools import lru_cache

from explorer.latents.concepts.concept import Concept
from explorer.latents.concepts.layers import Range, layered
from explorer.latents.concepts.mends import freed
from explorer.latents.samples import LatentSet


@lru_cache(maxsize=8)  # asked for with every move of a slider; concepts and sets are values, told apart by identity
def known(
    shipped: tuple[Concept, ...],
    own: tuple[Concept, ...],
    locked: tuple[str, ...],
    samples: LatentSet | None,
    space: str,
    layers: tuple[tuple[str, Range], ...] = (),
    pieces: tuple[tuple[str, int, int], ...] = (),
) -> tuple[Concept, ...]:
    """The concepts of a space, the user's after the model's; of two of one name the user's counts.

    Those with a range in `layers`, by name, act there alone. Those that are locked stay; the others are orthogonal to
    them, so that moving these leaves the locked ones alone.
    """
    mine = {concept.name: concept for concept in own if concept.space == space}
    theirs = tuple(mine.pop(one.name, one) for one in shipped if one.space == space)
    concepts = (*theirs, *mine.values())
    if layers and pieces and samples is not None:
        ranges = dict(layers)
        concepts = tuple(
            layered(one, ranges[one.name], pieces, samples.latents) if one.name in ranges else one for one in concepts
        )
    held = [concept for concept in concepts if concept.name in locked]
    if not held or samples is None:
        return concepts
    return tuple(one if one.name in locked else freed(one, held, samples.latents) for one in concepts)
