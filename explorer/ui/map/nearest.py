"""Which sample is at a place: a grid over the points, so that a question costs the same for a hundred and a million."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points
from explorer.latents.moments import blocks

POINTS_PER_CELL = 4
FOR_LINES = 65_536  # points that say where the lines of a grid stand
FOR_DENSITY = 262_144  # and how densely they lie
REACHES = (1 / 8, 1 / 4, 1 / 2, 1.0)  # of the reach: where points are many, the nearest is near
CROWD_CELLS = 64  # along the longer side of where nearly all points lie
CROWD_SHARE = 0.05  # of the points lie more densely than what is called dense

Floats = NDArray[np.float64]
Ids = NDArray[np.int32]


class PointGrid:
    """Finite points (n, 2) sorted into the cells of a grid. Its lines stand at quantiles, so far points do no harm.

    `x`, `y` float32 (n,) and `ids` int32 (n,), their indices, lie cell by cell, mixed within a cell: what is drawn in
    this order favours no class, and any part of the map lies in few pieces. Never changed after it is built.
    """

    def __init__(self, points: Points) -> None:
        finite = np.flatnonzero(np.isfinite(points).all(axis=1)).astype(np.int32)
        mixed = np.random.default_rng(0).permutation(finite)
        x, y = (np.ascontiguousarray(points[mixed, axis], np.float32) for axis in (0, 1))
        self._lines = (_lines(x), _lines(y))
        self._columns = len(self._lines[0]) + 1
        cells = _cells(self._lines, x, y)
        order = np.argsort(cells, kind="stable").astype(np.int32)
        counts = np.bincount(cells, minlength=self._columns * (len(self._lines[1]) + 1))
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        self.ids: Ids = mixed[order]
        self.x, self.y = x[order], y[order]
        self.density = _density(self.x, self.y)

    def __len__(self) -> int:
        """How many points have a place."""
        return len(self.ids)

    def bent(self, bend: Callable[[Points], Points]) -> PointGrid:
        """The same grid after a map of the plane that bends each axis by itself and keeps its order."""
        other = copy(self)
        other.x, other.y = np.ascontiguousarray(bend(np.column_stack([self.x, self.y])).T, np.float32)
        size = max(len(lines) for lines in self._lines)
        padded = np.column_stack([np.resize(lines, size) if len(lines) else np.zeros(size) for lines in self._lines])
        bent = bend(padded.astype(np.float32))
        other._lines = (bent[: len(self._lines[0]), 0], bent[: len(self._lines[1]), 1])
        other.density = _density(other.x, other.y)
        return other

    def only(self, there: NDArray[np.bool_]) -> PointGrid:
        """The same grid with those points alone that are there, bool (n,)."""
        other, kept = copy(self), there[self.ids]
        before = np.concatenate([[0], np.cumsum(kept)])
        other._starts = before[self._starts]
        other.ids, other.x, other.y = self.ids[kept], self.x[kept], self.y[kept]
        other.density = _density(other.x, other.y)
        return other

    def inside(self, left: float, bottom: float, right: float, top: float) -> NDArray[np.intp]:
        """Indices of the points in a closed rectangle, in rising order."""
        return np.sort(self.within(left, bottom, right, top)).astype(np.intp)

    def within(self, left: float, bottom: float, right: float, top: float) -> Ids:
        """The same in the order of the grid."""
        x, y, ids = self.about(left, bottom, right, top)
        box = np.array([left, bottom, right, top])  # float64: a box may end between two float32
        found: Ids = ids[(x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])]
        return found

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """Index of the point nearest to (x, y) and at most `reach` away, or None. Of equals the first.

        It looks around the place first, and farther only where nothing is.
        """
        tries = (self._nearest(x, y, reach * share) for share in REACHES)
        return next((found for found in tries if found is not None), None)

    def about(self, left: float, bottom: float, right: float, top: float) -> tuple[Points, Points, Ids]:
        """`x`, `y` and `ids` of all points in a rectangle, and of some around it."""
        runs = self._runs(left, bottom, right, top)
        if len(runs) == 1:
            run = runs[0]
            return self.x[run], self.y[run], self.ids[run]
        x, y, ids = (np.concatenate([part[run] for run in runs]) for part in (self.x, self.y, self.ids))
        return x, y, ids

    def _nearest(self, x: float, y: float, reach: float) -> int | None:
        xs, ys, ids = self.about(x - reach, y - reach, x + reach, y + reach)
        if not len(ids):
            return None
        distances = np.hypot(xs - np.float64(x), ys - np.float64(y))
        least = float(distances.min())
        return int(ids[distances == least].min()) if least <= reach else None

    def _runs(self, left: float, bottom: float, right: float, top: float) -> list[slice]:
        """Where the cells that a rectangle touches lie, row by row; whole rows lie together."""
        first, last = np.searchsorted(self._lines[0], np.array([left, right]), side="right").tolist()
        low, high = np.searchsorted(self._lines[1], np.array([bottom, top]), side="right").tolist()
        if first == 0 and last == self._columns - 1:
            return [slice(self._starts[low * self._columns], self._starts[(high + 1) * self._columns])]
        rows = np.arange(low, high + 1) * self._columns
        ends = zip(self._starts[rows + first].tolist(), self._starts[rows + last + 1].tolist(), strict=True)
        return [slice(start, stop) for start, stop in ends]


def _cells(lines: tuple[Points, Points], x: Points, y: Points) -> Ids:
    """The cell of each point, row by row, int32 (n,)."""
    cells = np.empty(len(x), np.int32)
    for part in blocks(len(x)):
        rows = np.searchsorted(lines[1], y[part], side="right")
        cells[part] = rows * (len(lines[0]) + 1) + np.searchsorted(lines[0], x[part], side="right")
    return cells


def _lines(values: Points) -> Points:
    """Where the lines across one axis stand, rising: so many that a cell holds about four points."""
    count = int(np.sqrt(len(values) / POINTS_PER_CELL))
    if count < 2:
        return np.empty(0, np.float32)
    some = values[:: -(-len(values) // FOR_LINES)]
    return np.unique(np.quantile(some, np.linspace(0, 1, count + 1)[1:-1]).astype(np.float32))


def _density(x: Points, y: Points) -> float:
    """Points per unit of area where they lie most densely: more than the other 95 % do. 0 where they have no area."""
    if not len(x):
        return 0.0
    step = -(-len(x) // FOR_LINES)
    ends = [np.quantile(part[::step].astype(np.float64), (0.005, 0.995)) for part in (x, y)]
    side = max(high - low for low, high in ends) / CROWD_CELLS
    if not side > 0:
        return 0.0
    step = -(-len(x) // FOR_DENSITY)
    columns, rows = ((part[::step] - low) // side for part, (low, _high) in zip((x, y), ends, strict=True))
    usual = (columns >= 0) & (columns < CROWD_CELLS) & (rows >= 0) & (rows < CROWD_CELLS)
    cells = (rows[usual] * CROWD_CELLS + columns[usual]).astype(np.intp)
    counts = np.sort(np.bincount(cells))[::-1]
    seat = int(np.searchsorted(np.cumsum(counts), CROWD_SHARE * counts.sum()))
    return float(counts[min(seat, len(counts) - 1)]) * step / side**2 if len(counts) else 0.0
