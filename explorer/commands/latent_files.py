"""Latents from an .npy file, checked against the space they are meant for."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.models.base import Space


def read_latents(path: Path, space: Space) -> Latents:
    """float32 (n, dim); a single latent (dim,) becomes (1, dim), the model's own shape (n, *shape) is flattened.

    Raises InputError for a file that is missing, no .npy, holds Python objects, or does not fit.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Give an .npy file of latents.")
    try:
        read = np.load(path, allow_pickle=False)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file raises many kinds
        raise InputError(f"{path.name} cannot be read: {error}"[:200], "Write it with numpy.save.") from error
    if not isinstance(read, np.ndarray) or read.dtype.kind not in "fiu":
        raise InputError(f"{path.name} holds no array of numbers.", "Write it with numpy.save, float32 (n, dim).")
    return _shaped(read, space, path.name)


def _shaped(read: np.ndarray, space: Space, name: str) -> Latents:
    latents = read[None] if read.shape in ((space.dim,), space.shape) else read
    if latents.ndim < 2 or latents.shape[1:] not in ((space.dim,), space.shape) or not len(latents):
        told = f"space {space.name} takes (n, {space.dim})"
        raise InputError(f"{name} has the shape {read.shape}, but {told}.", "Was it made for another model or space?")
    if not np.isfinite(latents).all():
        raise InputError(f"{name} holds values that are no numbers (NaN or infinity).", "Mend the file.")
    return cast(Latents, np.ascontiguousarray(latents.reshape(len(latents), space.dim), dtype=np.float32))
