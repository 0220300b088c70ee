"""The direction from one latent to another, such as from one snapshot to the next."""

from __future__ import annotations

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latent
from explorer.latents.concepts import paired
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples


def fit(start: Latent, end: Latent) -> Numbers:
    """The unit direction (d,). Raises InputError for equal latents, or for latents of two spaces."""
    if start.shape != end.shape:
        raise InputError("The two are of different spaces.", "Take both from one latent space.")
    return paired.fit(Examples(end[None].astype(np.float64), start[None].astype(np.float64)))
