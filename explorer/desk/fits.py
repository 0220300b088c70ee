"""What a map is made of, off the GUI thread: the fit, the places of all samples, and what is told from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer import projections
from explorer.latents.arrays import Points
from explorer.latents.concepts import Concept
from explorer.latents.measures import Neighbourhood, most_telling
from explorer.latents.moments import spread
from explorer.latents.samples import LatentSet
from explorer.models.scope import Mask
from explorer.projections.base import Partial, Projection, ProjectionChoice
from explorer.projections.part import Part
from explorer.projections.plane import Plane
from explorer.projections.quality import Quality, quality, variance_seen
from explorer.ui.map.nearest import PointGrid
from explorer.work.job import Step

ENOUGH = 500  # samples that say how far a walk goes
FAINT = 1e-3  # of a direction: less of it within a part says nothing of that part


@dataclass(frozen=True, eq=False)
class Fitted:
    """A projection with the places of all samples and the grid that finds them, what tells inside from outside, and
    the label that tells most."""

    projection: Projection
    points: Points
    index: PointGrid
    neighbourhood: Neighbourhood
    telling: str


class _NotKept(Exception):  # noqa: N818 - no error: a long fit would begin
    pass


def at_once(
    samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], part: Part | None = None, *, step: Step
) -> Fitted | None:
    """What is fitted quickly, or was fitted before; None for a fit that is long: it says so before it begins."""

    def refuse(*_told: object, **_named: object) -> None:
        raise _NotKept

    step(0, 2, "Projecting")
    try:
        projection = projections.fit(samples, choice, concepts, refuse, part)
        points = projections.points_of(projection, samples, refuse)
    except _NotKept:
        return None
    return _around(projection, points, samples)


def fitted(
    samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], part: Part | None = None, *, step: Step
) -> Fitted:
    """Fit and place, however long it takes."""
    projection = projections.fit(samples, choice, concepts, step, part)
    return _around(projection, projections.points_of(projection, samples, step), samples)


def stopped(
    samples: LatentSet, choice: ProjectionChoice, partial: Partial, part: Part | None = None, *, step: Step
) -> Fitted:
    """What was to be seen when the fit was stopped."""
    projection = projections.stopped(samples, partial, choice, part)
    return _around(projection, projections.points_of(projection, samples, step), samples)


def places(partial: Partial, count: int) -> Points:
    """Places (count, 2) of all samples, NaN for those that the fit does not take."""
    if partial.rows is None:
        return partial.points
    points = np.full((count, 2), np.nan, np.float32)
    points[partial.rows] = partial.points
    return points


def measured(samples: LatentSet, points: Points, axes: NDArray[np.float64] | None, *, step: Step) -> Quality | None:
    """How far the map can be believed; `axes` (d, 2) are those of a flat view."""
    step(0, 1, "Measuring the map")
    found = quality(samples.latents, points)
    if found is None or axes is None:
        return found
    return replace(found, seen=variance_seen(samples.latents, axes))


def _around(projection: Projection, points: Points, samples: LatentSet) -> Fitted:
    telling = most_telling(samples, points)
    return Fitted(
        projection,
        points,
        PointGrid(points),
        Neighbourhood(samples.latents, log_variances=samples.log_variances),
        telling.name if telling else "",
    )


def axes_of(projection: Projection, part: Part | None) -> NDArray[np.float64] | None:
    """The axes of a flat view, (d, 2), of the numbers of a part alone where it is of one; None for other maps."""
    if not isinstance(projection, Plane):
        return None
    return projection.axes if part is None else projection.axes[part.numbers]


def walk_axes(
    projection: Projection, points: Points, current: np.ndarray, samples: LatentSet, moving: Mask | None = None
) -> tuple[np.ndarray | None, tuple[float, float]]:
    """The unit directions that a drag on the picture walks along, float32 (2, d), and the samples' spread on each.

    None where the map has no straight directions. Where only some numbers are `moving` (d,): what the directions are
    within those.
    """
    if projection.lift_error:
        return None, (1.0, 1.0)
    steps = np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float32)
    lifted = projection.lift(steps, current)
    axes = lifted[1:] - lifted[0]
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    if not np.all(lengths > 0):
        return None, (1.0, 1.0)
    if moving is not None:
        return _within(axes, samples, moving)
    along = points.std(axis=0) * lengths[:, 0]
    return (axes / lengths).astype(np.float32), (float(along[0]), float(along[1]))


def _within(axes: np.ndarray, samples: LatentSet, moving: Mask) -> tuple[np.ndarray, tuple[float, float]]:
    """Directions (2, d) without the numbers that stay; the two numbers that differ most where nothing is left."""
    some = samples.latents[spread(len(samples), ENOUGH)]
    within = np.where(moving, axes, 0).astype(np.float64)
    lengths = np.linalg.norm(within, axis=1)
    if lengths.min() < FAINT * np.linalg.norm(axes, axis=1).min():
        most = np.argsort(np.where(moving, some.std(axis=0), -1))[-2:][::-1]
        within, lengths = np.eye(len(moving))[most] * moving, np.ones(2)
    unit = (within / lengths[:, None]).astype(np.float32)
    across, up = (some @ unit.T).std(axis=0).tolist()
    return unit, (across, up)
