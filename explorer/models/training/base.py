"""What the loop asks of a family while it learns. Adding one is one file and one line in `FAMILIES`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol

from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.network import NetworkModel
from explorer.models.training.datasets import Dataset
from explorer.models.training.recipe import Recipe
from explorer.models.training.samples import encoded

FAMILIES = {
    "vae": "explorer.models.training_vae",
    "gan": "explorer.models.training_gan",
    "flow": "explorer.models.training_flow",
}


class Training:
    """One training, of `steps` steps of which `taken` are done. All randomness comes from a generator inside."""

    steps: int
    taken: int

    def advance(self) -> Mapping[str, float]:
        """One step; figures for the progress line."""
        raise NotImplementedError

    def state(self) -> dict[str, object]:
        """All that is needed to go on exactly: numbers, texts, tensors, and lists and dictionaries of them."""
        raise NotImplementedError

    def go_on(self, state: Mapping[str, object]) -> None:
        """Continue from what `state` gave."""
        raise NotImplementedError

    def finished(self) -> NetworkModel:
        """The model worth keeping, ready to use, on the CPU."""
        raise NotImplementedError

    def samples(self, model: NetworkModel, dataset: Dataset, recipe: Recipe) -> list[LatentSet]:
        """The samples kept with the model, a set for each space."""
        return [encoded(model, dataset, recipe.samples)]

    def tried(self, model: NetworkModel, concepts: list[Concept], samples: LatentSet) -> list[Concept]:  # noqa: ARG002
        """The concepts worth keeping, what they were seen to do to pictures added to their provenance."""
        return concepts

    def measures(self, model: NetworkModel, dataset: Dataset) -> dict[str, object]:  # noqa: ARG002
        """Figures of this family, beyond those that all have."""
        return {}


class Begin(Protocol):
    """What a family's file offers under the name `begin`."""

    def __call__(self, recipe: Recipe, dataset: Dataset, seed: int, device: str) -> Training: ...


def begin(recipe: Recipe, dataset: Dataset, seed: int, device: str) -> Training:
    """The training that a recipe describes, before its first step."""
    family = importlib.import_module(FAMILIES[recipe.family])
    started: Training = family.begin(recipe, dataset, seed, device)
    return started
