"""The canvas of the map: draws what it is given, and tells what was done on it. It knows neither store nor models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.latents.arrays import Images, Points
from explorer.ui.map import axes
from explorer.ui.map.camera import FARTHEST, NEAREST, Camera, fitted
from explorer.ui.map.colours import Colouring, plain
from explorer.ui.map.gestures import MapGestures
from explorer.ui.map.glide import MOST, Glide
from explorer.ui.map.grid import MapGrid
from explorer.ui.map.lattice import GridSetting, Tile
from explorer.ui.map.marks import MarkPainter, Marks
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.pictures_layer import PicturesLayer
from explorer.ui.map.points_layer import PointsLayer, radius_for

REACH = 8.0  # logical pixels within which a sample is meant
SETTLE = 120  # milliseconds without a move of the view before pictures are asked for
DWELL = 450  # milliseconds over a sample before its words appear
FRAME = 16  # milliseconds between frames of a fade
ON_TILES = 0.5  # points are smaller on the decoded grid, so that both can be read
RIM, RIM_OPACITY = 0.75, 0.6  # logical pixels of ground around a point on the grid


class MapCanvas(QWidget):
    """`hovered(point or None)`: float64 (2,) under the cursor; `chosen(point, sample or None)`: a click, or Return.

    `pictures_wanted(indices)`: all samples whose pictures have room and are missing, the middle of the view first.
    """

    hovered = Signal(object)
    chosen = Signal(object, object)
    pictures_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = Camera()
        self.motion = True
        self.describe: Callable[[int], str] = str
        self.describe_place: Callable[[NDArray[np.float64]], str] = str
        self._points: Points = np.empty((0, 2), np.float32)
        self._grid = PointGrid(self._points)
        self._axis_names = ("", "")
        self._marks = Marks()
        self._notice = ""
        self._home = True  # the view was not moved since it was fitted
        self._ringed: int | None = None
        self._tile_at: tuple[Tile, NDArray[np.float64]] | None = None  # under the cursor
        self._layer = PointsLayer()
        self._rims = PointsLayer()  # around the points, while the grid is on
        self._pictures = PicturesLayer()
        self.grid = MapGrid(self)
        self.grid.changed.connect(self.update)
        self._fit = self.camera  # the view that shows everything
        self._glide = Glide(self._show_between, self)
        self._settle = self._timer(SETTLE, self._ask_pictures)
        self._dwell = self._timer(DWELL, self._tell)
        self._fade = self._timer(FRAME, self.update)
        self._gestures = MapGestures(self)
        self.installEventFilter(self._gestures)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the samples")
        self.setAccessibleDescription(
            "Arrow keys move the view, plus and minus zoom, 0 shows everything, Return goes to the middle of the view."
        )

    # what is shown

    def show_points(self, points: Points, axis_names: tuple[str, str]) -> None:
        """Points (n, 2) of the samples, fitted into the view; they glide there when there were as many before."""
        self._glide.finish()
        before, camera = self._points, self.camera
        self._axis_names = axis_names
        self._points, self._grid, self._home = points, PointGrid(points), True
        self._fit = fitted(points, self.width(), self.height())
        self._pictures.show_points(points)
        self._colour_rims()
        self.grid.clear()
        self._ring(None)
        alike = len(before) == len(points) and 0 < len(points) <= MOST
        if alike and self.motion and self.isVisible() and not self._gestures.dragging:
            self._glide.start(before, camera, points, self._fit)
        else:
            self._show_between(points, self._fit)

    def show_colouring(self, colouring: Colouring, highlight: int | None) -> None:
        """Colours of the samples, and the class that stands out."""
        self._layer.show_colouring(colouring, highlight)
        self._colour_rims()
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """What lies over the samples."""
        self._marks = marks
        self.update()

    def show_pictures(self, indices: tuple[int, ...], images: Images) -> None:
        """Pictures of samples, uint8 (n, h, w, c)."""
        self._pictures.show(indices, images)
        self.update()

    def clear_pictures(self) -> None:
        """The samples are others now."""
        self._pictures.clear()

    def ask_pictures_again(self) -> None:
        """What was asked for will not come: ask for what is missing when the view has settled."""
        self._pictures.forget_asked()
        self.grid.ask_again()
        self._settle.start()

    def show_grid_setting(self, setting: GridSetting) -> None:
        """The decoded grid, on or off; samples are points while it is on."""
        self.grid.show_setting(setting)
        self._pictures.rest()
        self._settle.start()
        self.update()

    def shows(self, points: Points) -> bool:
        """Whether these points are on the map already."""
        return np.array_equal(points, self._points, equal_nan=True)

    def show_notice(self, text: str) -> None:
        """A sentence in the middle instead of a map; '' for none."""
        self._notice = text
        self.update()

    # the view

    def reset_view(self) -> None:
        """Show all samples."""
        self.show_camera(self._fit, home=True)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by (dx, dy) logical pixels."""
        self.show_camera(self.camera.panned(dx, dy))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom at a position, without one at the middle."""
        fit = self._fit.scale
        wished = float(np.clip(self.camera.scale * factor, fit * FARTHEST, fit * NEAREST))
        place = at or QPointF(self.width() / 2, self.height() / 2)
        self.show_camera(self.camera.zoomed(wished / self.camera.scale, (place.x(), place.y())))

    def show_camera(self, camera: Camera, *, home: bool = False) -> None:
        """Look through another camera."""
        if self._glide.running:
            self._glide.finish()
        self.camera, self._home = camera, home
        self.grid.look(camera, self._fit, self.devicePixelRatioF())
        self._settle.start()
        self.update()

    # what is where

    def crowd(self, box: QRectF) -> int:
        """How many samples lie in a box of the view that shows everything."""
        corners = np.array([[box.left(), box.bottom()], [box.right(), box.top()]])
        return len(self._grid.inside(*self._fit.to_plane(corners).reshape(-1).tolist()))

    def plane_at(self, at: QPointF) -> NDArray[np.float64]:
        """The place on the map under a position, float64 (2,)."""
        return self.camera.to_plane(np.array([at.x(), at.y()]))

    def sample_at(self, at: QPointF) -> int | None:
        """The sample whose picture is under a position, or whose point is near it."""
        pictured = self._pictures.at(self.camera, np.array([at.x(), at.y()]))
        if pictured is not None:
            return pictured
        x, y = self.plane_at(at)
        return self._grid.nearest(float(x), float(y), REACH / self.camera.scale)

    def hover(self, at: QPointF | None) -> None:
        """The cursor is here, or nowhere on the map."""
        if at is None or self._notice or not len(self._points) or self._glide.running:
            self._ring(None)
            self._point_at_tile(None)
            self.hovered.emit(None)
            return
        self._ring(self.sample_at(at))
        self._point_at_tile(at)
        self.hovered.emit(self.plane_at(at))

    def choose(self, at: QPointF) -> None:
        """A position was clicked."""
        if not self._notice and len(self._points):
            self.chosen.emit(self.plane_at(at), self.sample_at(at))

    @property
    def ringed(self) -> int | None:
        """The sample under the cursor."""
        return self._ringed

    @property
    def pictures_shown(self) -> tuple[int, ...]:
        """The samples that are shown as pictures, or will be when they come."""
        return tuple(self._pictures.shown)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(720, 540)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._glide.finish()
        self._fit = fitted(self._points, self.width(), self.height())
        self.show_camera(self._fit if self._home else self.camera.resized(self.width(), self.height()), home=self._home)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if self._notice:
            self._draw_notice(painter)
        else:
            self._draw_map(painter)
        if self._gestures.by_keyboard and self.hasFocus():
            self._draw_focus(painter)
        painter.end()

    # drawing

    def _draw_map(self, painter: QPainter) -> None:
        axes.draw_lines(painter, self.camera, self.palette())
        zoom, ratio = self.camera.scale / self._fit.scale, self.devicePixelRatioF()
        radius = radius_for(len(self._points), zoom)
        if self.grid.setting.on:
            radius *= ON_TILES
            self._draw_grid(painter, radius, ratio)
        self._layer.prepare(self.camera, radius, ratio)
        self._layer.draw(painter, self.camera)
        if not self._glide.running and not self.grid.setting.on:
            self._pictures.choose(self.camera, zoom, self._grid, self._layer)
            self._pictures.draw(painter, self.camera, ratio, self._layer)
        if self._pictures.fading:
            self._fade.start()
        marks = MarkPainter(painter, self.camera, self.palette())
        marks.draw(self._marks, with_preview=self._ringed is None)
        if self._ringed is not None:
            self._draw_ring(marks, self._ringed)
        if len(self._points):
            axes.draw_labels(painter, self.camera, self.palette(), self._axis_names)

    def _draw_grid(self, painter: QPainter, radius: float, ratio: float) -> None:
        """The tiles, and a rim of ground under every point."""
        self.grid.draw(painter, self.camera, ratio)
        self._rims.prepare(self.camera, radius + RIM, ratio)
        painter.setOpacity(RIM_OPACITY)
        self._rims.draw(painter, self.camera)
        painter.setOpacity(1.0)

    def _draw_ring(self, marks: MarkPainter, index: int) -> None:
        at = QPointF(*self.camera.to_screen(self._points[index]).tolist())
        marks.ring_sample(at, self._layer.radius + 4.0, self._pictures.half(index))

    def _draw_notice(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        box = self.rect().adjusted(24, 24, -24, -24)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self._notice)

    def _draw_focus(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        middle = QPointF(self.width() / 2, self.height() / 2)
        for dx, dy in ((6, 0), (0, 6)):  # where Return goes
            painter.drawLine(middle - QPointF(dx, dy), middle + QPointF(dx, dy))

    # inside

    def _show_between(self, points: Points, camera: Camera) -> None:
        """A frame of a glide, or its end."""
        self.camera = camera
        self._layer.show_points(points)
        self._rims.show_points(points)
        self.grid.look(camera, self._fit, self.devicePixelRatioF())
        self._settle.start()
        self.update()

    def _colour_rims(self) -> None:
        ground = self.palette().color(QPalette.ColorRole.Base).name()
        self._rims.show_colouring(plain(len(self._points), ground))

    def _ask_pictures(self) -> None:
        if self.grid.setting.on:
            return
        wanted = self._pictures.ask(self.camera)
        if wanted:
            self.pictures_wanted.emit(wanted)

    def _ring(self, sample: int | None) -> None:
        if sample == self._ringed:
            return
        self._ringed = sample
        QToolTip.hideText()
        self._dwell.stop() if sample is None else self._dwell.start()
        self.setCursor(Qt.CursorShape.ArrowCursor if sample is None else Qt.CursorShape.PointingHandCursor)
        self.update()

    def _point_at_tile(self, at: QPointF | None) -> None:
        """A tile tells its coordinates after a while, as a sample tells its labels."""
        found = None if at is None or self._ringed is not None else self.grid.tile_at(*self.plane_at(at).tolist())
        before, self._tile_at = self._tile_at, found
        if (before and before[0]) != (found and found[0]):
            QToolTip.hideText()
        if found is not None and not QToolTip.isVisible():
            self._dwell.start()

    def _tell_tile(self) -> None:
        if self._tile_at is None:
            return
        tile, centre = self._tile_at
        left, bottom, right, top = self.grid.box(tile)
        corners = self.camera.to_screen(np.array([[left, top], [right, bottom]]))
        box = QRectF(QPointF(*corners[0].tolist()), QPointF(*corners[1].tolist())).toAlignedRect()
        QToolTip.showText(QCursor.pos(), self.describe_place(centre), self, box)

    def _tell(self) -> None:
        if self._ringed is None and self.underMouse():
            self._tell_tile()
        elif self._ringed is not None and self.underMouse():
            at = self.camera.to_screen(self._points[self._ringed])
            place = self.mapToGlobal(QPointF(*at.tolist()).toPoint())
            QToolTip.showText(place, self.describe(self._ringed), self)

    def _timer(self, milliseconds: int, shot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(shot)
        return timer
