"""Models that need no torch, for tests of the engine; a spawned process imports this module."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorer.errors import CheckpointError, DeviceError
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Posterior, Space
from explorer.models.measuring import Values

DIM = 3
CRASH, HANG, WRONG, TOO_LARGE = 251.0, 252.0, 253.0, 254.0
"""A latent that starts with one of these makes `decode` do so; TOO_LARGE is so on the 'gpu' only."""

CARD = Card("stub", "vae", "stub", 0, (Space("z", DIM, (DIM,), "N(0, I)"),), (4, 4, 3), (0, 1), "", "", "none")


def painted(latents: Latents) -> Images:
    """Pictures filled with the first number of each latent."""
    return np.repeat(latents[:, :1].astype(np.uint8), 48, axis=1).reshape(-1, 4, 4, 3)


class StubModel:
    """The second number of a latent is the time its picture takes, in seconds."""

    card = CARD
    precision = "float32"
    prior: ChosenPrior | None = None

    def __init__(self, device: str) -> None:
        self.device = device

    def to(self, device: str) -> None:
        if device == "broken":
            raise DeviceError("broken is out of memory.", "Choose the CPU.")
        self.device = device

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:
        first = latents[0, 0]
        if first == CRASH:
            os._exit(3)
        if first == HANG:
            time.sleep(1000)
        if first == WRONG:
            raise ValueError("a fault of the program")
        if first == TOO_LARGE and self.device == "gpu":
            raise RuntimeError("CUDA out of memory")
        time.sleep(float(latents[:, 1].sum()))
        return painted(latents)

    def decode_float(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Values:
        """Every pixel is the first number."""
        return np.repeat(latents[:, :1], 48, axis=1).reshape(-1, 4, 4, 3)

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:
        return np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)

    def encode(self, images: Images) -> Posterior:
        means = np.zeros((len(images), DIM), np.float32)
        means[:, 0] = images[:, 0, 0, 0]
        return Posterior(means, None)


class StubSource:
    """A path says what happens: 'damaged' and 'crash' do not open."""

    def card(self, path: str) -> Card:
        if path == "damaged":
            raise CheckpointError("It is damaged.", "Copy it again.")
        if path == "crash":
            os._exit(4)
        return CARD

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:
        return {"z": LatentSet("z", np.zeros((5, DIM), np.float32))}

    def concepts(self, path: str, card: Card) -> tuple[Concept, ...]:
        return (Concept("smile", np.eye(DIM, dtype=np.float32)[0], 1.0),)

    def prior(self, card: Card) -> None:
        return None

    def twin(self, card: Card) -> StubTwin | None:
        return None

    def model(self, path: str, device: str) -> tuple[StubModel, str]:
        return StubModel(device or "cpu"), ""

    def devices(self) -> tuple[str, ...]:
        return ("gpu", "cpu")

    def wants_twin(self, model: StubModel) -> bool:
        return False


class StubTwin:
    space = "z"

    def fits(self, latents: Latents) -> bool:
        return True

    def decode(self, latents: Latents, truncation: float = 1.0) -> Images:
        return painted(latents)


class SourceWithTwin(StubSource):
    """Has a twin at once; the weights are in memory when a file at the model's path exists."""

    def twin(self, card: Card) -> StubTwin:
        return StubTwin()

    def model(self, path: str, device: str) -> tuple[StubModel, str]:
        while not Path(path).exists():
            time.sleep(0.01)
        return super().model(path, device)


def steps(count: int, step: object = None) -> int:
    """A job that tells its steps."""
    for done in range(count):
        step(done, count, "counting")  # type: ignore[operator]
    return count


def endless(step: object = None) -> None:
    """A job that ends only when it is cancelled."""
    while True:
        step(0, 0, "")  # type: ignore[operator]
        time.sleep(0.005)


def stuck(step: object = None) -> None:
    """A job that looks at nothing."""
    time.sleep(1000)


def wrong(kind: str, step: object = None) -> None:
    """A job that goes wrong."""
    if kind == "exit":
        os._exit(5)
    if kind == "user":
        raise CheckpointError("It is damaged.", "Copy it again.")
    raise ValueError("a fault of the program")


class SourceWithoutSamples(StubSource):
    """A folder with weights and nothing else."""

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:
        return {}
