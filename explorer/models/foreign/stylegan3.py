"""The generator of StyleGAN3 (Karras et al. 2021): waves steered by w, then layers that filter around their activation.

A family of ours, in plain torch. Hyper-parameters: those of `style.Plan`; `waves`: {size, rate, width} of what it
begins with, `bandwidth` of them; `layers`, each {out, size, kernel, up, down, up_taps, down_taps, radial}; `clamp` of
all features (0: none); `scale` of the last colours. The filters are in the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.config import LARGEST_SIDE, Config
from explorer.models.fields import Fields
from explorer.models.foreign.style import GAIN, SLOPE, WIDEST, Plan, Style, StyleModel, each

MOST_PIXELS = 2**17  # in one batch: between its layers the pictures are four times as large


@dataclass(frozen=True)
class Shape:
    """One layer: `out` channels of `size` pixels; factors and taps of its two filters. `radial`: the second in 2D."""

    out: int
    size: int
    kernel: int
    up: int
    down: int
    up_taps: int
    down_taps: int
    radial: int

    def padding(self, size_in: int) -> tuple[int, int]:
        """Pixels before and after the features between the filters, so that `size` comes out (their appendix C.3)."""
        total = (self.size - 1) * self.down + 1 - (size_in + self.kernel - 1) * self.up
        total += self.up_taps + self.down_taps - 2
        before = (total + self.up) // 2
        return before, total - before


class Waves(nn.Module):
    """Sines over the plane, turned and moved by w (n, d): features (n, width, size, size)."""

    frequencies: Tensor
    phases: Tensor
    transform: Tensor
    places: Tensor

    def __init__(self, w_dim: int, width: int, size: int, rate: float, bandwidth: float) -> None:
        super().__init__()
        self.size, self.bandwidth, self.spare = size, bandwidth, rate / 2 - bandwidth
        self.affine = nn.Linear(w_dim, 4)
        if not self.affine.weight.is_meta:
            nn.init.zeros_(self.affine.weight)
            self.affine.bias = nn.Parameter(torch.tensor([1.0, 0, 0, 0]))
        self.mix = nn.Linear(width, width, bias=False)
        self.register_buffer("frequencies", torch.rand(width, 2) * bandwidth)
        self.register_buffer("phases", torch.rand(width))
        self.register_buffer("transform", torch.eye(3))
        self.register_buffer("places", plane(size, rate))

    def forward(self, w: Tensor) -> Tensor:
        moved = self._motion(w) @ self.transform
        phases = self.phases + (self.frequencies @ moved[:, :, 2:]).squeeze(2)
        frequencies = self.frequencies @ moved[:, :, :2]
        heights = (1 - (frequencies.square().sum(2).sqrt() - self.bandwidth) / self.spare).clamp(0, 1)
        turns = self.places @ frequencies.transpose(1, 2) + phases[:, None]
        features = self.mix(torch.sin(turns * (2 * math.pi)) * heights[:, None])
        square: Tensor = features.transpose(1, 2).reshape(w.shape[0], -1, self.size, self.size)
        return square

    def _motion(self, w: Tensor) -> Tensor:
        """Rotation and translation of the picture, (n, 2, 3)."""
        said = self.affine(w)
        cosine, sine, x, y = (said / said[:, :2].square().sum(1, keepdim=True).sqrt()).unbind(1)
        rows = [cosine, -sine, sine * y - cosine * x, sine, cosine, -sine * x - cosine * y]
        return torch.stack(rows, 1).reshape(-1, 2, 3)


def plane(size: int, rate: float) -> Tensor:
    """x and y of each pixel, row after row, in units of the picture's side, (size * size, 2)."""
    line = (torch.arange(size) + 0.5 - size / 2) / rate
    return torch.stack([line.repeat(size), line.repeat_interleave(size)], 1)


class Layer(nn.Module):
    """Modulated convolution, bias; then up, leaky ReLU and down between filters. The last is linear: the colours."""

    up_taps: Tensor
    down_taps: Tensor

    def __init__(self, w_dim: int, width_in: int, size_in: int, shape: Shape, clamp: float, *, last: bool) -> None:
        super().__init__()
        self.shape, self.clamp, self.last = shape, clamp, last
        before, after = shape.padding(size_in)
        self.around = (before - shape.up_taps + 1, after - shape.up_taps + shape.up) * 2
        self.style = nn.Linear(w_dim, width_in) if last else Style(w_dim, width_in, shape.out)
        kernel = shape.kernel
        self.conv = nn.Conv2d(width_in, shape.out, kernel, padding=kernel - 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(shape.out))
        self.register_buffer("up_taps", torch.full((shape.up_taps,), shape.up / shape.up_taps))
        square = (shape.down_taps,) * (2 if shape.radial else 1)
        self.register_buffer("down_taps", torch.full(square, 1 / math.prod(square)))

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        if self.last:
            features = self.conv(features * self.style(w)[:, :, None, None]) + self.bias[:, None, None]
        else:
            scale, size = self.style(w)
            features = self.conv(features * scale) * (size * GAIN) + self.bias[:, None, None]
        features = functional.pad(self._raised(features), self.around)
        features = features if self.last else functional.leaky_relu(features, SLOPE)
        features = features.clamp(-self.clamp, self.clamp) if self.clamp else features
        return self._lowered(features)

    def _raised(self, features: Tensor) -> Tensor:
        """Zeros between the pixels and the filter, one direction after the other, its whole tail included."""
        if self.shape.up == self.shape.up_taps == 1:
            return features
        width, up = self.shape.out, self.shape.up
        column, row = self.up_taps.view(1, 1, -1, 1).repeat(width, 1, 1, 1), self.up_taps.repeat(width, 1, 1, 1)
        tall = functional.conv_transpose2d(features, column, stride=(up, 1), groups=width)
        return functional.conv_transpose2d(tall, row, stride=(1, up), groups=width)

    def _lowered(self, features: Tensor) -> Tensor:
        if self.shape.down == self.shape.down_taps == 1:
            return features
        width, down = self.shape.out, self.shape.down
        if self.shape.radial:
            return functional.conv2d(features, self.down_taps.repeat(width, 1, 1, 1), stride=down, groups=width)
        column, row = self.down_taps.view(1, 1, -1, 1).repeat(width, 1, 1, 1), self.down_taps.repeat(width, 1, 1, 1)
        low = functional.conv2d(features, column, stride=(down, 1), groups=width)
        return functional.conv2d(low, row, stride=(1, down), groups=width)


class Synthesis(nn.Module):
    """w of each layer, (n, d) for all or (n, layers, d), to pictures (n, channels, side, side), about -1..1."""

    def __init__(self, waves: Waves, layers: list[Layer], scale: float) -> None:
        super().__init__()
        self.waves, self.layers, self.scale = waves, nn.ModuleList(layers), scale

    def forward(self, w: Tensor) -> Tensor:
        first, *others = each(w, len(self.layers) + 1)
        features: Tensor = self.waves(first)
        for layer, one in zip(self.layers, others, strict=True):
            features = layer(features, one)
        return features * self.scale


class StyleGan3(StyleModel):
    """A `StyleModel` that takes more memory a picture."""

    @property
    def at_once(self) -> int:
        height, width, _channels = self.card.image_shape
        return min(super().at_once, max(1, MOST_PIXELS // (height * width)))


def layer_names(sizes: list[int]) -> list[str]:
    """What the layers of w+ are called, for the sizes that come out: 'waves', '1: 36 x 36', ..., 'colours'."""
    return ["waves", *(f"{number}: {size} x {size}" for number, size in enumerate(sizes[:-1], 1)), "colours"]


def build(config: Config) -> StyleModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    plan = Plan(config)
    fields, w_dim = plan.fields, plan.w_dim
    shapes = [_shape(one) for one in fields.inners("layers", 1, 40)]
    clamp, scale = fields.number("clamp", 0, 1e6), fields.number("scale", 1e-6, 1e6)
    said = fields.inner("waves")
    width, size = said.integer("width", 1, WIDEST), said.integer("size", 1, LARGEST_SIDE)
    rate, bandwidth = said.number("rate", 1, LARGEST_SIDE), fields.number("bandwidth", 1e-3, LARGEST_SIDE)
    if rate / 2 <= bandwidth or shapes[-1].out != config.card.image_shape[2]:
        raise CheckpointError(f"{fields.where}: 'bandwidth' or the last layer does not fit.", "The file is damaged.")
    waves, layers = Waves(w_dim, width, size, rate, bandwidth), []
    for number, shape in enumerate(shapes, 1):
        layers.append(Layer(w_dim, width, size, shape, clamp, last=number == len(shapes)))
        width, size = shape.out, shape.size
    made = plan.model(config.hyperparameters, Synthesis(waves, layers, scale), len(shapes) + 1, size)
    return StyleGan3(made.card, made.hyperparameters, made.net)


def _shape(raw: Fields) -> Shape:
    taps = raw.integer("up_taps", 1, 64), raw.integer("down_taps", 1, 64)
    factors = raw.integer("up", 1, 8), raw.integer("down", 1, 8)
    size = raw.integer("size", 1, LARGEST_SIDE + 64)
    kernel, radial = raw.integer("kernel", 1, 7), raw.integer("radial", 0, 1)
    return Shape(raw.integer("out", 1, WIDEST), size, kernel, *factors, *taps, radial)
