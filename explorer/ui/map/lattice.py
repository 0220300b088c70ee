"""Where the tiles of the decoded grid stand on the map. No Qt.

A tile is (level, column, row) and shows the latent at its centre. Each level has twice the tiles a side of the one
before and contains them: every second column and row of a level is the very same latent. So a coarse picture of the
grid is a part of the fine one, and whoever zooms finds a quarter of the tiles done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Tile = tuple[int, int, int]

FEWEST, MOST = 5, 40  # tiles a side
COARSEST = 4  # every fourth column and row comes first
FIRST, LAST = 0.01, 0.99  # probabilities of the outermost tiles: at 0 and 1 a Gaussian has no end
LOWEST = -8
STAYS = 0.65  # doublings that a zoom may be off before another level is taken


@dataclass(frozen=True)
class GridSetting:
    """How the grid is shown. `equal`: tiles at equal steps of probability where the axes are Gaussian. `tint`: how
    strong the colours of numbers lie over the pictures."""

    on: bool = False
    side: int = 16
    opacity: float = 1.0
    equal: bool = False
    tint: float = 0.55


@dataclass(frozen=True)
class Lattice:
    """`unit`: the distance of two tiles on level 0, in the plane.

    `equal`: the plane is one of probabilities, `side` tiles share it on level 0, and beyond them there is nothing.
    """

    unit: float
    side: int
    equal: bool = False

    def level(self, zoom: float, before: int) -> int:
        """The level for `zoom` times the view of everything; the one of `before` while it does."""
        wished = math.log2(zoom)
        level = before if abs(wished - before) <= STAYS else round(wished)
        return max(level, 0 if self.equal else LOWEST)

    def at(self, level: int, index: Floats) -> Floats:
        """Positions in the plane, along one axis, of columns or rows; halves are the borders between them."""
        start, step = self._steps(level)
        return start + index * step

    def borders(self, level: int, indices: range) -> Floats:
        """The borders (n + 1,) of n columns or rows, in the plane."""
        return self.at(level, np.arange(indices.start, indices.stop + 1, dtype=np.float64) - 0.5)

    def index(self, level: int, position: float) -> float:
        """The column or row, with fractions, at a position along one axis."""
        start, step = self._steps(level)
        return (position - start) / step

    def covering(self, level: int, bounds: tuple[float, float, float, float], spare: int) -> tuple[range, range]:
        """Columns and rows that cover left, bottom, right, top of the plane and `spare` more on each side."""
        left, bottom, right, top = bounds
        return self._range(level, left, right, spare), self._range(level, bottom, top, spare)

    def centres(self, tiles: list[Tile]) -> Floats:
        """Positions (n, 2) in the plane of tiles of one level."""
        level = tiles[0][0]
        indices = np.array(tiles, np.float64)[:, 1:]
        return np.stack([self.at(level, indices[:, 0]), self.at(level, indices[:, 1])], axis=1)

    def tile_at(self, level: int, x: float, y: float) -> Tile | None:
        """The tile that covers a place, or None beyond the last one."""
        columns, rows = self.covering(level, (x, y, x, y), 0)
        if not columns or not rows:
            return None
        left, bottom, right, top = self.box((level, columns[0], rows[0]))
        return (level, columns[0], rows[0]) if left <= x <= right and bottom <= y <= top else None

    def box(self, tile: Tile) -> tuple[float, float, float, float]:
        """left, bottom, right, top of a tile in the plane."""
        level, column, row = tile
        left, right = self.borders(level, range(column, column + 1)).tolist()
        bottom, top = self.borders(level, range(row, row + 1)).tolist()
        return left, bottom, right, top

    def _range(self, level: int, low: float, high: float, spare: int) -> range:
        first = math.floor(self.index(level, low) + 0.5) - spare
        last = math.floor(self.index(level, high) + 0.5) + spare
        if self.equal:
            first, last = max(first, 0), min(last, self._last(level))
        return range(first, last + 1)

    def _steps(self, level: int) -> tuple[float, float]:
        """Where the column or row 0 stands, and the distance of two."""
        return (FIRST, (LAST - FIRST) / self._last(level)) if self.equal else (0.0, self.unit * 2.0**-level)

    def _last(self, level: int) -> int:
        return (self.side - 1) << max(level, 0)


def is_coarse(tile: Tile) -> bool:
    """Whether it is one of every fourth column and row, which come first."""
    return tile[1] % COARSEST == 0 and tile[2] % COARSEST == 0


def reduced(tile: Tile) -> Tile:
    """The name of a tile that it has on every level: that of the lowest level which contains it."""
    level, column, row = tile
    while level > LOWEST and column % 2 == 0 and row % 2 == 0:
        level, column, row = level - 1, column // 2, row // 2
    return level, column, row


def ordered(level: int, columns: range, rows: range, middle: tuple[float, float]) -> list[Tile]:
    """The tiles of a view, coarse first, and then from the middle (column, row) outwards."""
    across, up = (part.ravel() for part in np.meshgrid(np.array(columns), np.array(rows), indexing="ij"))
    distances = np.hypot(across - middle[0], up - middle[1])
    order = np.lexsort((distances, -_own_sizes(across, up)))
    return [(level, int(across[seat]), int(up[seat])) for seat in order]


def drawn_sizes(
    columns: range, rows: range, there: NDArray[np.bool_], due: NDArray[np.bool_] | None = None
) -> NDArray[np.intp]:
    """How many tiles wide each picture (columns, rows) is drawn: 0 where there is none, more while neighbours of the
    next finer step are `due` (without it all of them) and not yet there."""
    settled = there if due is None else there | ~due
    across, up = np.meshgrid(np.array(columns), np.array(rows), indexing="ij")
    sizes = np.where(there, _own_sizes(across, up), 0)
    size = COARSEST
    while size > 1:
        sizes = np.where((sizes == size) & _surrounded(settled, size // 2), size // 2, sizes)
        size //= 2
    return sizes


def _own_sizes(columns: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """4 for every fourth column and row, 2 for every second, else 1."""
    sizes = np.ones(columns.shape, np.intp)
    for size in (2, COARSEST):
        sizes[(columns % size == 0) & (rows % size == 0)] = size
    return sizes


def _surrounded(there: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    """Where all eight neighbours at a distance are there; beyond the edge they count as there."""
    width, height = there.shape
    framed = np.pad(there, step, constant_values=True)
    steps = (0, step, 2 * step)
    result = np.ones_like(there)
    for x in steps:
        for y in steps:
            result &= framed[x : x + width, y : y + height]
    return result
