"""A chosen prior as JSON values: its kind alone within a state, with all numbers of a fitted one within a demo."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, PLAIN, ChosenPrior
from explorer.session.fields import Fields, refuse

MOST_BYTES = 5_000_000  # of the numbers of a prior that a demo holds
MOST_DIM, MOST_COMPONENTS = 1_000_000, 10_000


def told(prior: ChosenPrior | None) -> dict[str, object] | None:
    """The kind; of a fitted one what it was fitted to, and what tells it from others."""
    if prior is None or prior.fitted is None:
        return None if prior is None else {"kind": prior.kind}
    return {"kind": prior.kind, "source": prior.fitted.source, "digest": prior.fitted.digest}


def read(fields: Fields) -> tuple[ChosenPrior | None, str]:
    """The prior that was told; of a fitted one only its digest, for who knows its numbers. Raises InputError."""
    kind = fields.one_of("kind", (*PLAIN, FITTED))
    return (None, fields.text("digest")) if kind == FITTED else (ChosenPrior(kind), "")


def fits(prior: ChosenPrior | None) -> bool:
    """Whether a demo can hold the numbers of a prior."""
    return prior is not None and prior.fitted is not None and _size(prior.fitted) <= MOST_BYTES


def _size(fitted: Fitted) -> int:
    return sum(array.nbytes for array in fitted.arrays().values())


def told_whole(fitted: Fitted) -> dict[str, object]:
    """JSON values from which `read_whole` makes the same distribution."""
    packed = {name: _packed(array) for name, array in fitted.arrays().items()}
    sizes = {"components": fitted.components, "dim": fitted.dim, "rank": fitted.rank}
    return {**sizes, "source": fitted.source, **packed}


def read_whole(fields: Fields) -> Fitted:
    """The distribution that was told. Raises InputError for what does not fit."""
    k, d = fields.whole("components", 1, MOST_COMPONENTS), fields.whole("dim", 1, MOST_DIM)
    rank = fields.whole("rank", 0, d)
    shapes = {"weights": (k,), "means": (k, d), "factors": (k, d, rank), "spreads": (k, d)}
    try:
        return Fitted.of(
            {name: _unpacked(fields, name, shape) for name, shape in shapes.items()}, fields.text("source")
        )
    except InputError:
        refuse("prior")


def _packed(values: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def _unpacked(fields: Fields, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    try:
        data = base64.b64decode(fields.text(name), validate=True)
    except binascii.Error:
        refuse(f"prior, {name}")
    if len(data) != int(np.prod(shape)) * 4:
        refuse(f"prior, {name}")
    return np.frombuffer(data, dtype="<f4").reshape(shape)
