"""The layer of points: a raster larger than the view, so that most frames of a pan only copy it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from explorer.latents.arrays import Points
from explorer.ui.map.camera import Camera
from explorer.ui.map.colours import PALE, Colouring, argb_of, plain
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.raster import PointRaster

SPARE = 192  # device pixels around the view
GAP_SHARE = 0.4  # of the distance of neighbours, where they lie most densely
EDGE = 12  # device pixels at the raster's border that may lack points

Chosen = NDArray[np.bool_]


def radius_for(count: int, zoom: float, crowd: float = 0.0) -> float:
    """Radius of a point in logical pixels: smaller the more there are, larger the nearer one looks.

    It grows no further than leaves a gap between neighbours, where `crowd` points lie on a square pixel.
    """
    alone = float(np.clip(45.0 / max(count, 1) ** (1 / 3), 1.1, 4.5))
    most = max(alone, GAP_SHARE / np.sqrt(crowd)) if crowd > 0 else 6.5
    return float(np.clip(alone * max(zoom, 1.0) ** 0.35, 1.0, min(most, 6.5)))


class PointsLayer:
    """Draws points; knows nothing of events."""

    def __init__(self) -> None:
        self._points: Points = np.empty((0, 2), np.float32)
        self._index: PointGrid | None = None
        self._colouring: Colouring = plain(0, "#888888")
        self._chosen: Chosen | None = None
        self._raster = PointRaster(1, 1)
        self._camera: Camera | None = None  # of the raster as it was drawn; None: draw anew
        self._drawn: tuple[float, float] = (0.0, 0.0)  # radius and device pixel ratio
        self._coloured = False
        self._shaded = True

    def show_shaded(self, shaded: bool) -> None:
        """Whether points are paler where they are thin, when there are very many."""
        if shaded != self._shaded:
            self._shaded, self._camera = shaded, None

    def show_points(self, points: Points, index: PointGrid | None) -> None:
        """Points (n, 2), and the grid over them where there is one; rows with NaN are not drawn."""
        self._points, self._index = points, index
        self._camera = None

    def show_colouring(self, colouring: Colouring) -> None:
        """Another colouring: the drawing is kept."""
        self._colouring = colouring
        self._coloured = False

    def show_chosen(self, chosen: Chosen | None) -> None:
        """Those that stand out, bool (n,): they lie over the others, which are pale. None: all are alike."""
        if chosen is not self._chosen:
            self._chosen, self._camera = chosen, None

    @property
    def radius(self) -> float:
        """Radius of a point in logical pixels, as last prepared."""
        return self._drawn[0]

    def colour_of(self, index: int) -> int:
        """The colour of a sample, ARGB."""
        colour = int(self._colouring.colours[self._colouring.codes[index]])
        is_pale = self._chosen is not None and not self._chosen[index]
        return argb_of(colour, PALE * (colour >> 24) / 255) if is_pale else colour

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
        spare = round(2 * SPARE / ratio)
        wide = camera.resized(camera.width + spare, camera.height + spare)
        x, y, ids = self._in_view(wide)
        scale = camera.scale * ratio
        columns = _along(x, camera.x, scale, camera.width * ratio / 2 + SPARE)
        rows = _along(y, camera.y, -scale, camera.height * ratio / 2 + SPARE)
        dense = self._index.density / scale**2 if self._index is not None and self._shaded else 0.0
        self._raster.draw(columns, rows, ids, radius * ratio, self._chosen, dense)

    def draw(self, painter: QPainter, camera: Camera) -> None:
        """Draw what was prepared."""
        if self._camera is None or not len(self._points):
            return
        if not self._coloured:
            self._raster.colour(self._colouring.codes, self._colouring.colours, PALE)
            self._coloured = True
        height, width = self._raster.image.shape
        image = QImage(self._raster.image.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        ratio = self._drawn[1]
        image.setDevicePixelRatio(ratio)
        dx, dy = self._shift(camera)
        painter.drawImage(QPointF((dx - SPARE) / ratio, (dy - SPARE) / ratio), image)

    def _in_view(self, camera: Camera) -> tuple[Points, Points, NDArray[np.int32]]:
        """x, y (k,) in the plane and indices of the points that may be in a view."""
        if self._index is not None:
            return self._index.about(*camera.bounds)
        return self._points[:, 0], self._points[:, 1], np.arange(len(self._points), dtype=np.int32)

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


def _along(values: Points, centre: float, scale: float, middle: float) -> Points:
    """Pixels of values (n,) along an axis, `centre` at the pixel `middle`; float32 is good to a 30th of a pixel."""
    pixels: Points = values - np.float32(centre)
    pixels *= np.float32(scale)
    pixels += np.float32(middle)
    return pixels
