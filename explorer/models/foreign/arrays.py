"""Files that are nothing but named arrays: safetensors and npz. Read without loading the numbers.

safetensors: length of the header (u64), header (JSON of name: dtype, shape, data_offsets), numbers. npz: a zip of .npy.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from explorer.errors import CheckpointError
from explorer.models.foreign.limits import LARGEST_TEXT, MOST_TENSORS
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.torch_files import Bytes, bytes_at, member_bytes
from explorer.models.foreign.values import DTYPES, Storage, Stored, row_major

_KINDS = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}


def read_safetensors(path: Path) -> tuple[dict[str, object], dict[str, str]]:
    """The tensors, unloaded, and the metadata. Raises Damaged."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > LARGEST_TEXT:
            raise Damaged("its description is far too large")
        raw = stream.read(length)
    start, end = 8 + length, path.stat().st_size
    try:
        header = json.loads(raw)
        metadata = header.pop("__metadata__", None) or {}
        by_place = _in_order(sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]))
        _check_count(by_place)
        tensors: dict[str, object] = {name: _entry(path, said, start, end) for name, said in by_place}
    except Damaged:
        raise
    except Exception as error:  # JSON of any shape
        raise Damaged("its description makes no sense") from error
    return tensors, {str(key): str(value) for key, value in metadata.items()}


def _in_order(entries: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """As they lie in the file; where that is by the alphabet, as safetensors writes: by the numbers in names."""
    for kind in dict.fromkeys(said["dtype"] for _name, said in entries):
        names = [name for name, said in entries if said["dtype"] == kind]
        if names != sorted(names):
            return entries
    return sorted(
        entries, key=lambda entry: [int(one) if one.isdigit() else one for one in re.split(r"(\d+)", entry[0])]
    )


def _check_count(entries: Sequence[object]) -> None:
    if len(entries) > MOST_TENSORS:
        raise Damaged("it holds too many tensors")


def _entry(path: Path, said: dict[str, object], start: int, end: int) -> Stored:
    dtype = _KINDS.get(str(said["dtype"]))
    if dtype is None:
        raise Damaged(f"it holds numbers of the kind {str(said['dtype'])[:40]}, which are not read")
    first, last = (int(one) for one in said["data_offsets"])  # type: ignore[attr-defined]
    shape = tuple(int(side) for side in said["shape"])  # type: ignore[attr-defined]
    count = math.prod(shape)
    if min((*shape, first), default=0) < 0 or last - first != count * DTYPES[dtype] or start + last > end:
        raise Damaged("it ends in the middle")
    storage = Storage("", dtype, count, partial(_from_file, path, start + first, last - first))
    return Stored(storage, dtype, shape, row_major(shape))


def _from_file(path: Path, place: int, size: int) -> Bytes:
    with path.open("rb") as stream:
        return bytes_at(path, stream, place, size)


def read_npz(path: Path) -> dict[str, object]:
    """The arrays, unloaded. Raises Damaged, and CheckpointError for arrays of Python objects, which can run code."""
    tensors: dict[str, object] = {}
    with zipfile.ZipFile(path) as opened:
        for info in opened.infolist()[:MOST_TENSORS]:
            name = info.filename.removesuffix(".npy")
            with opened.open(info) as stream:
                tensors[name] = _array(path, info, stream)  # type: ignore[arg-type]
    return tensors


def _array(path: Path, info: zipfile.ZipInfo, stream: BinaryIO) -> object:
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except Exception as error:  # a damaged header raises many kinds
        raise Damaged(f"the header of {info.filename} makes no sense") from error
    if dtype.hasobject:
        raise CheckpointError(
            f"{path.name} holds Python objects ({info.filename}), which can run code and are not read.",
            "Save plain arrays: numpy.savez(FILE, **{name: array}), without allow_pickle.",
        )
    kind = dtype.name
    if kind not in DTYPES:
        return f"array of {dtype}"[:80]  # texts, for one: a hint at most
    count, header = math.prod(shape), stream.tell()
    size = count * DTYPES[kind]
    if info.file_size < header + size:
        raise Damaged("it ends in the middle")
    swap = dtype.newbyteorder("=") != dtype
    storage = Storage("", kind, count, partial(_member, path, info, size, header, kind if swap else ""))
    stride = tuple(reversed(row_major(tuple(reversed(shape))))) if fortran else row_major(shape)
    return Stored(storage, kind, tuple(shape), stride)


def _member(path: Path, info: zipfile.ZipInfo, size: int, header: int, swapped_kind: str) -> Bytes:
    content = member_bytes(path, info, size, header)
    return content.view(swapped_kind).byteswap().view(np.uint8) if swapped_kind else content
