"""What the style-based generators share: z and a class to w, and the spaces z, w+ and w around a synthesis network.

Karras et al. 2019 and after. Gains, learning rates and the square root of 2 of their activations are folded into the
weights when a file is read, so nothing is scaled here that need not be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.base import Part, Space
from explorer.models.config import LARGEST_DIM, Config
from explorer.models.fields import Fields
from explorer.models.gan import FromW, FromZ, GanModel, GanNet
from explorer.models.network import described

SLOPE = 0.2  # of the leaky ReLU
GAIN = math.sqrt(2)  # which the authors put behind it
EPS = 1e-8
LAYERS = "w+"  # the space of one w a layer
WIDEST = 4096


class StyleMapping(nn.Module):
    """z, and a class as one 1 among zeros behind it, (n, z + classes), to w (n, d). Only the direction of z matters."""

    def __init__(self, z_dim: int, classes: int, embedding: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.z_dim, self.classes = z_dim, classes
        if classes:
            self.embed = nn.Linear(classes, embedding)
        inputs = z_dim + (embedding if classes else 0)
        self.layers = nn.ModuleList(nn.Linear(low, high) for low, high in pairwise([inputs, *widths]))

    def forward(self, z: Tensor) -> Tensor:
        features = to_unit(z[:, : self.z_dim])
        if self.classes:
            features = torch.cat([features, to_unit(self.embed(z[:, self.z_dim :]))], 1)
        for layer in self.layers:
            features = functional.leaky_relu(layer(features), SLOPE)
        return features


def to_unit(features: Tensor) -> Tensor:
    """Rows of root mean square 1."""
    return features * torch.rsqrt(features.square().mean(1, keepdim=True) + EPS)


class Style(nn.Module):
    """How w steers a convolution: a scale of each channel before it, and one after it that undoes the growth.

    Instead of a kernel for each picture, as the formula has it, the features are scaled: the same numbers (but for
    rounding), in one convolution for the whole batch. `power` (out, in): sums of the squared kernels.
    """

    power: Tensor

    def __init__(self, w_dim: int, width_in: int, width_out: int) -> None:
        super().__init__()
        self.affine = nn.Linear(w_dim, width_in)
        if not self.affine.weight.is_meta:
            nn.init.normal_(self.affine.weight, std=0.5 / w_dim**0.5)
            nn.init.ones_(self.affine.bias)
        self.register_buffer("power", torch.full((width_out, width_in), 1 / width_in))

    def forward(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """Scales (n, in, 1, 1) and (n, out, 1, 1)."""
        scale = self.affine(w)
        size = torch.rsqrt(functional.linear(scale.square(), self.power) + EPS)
        return scale[:, :, None, None], size[:, :, None, None]


class FromLayers(FromW):
    """w+ (n, layers * d) to pictures."""

    def __init__(self, synthesis: nn.Module, w_dim: int) -> None:
        super().__init__(synthesis)
        self.w_dim = w_dim

    def forward(self, w: Tensor) -> Tensor:
        return super().forward(w.reshape(-1, w.shape[1] // self.w_dim, self.w_dim))


def each(w: Tensor, layers: int) -> Sequence[Tensor]:
    """The w of each layer, of one for all (n, d) or of (n, layers, d)."""
    return [w] * layers if w.dim() == 2 else w.unbind(1)


class StyleModel(GanModel):
    """A `LatentModel` with three spaces: z (and a class), w+ with a w for each layer, and w, where one edits.

    Truncation holds for all three, and for each layer of w+ by itself.
    """

    def _generator(self, space: str) -> nn.Module:
        if space == LAYERS:
            return FromLayers(self._gan.synthesis, len(self._gan.w_mean))
        return FromZ(self._gan) if space == "z" else FromW(self._gan.synthesis)

    def _redirect(self, latents: Tensor, space: str, truncation: float) -> tuple[Tensor, str]:
        if space != LAYERS or truncation == 1:
            return super()._redirect(latents, space, truncation)
        mean = self._gan.w_mean.repeat(latents.shape[1] // len(self._gan.w_mean))
        return mean + truncation * (latents - mean), space

    def _sampled(self, latents: Tensor, space: str) -> Tensor:
        w = super()._sampled(latents, space)
        return w.repeat(1, self.card.space(LAYERS).dim // w.shape[1]) if space == LAYERS else w


def spaces(z_dim: int, classes: int, w_dim: int, layers: Sequence[str]) -> tuple[Space, ...]:
    """z, w+ with one part for each named layer, and w."""
    parts = (Part("z", z_dim, "normal"), Part("class", classes, "one-hot")) if classes else ()
    told = "standard normal; only the direction matters" + (f"; and one of {classes} classes" if classes else "")
    mapped = tuple(Part(name, w_dim, "mapped") for name in layers)
    return (
        Space("z", z_dim + classes, (z_dim + classes,), told, parts),
        Space(LAYERS, len(layers) * w_dim, (len(layers), w_dim), "one w for each layer: samples have it equal", mapped),
        Space("w", w_dim, (w_dim,), "what the mapping network makes of z"),
    )


class Plan:
    """The hyper-parameters that all of them have, checked: 'z_dim', 'classes', 'embedding', 'mapping' (widths)."""

    def __init__(self, config: Config) -> None:
        self.card = config.card
        self.fields = Fields(config.hyperparameters, f"{config.card.name}, 'hyperparameters'")
        self.z_dim = self.fields.integer("z_dim", 1, LARGEST_DIM)
        self.classes = self.fields.integer("classes", 0, LARGEST_DIM)
        self.embedding = self.fields.integer("embedding", 1, WIDEST)
        self.widths = self.fields.integers("mapping", 1, WIDEST)

    @property
    def w_dim(self) -> int:
        return self.widths[-1]

    def mapping(self) -> StyleMapping:
        return StyleMapping(self.z_dim, self.classes, self.embedding, self.widths)

    def model(self, hyper: Mapping[str, object], synthesis: nn.Module, layers: int, side: int) -> StyleModel:
        """The model around a synthesis network. Raises CheckpointError where the card says otherwise."""
        dims = [("z", self.z_dim + self.classes), (LAYERS, layers * self.w_dim), ("w", self.w_dim)]
        if [(space.name, space.dim) for space in self.card.spaces] != dims:
            raise CheckpointError(f"{self.fields.where}: the spaces do not fit.", "The file is damaged.")
        if self.card.image_shape[:2] != (side, side):
            raise CheckpointError(f"{self.fields.where}: pictures of {side} x {side}.", "Its config.json says another.")
        net = GanNet(self.mapping(), synthesis, self.w_dim)
        return StyleModel(described(self.card, net), hyper, net)


def mean_w(plan: Plan, weights: Mapping[str, Tensor], z: Tensor) -> Tensor:
    """The mean of w, (d,), over latents of z (n, z + classes), by a mapping network with these weights."""
    mapping = plan.mapping()
    mapping.load_state_dict(dict(weights))
    with torch.inference_mode():
        return cast(Tensor, mapping(z).mean(0)).clone()
