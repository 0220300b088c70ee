"""The canvas of the map: draws what it is given, and tells what was done on it. It knows neither store nor models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.latents.arrays import Images, Points
from explorer.latents.selections import NONE, Indices
from explorer.session.preferences import PointsLook
from explorer.ui.map import axes
from explorer.ui.map.camera import FARTHEST, NEAREST, Camera, fitted
from explorer.ui.map.colours import Colouring
from explorer.ui.map.gestures import MapGestures
from explorer.ui.map.glide import Glide
from explorer.ui.map.grid import MapGrid
from explorer.ui.map.heat_layer import HeatLayer
from explorer.ui.map.lattice import GridSetting
from explorer.ui.map.layers import SampleLayers, View
from explorer.ui.map.marks import MarkPainter, Marks
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.picking import Picking, Scene
from explorer.ui.map.telling import MapTelling
from explorer.ui.map.vacancy import Vacancy

SETTLE = 120  # milliseconds without a move of the view before pictures are asked for
FRAME = 16  # milliseconds between frames of a fade


class MapCanvas(QWidget):
    """`hovered(point or None)`: float64 (2,) under the cursor; `chosen(point, sample or None)`: a click, or Return.

    `looked(camera)`: the hand moved the view.

    `pinned(point)`: a place that is wanted as an end of a path.

    `pictures_wanted(indices)`: all samples whose pictures have room and are missing, the middle of the view first.
    """

    hovered = Signal(object)
    chosen = Signal(object, object)
    pinned = Signal(object)
    pictures_wanted = Signal(object)
    looked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = Camera()
        self.motion = True
        self.layers = SampleLayers()
        self._axis_names = ("", "")
        self._marks = Marks()
        self.draw_over: Callable[[QPainter], None] = lambda _painter: None  # after everything else
        self.vacancy = Vacancy(self)
        self._home = True  # the view was not moved since it was fitted
        self.twin: int | None = None  # the sample under the cursor on the map beside
        self._settling: Points | None = None  # places of a map that is not done yet
        self.heat_layer = HeatLayer()
        self.grid, self.heat = MapGrid(self), MapGrid(self, self.heat_layer)
        for tiles in (self.grid, self.heat):
            tiles.changed.connect(self.update)
        self._fit = self.camera  # the view that shows everything
        self._glide = Glide(self._show_between, self)
        self._settle = self._timer(SETTLE, self._ask_pictures)
        self._fade = self._timer(FRAME, self.update)
        self.selection: Indices = NONE
        self.picking = Picking(lambda: Scene(self._choosable, self.camera), self)
        self.picking.changed.connect(self.update)
        self.telling = MapTelling(self)
        self.picking.tool_changed.connect(lambda _tool: self.telling.rest_cursor())
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

    @property
    def axis_names(self) -> tuple[str, str]:
        return self._axis_names

    def show_points(self, points: Points, axis_names: tuple[str, str], index: PointGrid | None = None) -> None:
        """Points (n, 2) of the samples, fitted into the view; they glide there when there were as many before.

        `index` is the grid over them: for very many it takes longer than a frame to build.
        """
        self._glide.finish()
        before, camera = self.seen, self.camera
        self._settling, self._axis_names = None, axis_names
        self.layers.show_points(points, PointGrid(points) if index is None else index, self._ground)
        self._fit, self._home = fitted(points, self.width(), self.height()), True
        for tiles in (self.grid, self.heat):
            tiles.clear()
        self.telling.ring(None)
        alike = len(before) == len(points) > 0
        if alike and self.motion and self.isVisible() and not self._gestures.dragging:
            self._glide.start(before, camera, points, self._fit)
        else:
            self._show_between(points, self._fit)

    def show_settling(self, points: Points) -> None:
        """Places (n, 2) of a map that is not done yet, NaN where a sample has none: to be seen, not to be asked."""
        before, camera = self.seen, self.camera
        if self._settling is None:
            self._axis_names = ("", "")
            self.hover(None)
            for tiles in (self.grid, self.heat):
                tiles.clear()
        self._settling = points
        if self._home:
            self._fit = fitted(points, self.width(), self.height())
        goal = self._fit if self._home else camera
        if self.motion and self.isVisible() and len(before) == len(points):
            self._glide.follow(points, goal, (before, camera))
        else:
            self._show_between(points, goal)

    def show_colouring(self, colouring: Colouring, highlight: int | None) -> None:
        """Colours of the samples, and the class that stands out."""
        self.layers.show_colouring(colouring, highlight)
        self.layers.show_ground(self._ground)
        self.update()

    def show_only(self, there: NDArray[np.bool_] | None) -> None:
        """The samples (n,) that are seen; None: all."""
        self.telling.ring(None)
        self.layers.show_only(there)
        self._settle.start()
        self.update()

    def show_selection(self, selection: Indices) -> None:
        """The samples that are selected: two or more stand out from the others."""
        self.selection = selection
        self.layers.show_selection(selection if len(selection) > 1 else None)
        self.update()

    def show_look(self, look: PointsLook) -> None:
        """Size of the points, shade and contours."""
        self.layers.show_look(look)
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """What lies over the samples."""
        self._marks = marks
        self.update()

    def show_pictures(self, indices: tuple[int, ...], images: Images) -> None:
        """Pictures of samples, uint8 (n, h, w, c)."""
        self.layers.pictures.show(indices, images)
        self.telling.show_pictures()
        self.update()

    def clear_pictures(self, words: Sequence[str] = ()) -> None:
        """The samples are others now; `words` stand in the place of their pictures, where there are any."""
        self.layers.pictures.clear(words)

    def ask_pictures_again(self) -> None:
        """What was asked for will not come: ask for what is missing when the view has settled."""
        self.layers.pictures.forget_asked()
        for tiles in (self.grid, self.heat):
            tiles.ask_again()
        self._settle.start()

    def show_grid_setting(self, setting: GridSetting, *, tinted: bool) -> None:
        """The decoded grid, on or off; samples are points while it is on. `tinted`: its tiles have numbers too."""
        self.grid.show_setting(setting)
        self.heat.show_setting(replace(setting, on=setting.on and tinted, opacity=setting.tint))
        self.layers.pictures.rest()
        self._settle.start()
        self.update()

    def shows(self, points: Points) -> bool:
        """Whether these points are on the map already."""
        return np.array_equal(points, self.layers.points, equal_nan=True)

    def show_notice(self, text: str, button: str = "") -> None:
        """A sentence in the middle instead of a map; '' for none. `button`: what can be done, in words."""
        self.vacancy.show_text(text, button)
        self.update()

    # the view

    def reset_view(self) -> None:
        """Show all samples."""
        self._look(self._fit, home=True)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by (dx, dy) logical pixels."""
        self._look(self.camera.panned(dx, dy))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom at a position, without one at the middle."""
        fit = self._fit.scale
        wished = float(np.clip(self.camera.scale * factor, fit * FARTHEST, fit * NEAREST))
        place = at or QPointF(self.width() / 2, self.height() / 2)
        self._look(self.camera.zoomed(wished / self.camera.scale, (place.x(), place.y())))

    def _look(self, camera: Camera, *, home: bool = False) -> None:
        self.show_camera(camera, home=home)
        self.looked.emit(camera)

    def show_twin(self, sample: int | None) -> None:
        """The sample that is under the cursor on the map beside this one."""
        if sample != self.twin:
            self.twin = sample
            self.update()

    def show_twin_camera(self, camera: Camera) -> None:
        """The view that the map beside this one has, where the axes agree."""
        self.show_camera(replace(camera, width=self.camera.width, height=self.camera.height))

    def show_camera(self, camera: Camera, *, home: bool = False) -> None:
        """Look through another camera."""
        if self._glide.running:
            self._glide.finish()
        self.camera, self._home = camera, home
        self.telling.card.hide()
        for tiles in (self.grid, self.heat):
            tiles.look(camera, self._fit, self.devicePixelRatioF())
        self._settle.start()
        self.update()

    # what is where

    def crowd(self, box: QRectF) -> int:
        """How many samples lie in a box of the view that shows everything."""
        return self.layers.crowd(self._fit, box)

    def plane_at(self, at: QPointF) -> NDArray[np.float64]:
        """The place on the map under a position, float64 (2,)."""
        return self.camera.to_plane(np.array([at.x(), at.y()]))

    def sample_at(self, at: QPointF) -> int | None:
        """The sample whose picture is under a position, or whose point is near it."""
        return self.layers.at(self.camera, at, on_tiles=self.grid.setting.on)

    def hover(self, at: QPointF | None) -> None:
        """The cursor is here, or nowhere on the map."""
        if at is None or not self._can_be_asked or self._glide.running:
            self.telling.ring(None)
            self.telling.point_at(None)
            self.hovered.emit(None)
            return
        self.telling.ring(self.sample_at(at))
        self.telling.point_at(at)
        self.hovered.emit(self.plane_at(at))

    def choose(self, at: QPointF) -> None:
        """A position was clicked."""
        if self._can_be_asked:
            self.chosen.emit(self.plane_at(at), self.sample_at(at))

    def pin(self, at: QPointF) -> None:
        """A position is wanted as an end of a path."""
        if self._can_be_asked:
            self.pinned.emit(self.plane_at(at))

    @property
    def _can_be_asked(self) -> bool:
        """Whether places and samples are where a hand can find them."""
        return not self.vacancy.text and len(self.layers.points) > 0 and self._settling is None

    @property
    def seen(self) -> Points:
        """The places on the screen, when nothing glides."""
        return self.layers.points if self._settling is None else self._settling

    @property
    def _choosable(self) -> Points:
        """The same, NaN where a sample is hidden."""
        return self.layers.visible if self._settling is None else self.layers.seen_of(self._settling)

    @property
    def ringed(self) -> int | None:
        """The sample under the cursor."""
        return self.telling.ringed

    @property
    def pictures_shown(self) -> tuple[int, ...]:
        """The samples that are shown as pictures, or will be when they come."""
        return tuple(self.layers.pictures.shown)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(720, 540)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._glide.finish()
        self._fit = fitted(self.seen, self.width(), self.height())
        self.show_camera(self._fit if self._home else self.camera.resized(self.width(), self.height()), home=self._home)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if not self.vacancy.text:
            self._draw_map(painter)
        if self._gestures.by_keyboard and self.hasFocus():
            self._draw_focus(painter)
        painter.end()

    # drawing

    def _draw_map(self, painter: QPainter) -> None:
        if any(self._axis_names):
            axes.draw_lines(painter, self.camera, self.palette())
        self._draw_samples(painter, View(self.camera, self.camera.scale / self._fit.scale, self.devicePixelRatioF()))
        marks, ringed = MarkPainter(painter, self.camera, self.palette()), self.telling.ringed
        marks.draw(self._marks, with_preview=ringed is None)
        if len(self.selection) == 1 and self._can_be_asked and self.selection[0] < len(self.layers.points):
            self._ring(marks, int(self.selection[0]))  # one alone does not make all others pale
        for sample in {ringed, self.twin} - {None}:
            if sample is not None and sample < len(self.layers.points) and self._can_be_asked:
                self._ring(marks, sample)
        self.picking.draw(painter, self.camera, self.palette())
        self.draw_over(painter)
        if any(self._axis_names):
            axes.draw_labels(painter, self.camera, self.palette(), self._axis_names)

    def _ring(self, marks: MarkPainter, sample: int) -> None:
        marks.ring_sample(self.layers.screen(self.camera, sample), *self.layers.ring_size(sample))

    def _draw_samples(self, painter: QPainter, view: View) -> None:
        """The decoded grid under points with a rim; or points, and pictures where there is room."""
        on_tiles = self.grid.setting.on
        if on_tiles:
            self.grid.draw(painter, view.camera, view.ratio)
            self.heat.draw(painter, view.camera, view.ratio)
            self.layers.draw_rims(painter, view)
        self.layers.draw_points(painter, view, on_tiles=on_tiles)
        rests = not self._glide.running and self._settling is None
        if rests:
            self.layers.draw_contours(painter, view, self.palette())
        if rests and not on_tiles:
            self.layers.draw_pictures(painter, view)
        if self.layers.pictures.fading:
            self._fade.start()

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
        self.layers.place_at(points)
        for tiles in (self.grid, self.heat):
            tiles.look(camera, self._fit, self.devicePixelRatioF())
        self._settle.start()
        self.update()

    @property
    def _ground(self) -> str:
        return self.palette().color(QPalette.ColorRole.Base).name()

    def _ask_pictures(self) -> None:
        if self.grid.setting.on:
            return
        wanted = self.layers.pictures.ask(self.camera)
        if wanted:
            self.pictures_wanted.emit(wanted)

    def _timer(self, milliseconds: int, shot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(shot)
        return timer
