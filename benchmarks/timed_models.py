"""Models that take a given time a picture, to measure what is around the decoding; the engine process imports this."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Space

DIM = 32
SIDE = 256
CARD = Card("timed", "vae", "timed", 0, (Space("z", DIM, (DIM,), "N(0, I)"),), (SIDE, SIDE, 3), (0, 1), "", "", "none")


class TimedModel:
    """A picture takes `seconds` of one core."""

    card = CARD
    precision = "float32"
    prior: ChosenPrior | None = None
    device = "cpu"

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._picture = np.random.default_rng(0).integers(0, 255, (1, SIDE, SIDE, 3), np.uint8)

    def to(self, device: str) -> None:
        """Is on the CPU, and stays there."""

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:  # noqa: ARG002
        end = time.perf_counter() + self._seconds * len(latents)
        while time.perf_counter() < end:  # busy: a model that slept would leave its core to the window
            pass
        return np.repeat(self._picture, len(latents), axis=0)


class TimedSource:
    """The 'path' of a model is its milliseconds."""

    def card(self, path: str) -> Card:  # noqa: ARG002
        return CARD

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:  # noqa: ARG002
        return {"z": LatentSet("z", np.zeros((10, DIM), np.float32))}

    def concepts(self, path: str, card: Card) -> tuple[Concept, ...]:  # noqa: ARG002
        return ()

    def prior(self, card: Card) -> None:  # noqa: ARG002
        return None

    def twin(self, card: Card) -> None:
        """None: it is as fast as it is."""

    def model(self, path: str, device: str) -> tuple[TimedModel, str]:  # noqa: ARG002
        return TimedModel(float(path) / 1e3), ""

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def wants_twin(self, model: TimedModel) -> bool:  # noqa: ARG002
        return False
