"""How a GAN of ours is trained: generator against critic, one step at a time.

The loss compares each real picture with a generated one (relativistic pairing, Jolicoeur-Martineau 2019), with a
zero-centred gradient penalty on both, applied every few steps (Mescheder et al. 2018; Karras et al. 2020): together
they keep the variety (Huang et al. 2024). What is kept is a running mean of the generator's weights (Karras et al.
2018).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from explorer.latents.arrays import Images
from explorer.latents.concepts import Concept, mean_difference
from explorer.latents.samples import Labels, LatentSet
from explorer.models.adversarial import Critic
from explorer.models.config import Config
from explorer.models.gan import GanModel, GanNet, build, new_card
from explorer.models.lesson import Lesson
from explorer.models.network import NetworkModel
from explorer.models.readout import ReadOut, ReadOutNet, frechet_distance, train_readout, yes_or_no
from explorer.models.steering import acting, steered, told, worth
from explorer.models.training.base import Training
from explorer.models.training.datasets import Dataset
from explorer.models.training.recipe import Recipe
from explorer.models.training.samples import effects

SAID = "samples of the prior, labelled by a read-out network (its accuracy stands in the card)"
DRAWN_FOR_MEAN = 20_000  # latents of which w_mean is the mean
MEASURED = 2_000  # pictures in a figure
READ_WELL = 0.9  # balanced accuracy of the read-out from which its labels are worth keeping
ACTS = 0.3  # of `worth`, from which a concept does what its name says


@dataclass(frozen=True)
class GanPlan:
    """The numbers of a training. `half_life` of the running mean in pictures; `mapping_rate` is a factor on `rate`."""

    steps: int
    critic_widths: tuple[int, ...]
    critic_hidden: int
    batch: int = 64
    rate: float = 1e-3
    mapping_rate: float = 0.3
    penalty: float = 1.0
    penalty_every: int = 4
    half_life: float = 10_000
    lesson_from: int | None = None  # step at which the lesson in attributes begins (see `lesson`)
    lesson_weight: float = 0.3


def begin(recipe: Recipe, dataset: Dataset, seed: int, device: str) -> GanTraining:
    """The training of a GAN before its first step."""
    torch.manual_seed(seed)
    card = new_card(recipe.name, recipe.hyperparameters, dataset.images.shape[1:])
    model = build(Config(card, recipe.hyperparameters))
    return GanTraining(model, recipe, dataset, seed, device)


class GanTraining(Training):
    """Generator and critic; `mean` is the generator worth keeping.

    Everything random comes from one generator on the CPU, so that a training that was interrupted goes on as if it had
    not been.
    """

    def __init__(self, model: GanModel, recipe: Recipe, dataset: Dataset, seed: int, device: str) -> None:
        assert isinstance(recipe.plan, GanPlan)
        assert isinstance(model.net, GanNet)
        self.plan, self.seed, self.device = recipe.plan, seed, device
        self.steps, self.taken = recipe.plan.steps, 0
        self.model, self.dataset, self.recipe = model, dataset, recipe
        self.pictures = _tensor(dataset.learned).to(device)
        self.random = torch.Generator().manual_seed(seed)
        size, _, channels = model.card.image_shape
        self.critic = Critic(size, channels, self.plan.critic_widths, self.plan.critic_hidden).to(device)
        self.net = model.net.to(device)
        self.mean = copy.deepcopy(self.net).requires_grad_(False)
        parts = ((self.net.mapping, self.plan.mapping_rate), (self.net.synthesis, 1.0))
        groups = [{"params": list(net.parameters()), "part": part} for net, part in parts]
        self.painter = torch.optim.Adam(groups, lr=self.plan.rate, betas=(0.0, 0.99))
        self.judge = torch.optim.Adam(self.critic.parameters(), lr=self.plan.rate, betas=(0.0, 0.99))
        self.names = tuple(dict.fromkeys(one.label for one in recipe.directions))
        shares = torch.from_numpy(yes_or_no(dataset.labels, self.names)[~dataset.held_out].mean(0, dtype=np.float32))
        self.lesson = Lesson(model.w_mean.shape[0], shares, device)

    def advance(self) -> dict[str, float]:
        """One step of both sides; their losses."""
        self._pace()
        judged = self._teach_critic(self._draw())
        painted = self._teach_generator(self._draw())
        self.taken += 1
        self._follow()
        return {"critic": judged, "generator": painted}

    def state(self) -> dict[str, object]:
        """All that is needed to go on later."""
        states = [part.state_dict() for part in self._parts()]
        return {"taken": self.taken, "random": self.random.get_state(), "parts": states}

    def go_on(self, state: Mapping[str, object]) -> None:
        """Continue from what `state` gave."""
        taken, random, states = state["taken"], state["random"], state["parts"]
        assert isinstance(taken, int) and isinstance(random, Tensor)  # noqa: PT018
        assert isinstance(states, list)
        self.taken = taken
        self.random.set_state(random)
        for part, known in zip(self._parts(), states, strict=True):
            part.load_state_dict(known)

    def finished(self) -> NetworkModel:
        """The model with the running mean of the weights, and the mean of w."""
        net = copy.deepcopy(self.mean).cpu()
        z = torch.from_numpy(self.model.sample(DRAWN_FOR_MEAN, seed=0, space="z"))
        with torch.no_grad():
            net.w_mean.copy_(net.mapping(z).mean(0))
        model = GanModel(self.model.card, self.model.hyperparameters, net)
        model.ready()
        return model

    def samples(self, model: NetworkModel, dataset: Dataset, recipe: Recipe) -> list[LatentSet]:  # noqa: ARG002
        """Samples of the prior in z and w, with what the read-out says of their pictures."""
        z = model.sample(recipe.samples, seed=0, space="z")
        w = model.sample(recipe.samples, seed=0, space="w")
        says = self._reader.probabilities(model.decode(w)) > 0.5
        labels = tuple(
            Labels(name, column.astype(np.int64), ("no", "yes"))
            for name, column in zip(self.names, says.T, strict=True)
            if self._reader.accuracy[name] >= READ_WELL
        )
        kept = LatentSet("z", z, labels=labels, effects=effects(model, z, "z"), provenance=SAID)
        return [kept, replace(kept, space="w", latents=w, effects=effects(model, w, "w"))]

    def tried(self, model: NetworkModel, concepts: list[Concept], samples: LatentSet) -> list[Concept]:  # noqa: ARG002
        """For each attribute the better of two directions: mean difference, or learned by what it does."""
        assert isinstance(model, GanModel)
        found = [self._better(model, samples, labels.name) for labels in samples.labels]
        return [concept for concept in found if worth(concept) >= ACTS]

    def measures(self, model: NetworkModel, dataset: Dataset) -> dict[str, object]:
        """How near samples come to held-out data, how varied they are, and how well the read-out reads."""
        made = model.decode(model.sample(MEASURED, seed=1))
        held, learned = dataset.tested[:MEASURED], dataset.learned[:MEASURED]
        says = [self._reader.features(images) for images in (made, held, learned)]
        return {
            "frechet_distance_in_readout_features": round(frechet_distance(says[0], says[1]), 4),
            "frechet_distance_of_training_pictures": round(frechet_distance(says[2], says[1]), 4),
            "readout_balanced_accuracy": _listed(self._reader.accuracy),
            "share_of_samples_read_as": self._shares(made),
            "share_of_held_out_read_as": self._shares(held),
        }

    def _better(self, model: GanModel, samples: LatentSet, name: str) -> Concept:
        labels = samples.label(name)
        assert labels is not None
        with_ = labels.values == 1
        plain = mean_difference(samples, with_, ~with_, name)
        learned = steered(plain, samples, model.synthesis, self._reader, seed=self.seed)
        tries = [
            told(concept, samples, with_, method, acting(concept, model, self._reader, seed=1))
            for concept, method in ((plain, "mean difference"), (learned, "steered through the read-out"))
        ]
        return max(tries, key=worth)

    @cached_property
    def _reader(self) -> ReadOut:
        """Labels and measures; not the one that teaches, which the generator may have learned to please."""
        return self._read_out(self.seed + 1, epochs=8, noise=0.0)

    @cached_property
    def _teacher(self) -> ReadOutNet:
        return self._read_out(self.seed, epochs=5, noise=0.3).net.requires_grad_(False).to(self.device)

    def _read_out(self, seed: int, epochs: int, noise: float) -> ReadOut:
        marks = yes_or_no(self.dataset.labels, self.names)
        return train_readout(self.dataset, marks, self.names, seed=seed, epochs=epochs, noise=noise)

    def _shares(self, images: Images) -> str:
        shares = (self._reader.probabilities(images) > 0.5).mean(0)
        return _listed(dict(zip(self.names, shares.tolist(), strict=True)))

    def _parts(self) -> tuple[Any, ...]:
        head = (self.lesson.head, self.lesson.optimiser)
        return self.net, self.mean, self.critic, self.painter, self.judge, *head

    def _teach_critic(self, real: Tensor) -> float:
        penalised = self.taken % self.plan.penalty_every == 0
        with torch.no_grad():
            made = self.net.synthesis(self._map())
        real.requires_grad_(penalised)
        made.requires_grad_(penalised)
        for_real, for_made = self.critic(real), self.critic(made)
        loss = softplus(for_made - for_real).mean()
        if penalised:
            slopes = torch.autograd.grad(for_real.sum() + for_made.sum(), (real, made), create_graph=True)
            steepness = sum(slope.square().sum((1, 2, 3)).mean() for slope in slopes)
            loss = loss + self.plan.penalty / 2 * self.plan.penalty_every * steepness
        self.judge.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.judge.step()
        return float(loss.detach())

    def _teach_generator(self, real: Tensor) -> float:
        self.critic.requires_grad_(False)
        w = self._map()
        made = self.net.synthesis(w)
        loss: Tensor = softplus(self.critic(real) - self.critic(made)).mean()
        begun = self.steps if self.plan.lesson_from is None else self.plan.lesson_from
        if self.taken >= begun:
            mend = self.lesson.loss(w, self._teacher(made), self.taken - begun)
            loss = loss + self.plan.lesson_weight * mend
        self.painter.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.painter.step()
        self.critic.requires_grad_(True)
        return float(loss.detach())

    def _map(self) -> Tensor:
        """w of a batch of the prior."""
        z = torch.randn(self.plan.batch, self.model.card.space("z").dim, generator=self.random)
        w: Tensor = self.net.mapping(z.to(self.device))
        return w

    def _draw(self) -> Tensor:
        return self.pictures[torch.randint(len(self.pictures), (self.plan.batch,), generator=self.random)]

    def _pace(self) -> None:
        """The rates rise over the first 100 steps, are full until the middle, then fall evenly to a twentieth."""
        late = max(0.0, self.taken / self.steps - 0.5) / 0.5
        share = min(1.0, (self.taken + 1) / 100) * (1 - 0.95 * late)
        for group in (*self.painter.param_groups, *self.judge.param_groups):
            group["lr"] = self.plan.rate * group.get("part", 1.0) * share

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(0.5 ** (self.plan.batch / self.plan.half_life), 1 - 10 / (9 + self.taken))
        for kept, current in zip(self.mean.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(current, 1 - keep)


def _tensor(images: Images) -> Tensor:
    """float32 (n, channels, height, width) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float().div(127.5).sub(1)


def _listed(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items())
