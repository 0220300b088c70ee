"""Models that need no torch, for tests of the engine; a spawned process imports this module."""

from __future__ import annotations

import os
import time

import numpy as np

from explorer.errors import CheckpointError
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Posterior, Space

DIM = 3
CRASH, HANG, WRONG = -7.0, -8.0, -9.0  # a latent that starts with one of these makes decode do so
CARD = Card("stub", "vae", "stub", 0, (Space("z", DIM, (DIM,), "N(0, I)"),), (4, 4, 3), (0, 1), "", "", "none")


class StubModel:
    """Pictures filled with the first number of the latent. The second number is a time to take, in seconds."""

    def __init__(self, device: str) -> None:
        self.card = CARD
        self.device = device
        self.precision = "float32"

    def to(self, device):
        self.device = device

    def decode(self, latents, *, space=None, truncation=1.0):
        first = float(latents[0, 0])
        if first == CRASH:
            os._exit(3)
        if first == HANG:
            time.sleep(1000)
        if first == WRONG:
            raise ValueError("a fault of the program")
        if self.device == "gpu" and first == 1.0:
            raise RuntimeError("CUDA out of memory")
        time.sleep(float(latents[:, 1].sum()))
        return np.repeat(latents[:, :1].astype(np.uint8), 48, axis=1).reshape(-1, 4, 4, 3)

    def sample(self, n, *, seed, space=None):
        return np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)

    def encode(self, images):
        means = np.zeros((len(images), DIM), np.float32)
        means[:, 0] = images[:, 0, 0, 0]
        return Posterior(means, None)


class StubSource:
    """Paths say what happens: 'damaged' and 'crash' do not open."""

    def card(self, path):
        if path == "damaged":
            raise CheckpointError("It is damaged.", "Copy it again.")
        if path == "crash":
            os._exit(4)
        return CARD

    def samples(self, path, card):
        return {"z": LatentSet("z", np.zeros((5, DIM), np.float32))}

    def concepts(self, path, card):
        return (Concept("smile", np.eye(DIM, dtype=np.float32)[0], 1.0),)

    def twin(self, card):
        return None

    def model(self, path, device):
        return StubModel(device or "cpu"), ""

    def devices(self):
        return ("gpu", "cpu")

    def wants_twin(self, model):
        return False
