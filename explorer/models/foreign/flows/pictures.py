"""The family of flows of others that model pictures: a chain of steps, and how the network sees a picture.

Hyper-parameters::

    "steps": [steps]         from what the network sees, (channels, height, width), to the latent (see `steps`)
    "logits": 1 or 0         whether it sees log(p / (1 - p)) of p = low + (high - low) v, or p itself; v in 0..1
    "low", "high"            where black and white are
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.flow import BINS, FlowModel, Scaling
from explorer.models.foreign.flows.steps import Chain, chained
from explorer.models.network import described

EDGE = 1e-6  # of logits: how far p keeps from 0 and 1 where the authors let it touch them


@dataclass(frozen=True)
class Range:
    """Pictures from low to high, or the logits of them. A bin's middle is the grey level that it is rounded to."""

    low: float
    high: float
    logits: bool

    def into(self, values: Tensor) -> tuple[Tensor, Tensor]:
        p = self.low + (self.high - self.low) / BINS * values
        volume = values.new_full((len(values),), values[0].numel() * math.log((self.high - self.low) / BINS))
        if not self.logits:
            return p, volume
        p = p.clamp(EDGE, 1 - EDGE)
        log_p, log_rest = torch.log(p), torch.log1p(-p)
        return log_p - log_rest, volume - (log_p + log_rest).sum((1, 2, 3))

    def picture(self, seen: Tensor) -> Tensor:
        p = torch.sigmoid(seen) if self.logits else seen
        return (p - self.low) / (self.high - self.low)


class ChainNet(nn.Module):
    """Pictures (n, c, h, w) to latents (n, d) with log|det J|, and back."""

    def __init__(self, chain: Chain, coarse: tuple[int, ...]) -> None:
        super().__init__()
        self.chain, self.coarse = chain, coarse

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        z, volume = self.chain(seen)
        return z.flatten(1), volume

    def inverse(self, latents: Tensor) -> Tensor:
        return self.chain.inverse(latents.reshape(-1, *self.coarse))[0]


class PictureFlow(FlowModel):
    """A `LatentModel` made of steps, with `encode` and `log_prob`."""

    @property
    def scaling(self) -> Scaling:
        said = self.hyperparameters
        low, high = (float(cast(float, said[name])) for name in ("low", "high"))
        return Range(low, high, bool(said["logits"]))

    def ready(self) -> None:
        super().ready()
        check_orders(self.net)


def check_orders(net: nn.Module) -> None:
    """Raises CheckpointError where what should be an order of channels is none."""
    for name, order in net.named_buffers():
        named = name.endswith((".order", ".back")) and order.dim() == 1
        if named and not torch.equal(order.sort().values.cpu(), torch.arange(len(order))):
            raise CheckpointError(f"'{name}' is no order of {len(order)} channels.", "The file is damaged.")


def scaled(raw: Fields, image_shape: tuple[int, int, int]) -> tuple[Chain, tuple[int, ...]]:
    """The steps over pictures in a range that makes sense, and the shape that they make. Raises CheckpointError."""
    height, width, channels = image_shape
    low, high = raw.number("low", -1e6, 1e6), raw.number("high", -1e6, 1e6)
    inside = low >= 0 and high <= 1
    if low >= high or (raw.integer("logits", 0, 1) and not inside):
        raise CheckpointError(f"{raw.where}: 'low' and 'high' are no range.", "The file is damaged.")
    return chained(raw, (channels, height, width), 0)


def build(config: Config) -> PictureFlow:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    chain, coarse = scaled(raw, card.image_shape)
    if len(card.spaces) != 1 or math.prod(coarse) != card.default_space.dim:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "A flow has a number a pixel.")
    net = ChainNet(chain, coarse)
    return PictureFlow(described(card, net), config.hyperparameters, net)
