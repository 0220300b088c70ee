"""Paths through waypoints in latent space. A new kind is one file that holds a `KIND`, and one line in `KINDS`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.paths import (
    catmull_rom,
    crossfade,
    gaussian,
    geodesic,
    kept_length,
    linear,
    spherical,
    through_data,
)
from explorer.latents.paths.base import Course, Ground, Kind, Knots, Positions, checked

__all__ = [
    "KINDS",
    "Course",
    "Ground",
    "Kind",
    "Knots",
    "Positions",
    "kind_of",
    "laid",
    "points",
    "positions",
    "searched",
]

_ALL = (
    *(linear.KIND, spherical.KIND, kept_length.KIND, gaussian.KIND, catmull_rom.KIND),
    *(through_data.KIND, geodesic.KIND, crossfade.KIND),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}


def kind_of(name: str) -> Kind:
    """The kind called `name`. Raises InputError naming those there are."""
    if name not in KINDS:
        raise InputError(f"There is no path called '{name}'.", f"Choose one of: {', '.join(KINDS)}.")
    return KINDS[name]


def laid(name: str, waypoints: Sequence[Latent] | Latents, *, closed: bool = False) -> Course:
    """The course of a kind through waypoints (k, d), closed or open; of a kind that is searched for, where it begins.

    Raises InputError for an unknown kind or waypoints that do not fit.
    """
    return kind_of(name).lay(checked(waypoints), closed)


def searched(
    name: str, waypoints: Sequence[Latent] | Latents, ground: Ground, *, closed: bool = False
) -> Iterator[Course]:
    """The course of any kind: at once, or better and better ones for a kind that is searched for; the last is best."""
    kind, latents = kind_of(name), checked(waypoints)
    if kind.search is None or len(latents) < 2:
        yield kind.lay(latents, closed)
    else:
        yield from kind.search(latents, closed, ground)


def points(name: str, waypoints: Sequence[Latent] | Latents, at: ArrayLike, *, closed: bool = False) -> Latents:
    """Latents float32 (n, d) of a path at positions (n,)."""
    return laid(name, waypoints, closed=closed)(at)


def positions(frames: int, mode: str = "once", *, closed: bool = False) -> Positions:
    """The positions of the frames of a film, in the order they are shown.

    'once' and 'loop' go there (a loop then begins again); 'ping-pong' goes there and back, each end once a round. A
    closed path comes back by itself, so its last frame stops short of the first.
    """
    if frames < 1:
        raise InputError("A path needs at least one frame.", "Choose a number of frames of 1 or more.")
    there = np.linspace(0.0, 1.0, frames, endpoint=not closed)
    if mode == "ping-pong":
        return np.concatenate([there, there[-2:0:-1]])
    if mode not in ("once", "loop"):
        raise InputError(f"There is no way to play called '{mode}'.", "Choose one of: once, loop, ping-pong.")
    return there
