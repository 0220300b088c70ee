"""The closed list of layers of which a foreign network may be made, each described by plain data.

A layer is an object such as {"layer": "conv", "out": 32, "kernel": 4, "stride": 2, "padding": 1}. What comes in is
known, so only what goes out is said. Shapes are those of one item: (features,) or (channels, height, width).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.fields import Fields

Shape = tuple[int, ...]
Made = tuple[nn.Module, Shape]
WIDEST = 65_536
LARGEST = 2**26  # numbers of one item between two layers
DEEPEST = 512  # layers in one list

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "softplus": nn.Softplus,
    "hardtanh": nn.Hardtanh,
    "softsign": nn.Softsign,
    "softmax": lambda: nn.Softmax(1),
}


class FrozenNorm(nn.Module):
    """Batch normalisation as it is after training: by the kept mean and variance, for vectors and pictures alike."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, features: int, eps: float, affine: bool) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.weight = nn.Parameter(torch.ones(features)) if affine else None  # type: ignore[assignment]
        self.bias = nn.Parameter(torch.zeros(features)) if affine else None  # type: ignore[assignment]

    def forward(self, features: Tensor) -> Tensor:
        mean, variance = self.running_mean, self.running_var
        return functional.batch_norm(features, mean, variance, self.weight, self.bias, False, 0.0, self.eps)


class Residual(nn.Module):
    """skip(x) + body(x)."""

    def __init__(self, body: nn.Module, skip: nn.Module) -> None:
        super().__init__()
        self.body, self.skip = body, skip

    def forward(self, features: Tensor) -> Tensor:
        total: Tensor = self.skip(features) + self.body(features)
        return total


class Parallel(nn.Module):
    """What every branch makes of one input, side by side along the first axis of an item."""

    def __init__(self, branches: Iterable[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, features: Tensor) -> Tensor:
        return torch.cat([branch(features) for branch in self.branches], 1)


class Labels(nn.Module):
    """A latent [z, class as one 1 among zeros] with the class' row of a table in front, behind, or times z."""

    def __init__(self, classes: int, width: int, join: str) -> None:
        super().__init__()
        self.classes, self.join = classes, join
        self.weight = nn.Parameter(torch.zeros(classes, width))

    def forward(self, latents: Tensor) -> Tensor:
        z, row = latents[:, : -self.classes], latents[:, -self.classes :] @ self.weight
        if self.join == "times":
            return z * row
        return torch.cat([row, z] if self.join == "front" else [z, row], 1)


class Attention(nn.Module):
    """One head of self-attention over the places of a picture, after normalising groups; without the way around."""

    def __init__(self, width: int, groups: int, eps: float) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, eps)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, features: Tensor) -> Tensor:
        places = self.norm(features).flatten(2).transpose(1, 2)
        weights = self.query(places) @ self.key(places).transpose(1, 2) / math.sqrt(features.shape[1])
        seen: Tensor = self.out(weights.softmax(-1) @ self.value(places))
        return seen.transpose(1, 2).reshape(features.shape)


class PixelNorm(nn.Module):
    """Features over their root mean square along the channels (Karras et al. 2018)."""

    def forward(self, features: Tensor) -> Tensor:
        normal: Tensor = features * torch.rsqrt(features.square().mean(1, keepdim=True) + 1e-8)
        return normal


class SoftClamp(nn.Module):
    """limit tanh(x / limit)."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def forward(self, features: Tensor) -> Tensor:
        return torch.tanh(features / self.limit) * self.limit


class Affine(nn.Module):
    """factor x + shift."""

    def __init__(self, factor: float, shift: float) -> None:
        super().__init__()
        self.factor, self.shift = factor, shift

    def forward(self, features: Tensor) -> Tensor:
        return features * self.factor + self.shift


class Permute(nn.Module):
    """The axes of an item in another order."""

    def __init__(self, order: Iterable[int]) -> None:
        super().__init__()
        self.order = (0, *(axis + 1 for axis in order))

    def forward(self, features: Tensor) -> Tensor:
        return features.permute(self.order)


def _linear(raw: Fields, shape: Shape) -> Made:
    (width,) = _vector(raw, shape)
    out = raw.integer("out", 1, LARGEST)
    return nn.Linear(width, out, bias=_yes(raw, "bias", 1)), (out,)


def _conv(raw: Fields, shape: Shape) -> Made:
    channels, *sides = _picture(raw, shape)
    kernel, stride, padding = _window(raw)
    out, groups = raw.integer("out", 1, WIDEST), raw.integer("groups", 1, channels, 1)
    module = nn.Conv2d(channels, out, kernel, stride, padding, groups=groups, bias=_yes(raw, "bias", 1))
    height, width = ((side + 2 * padding - kernel) // stride + 1 for side in sides)
    return module, (out, height, width)


def _transposed(raw: Fields, shape: Shape) -> Made:
    channels, *sides = _picture(raw, shape)
    kernel, stride, padding = _window(raw)
    out, more = raw.integer("out", 1, WIDEST), raw.integer("output_padding", 0, 16, 0)
    module = nn.ConvTranspose2d(channels, out, kernel, stride, padding, more, bias=_yes(raw, "bias", 1))
    height, width = ((side - 1) * stride - 2 * padding + kernel + more for side in sides)
    return module, (out, height, width)


def _window(raw: Fields) -> tuple[int, int, int]:
    return raw.integer("kernel", 1, 64), raw.integer("stride", 1, 32, 1), raw.integer("padding", 0, 64, 0)


def _norm(raw: Fields, shape: Shape) -> Made:
    return FrozenNorm(shape[0], raw.number("eps", 0, 1, 1e-5), _yes(raw, "affine", 1)), shape


def _group_norm(raw: Fields, shape: Shape) -> Made:
    return nn.GroupNorm(raw.integer("groups", 1, shape[0]), shape[0], raw.number("eps", 0, 1, 1e-5)), shape


def _instance_norm(raw: Fields, shape: Shape) -> Made:
    affine = _yes(raw, "affine", 0)
    return nn.InstanceNorm2d(shape[0], raw.number("eps", 0, 1, 1e-5), affine=affine), shape


def _layer_norm(raw: Fields, shape: Shape) -> Made:
    return nn.LayerNorm(_vector(raw, shape), raw.number("eps", 0, 1, 1e-5)), shape


def _leaky(raw: Fields, shape: Shape) -> Made:
    return nn.LeakyReLU(raw.number("slope", 0, 1, 0.01)), shape


def _fold(raw: Fields, shape: Shape) -> Made:
    wanted = tuple(raw.integers("shape", 1, LARGEST))
    if math.prod(wanted) != math.prod(shape):
        raise CheckpointError(f"{raw.where}: {shape} cannot become {wanted}.", "The sizes of its layers disagree.")
    return nn.Sequential(nn.Flatten(), nn.Unflatten(1, wanted)), wanted


def _flatten(_raw: Fields, shape: Shape) -> Made:
    return nn.Flatten(), (math.prod(shape),)


def _upsample(raw: Fields, shape: Shape) -> Made:
    channels, height, width = _picture(raw, shape)
    factor, mode = raw.integer("factor", 2, 8, 2), raw.choice("mode", ("nearest", "bilinear"))
    corners = bool(raw.integer("align_corners", 0, 1, 0)) if mode == "bilinear" else None
    return nn.Upsample(None, factor, mode, corners), (channels, height * factor, width * factor)


def _pool(raw: Fields, shape: Shape) -> Made:
    channels, height, width = _picture(raw, shape)
    size, mean = raw.integer("size", 2, 64, 2), raw.choice("kind", ("max", "mean")) == "mean"
    return (nn.AvgPool2d(size) if mean else nn.MaxPool2d(size)), (channels, height // size, width // size)


def _shuffle(raw: Fields, shape: Shape) -> Made:
    channels, height, width = _picture(raw, shape)
    factor = raw.integer("factor", 2, 8, 2)
    return nn.PixelShuffle(factor), (channels // factor**2, height * factor, width * factor)


def _pad(raw: Fields, shape: Shape) -> Made:
    channels, height, width = _picture(raw, shape)
    left, right, top, bottom = raw.integers("sides", 0, 64, 4)
    sides, after = (left, right, top, bottom), (channels, height + top + bottom, width + left + right)
    if _yes(raw, "reflect", 0):
        return nn.ReflectionPad2d(sides), after
    return nn.ConstantPad2d(sides, raw.number("value", -1e6, 1e6, 0.0)), after


def _crop(raw: Fields, shape: Shape) -> Made:
    channels, height, width = _picture(raw, shape)
    left, right, top, bottom = raw.integers("sides", 0, 64, 4)
    return nn.ZeroPad2d((-left, -right, -top, -bottom)), (channels, height - top - bottom, width - left - right)


def _labels(raw: Fields, shape: Shape) -> Made:
    (total,) = _vector(raw, shape)
    classes, width = raw.integer("classes", 1, total - 1), raw.integer("width", 1, WIDEST)
    join = raw.choice("join", ("front", "behind", "times"))
    z = total - classes
    if join == "times" and z != width:
        raise CheckpointError(f"{raw.where}: {z} numbers cannot be multiplied by {width}.", "Its sizes disagree.")
    return Labels(classes, width, join), (z,) if join == "times" else (z + width,)


def _residual(raw: Fields, shape: Shape) -> Made:
    body, made = stacked(raw, "body", shape)
    skip, around = stacked(raw, "skip", shape)
    if made != around:
        raise CheckpointError(f"{raw.where}: {made} cannot be added to {around}.", "The sizes of its layers disagree.")
    return Residual(body, skip), made


def _parallel(raw: Fields, shape: Shape) -> Made:
    made = [stacked(inner, "layers", shape) for inner in raw.inners("branches", 1, 16)]
    width = sum(branch_shape[0] for _, branch_shape in made)
    return Parallel(branch for branch, _ in made), (width, *made[0][1][1:])


def _attention(raw: Fields, shape: Shape) -> Made:
    groups, eps = raw.integer("groups", 1, shape[0]), raw.number("eps", 0, 1, 1e-6)
    return Attention(_picture(raw, shape)[0], groups, eps), shape


def _soft_clamp(raw: Fields, shape: Shape) -> Made:
    return SoftClamp(raw.number("limit", 1e-3, 1e6)), shape


def _affine(raw: Fields, shape: Shape) -> Made:
    return Affine(raw.number("factor", -1e6, 1e6), raw.number("shift", -1e6, 1e6)), shape


def _prelu(raw: Fields, shape: Shape) -> Made:
    return nn.PReLU(raw.integer("slopes", 1, shape[0], 1)), shape


def _permute(raw: Fields, shape: Shape) -> Made:
    order = raw.integers("order", 0, len(shape) - 1, len(shape))
    if len(set(order)) != len(order):
        raise CheckpointError(f"{raw.where}: {order} is no order of axes.", "Name every axis once, from 0 on.")
    return Permute(order), tuple(shape[axis] for axis in order)


def _pixel_norm(_raw: Fields, shape: Shape) -> Made:
    return PixelNorm(), shape


def _activation(make: Callable[[], nn.Module]) -> Callable[[Fields, Shape], Made]:
    return lambda _raw, shape: (make(), shape)


LAYERS: dict[str, Callable[[Fields, Shape], Made]] = {
    "linear": _linear,
    "conv": _conv,
    "transposed": _transposed,
    "norm": _norm,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
    "layer_norm": _layer_norm,
    "leaky": _leaky,
    "fold": _fold,
    "flatten": _flatten,
    "upsample": _upsample,
    "pool": _pool,
    "shuffle": _shuffle,
    "pad": _pad,
    "crop": _crop,
    "labels": _labels,
    "residual": _residual,
    "parallel": _parallel,
    "attention": _attention,
    "soft_clamp": _soft_clamp,
    "affine": _affine,
    "pixel_norm": _pixel_norm,
    "prelu": _prelu,
    "permute": _permute,
    **{name: _activation(make) for name, make in ACTIVATIONS.items()},
}


def stacked(raw: Fields, name: str, shape: Shape) -> tuple[nn.Sequential, Shape]:
    """The layers under `name`, one after the other, and the shape that they make of `shape`. Raises CheckpointError."""
    net = nn.Sequential()
    for described in raw.inners(name, 0, DEEPEST):
        kind = described.choice("layer", tuple(LAYERS))
        module, shape = LAYERS[kind](described, shape)
        if min(shape) < 1 or math.prod(shape) > LARGEST:
            raise CheckpointError(f"{described.where}: the layer '{kind}' makes {shape}.", "Its sizes disagree.")
        net.append(module)
    return net, shape


def _yes(raw: Fields, name: str, default: int) -> bool:
    return bool(raw.integer(name, 0, 1, default))


def _vector(raw: Fields, shape: Shape) -> Shape:
    if len(shape) != 1:
        raise CheckpointError(f"{raw.where}: a layer of vectors gets {shape}.", "Flatten it first.")
    return shape


def _picture(raw: Fields, shape: Shape) -> Shape:
    if len(shape) != 3:
        raise CheckpointError(f"{raw.where}: a layer of pictures gets {shape}.", "Fold it into a picture first.")
    return shape
