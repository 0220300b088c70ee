"""What is shown of a model that others trained once it stands: samples as they come, then what probing it found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.latents.arrays import Images
from explorer.models.base import Card, Fact
from explorer.models.foreign.kept import Samples
from explorer.models.foreign.prior_rows import OFFERED, in_rows, is_doubtful, shown
from explorer.models.foreign.probing import SLOW_MS, a_picture_takes, facts_of, probe, time_in_words

if TYPE_CHECKING:
    from explorer.models.network import NetworkModel

SHOWN = 8  # samples on the card
CHOOSE = "No file says what random latents were drawn from. Click the row that looks right."
PATIENCE_S = 40.0  # for all of them


def drawn(model: NetworkModel, tell: Callable[[Samples], None]) -> Samples:
    """Some samples, in rows where nothing tells the prior.

    Of a slow model one after the other, each told when it is there and why, and fewer of a very slow one.
    """
    start, ms = time.perf_counter(), a_picture_takes(model)
    latents = model.sample(SHOWN, seed=0)
    if ms < SLOW_MS:
        rows = in_rows(model, OFFERED, SHOWN, seed=0) if is_doubtful(model.card) else ()
        return Samples(shown(model, latents), CHOOSE if rows else _said(model.card), rows)
    images: list[Images] = []
    for number in range(SHOWN):
        images.append(shown(model, latents[number : number + 1]))
        slow = f" A picture takes {time_in_words(ms)} on this CPU: {number + 1} of {SHOWN} so far."
        tell(Samples(np.concatenate(images), _said(model.card) + slow))
        if time.perf_counter() - start > PATIENCE_S:
            break
    return Samples(np.concatenate(images), f"{_said(model.card)} A picture takes {time_in_words(ms)} on this CPU.")


def probed(model: NetworkModel) -> Card:
    """The card, with what was measured on random latents in the place of what was before."""
    known = [fact for fact in model.card.facts if fact.how != "measured"][:54]  # 64 may stand there
    found: list[Fact] = list(facts_of(probe(model, moving=True), model.card))
    return replace(model.card, facts=(*known, *found))


def _said(card: Card) -> str:
    space = card.default_space
    if not space.has_prior:
        why = "Nothing pulled its latents to a known distribution while it learned, so random points decode to noise."
        if card.encodes:
            return f"{why} Bring pictures: they are encoded, fill the map, and a prior can be fitted to them."
        return f"{why} It has no encoder either: bring pictures, whose latents are searched for, or latents."
    return f"Random latents of its prior ({space.prior}), decoded."
