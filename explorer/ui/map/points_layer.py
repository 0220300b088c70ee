"""The layer of points: a raster larger than the view, so that most frames of a pan only copy it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from explorer.latents.arrays import Points
from explorer.ui.map.camera import Camera
from explorer.ui.map.colours import Colouring, plain
from explorer.ui.map.raster import PointRaster

SPARE = 192  # device pixels around the view
EDGE = 12  # device pixels at the raster's border that may lack points


def radius_for(count: int, zoom: float) -> float:
    """Radius of a point in logical pixels: smaller the more there are, larger the nearer one looks."""
    alone = float(np.clip(45.0 / max(count, 1) ** (1 / 3), 1.1, 4.5))
    return float(np.clip(alone * max(zoom, 1.0) ** 0.35, 1.0, 6.5))


class PointsLayer:
    """Draws points; knows nothing of events."""

    def __init__(self) -> None:
        self._points: Points = np.empty((0, 2), np.float32)
        self._colouring: Colouring = plain(0, "#888888")
        self._highlight: int | None = None
        self._raster = PointRaster(1, 1)
        self._camera: Camera | None = None  # of the raster as it was drawn; None: draw anew
        self._drawn: tuple[float, float] = (0.0, 0.0)  # radius and device pixel ratio
        self._coloured = False

    def show_points(self, points: Points) -> None:
        """Points (n, 2); rows with NaN are not drawn."""
        self._points = points
        self._camera = None

    def show_colouring(self, colouring: Colouring, highlight: int | None = None) -> None:
        """The drawing is kept; only a highlight, which lies on top, draws anew."""
        if highlight != self._highlight:
            self._camera = None
        self._colouring, self._highlight = colouring.highlighting(highlight), highlight
        self._coloured = False

    @property
    def radius(self) -> float:
        """Radius of a point in logical pixels, as last prepared."""
        return self._drawn[0]

    def colour_of(self, index: int) -> int:
        """The colour of a sample, ARGB."""
        return int(self._colouring.colours[self._colouring.codes[index]])

    @property
    def in_raster(self) -> int:
        """How many points lie in the view and a margin around it."""
        return self._raster.drawn

    @property
    def raster_area(self) -> float:
        """Area of the raster in square logical pixels."""
        return float(self._raster.image.size) / self._drawn[1] ** 2 if self._drawn[1] else 1.0

    def prepare(self, camera: Camera, radius: float, ratio: float) -> None:
        """Make the raster serve this camera; does nothing when it already does."""
        if self._serves(camera, radius, ratio):
            return
        width, height = round(camera.width * ratio) + 2 * SPARE, round(camera.height * ratio) + 2 * SPARE
        if self._raster.image.shape != (height, width):
            self._raster = PointRaster(width, height)
        self._camera, self._drawn, self._coloured = camera, (radius, ratio), False
        self._raster.draw(camera.to_screen(self._points) * ratio + SPARE, radius * ratio, self._groups())

    def draw(self, painter: QPainter, camera: Camera) -> None:
        """Draw what was prepared."""
        if self._camera is None or not len(self._points):
            return
        if not self._coloured:
            self._raster.colour(self._colouring.codes, self._colouring.colours)
            self._coloured = True
        height, width = self._raster.image.shape
        image = QImage(self._raster.image.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        ratio = self._drawn[1]
        image.setDevicePixelRatio(ratio)
        dx, dy = self._shift(camera)
        painter.drawImage(QPointF((dx - SPARE) / ratio, (dy - SPARE) / ratio), image)

    def _serves(self, camera: Camera, radius: float, ratio: float) -> bool:
        drawn = self._camera
        if drawn is None or self._drawn != (radius, ratio) or drawn.scale != camera.scale:
            return False
        same_size = (drawn.width, drawn.height) == (camera.width, camera.height)
        return same_size and max(map(abs, self._shift(camera))) <= SPARE - EDGE * ratio

    def _shift(self, camera: Camera) -> tuple[int, int]:
        """How far the raster moved since it was drawn, in whole device pixels."""
        drawn = self._camera or camera
        factor = camera.scale * self._drawn[1]
        return round((drawn.x - camera.x) * factor), round((camera.y - drawn.y) * factor)

    def _groups(self) -> tuple[NDArray[np.intp], ...]:
        if self._highlight is None:
            return (np.arange(len(self._points)),)
        chosen = self._colouring.codes == self._highlight
        return np.flatnonzero(~chosen), np.flatnonzero(chosen)
