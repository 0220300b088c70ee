"""Numbers of a model at given latents, float32 (n,) each: how far it stretches, comes back, and believes itself.

Only the contract of `base` is used, so every family can be measured that has what a quantity needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.models.base import CanEncode, CanScore, LatentModel
from explorer.models.quantities import LIKELIHOOD, ROUND_TRIP, STRETCH

Values = NDArray[np.float32]
DIRECTIONS = 6  # that stand for all: the same everywhere, so that places can be compared
STEP, COARSE_STEP = 0.02, 0.25  # units of the latent; the second for half precision, whose rounding is coarse


def measure(model: LatentModel, quantity: str, latents: Latents, space: str, truncation: float = 1.0) -> Values:
    """A quantity of `quantities.QUANTITIES` that the model tells, at latents (n, d) of a space.

    Raises InputError where the model lacks what that needs.
    """
    return _MEASURES[quantity](model, latents, space, truncation)


def stretch(model: LatentModel, latents: Latents, space: str, truncation: float = 1.0) -> Values:
    """Root of the mean squared change of a pixel per unit step, over pixels and `DIRECTIONS` directions.

    By forward differences along orthonormal directions: with d of them it is |J|_F / sqrt(d P), J the Jacobian of the
    P values of a picture (compare the path length of Karras et al. 2020, section 3.2).
    """
    count, dim = latents.shape
    axes = directions(dim, min(dim, DIRECTIONS))
    step = STEP if model.precision == "float32" else COARSE_STEP
    moved = latents[:, None] + np.float32(step) * np.concatenate([np.zeros((1, dim), np.float32), axes])
    pictures = model.decode_float(moved.reshape(-1, dim).astype(np.float32), space=space, truncation=truncation)
    seen = pictures.reshape(count, len(axes) + 1, -1)
    change = (seen[:, 1:] - seen[:, :1]) / np.float32(step)
    found: Values = np.sqrt(np.square(change).mean(axis=(1, 2))).astype(np.float32)
    return found


def round_trip(model: LatentModel, latents: Latents, space: str, truncation: float = 1.0) -> Values:
    """Root of the mean square of encode(decode(z)) - z, in the latent's units. Raises InputError without an encoder."""
    if not isinstance(model, CanEncode) or space != model.card.spaces[0].name:
        raise InputError(f"{model.card.name} has no encoder.", "Colour by something else.")
    back = model.encode(model.decode(latents, space=space, truncation=truncation)).mean
    found: Values = np.sqrt(np.square(back - latents).mean(axis=1)).astype(np.float32)
    return found


def likelihood(model: LatentModel, latents: Latents, space: str, truncation: float = 1.0) -> Values:
    """log p of the decoded picture, or its lower bound, in nats. Raises InputError for a family without a density."""
    if not isinstance(model, CanScore):
        raise InputError(f"{model.card.name} has no density.", "Colour by something else.")
    return model.log_prob(model.decode(latents, space=space, truncation=truncation))


def directions(dim: int, count: int) -> NDArray[np.float32]:
    """`count` orthonormal directions of a space, float32 (count, dim), the same for every call."""
    columns, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((dim, count)))
    return np.ascontiguousarray(columns.T, dtype=np.float32)


_MEASURES: Mapping[str, Callable[[LatentModel, Latents, str, float], Values]] = {
    STRETCH: stretch,
    ROUND_TRIP: round_trip,
    LIKELIHOOD: likelihood,
}
