"""The normal of a logistic regression, each bucket weighing the same."""

from __future__ import annotations

import numpy as np

from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples
from explorer.latents.concepts.normal import separating


def fit(examples: Examples) -> Numbers:
    """The unit normal (d,) that points to the examples with."""
    return separating(examples, slopes)


def slopes(margins: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """log(1 + exp(-m)) and its derivatives."""
    wrong = 1 / (1 + np.exp(np.clip(margins, -500, 500)))
    return np.logaddexp(0, -margins), -wrong, np.maximum(wrong * (1 - wrong), 1e-12)
