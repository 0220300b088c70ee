"""Keras' layers, each written as nodes of ours. Sources: keras/src/layers, keras/src/backend/tensorflow/nn.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from explorer.models.foreign.keras_call import Call, Operation, floats
from explorer.models.foreign.lowering import Index, LoweringError, Value

NUMBER = 1e30


def activated(call: Call, value: Value, said: Any) -> Value:
    """An activation by its name, or as the layer that it is."""
    if isinstance(said, Mapping):
        config = said.get("config")
        name = config if isinstance(config, str) else str(said.get("class_name"))
        inner = config if isinstance(config, Mapping) else {}
        if name in LAYERS:
            return LAYERS[name](Call(call.writer, name, [value], inner, call.key, call.constants, call.version))
        said = name
    name = str(said or "linear")
    if name not in ACTIVATIONS:
        raise LoweringError(f"the activation '{name[:40]}' is not read")
    return ACTIVATIONS[name](call, value)


def _hard_sigmoid(call: Call, value: Value) -> Value:
    slope = 1 / 6 if call.version >= 3 else 0.2
    return call.emit("hard_sigmoid", value, slope=slope, middle=0.5)


def _plain(op: str) -> Callable[[Call, Value], Value]:
    return lambda call, value: call.emit(op, value)


ACTIVATIONS: dict[str, Callable[[Call, Value], Value]] = {
    **{name: _plain(name) for name in ("relu", "sigmoid", "tanh", "selu", "softplus", "softsign", "silu", "mish")},
    "linear": lambda _call, value: value,
    "swish": _plain("silu"),
    "exponential": _plain("exp"),
    "elu": lambda call, value: call.emit("elu", value, alpha=1.0),
    "gelu": lambda call, value: call.emit("gelu", value, approximate="none"),
    "leaky_relu": lambda call, value: call.emit("leaky", value, slope=0.2),
    "relu6": lambda call, value: call.emit("clip", value, low=0.0, high=6.0),
    "hard_sigmoid": _hard_sigmoid,
    "softmax": lambda call, value: call.emit("softmax", value, axis=1 if len(value.shape) == 4 else -1),
}


def _finished(call: Call, value: Value) -> Value:
    return activated(call, value, call.config.get("activation"))


def _dense(call: Call) -> Value:
    values = call.as_keras(call.first)
    kernel = floats(call.weight("kernel", 0).T)
    bias = [floats(call.weight("bias", 1))] if call.yes("use_bias", default=True) else []
    return _finished(call, call.as_ours(call.emit("linear", values, kernel, *bias)))


def _same(side: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """What TensorFlow's 'same' puts before and behind: the odd one behind."""
    total = max((-(-side // stride) - 1) * stride + (kernel - 1) * dilation + 1 - side, 0)
    return total // 2, total - total // 2


def _window(call: Call, value: Value, kernel: tuple[int, ...]) -> dict[str, Any]:
    stride, dilation = call.pair("strides", 1), call.pair("dilation_rate", 1)
    padding = [0, 0, 0, 0]
    if call.config.get("padding", "valid") == "same":
        for axis in (0, 1):
            sides = _same(value.shape[2 + axis], kernel[axis], stride[axis], dilation[axis])
            padding[axis], padding[axis + 2] = sides
    return {"stride": stride, "dilation": dilation, "padding": padding}


def _conv(call: Call) -> Value:
    value = call.pictures()
    kernel = call.weight("kernel", 0)  # (height, width, in, out)
    bias = [floats(call.weight("bias", 1))] if call.yes("use_bias", default=True) else []
    groups, window = int(call.number("groups", 1)), _window(call, value, kernel.shape)
    made = call.emit("conv", value, floats(kernel.transpose(3, 2, 0, 1)), *bias, groups=groups, **window)
    return _finished(call, made)


def _by_channel(call: Call, value: Value, kernel: np.ndarray[Any, Any], *bias: np.ndarray[Any, Any]) -> Value:
    """A kernel (height, width, in, times) of its own for every channel."""
    height, width, channels, times = kernel.shape
    turned = floats(kernel.transpose(2, 3, 0, 1).reshape(channels * times, 1, height, width))
    return call.emit("conv", value, turned, *bias, groups=channels, **_window(call, value, kernel.shape))


def _depthwise(call: Call) -> Value:
    kernel = call.weight("depthwise_kernel", 0) if call.version < 3 else call.weight("kernel", 0)
    bias = [floats(call.weight("bias", 1))] if call.yes("use_bias", default=True) else []
    return _finished(call, _by_channel(call, call.pictures(), kernel, *bias))


def _separable(call: Call) -> Value:
    made = _by_channel(call, call.pictures(), call.weight("depthwise_kernel", 0))
    kernel = floats(call.weight("pointwise_kernel", 1).transpose(3, 2, 0, 1))
    bias = [floats(call.weight("bias", 2))] if call.yes("use_bias", default=True) else []
    plain = {"stride": [1, 1], "dilation": [1, 1], "padding": [0] * 4, "groups": 1}
    return _finished(call, call.emit("conv", made, kernel, *bias, **plain))


def _transposed(call: Call) -> Value:
    value = call.pictures()
    kernel = call.weight("kernel", 0)  # (height, width, out, in)
    bias = [floats(call.weight("bias", 1))] if call.yes("use_bias", default=True) else []
    stride, dilation = call.pair("strides", 1), call.pair("dilation_rate", 1)
    is_same = call.config.get("padding", "valid") == "same"
    more = call.config.get("output_padding")
    more = [more] * 2 if isinstance(more, int) else more
    padding, extra = [0, 0, 0, 0], [0, 0]
    for axis in (0, 1):
        wide = (kernel.shape[axis] - 1) * dilation[axis] + 1
        side, step = value.shape[2 + axis], stride[axis]
        if more is not None:
            out = (side - 1) * step + wide - (2 * (wide // 2) if is_same else 0) + int(more[axis])
        else:
            out = side * step if is_same else side * step + max(wide - step, 0)
        total = (side - 1) * step + wide - out
        padding[axis] = max(total, 0) // 2 if is_same else 0
        padding[axis + 2] = max(total, 0) - padding[axis]
        extra[axis] = max(-total, 0)
    options = {"stride": stride, "dilation": dilation, "padding": padding, "more": extra, "groups": 1}
    return _finished(call, call.emit("transposed", value, floats(kernel.transpose(3, 2, 0, 1)), *bias, **options))


def _batch_norm(call: Call) -> Value:
    if call.axis() != 1 and call.rank == 4:
        raise LoweringError("its batch norms are not along the channels")
    scaled, moved = call.yes("scale", default=True), call.yes("center", default=True)
    place = scaled + moved
    mean, variance = call.weight("moving_mean", place), call.weight("moving_variance", place + 1)
    scale = call.weight("gamma", 0) if scaled else np.ones_like(mean)
    shift = call.weight("beta", int(scaled)) if moved else np.zeros_like(mean)
    weights = (floats(one) for one in (scale, shift, mean, variance))
    return call.emit("batch_norm", call.first, *weights, eps=call.number("epsilon", 1e-3))


def _layer_norm(call: Call) -> Value:
    values = call.as_keras(call.first)
    said = call.config.get("axis", -1)
    axes = said if isinstance(said, list) else [said]
    if [axis % call.rank for axis in axes] != [call.rank - 1]:
        raise LoweringError("its layer norms are not along the last axis alone")
    width = values.shape[-1]
    scale = call.weight("gamma", 0) if call.yes("scale", default=True) else np.ones(width)
    shift = call.weight("beta", 1) if call.yes("center", default=True) else np.zeros(width)
    made = call.emit("layer_norm", values, floats(scale), floats(shift), last=1, eps=call.number("epsilon", 1e-3))
    return call.as_ours(made)


def _group_norm(call: Call) -> Value:
    groups = int(call.number("groups", 32))
    width = call.pictures().shape[1]
    scale = call.weight("gamma", 0) if call.yes("scale", default=True) else np.ones(width)
    shift = call.weight("beta", 1) if call.yes("center", default=True) else np.zeros(width)
    groups = width if groups == -1 else groups
    options = {"groups": groups, "eps": call.number("epsilon", 1e-3)}
    return call.emit("group_norm", call.first, floats(scale), floats(shift), **options)


def _flatten(call: Call) -> Value:
    return call.writer.reshape(call.as_keras(call.first), call.writer.n, -1)


def _reshape(call: Call) -> Value:
    target = [int(side) for side in call.config.get("target_shape", [])]
    return call.as_ours(call.writer.reshape(call.as_keras(call.first), call.writer.n, *target))


def _permute(call: Call) -> Value:
    order = [0, *(int(one) for one in call.config.get("dims", []))]
    return call.as_ours(call.writer.transpose(call.as_keras(call.first), *order))


def _upsample(call: Call) -> Value:
    value = call.pictures()
    size = [side * times for side, times in zip(value.shape[2:], call.pair("size", 2), strict=True)]
    mode = call.config.get("interpolation", "nearest")
    if mode not in ("nearest", "bilinear"):
        raise LoweringError(f"it enlarges by '{mode}'")
    return call.emit("resize", value, size=size, mode=mode, corners=0)


def _sides(call: Call, name: str) -> list[int]:
    """Left, right, top, bottom of one number, two, or two pairs (rows first)."""
    said = call.config.get(name, 1)
    rows, columns = (said, said) if isinstance(said, int) else said
    top, bottom = (rows, rows) if isinstance(rows, int) else rows
    left, right = (columns, columns) if isinstance(columns, int) else columns
    return [left, right, top, bottom]


def _pad(call: Call) -> Value:
    return call.emit("pad", call.pictures(), sides=_sides(call, "padding"), value=0.0, mode="constant")


def _crop(call: Call) -> Value:
    sides = [-one for one in _sides(call, "cropping")]
    return call.emit("pad", call.pictures(), sides=sides, value=0.0, mode="constant")


def _pool(kind: str) -> Operation:
    def write(call: Call) -> Value:
        value, kernel = call.pictures(), call.pair("pool_size", 2)
        stride = call.pair("strides", 0) if call.config.get("strides") is not None else kernel
        if call.config.get("padding", "valid") == "same":
            top, bottom = _same(value.shape[2], kernel[0], stride[0], 1)
            left, right = _same(value.shape[3], kernel[1], stride[1], 1)
            if any((top, bottom, left, right)) and kind == "mean":
                raise LoweringError("it pools means with uneven sides")
            sides = [left, right, top, bottom]
            value = call.emit("pad", value, sides=sides, value=-NUMBER, mode="constant") if any(sides) else value
        options = {"kernel": kernel, "stride": stride, "padding": [0, 0], "count_padding": 0}
        return call.emit("pool", value, kind=kind, **options)

    return write


def _global_pool(kind: str) -> Operation:
    return lambda call: call.emit(
        "reduce", call.pictures(), kind=kind, axes=[2, 3], keep=int(call.yes("keepdims", default=False))
    )


def _merge(op: str) -> Operation:
    def write(call: Call) -> Value:
        value = call.first
        for other in call.takes[1:]:
            value = call.emit(op, value, other)
        return value

    return write


def _average(call: Call) -> Value:
    return call.emit("mul", _merge("add")(call), np.array(1 / len(call.takes), np.float32))


def _concatenate(call: Call) -> Value:
    return call.emit("concat", *call.takes, axis=call.axis())


def _leaky(call: Call) -> Value:
    return call.emit("leaky", call.first, slope=call.number("alpha", call.number("negative_slope", 0.3)))


def _relu(call: Call) -> Value:
    if call.number("threshold", 0.0):
        raise LoweringError("it has a ReLU with a threshold")
    slope, most = call.number("negative_slope", 0.0), call.number("max_value", NUMBER)
    value = call.emit("leaky", call.first, slope=slope) if slope else call.emit("relu", call.first)
    return value if most >= NUMBER else call.emit("clip", value, low=-NUMBER, high=most)


def _prelu(call: Call) -> Value:
    slope = call.weight("alpha", 0)
    return call.emit("prelu", call.first, floats(slope.transpose(2, 0, 1) if slope.ndim == 3 else slope))


def _rescale(call: Call) -> Value:
    scale, offset = (
        np.array(call.number(name, default), np.float32) for name, default in (("scale", 1), ("offset", 0))
    )
    return call.emit("add", call.emit("mul", call.first, scale), offset)


def _softmax(call: Call) -> Value:
    return call.emit("softmax", call.first, axis=call.axis())


def _embedding(call: Call) -> Value:
    """The row of a class; for a blend of classes, the blend of their rows."""
    index = call.first
    if not isinstance(index, Index):
        raise LoweringError("it looks up the row of something that is no class")
    table = floats(call.weight("embeddings", 0))
    return call.writer.reshape(call.emit("linear", index.rows, floats(table.T)), *index.shape, table.shape[1])


_AS_IS = ("InputLayer", "Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout")

LAYERS: dict[str, Operation] = {
    **dict.fromkeys((*_AS_IS, "ActivityRegularization"), lambda call: call.first),
    "Dense": _dense,
    "Embedding": _embedding,
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Conv2DTranspose": _transposed,
    "BatchNormalization": _batch_norm,
    "BatchNormalizationV1": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "UpSampling2D": _upsample,
    "ZeroPadding2D": _pad,
    "Cropping2D": _crop,
    "MaxPooling2D": _pool("max"),
    "AveragePooling2D": _pool("mean"),
    "GlobalAveragePooling2D": _global_pool("mean"),
    "GlobalMaxPooling2D": _global_pool("max"),
    **{name: _merge(op) for name, op in (("Add", "add"), ("Subtract", "sub"), ("Multiply", "mul"))},
    **{name: _merge(op) for name, op in (("Maximum", "max"), ("Minimum", "min"))},
    "Average": _average,
    "Concatenate": _concatenate,
    "Activation": lambda call: _finished(call, call.first),
    "LeakyReLU": _leaky,
    "ReLU": _relu,
    "ELU": lambda call: call.emit("elu", call.first, alpha=call.number("alpha", 1.0)),
    "PReLU": _prelu,
    "Softmax": _softmax,
    "Rescaling": _rescale,
}
