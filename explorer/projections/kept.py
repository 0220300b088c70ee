"""Fitted maps kept on disk, by their content: the same latents with the same parameters are there at once.

Never an error: what cannot be read is thrown away and made again, and on a full disk nothing is kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorer import places
from explorer.latents.arrays import Latents, Points

MOST = 60  # maps; one of 10,000 samples has 80 KB


def name_of(latents: Latents, parameters: Mapping[str, object]) -> str:
    """A name for what a fit will give: a hash of the latents (n, d) and of what it is told."""
    told = ",".join(f"{name}={value!r}" for name, value in sorted(parameters.items()))
    digest = hashlib.sha256(f"{told};{latents.shape};{latents.dtype.str};".encode())
    digest.update(np.ascontiguousarray(latents).tobytes())
    return digest.hexdigest()[:32]


def load(name: str, count: int) -> Points | None:
    """The places kept under a name, float32 (count, 2); None when there are none. A damaged file is thrown away."""
    file = _folder() / f"{name}.npz"
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            points = arrays["points"]
        if points.shape == (count, 2) and points.dtype == np.float32 and np.isfinite(points).all():
            os.utime(file)
            return np.asarray(points)
    except FileNotFoundError:
        return None
    except Exception:  # a damaged archive was seen to raise many kinds; all mean the same
        _forget(file)
        return None
    _forget(file)
    return None


def save(name: str, points: Points) -> None:
    """Keep places under a name, in one step; the maps not seen for longest make room."""
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        number, half = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(number, "wb") as file:
            np.savez(file, points=points)
        Path(half).replace(folder / f"{name}.npz")
        files = sorted(folder.iterdir(), key=lambda kept: kept.stat().st_mtime)
    except OSError:
        return
    for old in files[:-MOST]:
        _forget(old)


def _folder() -> Path:
    return places.cache() / "maps"


def _forget(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return
