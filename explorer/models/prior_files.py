"""The prior that the user chose for a model: a file beside the program's data, named by the weights.

In `priors/NAME.safetensors`: the arrays of a fitted one, and metadata {"kind", "source"}.
"""

from __future__ import annotations

from pathlib import Path

from safetensors.numpy import save

from explorer import places
from explorer.errors import ExplorerError, StorageError
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, ChosenPrior
from explorer.models.base import Card
from explorer.models.companions import arrays_in
from explorer.models.config import write_bytes


def file_of(card: Card) -> Path | None:
    """Where the prior of a model is kept; None for weights without a fingerprint."""
    name = (card.origin or card.fingerprint)[:32]
    return places.data() / "priors" / f"{name}.safetensors" if name else None


def kept_prior(card: Card) -> ChosenPrior | None:
    """The prior the user chose for a model; None where it is its own, or where the file is damaged."""
    path = file_of(card)
    if path is None or not path.is_file():
        return None
    try:
        arrays, told = arrays_in(path)
        kind = told.get("kind", "")
        fitted = Fitted.of(arrays, told.get("source", "")) if kind == FITTED else None
        chosen = ChosenPrior(kind, fitted)
    except ExplorerError:
        return None
    return chosen if chosen.fits(card.spaces[0].dim) else None


def keep_prior(card: Card, chosen: ChosenPrior | None) -> None:
    """Writes the prior that the user chose for a model; None: back to its own. Raises StorageError."""
    path = file_of(card)
    if path is None:
        return
    try:
        if chosen is None:
            path.unlink(missing_ok=True)
            return
    except OSError as error:
        raise StorageError(f"{path} cannot be removed.", f"{error.strerror or error}.") from error
    told = {"kind": chosen.kind, "source": chosen.fitted.source if chosen.fitted is not None else ""}
    write_bytes(path, save(dict(chosen.fitted.arrays()) if chosen.fitted is not None else {}, told))
