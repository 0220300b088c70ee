"""Where the engine gets models from. Runs in the engine process; torch is imported by the methods that need it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

import numpy as np

from explorer.errors import DeviceError
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, LatentModel


class Twin(Protocol):
    """An exported decoder of one space, for the CPU."""

    space: str

    def fits(self, latents: Latents) -> bool:
        """Whether these are latents it can decode: of its shape, and finite."""
        ...

    def decode(self, latents: Latents, truncation: float) -> Images: ...


class Source(Protocol):
    """What the engine asks of a shelf of models. A stub of it serves the tests and the benchmarks."""

    def card(self, path: str) -> Card: ...

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]: ...

    def concepts(self, path: str, card: Card) -> tuple[Concept, ...]: ...

    def prior(self, card: Card) -> ChosenPrior | None:
        """What the user chose to draw from, if anything."""
        ...

    def twin(self, card: Card) -> Twin | None:
        """The exported twin in the cache, if there is a good one."""
        ...

    def model(self, path: str, device: str) -> tuple[LatentModel, str]:
        """The model on a device ('' chooses), and a note for the user where the CPU had to do instead."""
        ...

    def devices(self) -> tuple[str, ...]: ...

    def wants_twin(self, model: LatentModel) -> bool:
        """Whether an exported twin would serve this model, and there is none yet."""
        ...


class FolderSource:
    """Model folders on disk (`explorer.models.folder`), opened by `explorer.models.checkpoint`."""

    def card(self, path: str) -> Card:
        from explorer.models.folder import read_card

        return read_card(path)

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:
        from explorer.models.folder import read_samples

        return read_samples(path, card)

    def concepts(self, path: str, card: Card) -> tuple[Concept, ...]:
        from explorer.models.folder import read_concepts

        return read_concepts(path, card)

    def prior(self, card: Card) -> ChosenPrior | None:
        from explorer.models.prior_files import kept_prior

        return kept_prior(card)

    def twin(self, card: Card) -> Twin | None:
        from explorer.models.twin import read_twin

        return read_twin(card)

    def model(self, path: str, device: str) -> tuple[LatentModel, str]:
        from explorer.models.checkpoint import open_model
        from explorer.models.device import best
        from explorer.models.threads import settle_threads

        model = open_model(path, device="cpu")
        settle_threads(model)
        try:
            if (wanted := device or best()) != "cpu":
                model.to(wanted)
        except DeviceError as error:
            return model, f"{error} The CPU is used."
        return model, ""

    def devices(self) -> tuple[str, ...]:
        from explorer.models.device import devices

        return tuple(device.name for device in devices())

    def wants_twin(self, model: LatentModel) -> bool:
        from explorer.models.twin import may_have_twin

        return model.device == "cpu" and may_have_twin(model.card)


def drawn(model: LatentModel, n: int = 2000, seed: int = 0, temperature: float = 1.0) -> dict[str, LatentSet]:
    """Samples of the prior for the map of a model that brought none of its own, in each of its spaces.

    None where nothing but noise could be drawn and an encoder is there to fill the map from pictures.
    """
    first = model.card.under(model.prior).spaces[0]
    if not first.has_prior and model.card.encodes:
        return {}
    draw = partial(model.sample, n, seed=seed, temperature=temperature)
    drawn_first = draw(space=first.name)  # what the others are made of: one seed, one class
    labels = tuple(
        Labels(choice.name, drawn_first[:, choice.where].argmax(axis=1).astype(np.int64), choice.classes)
        for choice in first.choices
    )
    warmth = "" if temperature == 1 else f", temperature {temperature:.2f}"
    whose = "the prior" if model.prior is None else f"the prior you chose, {first.prior}"
    whose = whose if first.has_prior else "N(0, I), for this model has no prior"
    provenance = f"samples of {whose}, seed {seed}{warmth}"
    return {
        space.name: LatentSet(
            space.name,
            drawn_first if space.name == first.name else draw(space=space.name),
            labels=labels,
            provenance=provenance,
            seed=seed,
        )
        for space in model.card.spaces
    }


def warm(model: LatentModel) -> None:
    """One picture, so that the first one asked for does not pay for what the frameworks do at first use."""
    model.decode(np.zeros((1, model.card.default_space.dim), np.float32))
