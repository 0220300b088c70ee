"""Points drawn by numpy into an image of the view's own size: soft discs, the nearest centre wins a pixel.

A pixel remembers its point and how much of it the disc covers. So another colouring is a look-up, not another drawing.
Where there are more points than can be told apart, discs stand in whole pixels, one of the points in a pixel wins it,
and where they lie the thinner they are the paler: a shade of their density.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points
from explorer.ui.map.density import toned

LEVELS = 16  # steps of coverage at a disc's edge
SHADES = 64  # steps of opacity of a pixel
OPAQUE = 255  # the tone of a place where nothing is paler
PHASES = 4  # places of a centre within its pixel, along each axis
EMPTY = -1
# the shade (0..SHADES - 1) of every level of coverage in every tone
FADED = np.rint(np.outer(np.arange(LEVELS) / (LEVELS - 1), np.arange(256) / 255) * (SHADES - 1)).astype(np.uint8)
MANY = 60_000  # above so many points discs stand in whole pixels

Ids = NDArray[np.integer]
Chosen = NDArray[np.bool_]


@lru_cache(maxsize=256)
def _stamp(radius: float) -> list[tuple[int, int, int, int]]:
    """(phase, dx, dy, level) of every pixel a disc touches, for every phase, the farthest from the centre first."""
    entries = []
    for phase in range(PHASES * PHASES):
        fx, fy = (phase % PHASES + 0.5) / PHASES - 0.5, (phase // PHASES + 0.5) / PHASES - 0.5
        entries += [(distance, (phase, *pixel)) for distance, *pixel in _disc(radius, fx, fy)]
    entries.sort(key=lambda pair: -pair[0])
    return [(entry[0], entry[1], entry[2], entry[3]) for _, entry in entries]


def _disc(radius: float, fx: float = 0.0, fy: float = 0.0) -> list[tuple[float, int, int, int]]:
    """(distance, dx, dy, level) of the pixels of a disc whose centre is (fx, fy) off the middle of its pixel."""
    reach = int(np.ceil(radius + 0.5))
    steps = np.arange(-reach, reach + 1)
    distances = np.hypot(steps[None, :] - fx, steps[:, None] - fy)
    levels = np.rint(np.clip(radius + 0.5 - distances, 0, 1) * (LEVELS - 1)).astype(int)
    return [
        (float(distances[row, column]), int(steps[column]), int(steps[row]), int(levels[row, column]))
        for row, column in np.argwhere(levels)
    ]


class PointRaster:
    """`draw` places points, `colour` paints them; `image` is premultiplied ARGB, uint32 (height, width)."""

    def __init__(self, width: int, height: int) -> None:
        self.image = np.zeros((height, width), np.uint32)
        self._seats = np.full(height * width, EMPTY, np.int32)  # point * LEVELS + level
        self._touched: NDArray[np.intp] = np.empty(0, np.intp)
        self._shades: NDArray[np.uint8] = np.empty(0, np.uint8)  # of the touched pixels
        self._chosen: Chosen | None = None
        self.drawn = 0

    def draw(
        self, x: Points, y: Points, ids: Ids, radius: float, chosen: Chosen | None = None, dense: float = 0.0
    ) -> None:
        """Draw the points `ids` (k,) at the pixels x, y (k,). Those that are not wholly inside are left out.

        `chosen` (of all points, by id) lie over the others. `dense`: how many points a pixel has where they lie most
        densely; where many overlap, the thinner ones are paler.
        """
        self._seats.fill(EMPTY)
        self._chosen = chosen
        radius = round(radius * 8) / 8
        x, y, ids = self._fitting(x, y, ids, int(np.ceil(radius + 0.5)) + 1)
        self.drawn = len(ids)
        draw = self._draw_each if len(ids) <= MANY else self._draw_many
        for part in _parts(ids, chosen):
            draw(x[part], y[part], ids[part], radius)
        self._touched = np.flatnonzero(self._seats >= 0)
        self._shade(toned(x, y, self.image.shape, dense) if len(ids) > MANY else None)

    def colour(self, codes: NDArray[np.integer], colours: NDArray[np.uint32], pale: float = 1.0) -> None:
        """Paint point i in colours[codes[i]], where `colours` are plain (not premultiplied) ARGB; those that are not
        chosen, where some are, in `pale` of their opacity."""
        flat = self.image.reshape(-1)
        flat.fill(0)
        owners = self._owners()
        rows = codes[owners].astype(np.intp)
        tables = shaded(colours)
        if self._chosen is not None:
            rows += np.where(self._chosen[owners], 0, len(colours))
            tables = np.concatenate([tables, shaded(colours, pale)])
        flat[self._touched] = tables[rows * SHADES + self._shades]

    def point_at(self, x: int, y: int) -> int | None:
        """The point that owns a pixel, or None."""
        height, width = self.image.shape
        if not (0 <= x < width and 0 <= y < height):
            return None
        seat = int(self._seats[y * width + x])
        return seat // LEVELS if seat >= 0 else None

    def _owners(self) -> NDArray[np.int32]:
        return self._seats[self._touched] // np.int32(LEVELS)

    def _fitting(self, x: Points, y: Points, ids: Ids, edge: int) -> tuple[Points, Points, Ids]:
        height, width = self.image.shape
        # a comparison with NaN is False: points without a place fall out here
        fits = (x >= edge) & (x < width - edge) & (y >= edge) & (y < height - edge)
        return (x, y, ids) if fits.all() else (x[fits], y[fits], ids[fits])

    def _draw_each(self, x: Points, y: Points, ids: Ids, radius: float) -> None:
        """Every disc at its own quarter of a pixel."""
        width = self.image.shape[1]
        columns, rows = x.astype(np.int32), y.astype(np.int32)
        phases = ((y - rows) * PHASES).astype(np.uint8) * PHASES + ((x - columns) * PHASES).astype(np.uint8)
        order = np.argsort(phases, kind="stable")
        starts = np.searchsorted(phases[order], np.arange(PHASES * PHASES + 1))
        homes = (rows[order] * width + columns[order]).astype(np.intp)
        seats = ids[order].astype(np.int32) * LEVELS
        for phase, dx, dy, level in _stamp(radius):
            part = slice(starts[phase], starts[phase + 1])
            self._seats[homes[part] + (dy * width + dx)] = seats[part] + level

    def _draw_many(self, x: Points, y: Points, ids: Ids, radius: float) -> None:
        """Every pixel that has points takes one of them, the last, and that one's disc stands in its middle."""
        width = self.image.shape[1]
        homes = y.astype(np.int32)
        homes *= width
        homes += x.astype(np.int32)
        owners = np.full(self._seats.shape, EMPTY, np.int32)
        owners[homes] = ids
        taken = np.flatnonzero(owners >= 0)
        seats = owners[taken] * LEVELS
        for _distance, dx, dy, level in sorted(_disc(radius), reverse=True):
            self._seats[taken + (dy * width + dx)] = seats + level

    def _shade(self, tone: NDArray[np.uint8] | None) -> None:
        """Opacity of every touched pixel: what the disc covers, less where points are thin; the chosen are never."""
        covered = self._seats[self._touched] % np.int32(LEVELS)
        if tone is None:
            self._shades = FADED[covered, OPAQUE]
            return
        tones = tone.reshape(-1)[self._touched]
        if self._chosen is not None:
            tones[self._chosen[self._owners()]] = OPAQUE
        self._shades = FADED[covered, tones]


def shaded(colours: NDArray[np.uint32], opacity: float = 1.0) -> NDArray[np.uint32]:
    """Every colour (n,) in every shade, premultiplied: uint32 (n * SHADES,)."""
    alpha = (colours >> 24)[:, None] / 255 * (np.arange(SHADES) / (SHADES - 1)) * opacity
    channels = [np.rint(((colours >> shift) & 255)[:, None] * alpha).astype(np.uint32) << shift for shift in (16, 8, 0)]
    shades = (np.rint(alpha * 255).astype(np.uint32) << 24) | channels[0] | channels[1] | channels[2]
    return shades.astype(np.uint32).reshape(-1)


def _parts(ids: Ids, chosen: Chosen | None) -> list[slice | Chosen]:
    """Seats of what is drawn first, and of what lies over it."""
    if chosen is None:
        return [slice(None)]
    above = chosen[ids]
    return [~above, above]
