"""The normal of a linear support vector machine, as InterFaceGAN uses it (Shen et al. 2020), each bucket weighing the
same. The hinge is squared, so that the plane hangs on all examples near it and turns evenly while examples come in."""

from __future__ import annotations

import numpy as np

from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples
from explorer.latents.concepts.normal import separating


def fit(examples: Examples) -> Numbers:
    """The unit normal (d,) that points to the examples with."""
    return separating(examples, slopes)


def slopes(margins: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """max(0, 1 - m)^2 / 2 and its derivatives."""
    short = np.maximum(0, 1 - margins)
    return short**2 / 2, -short, (short > 0).astype(np.float64)
