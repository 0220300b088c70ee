"""Pictures of a folder, or several, as samples: read, encoded or inverted in batches, subfolders as labels."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import CanEncode, LatentModel
from explorer.models.inversion import Wish
from explorer.models.picture_files import SUFFIXES, picture_paths, read_picture
from explorer.models.words import time_left

AT_ONCE = 32  # pictures that are encoded
MOST_PICTURES = 200_000
FOR_MANY = Wish(steps=150, starts=4)
SHOWN_S = 1.0  # between two partial results
ERROR = "inversion error, %"
"""The name of the labels that say how far each picture is from what its latent decodes to: mean absolute difference."""


Numbers = NDArray[np.float32]
NO_NUMBERS: Numbers = np.empty(0, np.float32)


class Told(Protocol):
    """Told between batches; may raise to end it. `partial`: the samples so far."""

    def __call__(self, done: int, total: int, text: str = "", partial: LatentSet | None = None) -> None: ...


Far = tuple[int, int, str]
"""How far a way has come: done, of how many, in words."""


def has_pictures(folder: Path) -> bool:
    """Whether a folder, or one in it, holds a picture and the folder is no model of ours."""
    if not folder.is_dir() or (folder / "config.json").is_file():
        return False
    return any(file.suffix.lower() in SUFFIXES for file in folder.rglob("*"))


def encoded_folder(
    model: str, folder: Path | Sequence[Path], device: str = "", wish: Wish | None = None, *, step: Told
) -> LatentSet:
    """The pictures of a folder, or those given, as samples, with their subfolder and name as labels.

    They are posterior means; where the model has no encoder, they are found by inversion, as `wish` says, with the
    error of each as a label. Opens the model by itself: for a process of its own. What cannot be read as a picture is
    left out and counted. Raises InputError where no picture can be read.
    """
    step(0, 0, "Opening the model")
    paths = picture_paths([folder] if isinstance(folder, Path) else folder)
    root = folder if isinstance(folder, Path) else Path(os.path.commonpath([path.parent for path in paths]))
    if len(paths) > MOST_PICTURES:
        raise InputError(f"{root.name} holds {len(paths):,} pictures.", f"Bring {MOST_PICTURES:,} at most.")
    import explorer

    opened = explorer.open(model, device=device or None)
    encodes = isinstance(opened, CanEncode) and opened.card.encodes
    found = Collected(root, opened.card.spaces[0].name)
    way = _encoded(opened, paths, found) if encodes else _inverted(opened, paths, found, wish or FOR_MANY)
    shown = 0.0
    for far in way:
        if len(found) and time.monotonic() - shown > SHOWN_S:
            step(*far, found.samples())
            shown = time.monotonic()
        else:
            step(*far)
    return found.samples()


class Collected:
    """The samples of a folder so far."""

    def __init__(self, folder: Path, space: str) -> None:
        self._folder, self.space = folder, space
        self.is_inverse = False
        self._paths: list[Path] = []
        self._tried = 0
        self._parts: list[tuple[Latents, Latents | None, Numbers]] = []

    def __len__(self) -> int:
        return len(self._paths)

    def read(self, paths: Sequence[Path], shape: tuple[int, int, int]) -> tuple[list[Images], list[Path]]:
        """The pictures among these files, and which they are."""
        self._tried += len(paths)
        images, kept = [], []
        for path in paths:
            try:
                images.append(read_picture(path, shape))
            except InputError:
                continue
            kept.append(path)
        return images, kept

    def add(self, paths: Sequence[Path], latents: Latents, variances: Latents | None, errors: Numbers) -> None:
        """Latents and log variances (n, d) of so many pictures, and their errors (n,) in 0..1, of inverses."""
        self._paths += paths
        self._parts.append((latents, variances, errors))

    def samples(self) -> LatentSet:
        """Raises InputError where there are none."""
        if not self._paths:
            raise InputError(
                f"No picture of {self._folder.name} can be read.", "Give PNG, JPEG, WebP, BMP, GIF or TIFF."
            )
        latents, variances, errors = zip(*self._parts, strict=True)
        known = [one for one in variances if one is not None]
        labels, told = _labels(self._paths, self._folder), self._provenance()
        if self.is_inverse:
            off = 100 * np.concatenate(errors)
            labels = (*labels, Labels(ERROR, off))
            told = f"{told}, by inversion, mean error {off.mean():.1f} %"
        return LatentSet(
            self.space,
            np.concatenate(latents),
            log_variances=np.concatenate(known) if len(known) == len(variances) else None,
            labels=labels,
            provenance=told,
        )

    def _provenance(self) -> str:
        told = f"{len(self):,} pictures of {self._folder.name}"
        left_out = self._tried - len(self)
        return f"{told}, {left_out:,} unreadable left out" if left_out else told


def _encoded(model: LatentModel, paths: Sequence[Path], found: Collected) -> Iterator[Far]:
    """By the model's encoder, exactly for a flow."""
    assert isinstance(model, CanEncode)
    for start in range(0, len(paths), AT_ONCE):
        yield start, len(paths), f"Encoding {len(paths):,} pictures"
        images, kept = found.read(paths[start : start + AT_ONCE], model.card.image_shape)
        if kept:
            posterior = model.encode(np.stack(images))
            found.add(kept, posterior.mean, posterior.log_variance, NO_NUMBERS)


def _inverted(model: LatentModel, paths: Sequence[Path], found: Collected, wish: Wish) -> Iterator[Far]:
    """By optimisation, where there is no encoder."""
    from explorer.models.inversion import finding

    network, began = finding.with_slope(model), time.monotonic()
    space = model.card.space(wish.space) if wish.space else model.card.default_space
    found.space, found.is_inverse = space.name, True
    ground, total = finding.Ground(network, space, wish.seed), wish.steps * len(paths)
    for start in range(0, len(paths), finding.AT_ONCE):
        images, kept = found.read(paths[start : start + finding.AT_ONCE], model.card.image_shape)
        if not kept:
            continue
        for search in finding.searches(network, np.stack(images), wish, ground):
            done = wish.steps * start + len(images) * search.step
            left = time_left(time.monotonic() - began, done / total)
            yield done, total, f"Finding latents: {len(found):,} of {len(paths):,} pictures, {left}"
        inverse = search.found()
        found.add(kept, inverse.latents, None, inverse.errors)


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
