"""a is to b as c is to what: c + (b - a), and the samples nearest to it (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.near import nearest


def answer(a: Latent, b: Latent, c: Latent) -> Latent:
    """c + (b - a), float32 (d,). Raises InputError for latents of different spaces."""
    if not a.shape == b.shape == c.shape:
        raise InputError("These three are of different spaces.", "Pick all three in one latent space.")
    found: Latent = (c.astype(np.float64) + b - a).astype(np.float32)
    return found


def near(latents: Latents, latent: Latent, count: int, but: tuple[int, ...] = ()) -> NDArray[np.int64]:
    """Places of the `count` latents (n, d) nearest to one (d,), the nearest first, without the places in `but`."""
    found = nearest(latents, latent, min(count + len(but), len(latents))).samples
    return found[~np.isin(found, but)][:count]
