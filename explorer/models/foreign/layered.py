"""The family of networks described layer by layer: a decoder, and an encoder where the checkpoint has one.

Hyper-parameters::

    "decoder": [layers]      from a latent, of the space's own shape, to the picture (see `layers`)
    "encoder": [layers]?     from a picture to the numbers of the posterior
    "posterior": how these are laid out: "mean" alone; "halves": means, then log variances; "interleaved": mean and log
                 variance of each dimension next to each other; "joint": means, probabilities of the classes, then the
                 log variances of the means (Dupont 2018)
    "input_range": [lo, hi]? of the encoder's pictures, where it is another than that of the decoder's
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.latents.arrays import Images
from explorer.models.base import Card, Posterior
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.layers import Shape, stacked
from explorer.models.network import NetworkModel, batches, checked_images, described

Layout = Literal["mean", "halves", "interleaved", "joint"]
LAYOUTS: tuple[Layout, ...] = ("mean", "halves", "interleaved", "joint")
LOG_VARIANCE = (-30.0, 20.0)  # beyond it is a numerical accident
NARROW = -12.0  # log variance of what has none: a class


class LayeredNet(nn.Module):
    """Decoder, and encoder or nothing."""

    def __init__(self, decoder: nn.Module, encoder: nn.Module | None) -> None:
        super().__init__()
        self.decoder = decoder
        if encoder is not None:
            self.encoder = encoder


class Ranged(nn.Module):
    """Latents (n, d) in the decoder's own shape, and its pictures from lo..hi to 0..1."""

    def __init__(self, decoder: nn.Module, shape: Shape, values: tuple[float, float]) -> None:
        super().__init__()
        self.decoder, self.shape = decoder, shape
        self.low, self.span = values[0], values[1] - values[0]

    def forward(self, latents: Tensor) -> Tensor:
        pictures: Tensor = self.decoder(latents.reshape(-1, *self.shape))
        return (pictures - self.low) / self.span


class LayeredModel(NetworkModel):
    """A `LatentModel` whose decoder is a list of layers."""

    def _generator(self, space: str) -> nn.Module:  # noqa: ARG002
        return Ranged(cast(nn.Module, self.net.decoder), self.card.default_space.shape, self.card.image_range)


class LayeredAutoencoder(LayeredModel):
    """The same with an encoder."""

    def encode(self, images: Images) -> Posterior:
        """Mean and log variance, float32 (n, d), of pictures; no log variance for a plain autoencoder.

        A class comes out as the most probable one. Raises InputError.
        """
        checked = checked_images(images, self.card.image_shape)
        raw = Fields(self.hyperparameters, "The hyper-parameters")
        low, high = _input_range(raw, self.card)
        parts = []
        with torch.inference_mode():
            for part in batches(len(checked)):
                pictures = self._pictures(checked[part]) * (high - low) + low
                parts.append(self.net.encoder(pictures).flatten(1).float().cpu())  # type: ignore[operator]
        if not parts:
            empty = np.empty((0, self.card.default_space.dim), np.float32)
            return Posterior(empty, empty)
        return self._posterior(torch.cat(parts), raw.choice("posterior", LAYOUTS))

    def _posterior(self, said: Tensor, layout: Layout) -> Posterior:
        space = self.card.default_space
        if layout == "mean":
            return Posterior(said.numpy(), None)
        if layout == "interleaved":
            mean, log_variance = said.reshape(len(said), -1, 2).unbind(2)
        else:
            mean, log_variance = said[:, : space.dim], said[:, space.dim :]
        if layout == "joint":
            mean, log_variance = _with_classes(mean, log_variance, [choice.where for choice in space.choices])
        return Posterior(
            np.ascontiguousarray(mean.numpy()), np.ascontiguousarray(log_variance.clamp(*LOG_VARIANCE).numpy())
        )


def _with_classes(mean: Tensor, log_variance: Tensor, classes: Sequence[slice]) -> tuple[Tensor, Tensor]:
    """Probabilities of classes (n, d) made one 1 among zeros each; `log_variance` of the other numbers (n, d - classes)
    with a narrow posterior of the classes between them."""
    chosen, whole = mean.clone(), torch.full_like(mean, NARROW)
    others = torch.ones(mean.shape[1], dtype=torch.bool)
    for where in classes:
        chosen[:, where] = nn.functional.one_hot(mean[:, where].argmax(1), where.stop - where.start).float()
        others[where] = False
    whole[:, others] = log_variance
    return chosen, whole


def build(config: Config) -> LayeredModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    if len(card.spaces) != 1 or card.image_range[0] >= card.image_range[1]:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "It needs one space and a range.")
    height, width, channels = card.image_shape
    if not list(raw.inners("decoder", 1, 512)):
        raise CheckpointError(f"{raw.where}: no decoder.", "The file is damaged.")
    decoder, made = stacked(raw, "decoder", card.default_space.shape)
    if made != (channels, height, width):
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", f"Its decoder makes {made}.")
    if "encoder" not in config.hyperparameters:
        net = LayeredNet(decoder, None)
        return LayeredModel(described(card, net), config.hyperparameters, net)
    net = LayeredNet(decoder, _encoder(raw, card))
    return LayeredAutoencoder(described(card, net), config.hyperparameters, net)


def _encoder(raw: Fields, card: Card) -> nn.Module:
    list(raw.inners("encoder", 1, 512))
    height, width, channels = card.image_shape
    encoder, made = stacked(raw, "encoder", (channels, height, width))
    check_posterior(raw, card, math.prod(made), raw.choice("posterior", LAYOUTS))
    return encoder


def check_posterior(raw: Fields, card: Card, numbers: int, layout: Layout) -> None:
    """Raises CheckpointError unless an encoder that makes so many numbers fits the latents, laid out that way."""
    _input_range(raw, card)
    dim = card.default_space.dim
    classes = sum(len(choice.classes) for choice in card.default_space.choices)
    wanted = {"mean": dim, "joint": 2 * dim - classes}.get(layout, 2 * dim)
    if numbers != wanted:
        raise CheckpointError(
            f"{raw.where}: the encoder makes {numbers} numbers for {dim} latents.", "Its sizes disagree."
        )


def _input_range(raw: Fields, card: Card) -> tuple[float, float]:
    if "input_range" not in raw.everything():
        return card.image_range
    low, high = raw.numbers("input_range", 2)
    if low >= high:
        raise CheckpointError(f"{raw.where}: 'input_range' is empty.", "Write the smaller number first.")
    return low, high
