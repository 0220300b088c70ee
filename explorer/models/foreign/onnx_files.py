"""ONNX files as data: steps, ports and constants. Nothing is run, and external data only from beside the file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import CheckpointError
from explorer.models.foreign.limits import LARGEST_FILE, MOST_TENSORS
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.programs import Port, Program, Step, in_words
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.torch_files import Bytes, read_into
from explorer.models.foreign.unwrap import Tensors
from explorer.models.foreign.values import DTYPES, Storage, Stored, row_major

OLDEST = 7  # opset: before it, shapes were broadcast in another way, and onnxruntime does not run it either
MOST_STEPS = 4096
LARGEST_MESSAGE = 2**31  # bytes: protobuf holds no more
STANDARD = ("", "ai.onnx")
_KINDS = {1: "float32", 2: "uint8", 3: "int8", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16"}
_KINDS |= {11: "float64", 16: "bfloat16"}


def read_onnx(path: Path, prefix: str = "") -> tuple[Program, Tensors]:
    """The program of a file, and its constants, unloaded, by prefix and name. Raises CheckpointError, Damaged."""
    model = _parsed(path)
    opset = max((one.version for one in model.opset_import if one.domain in STANDARD), default=1)
    if opset < OLDEST:
        ports = _ports(model.graph.input, {one.name for one in model.graph.initializer})
        raise no_model(
            path,
            f"is ONNX of opset {opset}, which is too old. It takes {in_words(ports)} and gives "
            f"{in_words(_ports(model.graph.output, set()))}.",
            f"Read is opset {OLDEST} and later. Export the decoder again, with opset_version=17.",
        )
    model = _inlined(model)
    graph = model.graph
    if len(graph.node) > MOST_STEPS or len(graph.initializer) > MOST_TENSORS:
        raise no_model(path, f"holds {len(graph.node):,} operations.", "Latent Explorer opens decoders and generators.")
    tensors = {f"{prefix}{one.name}": _stored(path, one) for one in graph.initializer}
    if graph.sparse_initializer:
        raise no_model(path, "holds sparse weights, which are not read.", "Export it with dense ones.")
    steps = tuple(_step(path, node) for node in graph.node)
    inputs = _ports(graph.input, {one.name for one in graph.initializer})
    return Program("ONNX", opset, inputs, _ports(graph.output, set()), steps, prefix, str(path)), tensors


def _parsed(path: Path) -> Any:
    import onnx

    if path.stat().st_size > LARGEST_MESSAGE:
        raise no_model(path, "is larger than an ONNX file can be.", "Export it with its weights beside it.")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except Exception as error:  # protobuf has errors of its own
        raise Damaged("its description makes no sense") from error
    if not model.graph.node:
        raise no_model(path, "is no ONNX file, or one without a graph.", "Choose the file with the weights.")
    return model


def _inlined(model: Any) -> Any:
    """Functions of the file, which some exporters write, put where they are used."""
    if not model.functions:
        return model
    import onnx.inliner

    return onnx.inliner.inline_local_functions(model)


def _ports(values: Any, constants: set[str]) -> tuple[Port, ...]:
    return tuple(
        Port(one.name, _KINDS.get(one.type.tensor_type.elem_type, "other"), _shape(one.type.tensor_type))
        for one in values
        if one.name not in constants
    )


def _shape(kind: Any) -> tuple[int | None, ...]:
    return tuple(side.dim_value if side.dim_value > 0 else None for side in kind.shape.dim)


def _step(path: Path, node: Any) -> Step:
    if node.domain not in STANDARD:
        raise no_model(
            path,
            f"uses the operation '{node.op_type}' of '{node.domain}', which is code outside of ONNX.",
            "Nothing of it was run. Export the network with the standard operations of ONNX alone.",
        )
    return Step(node.op_type, "", tuple(node.input), tuple(node.output), dict(_settings(path, node)))


def _settings(path: Path, node: Any) -> Iterator[tuple[str, object]]:
    import onnx

    for one in node.attribute:
        if one.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            raise no_model(
                path,
                f"has branches or loops ('{node.op_type}'), which are not read.",
                "Export it by tracing, with torch.onnx.export, in eval mode.",
            )
        if one.type == onnx.AttributeProto.TENSOR:
            yield one.name, _array(path, one.t)
            continue
        value = onnx.helper.get_attribute_value(one)
        yield one.name, value.decode(errors="replace") if isinstance(value, bytes) else value


def _array(path: Path, tensor: Any) -> np.ndarray[Any, Any]:
    """A constant that stands among the settings."""
    import onnx.numpy_helper

    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise no_model(path, "keeps a setting outside of the file.", "Export it in one file.")
    return np.asarray(onnx.numpy_helper.to_array(tensor))


def _stored(path: Path, tensor: Any) -> Stored:
    import onnx

    kind = _KINDS.get(tensor.data_type)
    if kind is None:
        name = onnx.TensorProto.DataType.Name(tensor.data_type)
        raise Damaged(f"it holds numbers of the kind {name[:40]}, which are not read")
    shape = tuple(tensor.dims)
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * DTYPES[kind] > LARGEST_FILE:
        raise Damaged("a tensor in it has an impossible shape")
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        fetch = _external(path, tensor, count * DTYPES[kind])
    else:
        fetch = partial(_inside, tensor, count * DTYPES[kind])
    return Stored(Storage("", kind, count, fetch), kind, shape, row_major(shape))


def _inside(tensor: Any, size: int) -> Bytes:
    import onnx.numpy_helper

    raw = tensor.raw_data if tensor.HasField("raw_data") else onnx.numpy_helper.to_array(tensor).tobytes()
    if len(raw) != size:
        raise Damaged("it ends in the middle")
    return np.frombuffer(raw, np.uint8).copy()


def _external(path: Path, tensor: Any, size: int) -> partial[Bytes]:
    """Numbers in another file: it must lie beside this one, or below it. Raises CheckpointError."""
    said = {one.key: one.value for one in tensor.external_data}
    beside = beside_file(path, said.get("location", ""))
    place, length = (int(said.get(key, default) or 0) for key, default in (("offset", "0"), ("length", str(size))))
    if length != size or place < 0 or place + size > beside.stat().st_size:
        raise Damaged(f"the numbers in {beside.name} end in the middle")
    return partial(_from_file, beside, place, size)


def beside_file(path: Path, name: str) -> Path:
    """The file of this relative name in the folder of `path`. Raises CheckpointError for one anywhere else."""
    folder = path.parent.resolve()
    beside = (folder / name).resolve()
    if not name or Path(name).is_absolute() or "\\" in name or not beside.is_relative_to(folder):
        raise CheckpointError(
            f"{path.name} wants numbers from '{name[:80]}', outside of its folder.",
            "That file was not touched. Export the model again, in one file or with the numbers beside it.",
        )
    if not beside.is_file():
        raise CheckpointError(
            f"{path.name} keeps its numbers in '{name[:80]}', which is missing.", "Copy that file beside it as well."
        )
    return beside


def _from_file(path: Path, place: int, size: int) -> Bytes:
    with path.open("rb") as stream:
        stream.seek(place)
        return read_into(stream, size)
