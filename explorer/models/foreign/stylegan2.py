"""The generator of StyleGAN2 (Karras et al. 2020): modulated convolutions from 4 x 4 upwards, pictures summed or last.

A family of ours, in plain torch. Hyper-parameters: those of `style.Plan`; `widths`, channels from the smallest size
upwards; `layout`: 'skip', 'resnet' or 'orig' as the authors call them; `taps` of the filter between sizes; `clamp` of
all features (0: none). Noise is the constant one that the file holds: a latent says all of its picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.foreign.style import GAIN, SLOPE, WIDEST, Plan, Style, StyleModel, each

Layout = Literal["skip", "resnet", "orig"]
LAYOUTS: tuple[Layout, ...] = ("skip", "resnet", "orig")
HALF = math.sqrt(0.5)  # of each branch of a residual block


class Sizes:
    """What all blocks have in common."""

    def __init__(self, plan: Plan) -> None:
        fields = plan.fields
        self.widths = fields.integers("widths", 1, WIDEST)
        self.layout = fields.choice("layout", LAYOUTS)
        self.taps = fields.integer("taps", 2, 16)
        self.clamp = fields.number("clamp", 0, 1e6)
        self.channels = plan.card.image_shape[2]


class Smooth(nn.Module):
    """Filters each channel by itself, after a transposed convolution of 3 x 3: from 2 n + 1 to 2 n pixels."""

    kernel: Tensor

    def __init__(self, width: int, taps: int) -> None:
        super().__init__()
        before, after = (taps + 1) // 2 - 1, (taps - 2) // 2
        self.around = (before, after, before, after)
        self.register_buffer("kernel", torch.full((width, 1, taps, taps), 4 / taps**2))

    def forward(self, features: Tensor) -> Tensor:
        return functional.conv2d(functional.pad(features, self.around), self.kernel, groups=len(self.kernel))


class Grow(nn.Module):
    """Twice the size: zeros between the pixels, then the filter. As one transposed convolution of each channel."""

    kernel: Tensor

    def __init__(self, width: int, taps: int) -> None:
        super().__init__()
        self.first = taps - 1 - (taps + 1) // 2
        self.register_buffer("kernel", torch.full((width, 1, taps, taps), 4 / taps**2))

    def forward(self, features: Tensor) -> Tensor:
        height, width = 2 * features.shape[2], 2 * features.shape[3]
        whole = functional.conv_transpose2d(features, self.kernel, stride=2, groups=len(self.kernel))
        return whole[:, :, self.first : self.first + height, self.first : self.first + width]


class Layer(nn.Module):
    """A modulated convolution, with `grow` to twice the size; noise, bias and activation. Gains are in the weights."""

    noise: Tensor

    def __init__(
        self, w_dim: int, width_in: int, width_out: int, side: int, plan: Sizes, *, grow: bool, gain: float
    ) -> None:
        super().__init__()
        self.gain, self.clamp = gain, plan.clamp * gain / GAIN
        self.style = Style(w_dim, width_in, width_out)
        ways = (width_in, width_out) if grow else (width_out, width_in)
        self.weight = nn.Parameter(torch.empty(*ways, 3, 3))
        if not self.weight.is_meta:
            nn.init.normal_(self.weight, std=(9 * width_in) ** -0.5)
        self.register_buffer("noise", torch.zeros(1, side, side))
        self.bias = nn.Parameter(torch.zeros(width_out))
        self.smooth = Smooth(width_out, plan.taps) if grow else None

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        scale, size = self.style(w)
        features = features * scale
        if self.smooth is None:
            features = functional.conv2d(features, self.weight, padding=1)
        else:
            features = self.smooth(functional.conv_transpose2d(features, self.weight, stride=2))
        features = features * (size * self.gain) + self.noise + self.bias[:, None, None]
        features = functional.leaky_relu(features, SLOPE)
        return features.clamp(-self.clamp, self.clamp) if self.clamp else features


class Paint(nn.Module):
    """Features to colours: a convolution of one pixel, scaled by w and not scaled back."""

    def __init__(self, w_dim: int, width: int, channels: int, clamp: float) -> None:
        super().__init__()
        self.clamp = clamp
        self.affine = nn.Linear(w_dim, width)
        self.conv = nn.Conv2d(width, channels, 1)

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        colours: Tensor = self.conv(features * self.affine(w)[:, :, None, None])
        return colours.clamp(-self.clamp, self.clamp) if self.clamp else colours


class Block(nn.Module):
    """One size: one layer (the first size) or two, and colours where the layout has them."""

    def __init__(self, w_dim: int, widths: tuple[int, int], side: int, plan: Sizes, *, paints: bool) -> None:
        super().__init__()
        before, width = widths
        residual = plan.layout == "resnet" and before > 0
        self.layers = nn.ModuleList()
        if before:
            self.layers.append(Layer(w_dim, before, width, side, plan, grow=True, gain=GAIN))
        self.layers.append(Layer(w_dim, width, width, side, plan, grow=False, gain=GAIN * HALF if residual else GAIN))
        narrow = nn.Conv2d(before, width, 1, bias=False) if residual else nn.Identity()
        self.around = nn.Sequential(narrow, Grow(width, plan.taps)) if residual else None
        self.grow = Grow(plan.channels, plan.taps) if before and plan.layout == "skip" else None
        self.paint = Paint(w_dim, width, plan.channels, plan.clamp) if paints else None

    def forward(self, before: Tensor, picture: Tensor | None, ws: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
        """The next features and picture. `ws`: of each layer, and of the colours."""
        features = before
        for layer, w in zip(self.layers, ws, strict=False):
            features = layer(features, w)
        if self.around is not None:
            features = features + self.around(before)
        if picture is not None and self.grow is not None:
            picture = self.grow(picture)
        if self.paint is not None:
            colours = self.paint(features, ws[len(self.layers)])
            picture = colours if picture is None else picture + colours
        return features, picture


class Synthesis(nn.Module):
    """w of each layer, (n, d) for all or (n, layers, d), to pictures (n, channels, side, side), about -1..1."""

    def __init__(self, w_dim: int, sizes: Sizes) -> None:
        super().__init__()
        widths, last = sizes.widths, len(sizes.widths) - 1
        self.start = nn.Parameter(torch.empty(widths[0], 4, 4))
        if not self.start.is_meta:
            nn.init.normal_(self.start)
        self.blocks = nn.ModuleList(
            Block(
                w_dim,
                (widths[level - 1] if level else 0, width),
                4 * 2**level,
                sizes,
                paints=sizes.layout == "skip" or level == last,
            )
            for level, width in enumerate(widths)
        )
        self.layers = 2 * len(widths)

    def forward(self, w: Tensor) -> Tensor:
        ws, used = each(w, self.layers), 0
        features: Tensor = self.start.expand(w.shape[0], -1, -1, -1)
        picture: Tensor | None = None
        for block in self.blocks:
            features, picture = block(features, picture, ws[used:])
            used += len(block.layers)  # type: ignore[arg-type]  # the colours share the w of the next size's first layer
        assert picture is not None
        return picture


def layer_names(levels: int) -> list[str]:
    """What the layers of w+ are called: '4 x 4', '8 x 8 up', '8 x 8', ..., and the last colours."""
    names = ["4 x 4"]
    for level in range(1, levels):
        side = 4 * 2**level
        names += [f"{side} x {side} up", f"{side} x {side}"]
    return [*names, "colours"]


def build(config: Config) -> StyleModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    plan = Plan(config)
    sizes = Sizes(plan)
    if len(sizes.widths) > 10:
        raise CheckpointError(f"{plan.fields.where}: {len(sizes.widths)} sizes.", "At most ten are known.")
    synthesis = Synthesis(plan.w_dim, sizes)
    return plan.model(config.hyperparameters, synthesis, synthesis.layers, 4 * 2 ** (len(sizes.widths) - 1))
