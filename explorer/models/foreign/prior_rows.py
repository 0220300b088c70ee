"""Samples of one model under several priors, the same seeds: to be chosen from by looking at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import InputError
from explorer.latents import priors
from explorer.latents.arrays import Images, Latents
from explorer.latents.priors import ChosenPrior
from explorer.models.base import Card

if TYPE_CHECKING:
    from explorer.models.network import NetworkModel

OFFERED = ("normal", "uniform", "sphere")
ByPrior = tuple[tuple[str, Images], ...]


def shown(model: NetworkModel, latents: Latents, space: str | None = None) -> Images:
    """Pictures, uint8 (n, height, width, channels); black ones of a model that makes none, which its probe tells."""
    try:
        return model.decode(latents, space=space)
    except InputError:
        return np.zeros((len(latents), *model.card.image_shape), np.uint8)


def in_rows(model: NetworkModel, kinds: Sequence[str], count: int, seed: int) -> ByPrior:
    """Pictures uint8 (count, height, width, channels) under each kind of prior; classes stay classes."""
    space = model.card.spaces[0]
    return tuple(
        (kind, shown(model, priors.drawn(count, space.kinds, seed, chosen=ChosenPrior(kind)), space.name))
        for kind in kinds
    )


def kind_of(card: Card) -> str:
    """The one prior of all numbers that are no class: 'normal', 'none'; '' where they have several."""
    kinds = {prior for prior, _ in card.spaces[0].kinds if prior != "one-hot"}
    return kinds.pop() if len(kinds) == 1 else ""


def is_doubtful(card: Card) -> bool:
    """Whether nothing in the file says what latents are drawn from: they are, but perhaps from something else.

    A density is one of a certain prior, and a mapping network makes much the same of any.
    """
    if card.likelihood == "exact" or len(card.spaces) > 1 or kind_of(card) not in OFFERED:
        return False
    return any("prior" in fact.text and fact.how != "read" for fact in card.facts)
