"""The user's own samples inside a demo, so that it opens where they are not: latents and labels, exactly."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from explorer.latents.samples import Labels, LatentSet
from explorer.session.fields import Fields, refuse

MOST_BYTES = 5_000_000  # of latents that a demo holds
MOST_SAMPLES, MOST_DIM, MOST_LABELS, MOST_NAMES = 10_000_000, 1_000_000, 1000, 1_000_000


def fits(samples: LatentSet) -> bool:
    """Whether a demo can hold these samples."""
    known = [samples.latents, samples.log_variances, samples.log_likelihoods, *(one.values for one in samples.labels)]
    return sum(array.nbytes for array in known if array is not None) <= MOST_BYTES


def told(samples: LatentSet) -> dict[str, object]:
    """JSON values from which `read` makes the same samples."""
    return {
        "space": samples.space,
        "count": len(samples),
        "dim": samples.dim,
        "latents": _packed(samples.latents),
        "log_variances": None if samples.log_variances is None else _packed(samples.log_variances),
        "log_likelihoods": None if samples.log_likelihoods is None else _packed(samples.log_likelihoods),
        "provenance": samples.provenance,
        "labels": [
            {"name": one.name, "names": list(one.names), "values": _packed(one.values, _kind(one))}
            for one in samples.labels
        ],
    }


def read(fields: Fields) -> LatentSet:
    """The samples that were told. Raises InputError for what does not fit."""
    count, dim = fields.whole("count", 1, MOST_SAMPLES), fields.whole("dim", 1, MOST_DIM)
    return LatentSet(
        space=fields.text("space"),
        latents=_unpacked(fields, "latents", (count, dim)),
        log_variances=fields.maybe("log_variances", lambda name: _unpacked(fields, name, (count, dim))),
        labels=tuple(_labels(one, count) for one in fields.objects("labels", MOST_LABELS)),
        log_likelihoods=fields.maybe("log_likelihoods", lambda name: _unpacked(fields, name, (count,))),
        provenance=fields.text("provenance"),
    )


def _labels(fields: Fields, count: int) -> Labels:
    name, names = fields.text("name"), fields.texts("names", MOST_NAMES)
    values = _unpacked(fields, "values", (count,), "<i8" if names else "<f4")
    if names and (values.min() < 0 or values.max() >= len(names)):
        refuse(f"samples, {name}")
    return Labels(name, values, names)


def _kind(labels: Labels) -> str:
    return "<i8" if labels.is_category else "<f4"


def _packed(values: NDArray[np.generic], kind: str = "<f4") -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode("ascii")


def _unpacked(fields: Fields, name: str, shape: tuple[int, ...], kind: str = "<f4") -> NDArray[np.float32]:
    try:
        data = base64.b64decode(fields.text(name), validate=True)
    except binascii.Error:
        refuse(f"samples, {name}")
    if len(data) != int(np.prod(shape)) * np.dtype(kind).itemsize:
        refuse(f"samples, {name}")
    values = np.frombuffer(data, dtype=kind).reshape(shape)
    if kind == "<f4" and name != "values" and not np.isfinite(values).all():
        refuse(f"samples, {name}")
    return values
