"""Searches as jobs and commands make them: through a network, from the encoding where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models import device as devices
from explorer.models.base import CanEncode, LatentModel
from explorer.models.inversion.ground import Ground
from explorer.models.inversion.search import Inversion
from explorer.models.inversion.told import Wish
from explorer.models.network import NetworkModel
from explorer.models.threads import settle_threads

__all__ = ["Ground", "encoding", "searches", "with_slope"]

AT_ONCE = 16  # pictures


def with_slope(model: LatentModel) -> NetworkModel:
    """The same, with as many threads as it deserves. Raises InputError for a model that is no network."""
    if not isinstance(model, NetworkModel):
        raise InputError(f"{model.card.name} tells no slope.", "Latents can be found of networks only.")
    settle_threads(model)
    return model


def searches(
    model: NetworkModel, images: Images, wish: Wish, ground: Ground | None = None, given: Latents | None = None
) -> Iterator[Inversion]:
    """One search, after each of its steps. It begins at what is given, or at the encoding where the model has one."""
    search = Inversion(model, images, wish, encoding(model, images, wish) if given is None else given, ground)
    while not search.is_over:
        try:
            search.advance()
        except torch.OutOfMemoryError as error:
            raise devices.failure(model.device, error) from error
        yield search


def encoding(model: NetworkModel, images: Images, wish: Wish) -> Latents | None:
    """What the model's own encoder says, (n, d); None without one, or where it says something of another space."""
    space = wish.space or model.card.default_space.name
    if not isinstance(model, CanEncode) or space != model.card.spaces[0].name:
        return None
    return model.encode(images).mean
