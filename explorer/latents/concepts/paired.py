"""Paired differences: the first example with against the first without, the second against the second.

Pairs that differ in one thing only (the same face before and after) need far fewer examples than two crowds.
"""

from __future__ import annotations

from explorer.errors import InputError
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.difference import unit
from explorer.latents.concepts.examples import Examples


def fit(examples: Examples) -> Numbers:
    """The mean difference of the pairs, at length 1 (d,). Raises InputError unless both buckets have as many."""
    n, m = len(examples.with_), len(examples.without)
    if n != m:
        raise InputError(
            f"There are {n} examples with and {m} without, so they make no pairs.",
            "Give as many of both, in the same order, or choose another method.",
        )
    weights = examples.shares[:n] * examples.shares[n:]
    return unit(weights @ (examples.with_ - examples.without), examples)
