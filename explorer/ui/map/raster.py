"""Points drawn by numpy into an image of the view's own size: soft discs, the nearest centre wins a pixel.

A pixel remembers its point and how much of it the disc covers. So another colouring is a look-up, not another drawing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEVELS = 16  # steps of coverage at a disc's edge
PHASES = 4  # places of a centre within its pixel, along each axis
EMPTY = -1


@lru_cache(maxsize=256)
def _stamp(radius: float) -> list[tuple[int, int, int, int]]:
    """(phase, dx, dy, level) of every pixel a disc touches, for every phase, the farthest from the centre first."""
    reach = int(np.ceil(radius + 0.5))
    steps = np.arange(-reach, reach + 1)
    entries = []
    for phase in range(PHASES * PHASES):
        fx, fy = (phase % PHASES + 0.5) / PHASES - 0.5, (phase // PHASES + 0.5) / PHASES - 0.5
        distances = np.hypot(steps[None, :] - fx, steps[:, None] - fy)
        levels = np.rint(np.clip(radius + 0.5 - distances, 0, 1) * (LEVELS - 1)).astype(int)
        for row, column in np.argwhere(levels):
            entry = (phase, int(steps[column]), int(steps[row]), int(levels[row, column]))
            entries.append((float(distances[row, column]), entry))
    entries.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in entries]


class PointRaster:
    """`draw` places points, `colour` paints them; `image` is premultiplied ARGB, uint32 (height, width)."""

    def __init__(self, width: int, height: int) -> None:
        self.image = np.zeros((height, width), np.uint32)
        self._seats = np.full(height * width, EMPTY, np.int32)  # point * LEVELS + level
        self._touched: NDArray[np.intp] = np.empty(0, np.intp)
        self.drawn = 0

    def draw(self, positions: NDArray[np.float64], radius: float, groups: tuple[NDArray[np.intp], ...]) -> None:
        """Draw the points of `positions` (n, 2), in pixels; a later group lies over an earlier one. Points that are not
        wholly inside are left out."""
        self._seats.fill(EMPTY)
        self.drawn = sum(self._draw_group(positions, ids, round(radius * 8) / 8) for ids in groups)
        self._touched = np.flatnonzero(self._seats >= 0)

    def colour(self, codes: NDArray[np.integer], colours: NDArray[np.uint32]) -> None:
        """Paint point i in colours[codes[i]], where `colours` are plain (not premultiplied) ARGB."""
        flat = self.image.reshape(-1)
        flat.fill(0)
        seats = self._seats[self._touched]
        shades = codes[seats // LEVELS].astype(np.intp) * LEVELS + seats % LEVELS
        flat[self._touched] = shaded(colours)[shades]

    def point_at(self, x: int, y: int) -> int | None:
        """The point that owns a pixel, or None."""
        height, width = self.image.shape
        if not (0 <= x < width and 0 <= y < height):
            return None
        seat = int(self._seats[y * width + x])
        return seat // LEVELS if seat >= 0 else None

    def _draw_group(self, positions: NDArray[np.float64], ids: NDArray[np.intp], radius: float) -> int:
        height, width = self.image.shape
        edge = int(np.ceil(radius + 0.5)) + 1
        x, y = positions[ids, 0], positions[ids, 1]
        # a comparison with NaN is False: points without a place fall out here
        fits = (x >= edge) & (x < width - edge) & (y >= edge) & (y < height - edge)
        ids, x, y = ids[fits], x[fits], y[fits]
        columns, rows = x.astype(np.int32), y.astype(np.int32)
        phases = ((y - rows) * PHASES).astype(np.uint8) * PHASES + ((x - columns) * PHASES).astype(np.uint8)
        order = np.argsort(phases, kind="stable")
        starts = np.searchsorted(phases[order], np.arange(PHASES * PHASES + 1))
        homes = (rows[order] * width + columns[order]).astype(np.intp)
        seats = (ids[order] * LEVELS).astype(np.int32)
        for phase, dx, dy, level in _stamp(radius):
            part = slice(starts[phase], starts[phase + 1])
            self._seats[homes[part] + (dy * width + dx)] = seats[part] + level
        return len(ids)


def shaded(colours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Every colour (n,) at every level of coverage, premultiplied: uint32 (n * LEVELS,)."""
    alpha = (colours >> 24)[:, None] / 255 * (np.arange(LEVELS) / (LEVELS - 1))
    channels = [np.rint(((colours >> shift) & 255)[:, None] * alpha).astype(np.uint32) << shift for shift in (16, 8, 0)]
    shades = (np.rint(alpha * 255).astype(np.uint32) << 24) | channels[0] | channels[1] | channels[2]
    return shades.astype(np.uint32).reshape(-1)
