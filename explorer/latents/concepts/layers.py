"""A concept that acts on a range of layers: of w+, or on some scales of a flow, or some parts of any latent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept, Numbers, in_units_of

Range = tuple[int, int]
"""First and last layer, from 0, both included."""
Pieces = Sequence[tuple[str, int, int]]
"""Name, start and stop of each layer in a latent."""


def within(direction: Numbers, layers: Range, pieces: Pieces) -> Numbers:
    """`direction` (d,) in the layers of a range, 0 elsewhere. Raises InputError where nothing is left."""
    first, last = layers
    kept = np.zeros_like(direction)
    for _name, start, stop in pieces[first : last + 1]:
        kept[start:stop] = direction[start:stop]
    if not kept.any():
        raise InputError("Nothing of this concept lies in these layers.", "Choose others.")
    return kept


def layered(concept: Concept, layers: Range, pieces: Pieces, latents: Latents) -> Concept:
    """The concept in a range of layers alone, in the unit of the samples (n, d): +1 is one sigma of them there.

    Itself where there are no such layers, or where nothing would be left.
    """
    if not pieces or layers[0] >= len(pieces) or (layers[0] <= 0 and layers[1] >= len(pieces) - 1):
        return concept
    try:
        direction = within(concept.direction.astype(np.float64), layers, pieces)
        told = {**concept.provenance, "layers": told_range(layers, pieces)}
        return in_units_of(latents, direction, concept.name, concept.space, told)
    except InputError:
        return concept


def told_range(layers: Range, pieces: Pieces) -> str:
    """'8 x 8 to 32 x 32'."""
    first, last = (pieces[min(max(place, 0), len(pieces) - 1)][0] for place in layers)
    return first if first == last else f"{first} to {last}"
