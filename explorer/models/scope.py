"""What of a latent gestures change: some of its parts, channels or cells, while the rest stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents
from explorer.models.base import Space

Mask = NDArray[np.bool_]
Cells = tuple[int, int, int, int]
"""Rows and columns of a spatial latent: top, left, bottom, right, the last two within."""


@dataclass(frozen=True)
class Scope:
    """In the space of this name, by number from 0; nothing of a kind means all of it. '' as `space`: all of any."""

    space: str = ""
    parts: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    cells: Cells | None = None


WHOLE = Scope()


def mask_of(scope: Scope, space: Space) -> Mask | None:
    """Which numbers of a latent change, bool (d,); None where all do, or the scope is of another space."""
    if scope.space != space.name:
        return None
    mask = np.ones(space.dim, dtype=np.bool_)
    if scope.parts and space.pieces:
        mask &= _of_parts(scope.parts, space)
    if is_spatial(space):
        _channels, height, width = space.shape
        grid = mask.reshape(space.shape)
        if scope.channels:
            grid[[number for number in range(len(grid)) if number not in scope.channels]] = False
        if scope.cells is not None:
            top, left, bottom, right = scope.cells
            inside = np.zeros((height, width), dtype=np.bool_)
            inside[max(0, top) : bottom + 1, max(0, left) : right + 1] = True
            grid &= inside
    return None if mask.all() or not mask.any() else mask


def mixed(mask: Mask | None, held: Latent, taken: Latents) -> Latents:
    """Latents (n, d), or one (d,), of which only the numbers of the mask are taken; the others are those held (d,)."""
    return taken if mask is None or mask.shape != held.shape else np.where(mask, taken, held).astype(np.float32)


def is_spatial(space: Space) -> bool:
    """Whether a latent is channels of rows and columns that can be chosen, (c, h, w)."""
    return len(space.shape) == 3 and space.shape[1] * space.shape[2] > 1 and not space.pieces


def without(scope: Scope, space: Space, part: int) -> Scope:
    """The scope that leaves a part alone, whatever else it leaves alone."""
    others = scope.parts or tuple(range(len(space.pieces)))
    return with_parts(scope, space, tuple(number for number in others if number != part))


def with_parts(scope: Scope, space: Space, parts: Sequence[int]) -> Scope:
    """The scope of these parts; all of them, or none, is the whole."""
    kept = tuple(sorted({number for number in parts if 0 <= number < len(space.pieces)}))
    if not kept or len(kept) == len(space.pieces):
        return WHOLE
    return replace(scope, space=space.name, parts=kept)


def holds(scope: Scope, space: Space, part: int) -> bool:
    """Whether a part stays as it is."""
    return mask_of(scope, space) is not None and bool(scope.parts) and part not in scope.parts


def told(scope: Scope, space: Space) -> str:
    """What changes, in words: 'coarse', 'all but class', 'channel 2, rows 3 to 5, columns 1 to 4'; '' for the whole."""
    if mask_of(scope, space) is None:
        return ""
    words = [_told_parts(scope, space)] if scope.parts and space.pieces else []
    if scope.channels and is_spatial(space):
        words.append(f"channel {_listed([str(number + 1) for number in scope.channels])}")
    if scope.cells is not None and is_spatial(space):
        top, left, bottom, right = scope.cells
        words.append(f"{_range('row', top, bottom)}, {_range('column', left, right)}")
    return ", ".join(words)


def _told_parts(scope: Scope, space: Space) -> str:
    moving = [part.name for number, part in enumerate(space.parts) if number in scope.parts]
    held = [part for number, part in enumerate(space.parts) if number not in scope.parts]
    if len(held) == 1 and (len(moving) > 1 or held[0].prior == "one-hot"):
        return f"all but {held[0].name}"
    return _listed(moving)


def _of_parts(parts: Sequence[int], space: Space) -> Mask:
    mask = np.zeros(space.dim, dtype=np.bool_)
    for number, (_name, start, stop) in enumerate(space.pieces):
        mask[start:stop] = number in parts
    return mask


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _range(word: str, first: int, last: int) -> str:
    return f"{word} {first + 1}" if first == last else f"{word}s {first + 1} to {last + 1}"
