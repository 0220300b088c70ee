"""Lines of equal density around samples: each holds a share of them, where they lie most densely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points

SHARES = (0.25, 0.5, 0.75, 0.95)  # of the samples that lie within a line
CELLS = 192  # along the longer side
MOST = 100_000  # samples that are counted
WIDTH = 0.7  # of the bandwidth of Scott (1992), which is right for one round clump and too wide for several

Floats = NDArray[np.float64]
# the pairs of sides of a square that a line joins, by which of its corners lie above: 1 for (0, 0), 2 for (1, 0),
# 4 for (1, 1), 8 for (0, 1); the sides are below, right, above, left, and what lies above is on the right of the way
# (Lorensen and Cline 1987, in the plane)
JOINED = (
    *((), ((3, 0),), ((0, 1),), ((3, 1),), ((1, 2),), ((3, 0), (1, 2)), ((0, 2),), ((3, 2),)),
    *(((2, 3),), ((2, 0),), ((0, 1), (2, 3)), ((2, 1),), ((1, 3),), ((1, 0),), ((0, 3),), ()),
)


def contours(x: Points, y: Points) -> list[Floats]:
    """For each of `SHARES` the pieces (m, 2, 2) of its line around the points x, y (n,): begin and end of each."""
    step = max(1, -(-len(x) // MOST))
    points = np.column_stack([x[::step], y[::step]]).astype(np.float64)
    spread = points.std(axis=0) if len(points) > 2 else np.zeros(2)
    if not (spread > 0).all():
        return [np.empty((0, 2, 2)) for _ in SHARES]
    widths = WIDTH * len(points) ** (-1 / 6) * spread
    low, high = points.min(axis=0) - 4 * widths, points.max(axis=0) + 4 * widths
    side = float((high - low).max()) / CELLS
    cells = ((points - low) // side).astype(np.intp)
    field = _smooth(_counted(cells, np.ceil((high - low) / side).astype(int) + 1), np.maximum(widths / side, 0.7))
    at_points = field[cells[:, 1], cells[:, 0]]
    levels = np.quantile(at_points, [1 - share for share in SHARES])
    return [low + (lines_of(field, float(level)) + 0.5) * side for level in levels]


def lines_of(field: Floats, level: float) -> Floats:
    """Pieces (m, 2, 2) of the lines along which a field (rows, columns) has this value, in columns and rows."""
    corners = np.stack([field[:-1, :-1], field[:-1, 1:], field[1:, 1:], field[1:, :-1]])
    kinds = ((corners > level) * np.array([1, 2, 4, 8])[:, None, None]).sum(axis=0)
    rows, columns = np.nonzero((kinds > 0) & (kinds < 15))
    kinds, corners = kinds[rows, columns], corners[:, rows, columns]
    sides = _crossings(corners, level) + np.stack([columns, rows], axis=1)
    pieces = [
        np.stack([sides[one][kinds == kind], sides[other][kinds == kind]], axis=1)
        for kind, joined in enumerate(JOINED)
        for one, other in joined
    ]
    return np.concatenate(pieces)


def _crossings(corners: Floats, level: float) -> Floats:
    """Where a line would cross each side of unit squares with these corners (4, m): (4, m, 2)."""
    ends = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)
    crossings = []
    for first, second in ((0, 1), (1, 2), (3, 2), (0, 3)):
        rise = corners[second] - corners[first]
        shares = np.divide(level - corners[first], rise, out=np.full(rise.shape, 0.5), where=rise != 0)
        crossings.append(ends[first] + shares[:, None] * (ends[second] - ends[first]))
    return np.stack(crossings)


def _counted(cells: NDArray[np.intp], shape: NDArray[np.int_]) -> Floats:
    """Points in each cell, (rows, columns); `cells` (n, 2) and `shape` are columns and rows."""
    columns, rows = shape.tolist()
    counts = np.bincount(cells[:, 1] * columns + cells[:, 0], minlength=rows * columns)
    return counts.reshape(rows, columns).astype(np.float64)


def _smooth(counts: Floats, widths: Floats) -> Floats:
    """Counts under a Gaussian of these standard deviations along columns and rows, in cells."""
    across, along = (_kernel(size, width) for size, width in zip(counts.shape[::-1], widths.tolist(), strict=True))
    return np.asarray(along @ counts @ across, dtype=np.float64)


def _kernel(size: int, width: float) -> Floats:
    """Row i gathers what lies about cell i, (size, size); every row has the sum 1."""
    steps = np.arange(size)
    kernel = np.exp(-0.5 * ((steps[:, None] - steps[None]) / width) ** 2)
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True))
