"""How far pictures are from each other in the features of a network that the user brings: an ONNX file.

A graph of ONNX is data. It is run by onnxruntime from its bytes alone: no code of others, no file beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.errors import CheckpointError
from explorer.latents.arrays import Images

LARGEST = 600_000_000  # bytes of a file
SIDE = 64  # pixels, where the network takes any size: no picture is made smaller than it can see
AT_ONCE = 16
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours of ImageNet, as torchvision's networks expect them."""
TINY = 1e-10

Floats = NDArray[np.float64]


class Features:
    """A network from pictures (n, 3, h, w) to features, one output or several. Raises CheckpointError."""

    def __init__(self, path: Path) -> None:
        from explorer.models.twin import session

        if path.exists() and path.stat().st_size > LARGEST:
            raise CheckpointError(f"{path.name} is too large.", "Bring a network of 600 MB at most.")
        try:
            self._session = session(path.read_bytes(), threads=1)
            (entry,) = self._session.get_inputs()
        except Exception as error:  # onnxruntime raises many kinds
            raise _unfit(path, "It is no ONNX file that onnxruntime runs") from error
        self._path, self._name, shape = path, entry.name, entry.shape
        if entry.type != "tensor(float)" or len(shape) != 4 or (shape[1] not in (3, None) and not _is_free(shape[1])):
            raise _unfit(path, f"It takes {entry.type} {shape}")
        self._alone = shape[0] == 1
        self._size = tuple(None if _is_free(side) else int(side) for side in shape[2:])

    def distances(self, images: Images) -> Floats:
        """Between each picture and the next, float64 (n - 1,), of images uint8 (n, h, w, 1 or 3).

        For every output the squared difference of the features, brought to length 1 over their channels, as a mean over
        places; summed over the outputs (Zhang et al. 2018, with all channels weighing the same).
        """
        last: list[Floats] = []
        found: list[Floats] = []
        part = 1 if self._alone else AT_ONCE
        for start in range(0, len(images), part):
            outputs = self._run(images[start : start + part])
            before = last or [one[:0] for one in outputs]
            joined = (np.concatenate(pair) for pair in zip(before, outputs, strict=True))
            found.append(np.sum([_between(one) for one in joined], axis=0))
            last = [one[-1:] for one in outputs]
        return np.concatenate(found) if found else np.zeros(0)

    def _run(self, images: Images) -> list[Floats]:
        try:
            made: list[Any] = self._session.run(None, {self._name: self._prepared(images)})
        except Exception as error:
            raise _unfit(self._path, f"It does not run on pictures of {images.shape[2]} x {images.shape[1]}") from error
        outputs = [_unit(np.asarray(one, np.float64)) for one in made if np.ndim(one) >= 2 and len(one) == len(images)]
        if not outputs or not all(np.isfinite(one).all() for one in outputs):
            raise _unfit(self._path, "It gives no features, a row for each picture")
        return outputs

    def _prepared(self, images: Images) -> NDArray[np.float32]:
        height, width = (side or max(SIDE, own) for side, own in zip(self._size, images.shape[1:3], strict=True))
        shown = [
            Image.fromarray(np.broadcast_to(image, (*image.shape[:2], 3))).resize((width, height)) for image in images
        ]
        scaled = np.stack([np.asarray(one, np.float32) for one in shown]) / 255
        ready = (scaled - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)
        return np.ascontiguousarray(ready.transpose(0, 3, 1, 2), dtype=np.float32)


def _is_free(side: object) -> bool:
    """Whether a network takes any number there."""
    return not isinstance(side, int) or side < 1


def _unit(features: Floats) -> Floats:
    """Features (n, c, ...) of length 1 over the channels, (n, c, places)."""
    flat = features.reshape(*features.shape[:2], -1)
    unit: Floats = flat / (np.sqrt(np.square(flat).sum(axis=1, keepdims=True)) + TINY)
    return unit


def _between(units: Floats) -> Floats:
    squares: Floats = np.square(np.diff(units, axis=0)).sum(axis=1).mean(axis=1)
    return squares


def _unfit(path: Path, why: str) -> CheckpointError:
    hint = "Bring an ONNX network from pictures float32 (n, 3, height, width) to features."
    return CheckpointError(f"{path.name} cannot measure pictures. {why}.", hint)
