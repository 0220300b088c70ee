"""The family of flows of others that model two numbers: the picture is a plot of a point, over the density.

Hyper-parameters::

    "steps": [steps]         from a point to its noise (see `steps`)
    "given": how many numbers the flow is told beside; they stand behind the noise in a latent
    "centre": [x, y], "reach": half of the side of the square that is shown
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.flows.pictures import check_orders
from explorer.models.foreign.flows.steps import Chain, chained
from explorer.models.network import NetworkModel, described

SIDE = 96  # pixels of the plot
CELLS = 48  # of the density, on each side
DOT = 2.2  # pixels, the radius of the point
PAPER, INK, MARK = (1.0, 1.0, 1.0), (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)  # white; Okabe & Ito's blue and vermilion


class PointNet(nn.Module):
    """Points (n, 2) to noise (n, 2) with log|det J|, and back."""

    def __init__(self, chain: Chain) -> None:
        super().__init__()
        self.chain = chain


class Plot(nn.Module):
    """Latents (n, 2 + given) to plots (n, 3, SIDE, SIDE): y upwards, the density by its square root."""

    corners: Tensor
    pixels: Tensor
    colours: Tensor
    drawn: Tensor | None

    def __init__(self, chain: Chain, centre: tuple[float, float], reach: float) -> None:
        super().__init__()
        self.chain, self.reach = chain, reach
        middle = torch.tensor(centre)
        self.register_buffer("corners", _grid(CELLS) * reach + middle)
        self.register_buffer("pixels", _grid(SIDE) * reach + middle)
        self.register_buffer("colours", torch.tensor((PAPER, INK, MARK)))
        self.register_buffer("drawn", None)

    def draw(self) -> None:
        """Once for all latents, where nothing is given: the density does not depend on them."""
        with torch.no_grad():
            self.drawn = self._tone(torch.zeros(1, 2, device=self.corners.device))

    def forward(self, latents: Tensor) -> Tensor:
        noise, given = latents[:, :2], latents[:, 2:] if latents.shape[1] > 2 else None
        point, _ = self.chain.inverse(noise, given)
        tone = self._tone(latents) if self.drawn is None else self.drawn
        far = (self.pixels[None] - point[:, None]).square().sum(2) / (2 * self.reach / SIDE * DOT) ** 2
        dot = torch.sigmoid(6 * (1 - far)).reshape(-1, 1, SIDE, SIDE)
        paper, ink, mark = self.colours[:, None, :, None, None]
        under = paper + (ink - paper) * tone
        plot: Tensor = under + (mark - under) * dot
        return plot

    def _tone(self, latents: Tensor) -> Tensor:
        """0..1, (n, 1, SIDE, SIDE)."""
        count = len(self.corners)
        points = self.corners.repeat(latents.shape[0], 1)
        given = latents[:, 2:].repeat_interleave(count, 0) if latents.shape[1] > 2 else None
        noise, volume = self.chain(points, given)
        density = torch.exp((volume - 0.5 * noise.square().sum(1)).clamp(-80, 80)).reshape(-1, 1, CELLS, CELLS)
        tone = torch.sqrt(density / density.amax((2, 3), keepdim=True).clamp(min=1e-30))
        return functional.interpolate(tone, (SIDE, SIDE), mode="bilinear")


def _grid(side: int) -> Tensor:
    """The middles of side x side cells of the square -1..1, row after row from the top: (side^2, 2)."""
    places = (torch.arange(side) + 0.5) * 2 / side - 1
    up, across = torch.meshgrid(-places, places, indexing="ij")
    return torch.stack([across.flatten(), up.flatten()], 1)


class PointFlow(NetworkModel):
    """A `LatentModel` whose picture is a plot."""

    def ready(self) -> None:
        super().ready()
        check_orders(self.net)

    def _generator(self, space: str) -> nn.Module:  # noqa: ARG002
        raw = Fields(self.hyperparameters, "The hyper-parameters")
        across, up = raw.numbers("centre", 2)
        plot = Plot(cast(PointNet, self.net).chain, (across, up), raw.number("reach", 0, math.inf))
        plot.to(self.device)
        if not raw.integer("given", 0, 64):
            plot.draw()
        return plot


def build(config: Config) -> PointFlow:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    given = raw.integer("given", 0, 64)
    raw.numbers("centre", 2)
    raw.number("reach", 1e-9, 1e8)
    chain, made = chained(raw, (2,), given)
    if made != (2,) or len(card.spaces) != 1 or card.default_space.dim != 2 + given:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "A latent is a point's noise.")
    if card.image_shape != (SIDE, SIDE, 3):
        raise CheckpointError(
            f"config.json of '{card.name}' contradicts itself.", f"A plot has {SIDE} x {SIDE} pixels."
        )
    net = PointNet(chain)
    return PointFlow(described(card, net), config.hyperparameters, net)
