"""Inversions as jobs: `step(done, total, text, partial)` tells how far they are and what is best so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models.base import CanEncode, LatentModel
from explorer.models.inversion.ground import Ground
from explorer.models.inversion.search import Inversion
from explorer.models.inversion.told import Inverse, Wish
from explorer.models.network import NetworkModel
from explorer.models.threads import settle_threads

__all__ = ["Ground", "encoding", "find", "searches", "with_slope"]

Step = Callable[..., None]
OFTEN_S = 0.1  # between two looks at the best so far
AT_ONCE = 16  # pictures


def find(path: str, images: Images, wish: Wish, device: str, *, step: Step) -> Inverse:
    """The latents of pictures uint8 (n, height, width, channels), by a model that is opened here. Raises InputError.

    The partial results are an `Inverse` each.
    """
    step(0, wish.steps, "Opening the model")
    import explorer

    model = with_slope(explorer.open(path, device=device or None))
    last = time.monotonic() - OFTEN_S
    for search in searches(model, images, wish):
        if search.is_over or time.monotonic() - last > OFTEN_S:
            step(search.step, wish.steps, f"Step {search.step} of {wish.steps}", search.found())
            last = time.monotonic()
    return search.found()


def with_slope(model: LatentModel) -> NetworkModel:
    """The same, with as many threads as it deserves. Raises InputError for a model that is no network."""
    if not isinstance(model, NetworkModel):
        raise InputError(f"{model.card.name} tells no slope.", "Latents can be found of networks only.")
    settle_threads(model)
    return model


def searches(model: NetworkModel, images: Images, wish: Wish, ground: Ground | None = None) -> Iterator[Inversion]:
    """One search, after each of its steps. It begins at the encoding too, where the model encodes into the space."""
    search = Inversion(model, images, wish, encoding(model, images, wish), ground)
    while not search.is_over:
        search.advance()
        yield search


def encoding(model: NetworkModel, images: Images, wish: Wish) -> Latents | None:
    """What the model's own encoder says, (n, d); None without one, or where it says something of another space."""
    space = wish.space or model.card.default_space.name
    if not isinstance(model, CanEncode) or space != model.card.spaces[0].name:
        return None
    return model.encode(images).mean
