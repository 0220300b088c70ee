"""Three models without torch for the desk: two of different dimensions, and one with spaces z and w."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.errors import CheckpointError
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Posterior, Space

SIZES = {"one": 4, "two": 6, "gan": 4}


class DeskModel:
    """Paints the first number of a latent: 100 + 10 * number."""

    precision = "float32"
    prior = None

    def __init__(self, card: Card, device: str) -> None:
        self.card, self.device = card, device

    def to(self, device: str) -> None:
        self.device = device

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:
        shades = np.clip(100 + 10 * latents[:, 0] * truncation, 0, 255).astype(np.uint8)
        return np.repeat(shades[:, None], 48, axis=1).reshape(-1, 4, 4, 3)

    def decode_float(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> np.ndarray:
        """The brightness of a pixel is a tenth of the square of the first number."""
        return np.repeat(np.square(latents[:, :1]) * truncation / 10, 48, axis=1).reshape(-1, 4, 4, 3)

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:
        drawn = np.random.default_rng(seed).standard_normal((n, self.card.spaces[0].dim)).astype(np.float32)
        return drawn * 2 if space == "w" else drawn

    def encode(self, images: Images) -> Posterior:
        means = np.zeros((len(images), self.card.spaces[0].dim), np.float32)
        means[:, 0] = (images[:, 0, 0, 0].astype(np.float32) - 100) / 10
        return Posterior(means, None)


class DeskSource:
    """Known by the last part of a path."""

    def card(self, path: str) -> Card:
        name = path.rpartition("/")[2]
        if name not in SIZES:
            raise CheckpointError(f"There is no model '{name}'.", "Choose another.")
        names = ("z", "w") if name == "gan" else ("z",)
        spaces = tuple(Space(space, SIZES[name], (SIZES[name],), "N(0, I)") for space in names)
        family = "gan" if name == "gan" else "vae"
        return Card(
            name,
            family,
            "stub",
            0,
            spaces,
            (4, 4, 3),
            (0, 1),
            "",
            "",
            "none",
            name != "gan",
            fingerprint=f"print of {name}",
        )

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:
        labels = (Labels("kind", np.arange(30) % 3, ("a", "b", "c")), Labels("size", np.arange(30, dtype=np.float32)))
        dim = card.spaces[0].dim
        latents = np.random.default_rng(dim).standard_normal((30, dim)).astype(np.float32)
        return {
            space.name: LatentSet(space.name, latents * (2 if space.name == "w" else 1), labels=labels)
            for space in card.spaces
        }

    def concepts(self, path: str, card: Card) -> tuple[Concept, ...]:
        space = card.default_space
        return (
            Concept("smile", np.eye(space.dim, dtype=np.float32)[0], 1.0, space=space.name),
            Concept("bold", np.eye(space.dim, dtype=np.float32)[1], 2.0, space=space.name),
        )

    def prior(self, card: Card) -> None:
        return None

    def twin(self, card: Card) -> None:
        return None

    def model(self, path: str, device: str) -> tuple[DeskModel, str]:
        return DeskModel(self.card(path), device or "cpu"), ""

    def devices(self) -> tuple[str, ...]:
        return ("gpu", "cpu")

    def wants_twin(self, model: object) -> bool:
        return False
