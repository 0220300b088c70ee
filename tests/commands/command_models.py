"""Models for the tests of the command line: small, with weights at random, written as a user would have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.models import folder
from explorer.models.checkpoint import build, save_model
from explorer.models.config import Config
from explorer.models.vae import new_card

DIM = 6
SIDE = 16


def written_model(path: Path, *, samples: bool = True) -> Path:
    """A VAE of 16 x 16 colour pictures with six latents, encoded samples and two concepts."""
    parameters: dict[str, object] = {"size": SIDE, "channels": 3, "latent_dim": DIM, "widths": [4], "patch": 4}
    parameters |= {"encoder_depth": 1, "decoder_depth": 1, "tail": 4, "sigma": 0.1}
    save_model(build(Config(new_card(path.name, parameters), parameters)), path)
    if samples:
        random = np.random.default_rng(0)
        latents = random.standard_normal((60, DIM)).astype(np.float32)
        labels = (Labels("smile", (latents[:, 0] > 0).astype(np.int64), ("no", "yes")), Labels("size", latents[:, 1]))
        folder.write_samples(path, [LatentSet("z", latents, labels=labels)])
        axes = np.eye(DIM, dtype=np.float32)
        folder.write_concepts(path, [Concept("smile", axes[0], 1.0), Concept("hair", axes[1], 1.0)])
    return path


def written_pictures(path: Path, count: int = 3) -> Path:
    """A folder of pictures, none of them square."""
    path.mkdir(parents=True)
    for index in range(count):
        colour = (60 * index, 200, 90)
        Image.new("RGB", (40, 30), colour).save(path / f"{index}.png")
    return path
