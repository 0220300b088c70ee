"""The GAN family: a mapping network from z to w, and a generator steered by w. No encoder, no density."""

from __future__ import annotations

from collections import abc
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.latents.arrays import Latents
from explorer.models.adversarial import Generator, Mapping
from explorer.models.base import Card, Space
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.network import NetworkModel, batches, checked_latents, described

Hyperparameters = abc.Mapping[str, object]


class GanNet(nn.Module):
    """Both networks and the mean of w, which truncation pulls towards."""

    w_mean: Tensor

    def __init__(self, mapping: nn.Module, synthesis: nn.Module, w_dim: int) -> None:
        super().__init__()
        self.mapping = mapping
        self.synthesis = synthesis
        self.register_buffer("w_mean", torch.zeros(w_dim))


class FromW(nn.Module):
    """w (n, d) to pictures (n, channels, height, width), about 0..1."""

    def __init__(self, synthesis: nn.Module) -> None:
        super().__init__()
        self.synthesis = synthesis

    def forward(self, w: Tensor) -> Tensor:
        pictures: Tensor = self.synthesis(w)
        return (pictures + 1) / 2


class FromZ(FromW):
    """z (n, d) to pictures, by way of w."""

    def __init__(self, net: GanNet) -> None:
        super().__init__(net.synthesis)
        self.mapping = net.mapping

    def forward(self, z: Tensor) -> Tensor:
        return super().forward(self.mapping(z))


class GanModel(NetworkModel):
    """A `LatentModel` that can `map` z to w.

    Spaces: z, of prior N(0, I), of which only the direction matters; and w, where one edits.

    Truncation scales the distance from the mean of w: w' = m + t (w - m) (Karras et al. 2019, section B); it holds
    for latents of both spaces.
    """

    def map(self, latents: Latents) -> Latents:
        """w of z, float32 (n, d_w)."""
        checked = checked_latents(latents, self.card.space("z"))
        w = np.empty((len(checked), self.card.space("w").dim), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked), 1024):
                w[part] = self._gan.mapping(self._tensor(checked[part])).cpu().numpy()
        return w

    @property
    def synthesis(self) -> Generator:
        """w (n, d) to pictures (n, channels, height, width) in -1..1."""
        return cast(Generator, self._gan.synthesis)

    @property
    def w_mean(self) -> Latents:
        """The mean of w over the prior, float32 (d_w,): the picture at truncation 0."""
        return cast(Latents, self._gan.w_mean.cpu().numpy())

    @property
    def _gan(self) -> GanNet:
        return cast(GanNet, self.net)

    def _generator(self, space: str) -> nn.Module:
        return FromZ(self._gan) if space == "z" else FromW(self._gan.synthesis)

    def _redirect(self, latents: Tensor, space: str, truncation: float) -> tuple[Tensor, str]:
        if truncation == 1:
            return latents, space
        w = self._gan.mapping(latents) if space == "z" else latents
        return self._gan.w_mean + truncation * (w - self._gan.w_mean), "w"

    def _sampled(self, latents: Tensor, space: str) -> Tensor:  # noqa: ARG002
        w: Tensor = self._gan.mapping(latents)
        return w


def build(config: Config) -> GanModel:
    """The model of a `config.json`, with weights at random. Raises CheckpointError."""
    fields = Fields(config.hyperparameters, f"{config.card.name}, 'hyperparameters'")
    height, width, channels = config.card.image_shape
    dim = fields.integer("latent_dim", 1, 65_536)
    if [(space.name, space.dim) for space in config.card.spaces] != [("z", dim), ("w", dim)]:
        raise CheckpointError(f"{fields.where}: 'latent_dim' does not fit the spaces.", "The file is damaged.")
    widths = fields.integers("widths", 1, 1024)
    depths = fields.integers("depths", 1, 8, len(widths) - 1)
    if not height == width == 4 * 2 ** (len(widths) - 1):
        raise CheckpointError(f"{fields.where}: 'widths' do not fit {height} x {width} pixels.", "The file is damaged.")
    mapping = Mapping(dim, fields.integer("mapping_width", 1, 4096))
    net = GanNet(mapping, Generator(channels, dim, widths, depths), dim)
    return GanModel(described(config.card, net), config.hyperparameters, net)


def new_card(name: str, hyperparameters: Hyperparameters, image_shape: tuple[int, int, int]) -> Card:
    """The card of a model that is to be trained; z and w have `latent_dim` numbers each."""
    dim = Fields(hyperparameters, "The hyper-parameters").integer("latent_dim", 1, 65_536)
    return Card(
        name=name,
        family="gan",
        architecture=f"GAN with a mapping network, {dim} numbers in z and in w, styles by scale and shift",
        parameters=0,
        spaces=(
            Space("z", dim, (dim,), "standard normal; only the direction matters"),
            Space("w", dim, (dim,), "what the mapping network makes of z"),
        ),
        image_shape=image_shape,
        image_range=(-1.0, 1.0),
        trained_on="",
        licence="",
        likelihood="none",
    )
