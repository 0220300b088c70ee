"""How a flow of ours is trained: to the highest likelihood of pictures with uniform noise inside their bins.

Kept is a running mean of the weights; a validation set says which one was best, since flows of this size can overfit.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.latents.arrays import Images
from explorer.latents.concepts import Concept
from explorer.latents.measures import bits_per_dimension
from explorer.latents.samples import LatentSet
from explorer.models.config import Config
from explorer.models.coupling import FlowNet
from explorer.models.flow import FlowModel, Logits, build, log_density, new_card, to_logits
from explorer.models.network import NetworkModel
from explorer.models.training.base import Training
from explorer.models.training.datasets import Dataset, strokes
from explorer.models.training.measures import rounded
from explorer.models.training.recipe import Recipe

MEASURED = 2_000  # pictures in a figure
TRIED = 300  # samples a concept is tried on


@dataclass(frozen=True)
class FlowPlan:
    """The numbers of a training; `memory` is the share of the running mean that a step keeps."""

    steps: int
    batch: int = 128
    rate: float = 1e-3
    memory: float = 0.995
    longest_step: float = 1.0  # norm of the gradient of bits a dimension
    validation: int = 3_000  # pictures that choose the weights to keep
    validate_every: int = 500  # steps


def begin(recipe: Recipe, dataset: Dataset, seed: int, device: str) -> FlowTraining:
    """The training of a flow before its first step."""
    torch.manual_seed(seed)
    model = build(Config(new_card(recipe.name, dataset.images.shape[1:]), recipe.hyperparameters))
    return FlowTraining(model, recipe, dataset, seed, device)


class FlowTraining(Training):
    """`best` is the running mean of the weights that scored best so far on the validation set.

    Everything random comes from one generator on the CPU, so that a training that was interrupted goes on as if it had
    not been.
    """

    def __init__(self, model: FlowModel, recipe: Recipe, dataset: Dataset, seed: int, device: str) -> None:
        assert isinstance(recipe.plan, FlowPlan)
        assert isinstance(model.net, FlowNet)
        self.plan, self.device, self.model, self.margin = recipe.plan, device, model, model.margin
        self.steps, self.taken = recipe.plan.steps, 0
        self.random = torch.Generator().manual_seed(seed)
        self.pictures, self.held = self._divided(dataset)
        self.net = model.net.to(device)
        self.net.settle(to_logits(self._noisy(self.pictures[: 4 * self.plan.batch]), self.margin)[0])
        self.mean = copy.deepcopy(self.net).requires_grad_(False)
        self.best = copy.deepcopy(self.mean)
        self.score = self.best_score = math.inf
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=self.plan.rate)

    def advance(self) -> dict[str, float]:
        """One step; bits a dimension of its batch, and of the validation set when it was last looked at."""
        rows = torch.randint(len(self.pictures), (self.plan.batch,), generator=self.random)
        loss = self._bits(self.net, self._noisy(self.pictures[rows]))
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate * self._share_of_rate()
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), self.plan.longest_step)
        self.optimiser.step()
        self.taken += 1
        self._follow()
        if self.taken % self.plan.validate_every == 0 or self.taken == self.steps:
            self._validate()
        return {"bits": float(loss.detach()), "validation": self.score}

    def state(self) -> dict[str, object]:
        """All that is needed to go on later."""
        states = [part.state_dict() for part in self._parts()]
        return {
            "taken": self.taken,
            "scores": [self.score, self.best_score],
            "random": self.random.get_state(),
            "parts": states,
        }

    def go_on(self, state: Mapping[str, object]) -> None:
        """Continue from what `state` gave."""
        taken, scores, random, states = (state[key] for key in ("taken", "scores", "random", "parts"))
        assert isinstance(taken, int) and isinstance(random, Tensor)  # noqa: PT018
        assert isinstance(scores, list) and isinstance(states, list)  # noqa: PT018
        self.taken, (self.score, self.best_score) = taken, scores
        self.random.set_state(random)
        for part, known in zip(self._parts(), states, strict=True):
            part.load_state_dict(known)

    def finished(self) -> NetworkModel:
        """The model with the weights that scored best."""
        net = self.best if math.isfinite(self.best_score) else self.mean
        model = FlowModel(self.model.card, self.model.hyperparameters, copy.deepcopy(net).cpu())
        model.ready()
        return model

    def tried(self, model: NetworkModel, concepts: list[Concept], samples: LatentSet) -> list[Concept]:
        """The concepts; those of a measured stroke with what they do to it at -2, 0 and +2 sigma."""
        return [_with_strokes(concept, model, samples) for concept in concepts]

    def measures(self, model: NetworkModel, dataset: Dataset) -> dict[str, object]:
        """Whether the flow overfits, and whether held-out pictures come back byte for byte."""
        assert isinstance(model, FlowModel)
        held, learned = dataset.tested[:MEASURED], dataset.learned[:MEASURED]
        bits = bits_per_dimension(model.log_prob(learned), int(np.prod(model.card.image_shape)))
        return {
            "bits_per_dimension_of_training_pictures": rounded(float(bits.mean())),
            "held_out_pictures_that_come_back_exactly": _share_exact(model, held),
        }

    def _parts(self) -> tuple[Any, ...]:
        return self.net, self.mean, self.best, self.optimiser

    def _divided(self, dataset: Dataset) -> tuple[Tensor, Tensor]:
        """Pictures to learn from and for validation, uint8 (n, channels, height, width)."""
        order = torch.randperm(len(dataset.learned), generator=self.random).numpy()
        cut = min(self.plan.validation, len(order) // 10)
        pictures = np.ascontiguousarray(dataset.learned[order].transpose(0, 3, 1, 2))
        whole = torch.from_numpy(pictures).to(self.device)
        return whole[cut:], whole[:cut]

    @torch.no_grad()
    def _validate(self) -> None:
        """Bits a dimension of the running mean, the same noise each time; the best weights are kept."""
        noise = torch.rand(self.held.shape, generator=torch.Generator().manual_seed(0)).to(self.device)
        pieces = torch.split(self.held + noise, 500)
        self.score = sum(float(self._bits(self.mean, piece)) * len(piece) for piece in pieces) / len(self.held)
        if self.score < self.best_score:
            self.best_score = self.score
            self.best.load_state_dict(self.mean.state_dict())

    def _bits(self, net: FlowNet, values: Tensor) -> Tensor:
        return -log_density(net, values, Logits(self.margin))[1].mean() / (values[0].numel() * math.log(2))

    def _noisy(self, pictures: Tensor) -> Tensor:
        return pictures + torch.rand(pictures.shape, generator=self.random).to(self.device)

    def _share_of_rate(self) -> float:
        """Rises over the first 100 steps, full for three tenths, then a cosine down to a hundredth."""
        late = max(0.0, self.taken / self.steps - 0.3) / 0.7
        return min(1.0, (self.taken + 1) / 100) * (0.5 * (1 + math.cos(math.pi * min(late, 1.0))) + 0.01)

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(self.plan.memory, 1 - 10 / (9 + self.taken))
        for kept, current in zip(self.mean.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(current, 1 - keep)


def _share_exact(model: FlowModel, images: Images) -> float:
    """Of pictures, those that are the same after encoding and decoding."""
    same = model.decode(model.encode(images).mean) == images
    return float(same.all(axis=(1, 2, 3)).mean())


def _with_strokes(concept: Concept, model: NetworkModel, samples: LatentSet) -> Concept:
    latents = samples.latents[:TRIED]
    seen: dict[str, float] = {}
    for strength, words in ((-2, "at_minus_2_sigma"), (0, "unmoved"), (2, "at_plus_2_sigma")):
        images = model.decode(latents + np.float32(strength * concept.sigma) * concept.direction)
        for label in strokes(images):
            if str(concept.provenance.get("label")).startswith(f"{label.name}:"):
                seen[f"{label.name}_{words}"] = rounded(float(np.median(label.values.astype(np.float32))))
    return replace(concept, provenance={**concept.provenance, **seen})
