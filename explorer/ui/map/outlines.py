"""Which points lie in what a hand drew: a lasso, a box, a brush. Exact, and fast for a million points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from explorer.latents.arrays import Points
from explorer.latents.selections import NONE, Indices, from_mask

Floats = NDArray[np.float64]
CELLS = 512  # of the longer side of the image in which a lasso is filled
OUT, IN, NEAR = 0, 1, 2  # what a cell of it says: NEAR the line, so every point is asked there


def in_lasso(points: Points, corners: Floats) -> Indices:
    """The points (n, 2) inside a closed line through corners (m, 2): what it winds around once, not twice (even-odd).

    Only points in cells that the line touches are tested against each of its sides; the others read their cell.
    """
    corners = corners[np.isfinite(corners).all(axis=1)]
    if len(corners) < 3:
        return NONE
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = float((high - low).max())
    ids = np.flatnonzero(_between(points, low, high))
    if not size or not len(ids):
        return NONE
    scale = CELLS / size
    cells = _filled((corners - low) * scale, np.ceil((high - low) * scale).astype(int) + 1)
    own = points[ids].astype(np.float64)
    seats = ((own - low) * scale).astype(np.intp)
    found = cells[seats[:, 1], seats[:, 0]]
    near = np.flatnonzero(found == NEAR)
    found[near] = winds_around(own[near], corners)
    return from_mask(_scattered(ids[found == IN], len(points)))


def in_box(points: Points, one: Floats, other: Floats) -> Indices:
    """The points (n, 2) in the closed rectangle between two corners (2,)."""
    return from_mask(_between(points, np.minimum(one, other), np.maximum(one, other)))


def under_brush(points: Points, track: Floats, radius: float) -> Indices:
    """The points (n, 2) at most `radius` away from a track (m, 2)."""
    touched = np.zeros(len(points), dtype=np.bool_)
    for start, end in zip(track[:-1] if len(track) > 1 else track, track[1:] if len(track) > 1 else track, strict=True):
        ids = np.flatnonzero(_between(points, np.minimum(start, end) - radius, np.maximum(start, end) + radius))
        away = points[ids] - start
        along = end - start
        share = np.clip(away @ along / max(float(along @ along), 1e-300), 0, 1)
        touched[ids[np.hypot(*(away - share[:, None] * along).T) <= radius]] = True
    return from_mask(touched)


def winds_around(points: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Whether a ray from each point (n, 2) crosses the closed line an odd number of times (Shimrat 1962), bool (n,)."""
    inside = np.zeros(len(points), dtype=np.bool_)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y < y0) != (y < y1)
            inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def _between(points: Points, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """bool (n,); False for points without a place."""
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))


def _scattered(ids: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[ids] = True
    return mask


def _filled(corners: Floats, size: NDArray[np.int_]) -> NDArray[np.uint8]:
    """The cells (height, width) of a lasso in units of cells: OUT, IN, or NEAR its line."""
    width, height = size.tolist()
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(OUT)
    painter = QPainter(image)
    line = QPolygonF([QPointF(x, y) for x, y in [*corners.tolist(), corners[0].tolist()]])
    round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin  # others leave out the cell where a line turns back
    painter.setPen(QPen(QColor(NEAR, NEAR, NEAR), 3.5, Qt.PenStyle.SolidLine, *round_ends))
    painter.setBrush(QBrush(QColor(IN, IN, IN)))
    painter.drawPolygon(line, Qt.FillRule.OddEvenFill)
    painter.end()
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return bits[:, :width].copy()
