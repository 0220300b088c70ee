"""The layer of pictures: samples that have room are shown as what they decode to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from explorer.latents.arrays import Images, Points
from explorer.ui.map.camera import Camera
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.points_layer import PointsLayer
from explorer.ui.map.regions import REGIONS_FROM, representatives
from explorer.ui.map.thumbnails import Places, Thumbnails, has_room, size_for, spread

BORDER = 2.0  # logical pixels
SLACK = 32  # logical pixels a view may move before pictures are chosen anew


def _serves(chosen: Camera, camera: Camera) -> bool:
    """Whether what was chosen for one view is good for another."""
    same = (chosen.scale, chosen.width, chosen.height) == (camera.scale, camera.width, camera.height)
    return same and max(abs(chosen.x - camera.x), abs(chosen.y - camera.y)) * camera.scale <= SLACK


class PicturesLayer:
    """Chooses which samples are pictures in a view and draws them."""

    def __init__(self) -> None:
        self.size = size_for(1.0)  # logical pixels
        self._thumbnails = Thumbnails()
        self._points: Points = np.empty((0, 2), np.float32)
        self._view: Camera | None = None  # what the choice was made for

    @property
    def shown(self) -> list[int]:
        """Samples that are pictures, or will be when theirs come."""
        return self._thumbnails.shown

    @property
    def fading(self) -> bool:
        """Whether the next frame will differ from this one."""
        return self._thumbnails.fading

    def clear(self, words: Sequence[str] = ()) -> None:
        """The samples are others now; `words` stand in the place of their pictures, where there are any."""
        self._thumbnails = Thumbnails(words)
        self._view = None

    def rest(self) -> None:
        """Samples are points for a while."""
        self._thumbnails.shown = []
        self._view = None

    def forget_asked(self) -> None:
        """What was asked for will not come."""
        self._thumbnails.forget_asked()

    def show(self, indices: tuple[int, ...], images: Images) -> None:
        """Pictures came, uint8 (n, h, w, c)."""
        self._thumbnails.show(indices, images)

    def picture(self, index: int, side: int, ratio: float) -> QPixmap | None:
        """The picture of a sample if it has come, its longer side `side` logical pixels."""
        return self._thumbnails.pixmap(index, side, ratio)

    def show_points(self, points: Points) -> None:
        """Where the samples are, (n, 2)."""
        self._points = points
        self._view = None

    def choose(self, camera: Camera, zoom: float, grid: PointGrid, crowd: PointsLayer) -> None:
        """Choose the pictures of this view; costs nothing when it is the one of before."""
        if self._view is not None and _serves(self._view, camera):
            return
        self._view, self.size = camera, size_for(zoom)
        wide = camera.resized(camera.width + self.size + 2 * SLACK, camera.height + self.size + 2 * SLACK)
        kept = self._inside(wide.bounds)
        ids: NDArray[np.integer] = kept[:0]
        if has_room(crowd.in_raster, self.size, crowd.raster_area, zoom):
            ids = grid.within(*wide.bounds)
            kept = kept[np.isin(kept, ids)]
        elif zoom >= REGIONS_FROM:
            ids = representatives(self._points, grid.within(*wide.bounds), kept, self.size / camera.scale)
            kept = kept[np.isin(kept, ids)]
        else:
            kept = kept[:0]
        self._thumbnails.shown = spread(self._places(camera), ids, kept.tolist(), self.size)

    def ask(self, camera: Camera) -> list[int]:
        """Pictures that are missing, the nearest to the middle first; none while all of them are on their way."""
        middle = np.array([camera.width / 2, camera.height / 2])
        return self._thumbnails.ask(self._places(camera), middle)

    def at(self, camera: Camera, at: NDArray[np.float64]) -> int | None:
        """The sample whose picture covers a screen position (2,)."""
        having = [index for index in self.shown if self._thumbnails.has(index)]
        if not having:
            return None
        distances = np.abs(camera.to_screen(self._points[having]) - at).max(axis=1)
        nearest = int(distances.argmin())
        return having[nearest] if distances[nearest] <= self.size / 2 else None

    def _places(self, camera: Camera) -> Places:
        return lambda ids: camera.to_screen(self._points[ids])

    def _inside(self, box: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """Those shown that are in a box of the plane."""
        ids = np.array(self.shown, np.intp)
        at = self._points[ids]
        return ids[((at >= box[:2]) & (at <= box[2:])).all(axis=1)]

    def draw(self, painter: QPainter, camera: Camera, ratio: float, colours: PointsLayer) -> None:
        """Draw the pictures that have come, framed in the colours of their samples."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in self.shown:
            pixmap = self._thumbnails.drawn(index, self.size, ratio)
            if pixmap is None:
                continue
            size = pixmap.deviceIndependentSize()
            corner = camera.to_screen(self._points[index]) - (size.width() / 2, size.height() / 2)
            x, y = (np.round(corner * ratio) / ratio).tolist()  # whole device pixels keep it sharp
            colour = QColor.fromRgba(colours.colour_of(index))
            painter.setOpacity(self._thumbnails.opacity(index) * colour.alphaF())
            painter.drawPixmap(QPointF(x, y), pixmap)
            colour.setAlpha(255)
            painter.setPen(QPen(colour, BORDER, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(QRectF(x, y, size.width(), size.height()))
        painter.setOpacity(1.0)

    def half(self, index: int) -> float | None:
        """Half the side of a sample's picture, or None while it is a point."""
        return self.size / 2 + BORDER if index in self.shown and self._thumbnails.has(index) else None
