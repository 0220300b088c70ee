"""The difference of means: from the middle of the examples without to the middle of those with."""

from __future__ import annotations

import numpy as np

from explorer.errors import InputError
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples


def fit(examples: Examples) -> Numbers:
    """The unit direction (d,). Raises InputError for equal means."""
    signs = np.where(examples.is_with, 2.0, -2.0) * examples.shares
    return unit(signs @ examples.latents, examples)


def unit(direction: Numbers, examples: Examples) -> Numbers:
    """`direction` at length 1. Raises InputError where it is nothing beside the examples themselves."""
    length = float(np.linalg.norm(direction))
    if length <= 1e-9 * max(1.0, float(np.abs(examples.latents).max())):
        raise InputError(
            "The examples with and without have the same mean.", "Choose examples that differ in what you look for."
        )
    return direction / length
