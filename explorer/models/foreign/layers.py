"""The closed list of layers of which a foreign network may be made, each described by plain data.

A layer is an object such as {"layer": "conv", "out": 32, "kernel": 4, "stride": 2, "padding": 1}. What comes in is
known, so only what goes out is said. Shapes are those of one item: (features,) or (channels, height, width).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import nn

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.layer_modules import (
    Affine,
    Attend,
    Attention,
    Chain,
    Constant,
    FrozenNorm,
    Glu,
    Keep,
    Labels,
    Modulate,
    Narrow,
    Noise,
    Parallel,
    Permute,
    PixelNorm,
    Power,
    Recall,
    Residual,
    SoftClamp,
)

Shape = tuple[int, ...]
Made = tuple[nn.Module, Shape]
Kept = dict[str, Shape]
"""Shapes of what was kept on the way, by its name."""
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
    "square": lambda: Power(2.0),
    "rsqrt": lambda: Power(-0.5),
}


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
    stride = raw.integer("stride", 1, 64, size)
    height, width = ((side - size) // stride + 1 for side in (height, width))
    return (nn.AvgPool2d(size, stride) if mean else nn.MaxPool2d(size, stride)), (channels, height, width)


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


def _residual(raw: Fields, shape: Shape, kept: Kept) -> Made:
    body, made = stacked(raw, "body", shape, kept)
    skip, around = stacked(raw, "skip", shape, kept)
    if made != around:
        raise CheckpointError(f"{raw.where}: {made} cannot be added to {around}.", "The sizes of its layers disagree.")
    return Residual(body, skip), made


def _parallel(raw: Fields, shape: Shape, kept: Kept) -> Made:
    made = [stacked(inner, "layers", shape, kept) for inner in raw.inners("branches", 1, 16)]
    width = sum(branch_shape[0] for _, branch_shape in made)
    return Parallel(branch for branch, _ in made), (width, *made[0][1][1:])


def _keep(raw: Fields, shape: Shape, kept: Kept) -> Made:
    name = raw.text("name")
    ranges = raw.integers("of", 0, shape[0]) if "of" in raw.everything() else []
    pairs = list(zip(ranges[::2], ranges[1::2], strict=False))
    if len(ranges) % 2 or any(start >= stop for start, stop in pairs):
        raise CheckpointError(f"{raw.where}: {ranges} are no ranges.", "Write a start and a stop for each.")
    kept[name] = (sum(stop - start for start, stop in pairs), *shape[1:]) if pairs else shape
    return Keep(name, ranges), shape


def _recall(raw: Fields, _shape: Shape, kept: Kept) -> Made:
    name = _known(raw, kept)
    return Recall(name), kept[name]


def _known(raw: Fields, kept: Kept) -> str:
    name = raw.text("from")
    if name not in kept:
        raise CheckpointError(f"{raw.where}: nothing was kept as '{name}'.", "Put a layer 'keep' before it.")
    return name


def _modulate(raw: Fields, shape: Shape, kept: Kept) -> Made:
    name = _known(raw, kept)
    branches: dict[str, nn.Module | None] = {"factor": None, "shift": None}
    for branch in [one for one in branches if one in raw.everything()]:
        branches[branch], made = stacked(raw, branch, kept[name], kept)
        if made not in (shape, shape[:1], (shape[0], *(1 for _ in shape[1:]))):
            raise CheckpointError(f"{raw.where}: {made} cannot change {shape}.", "The sizes of its layers disagree.")
    return Modulate(name, raw.number("one", -1, 1, 0.0), branches["factor"], branches["shift"]), shape


def _narrow(raw: Fields, shape: Shape) -> Made:
    start = raw.integer("start", 0, shape[0] - 1, 0)
    stop = raw.integer("stop", start + 1, shape[0])
    return Narrow(start, stop), (stop - start, *shape[1:])


def _constant(raw: Fields, _shape: Shape) -> Made:
    shape = tuple(raw.integers("shape", 1, LARGEST))
    return Constant(shape), shape


def _noise(raw: Fields, shape: Shape) -> Made:
    return Noise(*_picture(raw, shape)), shape


def _glu(raw: Fields, shape: Shape) -> Made:
    if shape[0] % 2:
        raise CheckpointError(f"{raw.where}: {shape[0]} channels have no halves.", "The sizes of its layers disagree.")
    return Glu(), (shape[0] // 2, *shape[1:])


def _attend(raw: Fields, shape: Shape) -> Made:
    width, height, across = _picture(raw, shape)
    inner, values = raw.integer("inner", 1, WIDEST), raw.integer("values", 1, WIDEST, width)
    pool, out = raw.integer("pool", 1, 4, 1), _yes(raw, "projected", int(values != width))
    if height % pool or across % pool or (values != width and not out):
        raise CheckpointError(f"{raw.where}: no attention over {shape}.", "The sizes of its layers disagree.")
    bias, scalar = _yes(raw, "bias", 1), _yes(raw, "scalar", 0)
    return Attend(width, inner, values, pool, bias=bias, out=out, scalar=scalar), shape


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
    "attend": _attend,
    "narrow": _narrow,
    "constant": _constant,
    "glu": _glu,
    "noise": _noise,
    "attention": _attention,
    "soft_clamp": _soft_clamp,
    "affine": _affine,
    "pixel_norm": _pixel_norm,
    "prelu": _prelu,
    "permute": _permute,
    **{name: _activation(make) for name, make in ACTIVATIONS.items()},
}


REMEMBERING: dict[str, Callable[[Fields, Shape, Kept], Made]] = {
    "residual": _residual,
    "parallel": _parallel,
    "keep": _keep,
    "modulate": _modulate,
    "recall": _recall,
}
"""Layers that look at what was kept, or in whose branches others do."""


def stacked(raw: Fields, name: str, shape: Shape, kept: Kept | None = None) -> tuple[Chain, Shape]:
    """The layers under `name`, one after the other, and the shape that they make of `shape`. Raises CheckpointError."""
    net, known = Chain(), {} if kept is None else kept
    for described in raw.inners(name, 0, DEEPEST):
        kind = described.choice("layer", (*LAYERS, *REMEMBERING))
        if kind in REMEMBERING:
            module, shape = REMEMBERING[kind](described, shape, known)
        else:
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
