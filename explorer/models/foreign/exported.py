"""torch.export files (`.pt2`) looked into: weights by their index. The graph and any pickle in them stay closed.

A zip of `NAME/data/weights/model_weights_config.json`, which says of every tensor its file beside it, kind, shape and
strides (torch/export/pt2_archive).
"""

from __future__ import annotations

import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from explorer.models.foreign.limits import LARGEST_TEXT, MOST_TENSORS
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.torch_files import member_bytes
from explorer.models.foreign.unwrap import Tensors
from explorer.models.foreign.values import DTYPES, Storage, Stored

CONFIG = "data/weights/model_weights_config.json"
_KINDS = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64"}
_KINDS |= {12: "bool", 13: "bfloat16"}
"""torch/_export/serde/schema.py: ScalarType."""


def read_exported(path: Path) -> Tensors:
    """The weights, unloaded, by their names in the network. Raises CheckpointError, Damaged."""
    with zipfile.ZipFile(path) as opened:
        entries = {info.filename: info for info in opened.infolist()}
        config = next((name for name in entries if name.endswith(CONFIG)), None)
        if config is None:
            raise no_model(
                path,
                "is a torch export of before torch 2.8, without an index of its weights.",
                "Export it with a newer torch, or save the state_dict() instead.",
            )
        if entries[config].file_size > LARGEST_TEXT:
            raise Damaged("its description is far too large")
        said = json.loads(opened.read(config))["config"]
    if len(said) > MOST_TENSORS:
        raise Damaged("it holds too many tensors")
    folder = config.rpartition("/")[0]
    return {str(name): _stored(path, entries, folder, one) for name, one in said.items() if not one["use_pickle"]}


def _stored(path: Path, entries: dict[str, zipfile.ZipInfo], folder: str, said: dict[str, Any]) -> Stored:
    meta = said["tensor_meta"]
    kind = _KINDS.get(meta["dtype"])
    info = entries.get(f"{folder}/{said['path_name']}")
    if kind is None or info is None:
        raise Damaged("a tensor in it has no numbers")
    shape, stride = (tuple(int(side["as_int"]) for side in meta[name]) for name in ("sizes", "strides"))
    offset, size = int(meta["storage_offset"]["as_int"]), info.file_size
    last = offset + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if min((*shape, *stride, offset), default=0) < 0 or (0 not in shape and last >= size // DTYPES[kind]):
        raise Damaged("a tensor in it is larger than its numbers")
    storage = Storage("", kind, size // DTYPES[kind], partial(member_bytes, path, info, size))
    return Stored(storage, kind, shape, stride, offset)
