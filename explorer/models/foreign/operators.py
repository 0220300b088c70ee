"""The closed list of operations of which a graph may be made, each described by plain data.

`OPERATORS[name](options)` checks the options and gives a function of (n, tensors...), n the number of items. Shapes
are whole: the first axis is the items'. A side of -k in a shape stands for k times n.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.fields import Fields

Operation = Callable[..., Tensor]
LARGEST = 2**31  # of any number in the options
SIDES = 8  # of a tensor

_PLAIN: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "neg": torch.neg,
    "abs": torch.abs,
    "erf": torch.erf,
    "sin": torch.sin,
    "cos": torch.cos,
    "reciprocal": torch.reciprocal,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "selu": functional.selu,
    "silu": functional.silu,
    "mish": functional.mish,
    "hardswish": functional.hardswish,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "sign": torch.sign,
    "copy": lambda values: values,
}
_PAIRS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "pow": torch.pow,
    "min": torch.minimum,
    "max": torch.maximum,
    "matmul": torch.matmul,
    "greater": lambda one, other: (one > other).float(),
    "least": lambda one, other: (one >= other).float(),
    "equal": lambda one, other: (one == other).float(),
}
"""Comparisons give 1 for yes and 0 for no."""


def _leaky(raw: Fields) -> Operation:
    slope = raw.number("slope", -1e3, 1e3)
    return lambda _n, values: functional.leaky_relu(values, slope)


def _elu(raw: Fields) -> Operation:
    alpha = raw.number("alpha", -1e3, 1e3)
    return lambda _n, values: functional.elu(values, alpha)


def _celu(raw: Fields) -> Operation:
    alpha = raw.number("alpha", 1e-3, 1e3)
    return lambda _n, values: functional.celu(values, alpha)


def _gelu(raw: Fields) -> Operation:
    how = raw.choice("approximate", ("none", "tanh"))
    return lambda _n, values: functional.gelu(values, approximate=how)


def _prelu(_raw: Fields) -> Operation:
    return lambda _n, values, slope: torch.where(values > 0, values, values * slope)


def _clip(raw: Fields) -> Operation:
    low, high = raw.number("low", -1e30, 1e30), raw.number("high", -1e30, 1e30)
    return lambda _n, values: values.clamp(low, high)


def _hard_sigmoid(raw: Fields) -> Operation:
    slope, middle = raw.number("slope", -1e3, 1e3), raw.number("middle", -1e3, 1e3)
    return lambda _n, values: (values * slope + middle).clamp(0, 1)


def _whole(_raw: Fields) -> Operation:
    """Cut to whole numbers 0..255 as a cast to bytes does; the slope is kept as if it did not."""

    def cut(_n: int, values: Tensor) -> Tensor:
        bounded = values.clamp(0, 255)
        return bounded + (torch.floor(bounded) - bounded).detach()

    return cut


def _round(_raw: Fields) -> Operation:
    """To the nearest whole number, halves to the even one; the slope is kept as if it did not."""
    return lambda _n, values: values + (torch.round(values) - values).detach()


def _where(_raw: Fields) -> Operation:
    return lambda _n, says, yes, no: torch.where(says > 0.5, yes, no)


def _softmax(raw: Fields) -> Operation:
    axis = raw.integer("axis", -SIDES, SIDES)
    return lambda _n, values: values.softmax(axis)


def _linear(_raw: Fields) -> Operation:
    return lambda _n, values, weight, bias=None: functional.linear(values, weight, bias)


def _conv(raw: Fields) -> Operation:
    stride, dilation, groups = _pair(raw, "stride"), _pair(raw, "dilation"), raw.integer("groups", 1, 65_536)
    top, left, bottom, right = raw.integers("padding", 0, 1024, 4)

    def run(_n: int, values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        if (top, left) == (bottom, right):
            return functional.conv2d(values, weight, bias, stride, (top, left), dilation, groups)
        wide = functional.pad(values, (left, right, top, bottom))
        return functional.conv2d(wide, weight, bias, stride, 0, dilation, groups)

    return run


def _transposed(raw: Fields) -> Operation:
    """`padding` is cut off the sides: top, left, bottom, right."""
    stride, dilation, groups = _pair(raw, "stride"), _pair(raw, "dilation"), raw.integer("groups", 1, 65_536)
    top, left, bottom, right = raw.integers("padding", 0, 1024, 4)
    more = raw.integers("more", 0, 64, 2)

    def run(_n: int, values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        if (top, left) == (bottom, right) and max(more) < min(stride):
            return functional.conv_transpose2d(values, weight, bias, stride, (top, left), more, groups, dilation)
        whole = functional.conv_transpose2d(values, weight, bias, stride, 0, 0, groups, dilation)
        whole = functional.pad(whole, (-left, more[1] - right, -top, more[0] - bottom)) if bias is None else whole
        return whole if bias is None else _cut(whole, bias, (top, left, bottom - more[0], right - more[1]))

    return run


def _cut(whole: Tensor, bias: Tensor, sides: tuple[int, int, int, int]) -> Tensor:
    """The sides cut off; where `more` reaches beyond what was made, there is the bias alone."""
    top, left, bottom, right = sides
    inner = functional.pad(whole - bias.reshape(1, -1, 1, 1), (-left, -right, -top, -bottom))
    return inner + bias.reshape(1, -1, 1, 1)


def _batch_norm(raw: Fields) -> Operation:
    eps = raw.number("eps", 0, 1e3)
    return lambda _n, values, scale, shift, mean, variance: functional.batch_norm(
        values, mean, variance, scale, shift, False, 0.0, eps
    )


def _instance_norm(raw: Fields) -> Operation:
    eps = raw.number("eps", 0, 1e3)
    return lambda _n, values, scale, shift: functional.instance_norm(values, None, None, scale, shift, True, 0.0, eps)


def _group_norm(raw: Fields) -> Operation:
    groups, eps = raw.integer("groups", 1, 65_536), raw.number("eps", 0, 1e3)
    return lambda _n, values, scale=None, shift=None: functional.group_norm(values, groups, scale, shift, eps)


def _layer_norm(raw: Fields) -> Operation:
    last, eps = raw.integer("last", 1, SIDES), raw.number("eps", 0, 1e3)
    return lambda _n, values, scale=None, shift=None: functional.layer_norm(
        values, values.shape[values.dim() - last :], scale, shift, eps
    )


def _reshape(raw: Fields) -> Operation:
    shape = raw.integers("shape", -LARGEST, LARGEST)
    return lambda n, values: values.reshape(_sides(n, shape))


def _expand(raw: Fields) -> Operation:
    shape = raw.integers("shape", -LARGEST, LARGEST)
    return lambda n, values: values.expand(_sides(n, shape))


def _sides(n: int, shape: Sequence[int]) -> list[int]:
    return [side if side >= 0 else -side * n for side in shape]


def _transpose(raw: Fields) -> Operation:
    order = raw.integers("order", 0, SIDES)
    return lambda _n, values: values.permute(order)


def _concat(raw: Fields) -> Operation:
    axis = raw.integer("axis", 0, SIDES)
    return lambda _n, *values: torch.cat(values, axis)


def _slice(raw: Fields) -> Operation:
    axis, start, stop = raw.integer("axis", 0, SIDES), raw.integer("start", 0, LARGEST), raw.integer("stop", 0, LARGEST)
    step = raw.integer("step", 1, LARGEST)
    return lambda _n, values: values[(slice(None),) * axis + (slice(start, stop, step),)]


def _flip(raw: Fields) -> Operation:
    axis = raw.integer("axis", 0, SIDES)
    return lambda _n, values: values.flip(axis)


def _gather(raw: Fields) -> Operation:
    """Places along an axis; they come as a tensor of whole numbers."""
    axis = raw.integer("axis", 0, SIDES)
    return lambda _n, values, places: values.index_select(axis, places.round().long())


def _pad(raw: Fields) -> Operation:
    """`sides` in torch's order: of the last axis before and behind, then of the one before it."""
    sides, value = raw.integers("sides", -65_536, 65_536), raw.number("value", -1e30, 1e30, 0.0)
    how = raw.choice("mode", ("constant", "reflect", "replicate", "circular"))
    if how == "constant":
        return lambda _n, values: functional.pad(values, sides, value=value)
    return lambda _n, values: functional.pad(values, sides[:4], mode=how)


def _resize(raw: Fields) -> Operation:
    size = raw.integers("size", 1, 16_384, 2)
    how = raw.choice("mode", ("nearest", "nearest-exact", "bilinear", "bicubic"))
    corners = None if how.startswith("nearest") else bool(raw.integer("corners", 0, 1))
    return lambda _n, values: functional.interpolate(values, size, mode=how, align_corners=corners)


def _pool(raw: Fields) -> Operation:
    kernel, stride, padding = _pair(raw, "kernel"), _pair(raw, "stride"), raw.integers("padding", 0, 32, 2)
    if raw.choice("kind", ("max", "mean")) == "max":
        return lambda _n, values: functional.max_pool2d(values, kernel, stride, padding)
    counted = bool(raw.integer("count_padding", 0, 1))
    return lambda _n, values: functional.avg_pool2d(values, kernel, stride, padding, False, counted)


def _reduce(raw: Fields) -> Operation:
    axes, keep = raw.integers("axes", 0, SIDES), bool(raw.integer("keep", 0, 1))
    how = raw.choice("kind", ("mean", "sum", "max", "min", "l2"))
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "mean": lambda values: values.mean(axes, keep),
        "sum": lambda values: values.sum(axes, keep),
        "max": lambda values: values.amax(axes, keep),
        "min": lambda values: values.amin(axes, keep),
        "l2": lambda values: values.square().sum(axes, keep).sqrt(),
    }
    function = functions[how]
    return lambda _n, values: function(values)


def _einsum(raw: Fields) -> Operation:
    equation = raw.text("equation").replace(" ", "")
    if not re.fullmatch(r"[a-z,]+->[a-z]*", equation) or len(equation) > 40:
        raise CheckpointError(f"{raw.where}: '{equation[:40]}' is no sum that is known.", "The file is damaged.")
    return lambda _n, *values: torch.einsum(equation, *values)


def _pair(raw: Fields, name: str) -> list[int]:
    return raw.integers(name, 1, 1024, 2)


def _one(function: Callable[[Tensor], Tensor]) -> Callable[[Fields], Operation]:
    return lambda _raw: lambda _n, values: function(values)


def _two(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Fields], Operation]:
    return lambda _raw: lambda _n, first, second: function(first, second)


OPERATORS: dict[str, Callable[[Fields], Operation]] = {
    **{name: _one(function) for name, function in _PLAIN.items()},
    **{name: _two(function) for name, function in _PAIRS.items()},
    "leaky": _leaky,
    "elu": _elu,
    "celu": _celu,
    "gelu": _gelu,
    "prelu": _prelu,
    "where": _where,
    "clip": _clip,
    "hard_sigmoid": _hard_sigmoid,
    "whole": _whole,
    "round": _round,
    "softmax": _softmax,
    "linear": _linear,
    "conv": _conv,
    "transposed": _transposed,
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "reshape": _reshape,
    "expand": _expand,
    "transpose": _transpose,
    "concat": _concat,
    "slice": _slice,
    "flip": _flip,
    "gather": _gather,
    "pad": _pad,
    "resize": _resize,
    "pool": _pool,
    "reduce": _reduce,
    "einsum": _einsum,
}
