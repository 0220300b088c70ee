"""Keras files as data: `.h5`, `.keras` and TensorFlow.js. The config is read as JSON, weights by h5py; nothing is run.

h5: `model_config` is an attribute; `model_weights/LAYER` names its weights. keras (3): a zip of `config.json` and
`model.weights.h5`, where a layer is called by its class and its number (keras/src/saving/saving_lib.py). TensorFlow.js:
`model.json` with the config, and the names and shapes of weights that lie one after the other in files beside it.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import CheckpointError
from explorer.models.foreign.limits import LARGEST_TEXT, MOST_TENSORS, SWELL
from explorer.models.foreign.onnx_files import beside_file
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.torch_files import Bytes
from explorer.models.foreign.unwrap import Tensors
from explorer.models.foreign.values import DTYPES, Storage, Stored, row_major

Config = Mapping[str, Any]
Source = Path | bytes
Read = tuple[Config, Tensors, int]  # the config, the weights, the major version of Keras
_INNER = ("layers", "_layer_checkpoint_dependencies", "_layers")


def read_h5(path: Path) -> Read:
    """The config of a model and its weights, by 'layer/weight'. Raises CheckpointError, Damaged."""
    import h5py

    with h5py.File(path, "r") as opened:
        said = opened.attrs.get("model_config")
        if said is None:
            raise _no_config(path, opened)
        weights = _group(opened, "model_weights")
        tensors: Tensors = {}
        for layer in _texts(weights.attrs.get("layer_names", [])):
            held = _group(weights, layer)
            for name in _texts(held.attrs.get("weight_names", [])):
                short = name.split(":")[0]
                key = short if short.startswith(f"{layer}/") else f"{layer}/{short}"
                tensors[key] = _dataset(held, name, path)
        return parsed(said), tensors, _version(opened.attrs.get("keras_version", "2"))


def _no_config(path: Path, opened: Any) -> CheckpointError:
    if "layer_names" in opened.attrs:
        layers = ", ".join(_texts(opened.attrs["layer_names"])[:6])
        return no_model(
            path,
            f"holds Keras weights only ({layers}): the order of its layers is not in it.",
            "Save the whole model: decoder.save('decoder.keras').",
        )
    inside = ", ".join(list(opened)[:6]) or "nothing"
    return no_model(path, f"is an HDF5 file without a Keras model; it holds {inside}.", "Choose the model's file.")


def read_keras(path: Path) -> Read:
    """The same of a `.keras` file: weights by 'layer/number', layers by their path in the model."""
    import h5py

    with zipfile.ZipFile(path) as opened:
        config = parsed(_member(opened, "config.json", LARGEST_TEXT))
        is_told = "metadata.json" in opened.namelist()
        metadata = parsed(_member(opened, "metadata.json", LARGEST_TEXT)) if is_told else {}
        version = _version(metadata.get("keras_version", "3"))
        info = opened.getinfo("model.weights.h5")
        if info.file_size > SWELL * path.stat().st_size + 1_000_000:
            raise Damaged("its weights are far too large")
        content = opened.read(info)
    tensors: Tensors = {}
    with h5py.File(io.BytesIO(content), "r") as opened_weights:
        _collect(config, opened_weights, "", content, tensors)
    return config, tensors, version


def _member(opened: zipfile.ZipFile, name: str, most: int) -> bytes:
    if opened.getinfo(name).file_size > most:
        raise Damaged("its description is far too large")
    return opened.read(name)


def _collect(model: Config, group: Any, prefix: str, content: bytes, tensors: Tensors) -> None:
    """Weights of the layers of a model, which are called by their class there and by their own names here."""
    inner = next((name for name in _INNER if name in group), None)
    if inner is None:
        return
    counts: dict[str, int] = {}
    for layer in layers_of(model):
        snake = to_snake(str(layer.get("class_name")))
        number = counts.get(snake, 0)
        counts[snake] = number + 1
        name = f"{snake}_{number}" if number else snake
        if name not in group[inner]:
            continue
        held, key = _group(group[inner], name), f"{prefix}{name_of(layer)}/"
        for place in sorted(_group(held, "vars"), key=int) if "vars" in held else ():
            tensors[f"{key}{place}"] = _dataset(held["vars"], place, content)
        if is_model(layer):
            _collect(layer, held, key, content, tensors)


def _version(said: object) -> int:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return int(text[0]) if text[:1].isdigit() else 2


def to_snake(name: str) -> str:
    """'conv2d_transpose' of 'Conv2DTranspose', as Keras does it (keras/src/utils/naming.py)."""
    import re

    plain = re.sub(r"\W+", "", name)
    spaced = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", plain))
    return spaced.lower()


def _group(group: Any, name: str) -> Any:
    """A group inside, which must lie in this file. Raises Damaged."""
    import h5py

    found = group.get(name, getlink=True)
    if isinstance(found, h5py.ExternalLink | h5py.SoftLink):
        raise Damaged("it points to another place, which was not touched")
    held = group.get(name)
    if not isinstance(held, h5py.Group):
        raise Damaged(f"'{name[:60]}' is missing")
    return held


def _dataset(group: Any, name: str, source: Source) -> Stored:
    import h5py

    steps = name.split("/")
    for step in steps[:-1]:
        group = _group(group, step)
    link = group.get(steps[-1], getlink=True)
    held = group.get(steps[-1]) if isinstance(link, h5py.HardLink) else None
    if not isinstance(held, h5py.Dataset) or held.external or held.is_virtual:
        raise Damaged(f"the numbers of '{name[:60]}' are missing, or lie outside of the file")
    kind = held.dtype.name
    if kind not in DTYPES:
        raise Damaged(f"it holds numbers of the kind {kind[:40]}, which are not read")
    shape = tuple(int(side) for side in held.shape)
    storage = Storage("", kind, math.prod(shape), partial(_numbers, source, held.name))
    return Stored(storage, kind, shape, row_major(shape))


def _numbers(source: Source, name: str) -> Bytes:
    import h5py

    with h5py.File(source if isinstance(source, Path) else io.BytesIO(source), "r") as opened:
        values = np.asarray(opened[name][()])
    native = np.array(values, values.dtype.newbyteorder("="), order="C")
    return np.frombuffer(native.tobytes(), np.uint8).copy()


def read_tfjs(path: Path) -> Read:
    """The config and weights of a TensorFlow.js layers model: `model.json`, or its folder. Raises CheckpointError."""
    file = path / "model.json" if path.is_dir() else path
    said = parsed(file.read_bytes())
    topology = said.get("modelTopology")
    if not isinstance(topology, Mapping) or not ("model_config" in topology or "class_name" in topology):
        raise no_model(
            path,
            "is a graph model of TensorFlow.js, whose operations are not read.",
            "Convert it as a layers model: tensorflowjs_converter --output_format=tfjs_layers_model.",
        )
    tensors: Tensors = {}
    for group in said.get("weightsManifest", []):
        files = [beside_file(file, str(name)) for name in group["paths"]]
        sizes = [one.stat().st_size for one in files]
        place = 0
        for entry in group["weights"]:
            stored, size = _shard(entry, files, sizes, place)
            tensors[str(entry["name"])] = stored
            place += size
    if len(tensors) > MOST_TENSORS:
        raise Damaged("it holds too many tensors")
    config: Config = topology.get("model_config", topology)
    return config, tensors, _version(topology.get("keras_version", "2"))


def _shard(entry: Config, files: list[Path], sizes: list[int], place: int) -> tuple[Stored, int]:
    if "quantization" in entry:
        raise Damaged("its weights are packed by quantisation, which is not read")
    kind, shape = str(entry.get("dtype", "float32")), tuple(int(side) for side in entry["shape"])
    count = math.prod(shape)
    if kind not in ("float32", "int32", "bool", "uint8") or min(shape, default=0) < 0:
        raise Damaged(f"it holds numbers of the kind {kind[:40]}, which are not read")
    size = count * DTYPES[kind]
    if place + size > sum(sizes):
        raise Damaged("it ends in the middle")
    storage = Storage("", kind, count, partial(_from_shards, tuple(files), tuple(sizes), place, size))
    return Stored(storage, kind, shape, row_major(shape)), size


def _from_shards(files: tuple[Path, ...], sizes: tuple[int, ...], place: int, size: int) -> Bytes:
    parts, start = [], 0
    for file, length in zip(files, sizes, strict=True):
        first, last = max(place, start), min(place + size, start + length)
        if first < last:
            with file.open("rb") as stream:
                stream.seek(first - start)
                parts.append(stream.read(last - first))
        start += length
    content = np.frombuffer(b"".join(parts), np.uint8).copy()
    if len(content) != size:
        raise Damaged("it ends in the middle")
    return content


# The config


def parsed(said: object) -> Config:
    """A JSON object in a text. Raises Damaged."""
    try:
        text = said.decode() if isinstance(said, bytes) else str(said)
        value = json.loads(text) if len(text) < LARGEST_TEXT else None
    except (ValueError, RecursionError) as error:
        raise Damaged("its description makes no sense") from error
    if not isinstance(value, dict):
        raise Damaged("its description makes no sense")
    return value


def layers_of(model: Config) -> list[Config]:
    """The layers of a model's config, in order. Old Sequential ones have the list itself for a config."""
    config = model.get("config")
    layers = config if isinstance(config, list) else config.get("layers") if isinstance(config, Mapping) else None
    return [one for one in layers if isinstance(one, Mapping)] if isinstance(layers, list) else []


def name_of(layer: Config) -> str:
    config = layer.get("config")
    inner = config.get("name") if isinstance(config, Mapping) else None
    return str(layer.get("name") or inner or "layer")


def is_model(layer: Config) -> bool:
    """Whether a layer is a model of layers."""
    return layer.get("class_name") in ("Sequential", "Functional", "Model") and bool(layers_of(layer))


def models_in(model: Config, prefix: str = "") -> Iterator[tuple[str, Config]]:
    """A model, and those in it, with where they stand ('', 'decoder/')."""
    yield prefix, model
    for layer in layers_of(model):
        if is_model(layer):
            yield from models_in(layer, f"{prefix}{name_of(layer)}/")


def _texts(values: Any) -> list[str]:
    return [one.decode() if isinstance(one, bytes) else str(one) for one in values]
