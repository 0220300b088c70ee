"""Which samples are meant: sorted indices without repeats, their algebra, and their text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError

Indices = NDArray[np.int64]
"""int64 (k,): rising, each once, and never written."""

Mask = NDArray[np.bool_]
"""bool (n,): the same for a set of n samples."""

Way = Literal["replace", "add", "subtract"]
"""What becomes of a selection when more is picked."""

RUN = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?")
MOST = 20_000_000  # samples that a text may name


def _kept(indices: Indices) -> Indices:
    indices.setflags(write=False)
    return indices


def chosen(indices: Iterable[int] | NDArray[np.integer], count: int | None = None) -> Indices:
    """These samples; those that a set of `count` samples does not have are left out."""
    given = np.asarray(indices if isinstance(indices, np.ndarray) else list(indices), dtype=np.int64)
    given = given[given >= 0] if count is None else given[(given >= 0) & (given < count)]
    return _kept(np.unique(given))


def from_mask(mask: Mask) -> Indices:
    """The samples of a mask (n,)."""
    return _kept(np.flatnonzero(mask).astype(np.int64))


def to_mask(indices: Indices, count: int) -> Mask:
    """bool (count,); what lies beyond is left out."""
    mask = np.zeros(count, dtype=np.bool_)
    mask[indices[: np.searchsorted(indices, count)]] = True
    return mask


NONE: Indices = chosen(())


@dataclass(frozen=True, eq=False)
class Only:
    """Samples that are shown alone, the others being hidden. `words`: which these are."""

    indices: Indices
    words: str


def either(one: Indices, other: Indices) -> Indices:
    """What is in one or the other: or."""
    return from_mask(np.logical_or(*_masks(one, other)))


def both(one: Indices, other: Indices) -> Indices:
    """What is in both: and."""
    return from_mask(np.logical_and(*_masks(one, other)))


def without(one: Indices, other: Indices) -> Indices:
    """What is in the one and not in the other: and not."""
    mine, theirs = _masks(one, other)
    return from_mask(mine & ~theirs)


def others(indices: Indices, count: int) -> Indices:
    """What of `count` samples is not in it: not."""
    return from_mask(~to_mask(indices, count))


def combined(before: Indices, picked: Indices, way: Way) -> Indices:
    """A selection after more was picked."""
    if way == "add":
        return either(before, picked)
    return without(before, picked) if way == "subtract" else picked


def same(one: Indices, other: Indices) -> bool:
    """Whether both hold the same samples."""
    return one is other or np.array_equal(one, other)


def to_text(indices: Indices) -> str:
    """In few letters: '0-5 9 12-20'."""
    if not len(indices):
        return ""
    ends = np.flatnonzero(np.diff(indices) != 1)
    starts = indices[np.r_[0, ends + 1]].tolist()
    stops = indices[np.r_[ends, len(indices) - 1]].tolist()
    return " ".join(f"{low}-{high}" if high > low else f"{low}" for low, high in zip(starts, stops, strict=True))


def from_text(text: str) -> Indices:
    """What `to_text` wrote. Raises InputError for anything else, and for more samples than there can be."""
    runs = [RUN.fullmatch(word) for word in text.split()]
    spans = [(int(run[1]), int(run[2] or run[1])) if run else (0, -1) for run in runs]
    if any(high < low for low, high in spans) or sum(high - low + 1 for low, high in spans) > MOST:
        raise InputError("This text names no samples.", "Write it like '0-5 9 12-20'.")
    return chosen(np.concatenate([np.arange(low, high + 1) for low, high in spans])) if spans else NONE


@dataclass(frozen=True, eq=False)
class Subset:
    """A named part of the samples. `colour` '#rrggbb'."""

    name: str
    colour: str
    indices: Indices

    def __len__(self) -> int:
        return len(self.indices)


def _masks(one: Indices, other: Indices) -> tuple[Mask, Mask]:
    count = 1 + max(*one[-1:].tolist(), *other[-1:].tolist(), -1, -1)
    return to_mask(one, count), to_mask(other, count)
