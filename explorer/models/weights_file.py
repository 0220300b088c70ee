"""safetensors written a tensor at a time: no second copy of the weights, the same bytes as the library's.

Length of the header (u64), header (JSON of name: dtype, shape, data_offsets, filled up with spaces to eight bytes),
numbers; wide kinds of numbers first, by name (github.com/huggingface/safetensors).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from explorer.models.config import written_whole

_KINDS = {
    torch.int64: "I64",
    torch.float64: "F64",
    torch.float32: "F32",
    torch.int32: "I32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
"""In the order in which they are written."""


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Writes the file whole or not at all: beside it first, then renamed. Raises StorageError."""
    kinds = list(_KINDS)
    ordered = dict(sorted(weights.items(), key=lambda item: (kinds.index(item[1].dtype), item[0])))
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    place = 0
    for name, value in ordered.items():
        size = value.numel() * value.element_size()
        kind, shape = _KINDS[value.dtype], list(value.shape)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with written_whole(path) as beside, beside.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for value in ordered.values():
            plain = value.detach().cpu().contiguous().flatten()
            stream.write(plain.view(torch.uint8).numpy().data)
