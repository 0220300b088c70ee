"""The flow family: an exact map between pictures and latents, and so an exact likelihood.

A picture x of whole numbers 0..255 stands for the cube of real pictures v with 256 v in [x, x + 1); one of them, the
middle, is what `encode` takes, so that decoding an encoded picture gives it back byte for byte. The network sees
logits, log(p / (1 - p)) of p = a + (1 - 2 a) v (Dinh et al. 2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.latents.arrays import Images
from explorer.models.base import Card, Part, Posterior, Space
from explorer.models.config import Config
from explorer.models.coupling import FlowNet
from explorer.models.fields import Fields
from explorer.models.network import NetworkModel, batches, checked_images, described

BINS = 256


def to_logits(values: Tensor, margin: float) -> tuple[Tensor, Tensor]:
    """Logits of values (n, c, h, w) in 0..BINS, and log|det| of that map (n,)."""
    p = margin + (1 - 2 * margin) / BINS * values
    rest = margin + (1 - 2 * margin) / BINS * (BINS - values)  # 1 - p, without its rounding error
    log_p, log_rest = torch.log(p), torch.log(rest)
    volume = -(log_p + log_rest).sum((1, 2, 3)) + values[0].numel() * math.log((1 - 2 * margin) / BINS)
    return log_p - log_rest, volume


def from_logits(logits: Tensor, margin: float) -> Tensor:
    """The way back, to 0..BINS and a little beyond."""
    return BINS / (1 - 2 * margin) * (torch.sigmoid(logits) - margin)


class Scaling(Protocol):
    """How a network sees pictures."""

    def into(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """What the network sees of values (n, c, h, w) in 0..BINS, and log|det| of that map (n,)."""
        ...

    def picture(self, seen: Tensor) -> Tensor:
        """The way back, to pictures (n, c, h, w) in 0..1: a pixel times 255, rounded, is the bin that it fell into."""
        ...


@dataclass(frozen=True)
class Logits:
    """The scaling of this family."""

    margin: float

    def into(self, values: Tensor) -> tuple[Tensor, Tensor]:
        return to_logits(values, self.margin)

    def picture(self, seen: Tensor) -> Tensor:
        return (from_logits(seen, self.margin) - 0.5) / (BINS - 1)


def log_density(net: FlowNet, values: Tensor, scaling: Scaling) -> tuple[Tensor, Tensor]:
    """Latents (n, d) of values (n, c, h, w) in 0..BINS, and log of their density (n,), in nats.

    As a bin is one unit wide, the density averaged over a picture's cube is the probability of the picture of 8 bits.
    """
    seen, volume = scaling.into(values)
    latents, change = net(seen)
    normal = -0.5 * latents.square().sum(1) - 0.5 * latents.shape[1] * math.log(2 * math.pi)
    return latents, normal + change + volume


class Painted(nn.Module):
    """Latents (n, d) to pictures (n, c, h, w), 0..1."""

    def __init__(self, net: FlowNet, scaling: Scaling) -> None:
        super().__init__()
        self.net = net
        self.scaling = scaling

    def forward(self, latents: Tensor) -> Tensor:
        return self.scaling.picture(self.net.inverse(latents))


class FlowModel(NetworkModel):
    """A `LatentModel` with `encode`, the exact inverse of `decode`, and `log_prob`."""

    DRAWS = 4

    def encode(self, images: Images) -> Posterior:
        """The latents of pictures; no log variance, as nothing is uncertain. Raises InputError."""
        checked = checked_images(images, self.card.image_shape)
        latents = np.empty((len(checked), self.card.default_space.dim), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked)):
                seen = self.scaling.into(self._values(checked[part]) + 0.5)[0]
                latents[part] = self._flow(seen)[0].cpu().numpy()
        return Posterior(latents, None)

    def log_prob(self, images: Images, *, seed: int = 0) -> NDArray[np.float32]:
        """log p(image) in nats of pictures of 8 bits, float32 (n,).

        The log of the mean density over `DRAWS` draws in the picture's cube: uniform dequantisation (Theis et al.
        2016); the same seed gives a picture the same draws wherever it stands.
        """
        checked = checked_images(images, self.card.image_shape)
        rng = np.random.default_rng(seed)
        draws = [rng.random((1, *self.card.image_shape), dtype=np.float32) for _ in range(self.DRAWS)]
        scores = np.empty(len(checked), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked)):
                values = self._values(checked[part])
                each = [self._log_density(values + self._values(draw)) for draw in draws]
                scores[part] = (torch.logsumexp(torch.stack(each), 0) - math.log(self.DRAWS)).cpu().numpy()
        return scores

    def _log_density(self, values: Tensor) -> Tensor:
        """Of values (n, c, h, w) in 0..BINS, in nats: (n,)."""
        return log_density(self._flow, values, self.scaling)[1]

    @property
    def _flow(self) -> FlowNet:
        return cast(FlowNet, self.net)

    @property
    def scaling(self) -> Scaling:
        """How the network sees pictures."""
        return Logits(self.margin)

    @property
    def margin(self) -> float:
        """How far logits keep from 0 and 1."""
        return float(cast(float, self.hyperparameters["margin"]))

    def _generator(self, space: str) -> nn.Module:  # noqa: ARG002
        return Painted(self._flow, self.scaling)

    def _values(self, images: NDArray[np.generic]) -> Tensor:
        """(n, channels, height, width), as they are, on the device."""
        return self._tensor(images.transpose(0, 3, 1, 2).astype(np.float32))


def build(config: Config) -> FlowModel:
    """The model of a `config.json`, with weights at random. Raises CheckpointError."""
    fields = Fields(config.hyperparameters, f"{config.card.name}, 'hyperparameters'")
    height, width, channels = config.card.image_shape
    if height != width or height % 4 or config.card.default_space.dim != height * width * channels:
        raise CheckpointError(
            f"{fields.where}: pictures of {height} x {width} do not fit a flow.", "The file is damaged."
        )
    steps, widths = fields.integers("steps", 0, 64, 3), fields.integers("widths", 1, 4096, 3)
    fields.number("margin", 0.0, 0.49)
    net = FlowNet(height, channels, steps, widths)
    return FlowModel(described(config.card, net), config.hyperparameters, net)


def new_card(name: str, image_shape: tuple[int, int, int]) -> Card:
    """The card of a model that is to be trained."""
    dim = math.prod(image_shape)
    return Card(
        name=name,
        family="flow",
        architecture="multi-scale flow of affine couplings, convolutions and dense layers in turn",
        parameters=0,
        spaces=(Space("z", dim, (dim,), "standard normal", scales(image_shape)),),
        image_shape=image_shape,
        image_range=(0.0, 1.0),
        trained_on="",
        licence="",
        likelihood="exact",
    )


def scales(image_shape: tuple[int, int, int]) -> tuple[Part, ...]:
    """The parts of a latent, as `FlowNet` puts them together: coarsest first."""
    height, width, channels = image_shape
    coarse = height // 4 * (width // 4) * 4 * channels
    finest = height // 2 * (width // 2) * 2 * channels
    sizes = (("coarse", coarse), ("middle", coarse), ("fine", finest))
    return tuple(Part(name, dim, "normal") for name, dim in sizes)
