"""The studio as part of the text of a state, and back."""

from __future__ import annotations

import json
from types import MappingProxyType

import numpy as np

from explorer.latents.arrays import Latent
from explorer.latents.concepts import METHODS, Concept
from explorer.latents.concepts.arrangement import Arrangement
from explorer.session.fields import Fields
from explorer.session.studio import Bucket, Making, Studio

MOST = 10_000


def told(studio: Studio) -> dict[str, object]:
    """JSON values from which `read` makes the same studio."""
    making = studio.making
    return {
        "making": {
            "space": making.space,
            "name": making.name,
            "with": _bucket(making.with_),
            "without": _bucket(making.without),
            "method": making.method,
            "balance": list(making.balance),
            "match": making.match,
            "remove": list(making.remove),
            "layers": None if making.layers is None else list(making.layers),
        },
        "draft": None if studio.draft is None else _concept(studio.draft),
        "own": [_concept(concept) for concept in studio.own],
        "locked": list(studio.locked),
        "muted": dict(studio.muted),
        "arrangement": studio.arrangement.told(),
    }


def read(fields: Fields) -> Studio:
    """The studio that was told. Raises InputError for what does not fit."""
    return Studio(
        making=_read_making(fields.within("making")),
        draft=fields.maybe("draft", lambda name: _read_concept(fields.within(name))),
        own=tuple(_read_concept(one) for one in fields.objects("own", MOST)),
        locked=fields.texts("locked", MOST),
        muted=MappingProxyType(fields.numbers("muted")),
        arrangement=(
            Arrangement.of(fields.within("arrangement").everything()) if fields.has("arrangement") else Arrangement()
        ),
    )


def numbers(latent: Latent) -> list[float]:
    """Float64 numbers of few digits that round to the float32 numbers of a latent (d,)."""
    exact = latent.tolist()
    short = [float(str(number)) for number in latent]
    return [few if np.float32(few) == number else number for few, number in zip(short, exact, strict=True)]


def _bucket(bucket: Bucket) -> dict[str, object]:
    return {
        "samples": [int(one) for one in bucket.samples],
        "latents": [{"latent": numbers(one)} for one in bucket.latents],
    }


def _concept(concept: Concept) -> dict[str, object]:
    return {
        "name": concept.name,
        "space": concept.space,
        "direction": numbers(concept.direction),
        "sigma": float(concept.sigma),
        "centre": float(concept.centre),
        "provenance": json.dumps(dict(concept.provenance), default=str),
    }


def _read_making(fields: Fields) -> Making:
    return Making(
        space=fields.text("space"),
        name=fields.text("name"),
        with_=_read_bucket(fields.within("with")),
        without=_read_bucket(fields.within("without")),
        method=fields.one_of("method", tuple(METHODS)),
        balance=fields.texts("balance", MOST),
        match=fields.truth("match"),
        remove=fields.texts("remove", MOST),
        layers=_read_layers(fields) if fields.has("layers") else None,
    )


def _read_layers(fields: Fields) -> tuple[int, int] | None:
    read = fields.maybe("layers", lambda name: fields.wholes(name, 2))
    return (read[0], read[1]) if read is not None and len(read) == 2 else None


def _read_bucket(fields: Fields) -> Bucket:
    latents = tuple(one.latent("latent") for one in fields.objects("latents", MOST))
    return Bucket(fields.wholes("samples", 10_000_000), latents)


def _read_concept(fields: Fields) -> Concept:
    return Concept(
        name=fields.text("name"),
        direction=fields.latent("direction"),
        sigma=fields.number("sigma", 1e-9, 1e9),
        centre=fields.number("centre"),
        space=fields.text("space"),
        provenance=_read_provenance(fields.text("provenance")),
    )


def _read_provenance(text: str) -> dict[str, object]:
    try:
        known = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
