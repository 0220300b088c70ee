"""Any folder of pictures as a data set: centre-cropped to squares, resized, RGB; subfolders become a label."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Images
from explorer.latents.samples import Labels
from explorer.models.picture_files import SUFFIXES, read_picture
from explorer.models.training.datasets import Dataset, split

SIZE = 64
FEWEST = 20


def pictures(folder: Path, size: int = SIZE) -> Dataset:
    """The pictures in `folder` and below, in the order of their names. Raises InputError for fewer than 20."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    read = [(path, square(path, size)) for path in paths]
    kept = [(path, picture) for path, picture in read if picture is not None]
    if len(kept) < FEWEST:
        raise InputError(
            f"'{folder}' has {len(kept)} pictures that can be read, of {len(paths)}.",
            f"A model needs {FEWEST} at the very least; some thousands give a good one.",
        )
    images = np.stack([picture for _, picture in kept])
    labels = _folders([path.relative_to(folder) for path, _ in kept])
    sha256 = hashlib.sha256(images.tobytes()).hexdigest()
    return Dataset("pictures", images, split(len(images)), labels, sha256, skipped=len(paths) - len(kept))


def square(path: Path, size: int) -> Images | None:
    """uint8 (size, size, 3), or None for a file that is no picture: it is counted, and the others are taken."""
    try:
        return read_picture(path, (size, size, 3))
    except InputError:
        return None


def _folders(paths: list[Path]) -> tuple[Labels, ...]:
    """The first folder of each path as a label, where there are two or more."""
    first = [path.parts[0] if len(path.parts) > 1 else "." for path in paths]
    names = tuple(sorted(set(first)))
    if not 2 <= len(names) <= 1000:
        return ()
    return (Labels("folder", np.array([names.index(one) for one in first], np.int64), names),)
