"""The samples coloured by the subsets they are in; where two overlap, the later one shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.selections import Subset
from explorer.ui.map.colours import Colouring, Entry, argb

SUBSETS = "subsets"
"""What the map is coloured by then; a label of this name is hidden by it while there are subsets."""


def subset_colouring(count: int, subsets: Sequence[Subset], ground: str) -> Colouring:
    """Of `count` samples; those in no subset are `ground`. The legend counts every subset whole."""
    codes = np.full(count, len(subsets), np.intp)
    for code, subset in enumerate(subsets):
        codes[subset.indices[subset.indices < count]] = code
    entries = tuple(Entry(code, one.name, one.colour, len(one)) for code, one in enumerate(subsets))
    others = int(np.count_nonzero(codes == len(subsets)))
    if others:
        entries = (*entries, Entry(len(subsets), "in none", ground, others))
    colours = [argb(one.colour) for one in subsets] + [argb(ground)]
    return Colouring(SUBSETS, codes, np.array(colours, np.uint32), entries)
