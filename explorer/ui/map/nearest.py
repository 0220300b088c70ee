"""Which sample is at a place: a grid over the points, so that a question costs the same for a hundred and a million."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points

POINTS_PER_CELL = 4


class PointGrid:
    """Finite points (n, 2) sorted into the cells of a grid. Its lines stand at quantiles, so far points do no harm."""

    def __init__(self, points: Points) -> None:
        self._ids = np.flatnonzero(np.isfinite(points).all(axis=1))
        self._lines = (self._cut(points, 0), self._cut(points, 1))
        self._columns = len(self._lines[0]) + 1
        rows = np.searchsorted(self._lines[1], points[self._ids, 1], side="right")
        cells = rows * self._columns + np.searchsorted(self._lines[0], points[self._ids, 0], side="right")
        order = np.argsort(cells, kind="stable")
        self._ids = self._ids[order]
        self._points = points[self._ids].astype(np.float64)
        self._starts = np.searchsorted(cells[order], np.arange(self._columns * (len(self._lines[1]) + 1) + 1))

    def inside(self, left: float, bottom: float, right: float, top: float) -> NDArray[np.intp]:
        """Indices of the points in a closed rectangle, in rising order."""
        seats = self._near(left, bottom, right, top)
        x, y = self._points[seats].T
        return np.sort(self._ids[seats[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]])

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """Index of the point nearest to (x, y) and at most `reach` away, or None. Of equals the first."""
        seats = self._near(x - reach, y - reach, x + reach, y + reach)
        if not len(seats):
            return None
        distances = np.hypot(*(self._points[seats] - (x, y)).T)
        least = float(distances.min())
        return int(self._ids[seats[distances == least]].min()) if least <= reach else None

    def _cut(self, points: Points, axis: int) -> NDArray[np.float64]:
        count = int(np.sqrt(len(self._ids) / POINTS_PER_CELL))
        values = points[self._ids, axis].astype(np.float64)
        return np.unique(np.quantile(values, np.linspace(0, 1, count + 1)[1:-1])) if count > 1 else np.empty(0)

    def _near(self, left: float, bottom: float, right: float, top: float) -> NDArray[np.intp]:
        first, last = np.searchsorted(self._lines[0], (left, right), side="right")
        low, high = np.searchsorted(self._lines[1], (bottom, top), side="right")
        rows = np.arange(low, high + 1) * self._columns
        runs = zip(self._starts[rows + first], self._starts[rows + last + 1], strict=True)
        return np.concatenate([np.arange(start, stop) for start, stop in runs])
