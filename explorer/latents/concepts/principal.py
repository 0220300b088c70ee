"""Principal components of samples, or of w (GANSpace, Härkönen et al. 2020): where the latents vary most."""

from __future__ import annotations

import numpy as np

from explorer.latents.concepts.concept import Numbers


def fit(latents: Numbers, count: int) -> Numbers:
    """`count` orthogonal unit directions (k, d) of falling variance. A direction's largest number is above zero."""
    centred = latents - latents.mean(axis=0)
    _values, vectors = np.linalg.eigh(centred.T @ centred)
    return upright(vectors.T[::-1][:count])


def upright(directions: Numbers) -> Numbers:
    """The same directions (k, d), each turned so that its number of greatest size is above zero."""
    greatest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    return directions * np.where(greatest < 0, -1.0, 1.0)
