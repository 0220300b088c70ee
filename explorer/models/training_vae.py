"""How a VAE of ours is trained: reconstruction, contours and KL, with a warm-up of the KL.

The objective, in nats of a Gaussian of fixed deviation `sigma`::

    (|x - y|^2 + contours * |dx - dy|^2) / (2 sigma^2) + beta * KL + lesson * (cross entropy of the taught labels)

dx and dy are the differences of neighbouring pixels: they weigh thin lines (glasses, mouths) as much as large areas.
What is still too small to be learned by pixels alone (an earring is a dozen of them) may be `taught`: labels that one
linear layer has to read from the latent drawn. The decoder then finds them there, and draws them; the layer is thrown
away. Pictures without labels are not taught, so the recipe for a user's own pictures has none.
Only the card's likelihood is a proper one (see `vae`); this is a training score. beta grows slowly: what was learned
while it was small (glasses, mouths) stays when it is large, and it is large in the end so that the posteriors together
fill the prior and samples look like data. With a short warm-up the same faces lost their glasses (measured).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.models import device as devices
from explorer.models.checkpoint import build
from explorer.models.config import Config
from explorer.models.network import NetworkModel
from explorer.models.training.base import Training
from explorer.models.training.datasets import Dataset
from explorer.models.training.recipe import Recipe
from explorer.models.vae import VaeModel, VaeNet, kl, new_card

LEAST_SIGMA = 0.5 / 255  # of the likelihood: finer than a bin makes no sense


@dataclass(frozen=True)
class VaePlan:
    """The numbers of a training. `epochs` is lowered or raised to stay within `least_steps` and `most_steps`."""

    epochs: float
    batch: int = 64
    rate: float = 1.5e-3
    decay: float = 1e-3
    sigma: float = 0.1
    beta: float = 1.0
    quiet: float = 0.0  # share of the training before beta grows: it keeps sparse pictures from collapsing
    warm_up: float = 0.15  # share of the training after which beta is whole
    bend: float = 1.0  # power of the growth of beta: 1 is a straight line, 2 starts slower
    contours: float = 1.0
    taught: tuple[str, ...] = ()  # names of labels
    lesson: float = 500.0
    parting: float = 0.8  # share of the lesson that is gone when beta is whole: by then the pixels hold what was taught
    cross_entropy: bool = False  # in the place of |x - y|^2: for black and white, where a sigmoid can get stuck
    least_steps: int = 0
    most_steps: int = 10**9
    longest_step: float = 500.0  # norm of the gradient
    reduced: bool = True  # bfloat16 where the machine computes in it


def begin(recipe: Recipe, dataset: Dataset, seed: int, device: str) -> VaeTraining:
    """The training that a recipe describes, before its first step."""
    plan = recipe.plan
    assert isinstance(plan, VaePlan)
    hyperparameters = {**recipe.hyperparameters, "sigma": plan.sigma}
    torch.manual_seed(seed)
    model = build(Config(new_card(recipe.name, hyperparameters), hyperparameters))
    assert isinstance(model, VaeModel)
    return VaeTraining(model, plan, dataset, seed, device)


class VaeTraining(Training):
    """Batches are drawn without putting back, in an order of each epoch's own; noise and order come from `random`."""

    def __init__(self, model: VaeModel, plan: VaePlan, dataset: Dataset, seed: int, device: str) -> None:
        self.model, self.plan, self.seed = model, plan, seed
        self.device = devices.checked(device)
        self.net: VaeNet = model.net.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.images = dataset.learned
        self.lessons = Lessons(dataset, plan.taught, model.card.default_space.dim).to(self.device)
        self.batch = min(plan.batch, len(self.images))
        self.epoch_steps = len(self.images) // self.batch
        self.steps = int(min(max(plan.epochs * self.epoch_steps, plan.least_steps), plan.most_steps))
        self.taken = 0
        self.random = torch.Generator().manual_seed(seed)
        self.learned = [*self.net.parameters(), *self.lessons.parameters()]
        self.optimiser = torch.optim.AdamW(
            self.learned, lr=plan.rate, betas=(0.9, 0.99), weight_decay=plan.decay, fused=True
        )

    def advance(self) -> Mapping[str, float]:
        rows = self._next_rows()
        pictures = self._pictures(rows)
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate * self._share_of_rate()
        with self._precision():
            mean, log_variance = self.net.posterior(pictures)
            noise = torch.randn(mean.shape, generator=self.random).to(self.device)
            latents = mean + noise * (log_variance / 2).exp()
            logits = self.net.decoder(latents).float()
        decoded = logits.sigmoid()
        error = squares(pictures - decoded)
        nats = kl(mean, log_variance).sum(1).mean()
        points = cross_entropy(logits, pictures) if self.plan.cross_entropy else error
        score = (points + self.plan.contours * contours(pictures - decoded)) / (2 * self.plan.sigma**2)
        lesson = self.plan.lesson * (1 - self.plan.parting * self.warmth()) * self.lessons(latents.float(), rows)
        self._learn(score + self.plan.beta * self.warmth() * nats + lesson)
        self.taken += 1
        return {"error": math.sqrt(float(error.detach()) / pictures[0].numel()), "KL": float(nats.detach())}

    def state(self) -> dict[str, object]:
        return {
            "taken": self.taken,
            "random": self.random.get_state(),
            "net": self.net.state_dict(),
            "lessons": self.lessons.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def go_on(self, state: Mapping[str, object]) -> None:
        taken, random, net, optimiser = (state[key] for key in ("taken", "random", "net", "optimiser"))
        lessons = state["lessons"]
        assert isinstance(taken, int) and isinstance(random, Tensor)  # noqa: PT018
        assert isinstance(net, dict) and isinstance(optimiser, dict) and isinstance(lessons, dict)  # noqa: PT018
        self.net.load_state_dict(net)
        self.lessons.load_state_dict(lessons)
        self.optimiser.load_state_dict(optimiser)
        self.random.set_state(random)
        self.taken = taken

    def finished(self) -> NetworkModel:
        """The model; `sigma` of its likelihood is the root mean square error of the pictures it learned from."""
        self.net.to("cpu")
        self.model.ready()
        rows = np.random.default_rng(self.seed).permutation(len(self.images))[:1000]
        images = self.images[rows]
        error = self.model.decode_float(self.model.encode(images).mean) - images.astype(np.float32) / 255
        sigma = max(LEAST_SIGMA, float(np.sqrt(np.square(error).mean())))
        self.model.hyperparameters["sigma"] = float(f"{sigma:.4g}")
        return self.model

    def measures(self, model: NetworkModel, dataset: Dataset) -> dict[str, object]:  # noqa: ARG002
        plan = self.plan
        found: dict[str, object] = {"beta": plan.beta, "training_sigma": plan.sigma, "contours": plan.contours}
        return found | ({"taught": ", ".join(plan.taught)} if plan.taught else {})

    def _next_rows(self) -> NDArray[np.int64]:
        """The places in `images` of the next batch."""
        epoch, place = divmod(self.taken, self.epoch_steps)
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.images))
        return order[place * self.batch : (place + 1) * self.batch]

    def _pictures(self, rows: NDArray[np.int64]) -> Tensor:
        pictures = torch.from_numpy(self.images[rows]).permute(0, 3, 1, 2).to(self.device)
        return (pictures.float() / 255).contiguous(memory_format=torch.channels_last)

    def _share_of_rate(self) -> float:
        """Up over the first 100 steps, then down along a cosine."""
        return min(1.0, (self.taken + 1) / 100) * (1 + math.cos(math.pi * self.taken / self.steps)) / 2

    def warmth(self) -> float:
        """The share of beta that counts by now."""
        grown = self.taken - self.plan.quiet * self.steps
        share = grown / max(1.0, (self.plan.warm_up - self.plan.quiet) * self.steps)
        return float(min(1.0, max(0.0, share)) ** self.plan.bend)

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.plan.reduced and devices.has_bfloat16(self.device)
        )

    def _learn(self, loss: Tensor) -> None:
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.learned, self.plan.longest_step)
        self.optimiser.step()


class Lessons(nn.Module):
    """One linear layer from a latent to each taught label; thrown away after the training."""

    def __init__(self, dataset: Dataset, names: Sequence[str], dim: int) -> None:
        super().__init__()
        known = {labels.name: labels for labels in dataset.labels}
        taught = [known[name] for name in names if name in known and known[name].is_category]
        self.codes = [torch.from_numpy(labels.values[~dataset.held_out].astype(np.int64)) for labels in taught]
        self.readers = nn.ModuleList(nn.Linear(dim, len(labels.names)) for labels in taught)

    def forward(self, latents: Tensor, rows: NDArray[np.int64]) -> Tensor:
        """Cross entropy in nats, summed over labels, mean over the batch; 0 where nothing is taught."""
        told = latents.new_zeros(())
        for reader, codes in zip(self.readers, self.codes, strict=True):
            told = told + nn.functional.cross_entropy(reader(latents), codes[rows].to(latents.device))
        return told


def cross_entropy(logits: Tensor, pictures: Tensor) -> Tensor:
    """Half the cross entropy of grey values as probabilities, summed over a picture, mean over the batch."""
    summed = nn.functional.binary_cross_entropy_with_logits(logits, pictures, reduction="sum")
    return summed / (2 * len(pictures))


def squares(error: Tensor) -> Tensor:
    """Sum of squares over a picture, mean over the batch."""
    return error.square().sum((1, 2, 3)).mean()


def contours(error: Tensor) -> Tensor:
    """The same for the differences of neighbouring pixels, across and down."""
    return squares(error[..., 1:] - error[..., :-1]) + squares(error[..., 1:, :] - error[..., :-1, :])
