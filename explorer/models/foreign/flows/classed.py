"""The family of flows of others that model pictures of a class: steps that do not know it, then steps that do.

Hyper-parameters: those of `pictures`, and::

    "told": [steps]    from what "steps" make to the noise; each is given the class as one 1 among zeros
    "classes": how many; they stand behind the noise in a latent

A picture comes without its class: it is encoded with the one under which it is the most probable, and its likelihood
is the mean of those under each.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.config import LARGEST_DIM, Config
from explorer.models.fields import Fields
from explorer.models.foreign.flows.pictures import ChainNet, PictureFlow, scaled
from explorer.models.foreign.flows.steps import Chain, chained
from explorer.models.network import described


class ClassNet(ChainNet):
    """Pictures (n, c, h, w) to latents (n, d + classes), and back."""

    def __init__(self, chain: Chain, coarse: tuple[int, ...], told: Chain, classes: int) -> None:
        super().__init__(chain, coarse)
        self.told, self.classes = told, classes

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Latents with the most probable class, and log|det J| (n,)."""
        noise, density = self.of_each(seen)
        best = density.argmax(0)
        rows = torch.arange(len(best), device=best.device)
        chosen = noise[best, rows]
        normal = -0.5 * chosen.square().sum(1) - 0.5 * chosen.shape[1] * math.log(2 * math.pi)
        one_hot = nn.functional.one_hot(best, self.classes).to(chosen.dtype)
        return torch.cat([chosen, one_hot], 1), density[best, rows] - normal

    def of_each(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """The noise (classes, n, d) of pictures under each class, and the log of their density under it."""
        made, volume = self.chain(seen)
        every = torch.eye(self.classes, dtype=made.dtype, device=made.device)
        pairs = [self.told(made, one.expand(len(made), -1)) for one in every]
        noise = torch.stack([one.flatten(1) for one, _change in pairs])
        change = torch.stack([change for _one, change in pairs])
        normal = -0.5 * noise.square().sum(2) - 0.5 * noise.shape[2] * math.log(2 * math.pi)
        return noise, normal + change + volume

    def inverse(self, latents: Tensor) -> Tensor:
        noise, one_hot = latents[:, : -self.classes], latents[:, -self.classes :]
        made, _volume = self.told.inverse(noise.reshape(-1, *self.coarse), one_hot)
        return self.chain.inverse(made)[0]


class ClassFlow(PictureFlow):
    """A `LatentModel` of pictures of a class, with `encode` and `log_prob`."""

    def _log_density(self, values: Tensor) -> Tensor:
        seen, volume = self.scaling.into(values)
        _noise, density = cast(ClassNet, self.net).of_each(seen)
        return density.logsumexp(0) - math.log(len(density)) + volume


def build(config: Config) -> ClassFlow:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    classes = raw.integer("classes", 1, LARGEST_DIM)
    chain, made = scaled(raw, card.image_shape)
    told, coarse = chained(raw, made, classes, "told")
    if len(card.spaces) != 1 or math.prod(coarse) + classes != card.default_space.dim:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "A flow has a number a pixel.")
    net = ClassNet(chain, coarse, told, classes)
    return ClassFlow(described(card, net), config.hyperparameters, net)
