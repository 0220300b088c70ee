"""From the setting of a path to its latents: the course through the waypoints, and the keyframes on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited_along
from explorer.latents.paths import Course, laid
from explorer.session.state import Keyframe, PathSetting

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def course_of(path: PathSetting, dim: int) -> Course | None:
    """The course of a path in a space of `dim` numbers; None for fewer than two waypoints, or those of other spaces."""
    latents = waypoints_of(path, dim)
    if latents is None or len(latents) < 2:
        return None
    if path.course is not None and path.course.latents.shape[1] == dim:
        return path.course
    return laid(path.kind, latents, closed=path.closed)


def waypoints_of(path: PathSetting, dim: int) -> Latents | None:
    """The waypoints, float32 (k, d); None without any, and where one is of another space."""
    if not path.waypoints or any(pin.latent.shape != (dim,) for pin in path.waypoints):
        return None
    return np.stack([pin.latent for pin in path.waypoints])


def latents_along(path: PathSetting, positions: ArrayLike, dim: int, concepts: Iterable[Concept]) -> Latents | None:
    """Latents float32 (n, d) at positions (n,), keyframes and all; None where there is no course."""
    course = course_of(path, dim)
    if course is None:
        return None
    return edited_along(course(positions), concepts, strengths_at(path.keyframes, positions))


def strengths_at(keyframes: Sequence[Keyframe], positions: ArrayLike) -> Mapping[str, NDArray[np.float64]]:
    """The strength of every concept in the keyframes at positions (n,), in sigma, float64 (n,) each.

    A keyframe that does not name a concept says nothing of it. Before the first and after the last it stays.
    """
    known = sorted(keyframes, key=lambda keyframe: keyframe.at)
    names = dict.fromkeys(name for keyframe in known for name in keyframe.strengths)
    at = np.atleast_1d(np.asarray(positions, np.float64))
    return {
        name: _curve([(one.at, one.strengths[name]) for one in known if name in one.strengths], at) for name in names
    }


def stops(path: PathSetting) -> NDArray[np.float64]:
    """The position of every waypoint, float64 (k,)."""
    count = len(path.waypoints)
    return np.linspace(0, 1, count, endpoint=not path.closed) if count > 1 else np.zeros(count)


def letter(index: int) -> str:
    """What the waypoint of this index is called: A, B, ... Z, 27, 28, ..."""
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)


def _curve(knots: Sequence[tuple[float, float]], at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(at, [place for place, _ in knots], [strength for _, strength in knots])
