"""The layer of numbers on the tiles of the grid: a colour each, the same scale as that of the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.latents.palette import ramp
from explorer.ui.map.camera import Camera
from explorer.ui.map.colours import argb
from explorer.ui.map.grid_layer import ASKED
from explorer.ui.map.lattice import Lattice, Tile, drawn_sizes, reduced

MOST = 100_000  # numbers in memory
Values = NDArray[np.float32]
Span = tuple[int, range, range]  # level, columns, rows


class HeatLayer:
    """Draws numbers through a camera, a cell a tile; knows nothing of events or latents."""

    def __init__(self) -> None:
        self._lattice: Lattice | None = None
        self._values: dict[Tile, float] = {}  # by reduced name, the newest last
        self._scale = (0.0, 1.0)
        self._colours = colours_of(dark=False)
        self._composed: tuple[Span, QImage] | None = None

    def show_lattice(self, lattice: Lattice | None) -> None:
        """Another lattice: no number is where it was."""
        if lattice != self._lattice:
            self.clear()
            self._lattice = lattice

    def show_scale(self, low: float, high: float, *, dark: bool) -> None:
        """What the ends of the colours mean, and the ground they stand on."""
        self._scale, self._colours = (low, high), colours_of(dark=dark)
        self.forget_composed()

    def clear(self) -> None:
        """The numbers mean nothing any more."""
        self._values.clear()
        self.forget_composed()

    def forget_composed(self) -> None:
        """Compose anew for the next frame."""
        self._composed = None

    def show(self, tiles: list[Tile], values: Values, _side: float) -> None:
        """Numbers float32 (n,) of tiles."""
        for tile, value in zip(tiles, values.tolist(), strict=True):
            name = reduced(tile)
            self._values.pop(name, None)
            self._values[name] = value
        for name in list(self._values)[: max(len(self._values) - MOST, 0)]:
            del self._values[name]

    def has(self, tile: Tile) -> bool:
        """Whether its number has come."""
        return reduced(tile) in self._values

    def value(self, tile: Tile) -> float | None:
        """Its number."""
        return self._values.get(reduced(tile))

    def is_stretched(self, _camera: Camera, _ratio: float) -> bool:
        """Never: cells are as sharp at every zoom."""
        return False

    def draw(self, painter: QPainter, camera: Camera, level: int, _ratio: float, opacity: float) -> None:
        """Draw what has come for this view."""
        lattice = self._lattice
        if lattice is None or not self._values:
            return
        columns, rows = lattice.covering(level, camera.bounds, ASKED)
        if not columns or not rows:
            return
        span = (level, columns, rows)
        if self._composed is None or self._composed[0] != span:
            self._composed = span, self._compose(span)
        across, up = lattice.borders(level, columns), lattice.borders(level, rows)
        corners = camera.to_screen(np.array([[across[0], up[-1]], [across[-1], up[0]]]))
        (left, top), (right, bottom) = corners.tolist()
        painter.setOpacity(opacity)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), self._composed[1])
        painter.setOpacity(1.0)

    def _compose(self, span: Span) -> QImage:
        """A pixel a tile; while finer ones are missing a coarse one is several wide."""
        level, columns, rows = span
        found = [[self.value((level, column, row)) for row in rows] for column in columns]
        values = np.array([[np.nan if one is None else one for one in line] for line in found], np.float64)
        there = np.array([[one is not None for one in line] for line in found], bool)
        cells = np.zeros(values.shape, np.uint32)
        sizes, colours = drawn_sizes(columns, rows, there), self._coloured(values)
        for size in (4, 2, 1):
            before = (size - 1) // 2
            for across, up in np.argwhere(sizes == size).tolist():
                part = tuple(slice(max(at - before, 0), at - before + size) for at in (across, up))
                cells[part] = colours[across, up]
        flat = np.ascontiguousarray(cells.T[::-1])
        height, width = flat.shape
        return QImage(flat.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()

    def _coloured(self, values: NDArray[np.float64]) -> NDArray[np.uint32]:
        """ARGB of numbers; nothing where there is none."""
        low, high = self._scale
        known = np.isfinite(values)
        shares = np.clip((np.where(known, values, low) - low) / max(high - low, 1e-12), 0, 1)
        steps = np.rint(shares * (len(self._colours) - 1)).astype(np.intp)
        return np.where(known, self._colours[steps], 0).astype(np.uint32)


def colours_of(*, dark: bool) -> NDArray[np.uint32]:
    """The colours of numbers, ARGB (k,)."""
    return np.array([argb(colour) for colour in ramp(dark)], np.uint32)
