"""The hand on a path of the map: waypoints are dragged, the bead is scrubbed, a curve is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui.map.camera import Camera
from explorer.ui.map.marks import STOP, Route

NEAR = STOP + 3.0  # logical pixels within which a waypoint or the bead is meant
STEP = 3.0  # logical pixels between two points of a drawn curve


@dataclass(frozen=True, eq=False)
class Sight:
    """What is under the hand: the path, and the camera it is seen through."""

    route: Route
    camera: Camera


class WaypointHand(QObject):
    """Comes before other gestures of the canvas, and takes only what is its own.

    `dragged(index, point, stroke)`: a waypoint is to be at a place (2,) of the map; equal strokes are one gesture.
    `scrubbed(position)`: the bead is to be there, 0..1. `drawn(points)`: a curve (n, 2) was drawn. `let_go`: the hand
    was lifted.
    """

    dragged = Signal(int, object, int)
    scrubbed = Signal(float)
    drawn = Signal(object)
    let_go = Signal()

    def __init__(self, canvas: QWidget, look: Callable[[], Sight]) -> None:
        super().__init__(canvas)
        self._canvas, self._look = canvas, look
        self._index: int | None = None
        self._scrubs = False
        self._curve: list[QPointF] | None = None
        self._stroke = 0
        self.is_drawing = False  # whether the next drag draws
        canvas.installEventFilter(self)

    def draw_next(self, on: bool) -> None:
        """The next drag on the map draws a curve, or does not."""
        self.is_drawing = on
        self._curve = None
        if on:
            self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._canvas.unsetCursor()

    def draw(self, painter: QPainter) -> None:
        """What is drawn so far."""
        if self._curve is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._canvas.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawPolyline(self._curve)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            return self._press(event.position())
        if event.type() == QEvent.Type.MouseMove:
            return self._move(event.position())
        if event.type() == QEvent.Type.MouseButtonRelease:
            return self._release()
        return False

    def _press(self, at: QPointF) -> bool:
        self._stroke += 1
        if self.is_drawing:
            self._curve = [at]
            return True
        sight = self._look()
        if self._is_near(sight, sight.route.bead, at):
            self._scrubs = True
        else:
            self._index = self._stop_at(sight, at)
        return self._scrubs or self._index is not None

    def _move(self, at: QPointF) -> bool:
        if self._curve is not None:
            if (at - self._curve[-1]).manhattanLength() >= STEP:
                self._curve.append(at)
                self._canvas.update()
        elif self._scrubs:
            self._scrub(at)
        elif self._index is not None:
            self.dragged.emit(self._index, self._place(at), self._stroke)
        else:
            return False
        return True

    def _release(self) -> bool:
        curve, busy = self._curve, self._scrubs or self._index is not None or self._curve is not None
        self._index, self._scrubs, self._curve = None, False, None
        if curve is not None:
            self.draw_next(False)
            if len(curve) > 1:
                self.drawn.emit(np.stack([self._place(at) for at in curve]))
        if busy:
            self.let_go.emit()
        return busy

    def _scrub(self, at: QPointF) -> None:
        """To the place of the line that is nearest on the screen."""
        sight = self._look()
        line = sight.route.line
        if line is None or len(line) < 2:
            return
        screen = sight.camera.to_screen(line)
        nearest = int(np.nanargmin(np.hypot(screen[:, 0] - at.x(), screen[:, 1] - at.y())))
        self.scrubbed.emit(nearest / (len(line) - 1))

    def _stop_at(self, sight: Sight, at: QPointF) -> int | None:
        """The waypoint under a position, the one that is drawn last of several."""
        stops = sight.route.stops if sight.route.stops is not None else ()
        return next((index for index in reversed(range(len(stops))) if self._is_near(sight, stops[index], at)), None)

    def _is_near(self, sight: Sight, place: NDArray[np.float32] | None, at: QPointF) -> bool:
        if place is None or not np.isfinite(place).all():
            return False
        x, y = sight.camera.to_screen(place)
        return bool(np.hypot(x - at.x(), y - at.y()) <= NEAR)

    def _place(self, at: QPointF) -> NDArray[np.float64]:
        return self._look().camera.to_plane(np.array([at.x(), at.y()]))
