"""A folder of pictures as samples: read, encoded in batches, subfolders as labels."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from explorer.errors import InputError
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import CanEncode
from explorer.models.picture_files import SUFFIXES, picture_paths, read_picture

AT_ONCE = 32
MOST_PICTURES = 200_000


class Told(Protocol):
    """Told between batches; may raise to end it."""

    def __call__(self, done: int, total: int, text: str = "") -> None: ...


def has_pictures(folder: Path) -> bool:
    """Whether a folder, or one in it, holds a picture and the folder is no model of ours."""
    if not folder.is_dir() or (folder / "config.json").is_file():
        return False
    return any(file.suffix.lower() in SUFFIXES for file in folder.rglob("*"))


def encoded_folder(model: str, folder: Path, device: str = "", *, step: Told) -> LatentSet:
    """The pictures of a folder as posterior means, with their subfolder and name as labels.

    Opens the model by itself: for a process of its own. What cannot be read as a picture is left out and counted.
    Raises InputError for a model without an encoder, and where no picture can be read.
    """
    step(0, 0, "Opening the model")
    import explorer

    paths = picture_paths([folder])
    if len(paths) > MOST_PICTURES:
        raise InputError(f"{folder.name} holds {len(paths):,} pictures.", f"Bring {MOST_PICTURES:,} at most.")
    opened = explorer.open(model, device=device or None)
    if not isinstance(opened, CanEncode) or not opened.card.encodes:
        raise InputError(
            f"{opened.card.name} is a {opened.card.family} and has no encoder.",
            "Choose a VAE or a flow to bring pictures, or bring a file of latents.",
        )
    means, variances, kept = [], [], []
    for start in range(0, len(paths), AT_ONCE):
        step(start, len(paths), f"Encoding {len(paths):,} pictures")
        images, read = _read(paths[start : start + AT_ONCE], opened.card.image_shape)
        kept += read
        if read:
            posterior = opened.encode(np.stack(images))
            means.append(posterior.mean)
            variances.append(posterior.log_variance)
    if not kept:
        raise InputError(f"No picture of {folder.name} can be read.", "Give PNG, JPEG, WebP, BMP, GIF or TIFF.")
    known = [one for one in variances if one is not None]
    return LatentSet(
        opened.card.spaces[0].name,
        np.concatenate(means),
        log_variances=np.concatenate(known) if len(known) == len(means) else None,
        labels=_labels(kept, folder),
        provenance=_provenance(folder, len(kept), len(paths) - len(kept)),
    )


def _read(paths: list[Path], shape: tuple[int, int, int]) -> tuple[list[np.ndarray], list[Path]]:
    images, kept = [], []
    for path in paths:
        try:
            images.append(read_picture(path, shape))
        except InputError:
            continue
        kept.append(path)
    return images, kept


def _labels(paths: list[Path], folder: Path) -> tuple[Labels, ...]:
    root = folder.expanduser()
    groups = [path.parent.relative_to(root).as_posix() for path in paths]
    files = Labels("file", np.arange(len(paths)), tuple(path.relative_to(root).as_posix() for path in paths))
    names = sorted(set(groups))
    if len(names) < 2:
        return (files,)
    seats = {name: code for code, name in enumerate(names)}
    shown = tuple("(top)" if name == "." else name for name in names)
    return Labels("folder", np.array([seats[group] for group in groups], np.int64), shown), files


def _provenance(folder: Path, count: int, left_out: int) -> str:
    told = f"{count:,} pictures of {folder.name}"
    return f"{told}, {left_out:,} unreadable left out" if left_out else told
