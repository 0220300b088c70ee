"""Our reading of an ONNX file against onnxruntime's: the same pictures, or it is not opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.models.foreign.halves import Half
from explorer.models.foreign.programs import Program

KINDS: Mapping[str, str] = {
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
}


def by_onnxruntime(program: Program, half: Half, latents: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Pictures (n, channels, height, width) of the file itself; None where onnxruntime does not run it.

    `latents`: float32 (n, ...), as many as the file takes at once.
    """
    from explorer.models.twin import session

    try:
        opened = session(Path(program.path), threads=1)
        kinds = {one.name: KINDS.get(one.type, "float32") for one in opened.get_inputs()}
        fed = {name: given.astype(kinds[name]) for name, given in half.entry.feeds(program, latents).items()}
        made = opened.run([program.outputs[half.place].name], fed)[0]
    except Exception:  # onnxruntime raises many kinds, among them for what it has no kernel for
        return None
    channels, height, width = half.picture.shape
    pictures: NDArray[np.float32] = np.asarray(made, np.float32)
    if half.picture.layout == "hwc":
        pictures = pictures.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)
    return pictures.reshape(-1, channels, height, width)[:, :3]
