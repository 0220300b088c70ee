"""Keras files written as Keras writes them, and what their layers make, in numpy, channels last. No TensorFlow here."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from explorer.models.foreign.keras_files import to_snake

Array = np.ndarray[Any, Any]
RANDOM = np.random.default_rng(0)


@dataclass
class Layer:
    """A layer's class, config and weights by role, and what it makes of its input."""

    kind: str
    config: dict[str, Any]
    weights: dict[str, Array] = field(default_factory=dict)
    run: Callable[[Array], Array] = lambda x: x
    name: str = ""

    def described(self) -> dict[str, Any]:
        return {"class_name": self.kind, "config": {"name": self.name, **self.config}, "name": self.name}


def numbers(*shape: int) -> Array:
    return (0.4 * RANDOM.standard_normal(shape)).astype(np.float32)


def activation(name: str) -> Callable[[Array], Array]:
    return {
        "linear": lambda x: x,
        "relu": lambda x: np.maximum(x, 0),
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "tanh": np.tanh,
        "elu": lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
        "swish": lambda x: x / (1 + np.exp(-x)),
        "softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    }[name]


def dense(given: int, units: int, act: str = "linear", bias: bool = True) -> Layer:
    kernel, shift = numbers(given, units), numbers(units)
    weights = {"kernel": kernel} | ({"bias": shift} if bias else {})
    config = {"units": units, "activation": act, "use_bias": bias}
    return Layer("Dense", config, weights, lambda x: activation(act)(x @ kernel + shift * bias))


def windows(
    x: Array, size: Sequence[int], stride: Sequence[int], dilation: Sequence[int], same: bool, fill: float = 0
) -> Array:
    """(n, rows, columns, height, width, channels)."""
    sides = []
    for axis in (0, 1):
        wide = (size[axis] - 1) * dilation[axis] + 1
        total = max((-(-x.shape[axis + 1] // stride[axis]) - 1) * stride[axis] + wide - x.shape[axis + 1], 0) * same
        sides.append((total // 2, total - total // 2))
    x = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=fill)
    rows, columns = ((x.shape[a + 1] - (size[a] - 1) * dilation[a] - 1) // stride[a] + 1 for a in (0, 1))
    made = np.empty((len(x), rows, columns, size[0], size[1], x.shape[3]), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride[0], j * stride[1]
            part = x[
                :, top : top + size[0] * dilation[0] : dilation[0], left : left + size[1] * dilation[1] : dilation[1]
            ]
            made[:, i, j] = part[:, : size[0], : size[1]]
    return made


def conv(
    given: int,
    filters: int,
    size: Sequence[int],
    stride: Any = 1,
    padding: str = "same",
    act: str = "linear",
    dilation: int = 1,
) -> Layer:
    kernel, bias = numbers(*size, given, filters), numbers(filters)
    steps = [stride] * 2 if isinstance(stride, int) else list(stride)
    config = {"filters": filters, "kernel_size": list(size), "strides": steps, "padding": padding, "activation": act}
    config |= {"use_bias": True, "dilation_rate": [dilation] * 2, "data_format": "channels_last"}

    def run(x: Array) -> Array:
        seen = windows(x, size, steps, [dilation] * 2, padding == "same")
        return activation(act)(np.einsum("nijhwc,hwcf->nijf", seen, kernel) + bias)

    return Layer("Conv2D", config, {"kernel": kernel, "bias": bias}, run)


def transposed(
    given: int,
    filters: int,
    size: int,
    stride: int,
    padding: str = "same",
    act: str = "linear",
    more: int | None = None,
) -> Layer:
    kernel, bias = numbers(size, size, filters, given), numbers(filters)
    config = {"filters": filters, "kernel_size": [size] * 2, "strides": [stride] * 2, "padding": padding}
    config |= {"activation": act, "use_bias": True, "output_padding": None if more is None else [more] * 2}

    def run(x: Array) -> Array:
        """The slope of a convolution: every place is spread by the kernel, and what 'same' padded is cut."""
        n, height, width, _ = x.shape
        if more is not None:
            out = [
                (side - 1) * stride + size - (2 * (size // 2) if padding == "same" else 0) + more
                for side in (height, width)
            ]
        else:
            out = [side * stride + (max(size - stride, 0) if padding == "valid" else 0) for side in (height, width)]
        full = np.zeros(
            (n, (height - 1) * stride + size + stride, (width - 1) * stride + size + stride, filters), np.float64
        )
        for i in range(height):
            for j in range(width):
                spread = np.einsum("nc,hwfc->nhwf", x[:, i, j], kernel)
                full[:, i * stride : i * stride + size, j * stride : j * stride + size] += spread
        cut = [
            max((side - 1) * stride + size - o, 0) // 2 if padding == "same" else 0
            for side, o in zip((height, width), out, strict=True)
        ]
        return activation(act)(full[:, cut[0] : cut[0] + out[0], cut[1] : cut[1] + out[1]] + bias)

    return Layer("Conv2DTranspose", config, {"kernel": kernel, "bias": bias}, run)


def norm(width: int, scale: bool = True, center: bool = True) -> Layer:
    gamma, beta, mean, variance = numbers(width) + 1, numbers(width), numbers(width), np.abs(numbers(width)) + 0.2
    weights = ({"gamma": gamma} if scale else {}) | ({"beta": beta} if center else {})
    weights |= {"moving_mean": mean, "moving_variance": variance}
    config = {"axis": [-1], "epsilon": 1e-3, "scale": scale, "center": center}
    factor, shift = gamma if scale else 1, beta if center else 0
    return Layer(
        "BatchNormalization", config, weights, lambda x: (x - mean) / np.sqrt(variance + 1e-3) * factor + shift
    )


def depthwise(given: int, size: int, times: int) -> Layer:
    kernel, bias = numbers(size, size, given, times), numbers(given * times)
    config = {"kernel_size": [size] * 2, "strides": [1, 1], "padding": "same", "depth_multiplier": times}

    def run(x: Array) -> Array:
        made = np.einsum("nijhwc,hwcm->nijcm", windows(x, [size] * 2, [1, 1], [1, 1], True), kernel)
        return made.reshape(*made.shape[:3], -1) + bias

    return Layer("DepthwiseConv2D", config, {"depthwise_kernel": kernel, "bias": bias}, run)


def plain(kind: str, run: Callable[[Array], Array], **config: Any) -> Layer:
    return Layer(kind, config, {}, run)


def reshape(*shape: int) -> Layer:
    return plain("Reshape", lambda x: x.reshape(len(x), *shape), target_shape=list(shape))


def flatten() -> Layer:
    return plain("Flatten", lambda x: x.reshape(len(x), -1))


def leaky(slope: float) -> Layer:
    return plain("LeakyReLU", lambda x: np.where(x > 0, x, slope * x), alpha=slope)


def act(name: str) -> Layer:
    return plain("Activation", activation(name), activation=name)


def upsample() -> Layer:
    return plain("UpSampling2D", lambda x: x.repeat(2, 1).repeat(2, 2), size=[2, 2], interpolation="nearest")


def pool(kind: str, size: int) -> Layer:
    how = np.max if kind == "MaxPooling2D" else np.mean
    config = {"pool_size": [size] * 2, "strides": [size] * 2, "padding": "valid"}
    return plain(kind, lambda x: how(windows(x, [size] * 2, [size] * 2, [1, 1], False), axis=(3, 4)), **config)


def ran(layers: Sequence[Layer], x: Array) -> Array:
    for layer in layers:
        x = layer.run(x)
    return x


def named(layers: Sequence[Layer]) -> None:
    for number, layer in enumerate(layers):
        layer.name = layer.name or f"{to_snake(layer.kind)}_{number + 7}"


def sequential(layers: Sequence[Layer], shape: Sequence[int], name: str = "sequential") -> dict[str, Any]:
    """The config of a model of a row of layers, as Keras 2.4 and later write it."""
    named(layers)
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, *shape], "name": "input_1"}}
    return {
        "class_name": "Sequential",
        "config": {"name": name, "layers": [first, *(one.described() for one in layers)]},
    }


def functional(
    nodes: Sequence[tuple[Layer, Sequence[str]]],
    shape: Sequence[int],
    ends: Sequence[str],
    name: str = "model",
    new: bool = False,
) -> dict[str, Any]:
    """A model whose layers take layers by name; `new`: as Keras 3 writes it."""
    key = "batch_shape" if new else "batch_input_shape"
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {key: [None, *shape], "name": "z"}, "name": "z", "inbound_nodes": []}
    ]
    for layer, takes in nodes:
        if new:
            tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [one, 0, 0]}} for one in takes]
            inbound: list[Any] = [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}]
        else:
            inbound = [[[one, 0, 0, {}] for one in takes]]
        layers.append({**layer.described(), "inbound_nodes": inbound})
    config = {
        "name": name,
        "layers": layers,
        "input_layers": [["z", 0, 0]],
        "output_layers": [[one, 0, 0] for one in ends],
    }
    return {"class_name": "Functional", "config": config}


def write_h5(path: Path, model: dict[str, Any], layers: Sequence[Layer], version: str = "2.12.0") -> None:
    with h5py.File(path, "w") as opened:
        opened.attrs["model_config"], opened.attrs["keras_version"] = json.dumps(model), version
        group = opened.create_group("model_weights")
        group.attrs["layer_names"] = [one.name.encode() for one in layers]
        for layer in layers:
            held = group.create_group(layer.name)
            held.attrs["weight_names"] = [f"{layer.name}/{role}:0".encode() for role in layer.weights]
            for role, value in layer.weights.items():
                held[f"{layer.name}/{role}:0"] = value


def write_keras(path: Path, model: dict[str, Any], layers: Sequence[Layer], compress: bool = False) -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as opened:
        counts: dict[str, int] = {}
        for layer in layers:
            snake = to_snake(layer.kind)
            number = counts.get(snake, 0)
            counts[snake] = number + 1
            held = opened.create_group(f"layers/{snake}_{number}" if number else f"layers/{snake}").create_group("vars")
            for place, value in enumerate(layer.weights.values()):
                held.create_dataset(str(place), data=value, compression="gzip" if compress else None)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as zipped:
        zipped.writestr("metadata.json", '{"keras_version": "3.4.1"}')
        zipped.writestr("config.json", json.dumps(model))
        zipped.writestr("model.weights.h5", buffer.getvalue())


def write_tfjs(folder: Path, model: dict[str, Any], layers: Sequence[Layer], shards: int = 3) -> None:
    folder.mkdir()
    held = [(f"{one.name}/{role}", value) for one in layers for role, value in one.weights.items()]
    content = b"".join(value.tobytes() for _name, value in held)
    length = -(-len(content) // shards)
    names = [f"group1-shard{number + 1}of{shards}.bin" for number in range(shards)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(content[number * length : (number + 1) * length])
    weights = [{"name": name, "shape": list(value.shape), "dtype": "float32"} for name, value in held]
    said = {"format": "layers-model", "modelTopology": {"keras_version": "2.12.0", "model_config": model}}
    (folder / "model.json").write_text(json.dumps(said | {"weightsManifest": [{"paths": names, "weights": weights}]}))
