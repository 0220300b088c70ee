"""Choosing samples by hand: lasso, box and brush over the map. Knows points and a camera, no store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QPainter, QPalette, QPen, QPixmap, QPolygonF

from explorer.latents.arrays import Points
from explorer.latents.selections import NONE, Indices, Way, chosen, combined
from explorer.ui.map import outlines
from explorer.ui.map.camera import Camera

Tool = Literal["pan", "lasso", "box", "brush"]
BRUSH = 18.0  # logical pixels, radius
STEP = 3.0  # logical pixels between two corners of a lasso
WORDS: dict[Tool, str] = {
    "pan": "Move the map",
    "lasso": "Lasso: draw around samples",
    "box": "Box: draw a rectangle over samples",
    "brush": "Brush: paint over samples",
}
CURSORS: dict[Tool, Qt.CursorShape] = {
    "lasso": Qt.CursorShape.CrossCursor,
    "box": Qt.CursorShape.CrossCursor,
}


@dataclass(frozen=True, eq=False)
class Scene:
    """What there is to choose from, as it is seen."""

    points: Points
    camera: Camera


def way_of(modifiers: Qt.KeyboardModifier) -> Way:
    """Shift adds, Alt subtracts; so does Ctrl, for some desktops move windows by Alt."""
    if modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
        return "subtract"
    return "add" if modifiers & Qt.KeyboardModifier.ShiftModifier else "replace"


class Picking(QObject):
    """`picked(indices, way, stroke)`: samples were chosen; equal strokes are one gesture. `changed`: draw anew."""

    picked = Signal(object, str, int)
    changed = Signal()
    tool_changed = Signal(str)

    def __init__(self, look: Callable[[], Scene], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.tool: Tool = "pan"
        self._in_force: Tool = "pan"
        self._way: Way = "replace"
        self._track: list[np.ndarray] = []  # places on the map
        self._told = 0  # places of the brush that were looked at
        self._painted: Indices = NONE
        self._stroke = 0
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._paint)

    def take(self, tool: Tool) -> None:
        """Another tool."""
        self.cancel()
        if tool != self.tool:
            self.tool = tool
            self.tool_changed.emit(tool)

    @property
    def running(self) -> bool:
        """Whether something is being drawn."""
        return bool(self._track)

    @property
    def cursor(self) -> QCursor:
        """What the cursor is while it is over no sample."""
        if self.tool == "brush":
            return _brush_cursor()
        return QCursor(CURSORS.get(self.tool, Qt.CursorShape.ArrowCursor))

    def holds(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a drag with these keys would choose samples: by the tool, or without one by the lasso."""
        return self.tool != "pan" or way_of(modifiers) != "replace"

    def pick(self, sample: int, way: Way) -> None:
        """One sample was clicked."""
        self._stroke += 1
        self.picked.emit(chosen([sample]), way, self._stroke)

    def pick_none(self) -> None:
        """Nothing is to be chosen any more."""
        self._stroke += 1
        self.picked.emit(NONE, "replace", self._stroke)

    def begin(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The hand went down; without a tool, with Shift or Alt, it holds the lasso."""
        self._in_force = "lasso" if self.tool == "pan" else self.tool
        self._way = way_of(modifiers)
        self._track = [self._place(at)]
        self._told, self._painted = 0, NONE
        self._stroke += 1
        if self._in_force == "brush":
            self._turn.start()

    def move(self, at: QPointF) -> None:
        """It went on."""
        place, camera = self._place(at), self._look().camera
        if self._in_force == "lasso" and np.hypot(*(place - self._track[-1])) * camera.scale < STEP:
            return
        self._track.append(place)
        if self._in_force == "brush":
            self._turn.start()  # once a turn of the event loop
        self.changed.emit()

    def end(self) -> None:
        """It was lifted: what lies in the drawing is picked."""
        if not self._track:
            return
        points, track, tool = self._look().points, np.array(self._track), self._in_force
        if tool == "brush":
            self._turn.stop()
            self._paint()
        self._track = []
        if tool == "lasso":
            self.picked.emit(outlines.in_lasso(points, track), self._way, self._stroke)
        elif tool == "box":
            self.picked.emit(outlines.in_box(points, track[0], track[-1]), self._way, self._stroke)
        self.changed.emit()

    def cancel(self) -> bool:
        """Leave what is being drawn; False if nothing was."""
        was, self._track = self.running, []
        self._turn.stop()
        if was:
            self.changed.emit()
        return was

    def draw(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """What is being drawn."""
        if not self._track:
            return
        line = [QPointF(x, y) for x, y in np.clip(camera.to_screen(np.array(self._track)), -1e6, 1e6).tolist()]
        accent = palette.color(QPalette.ColorRole.Highlight)
        wash = QColor(accent)
        wash.setAlphaF(0.14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine if self._way == "subtract" else Qt.PenStyle.SolidLine))
        painter.setBrush(wash)
        if self._in_force == "lasso":
            painter.drawPolygon(QPolygonF(line), Qt.FillRule.OddEvenFill)
        elif self._in_force == "box":
            painter.drawRect(QRectF(line[0], line[-1]).normalized())
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(wash, 2 * BRUSH, Qt.PenStyle.SolidLine, *round_ends))
            painter.drawPolyline(line if len(line) > 1 else [line[0], line[0] + QPointF(0.01, 0)])

    def _paint(self) -> None:
        """Everything the brush went over so far is chosen, while it goes on."""
        scene = self._look()
        fresh = np.array(self._track[max(self._told - 1, 0) :])
        if len(fresh):
            self._told = len(self._track)
            touched = outlines.under_brush(scene.points, fresh, BRUSH / scene.camera.scale)
            self._painted = combined(self._painted, touched, "add")
            self.picked.emit(self._painted, self._way, self._stroke)

    def _place(self, at: QPointF) -> np.ndarray:
        return self._look().camera.to_plane(np.array([at.x(), at.y()]))


def _brush_cursor() -> QCursor:
    """A circle as large as the brush, that is seen on any ground."""
    side = int(2 * BRUSH) + 4
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in (("#ffffff", 3.0), ("#000000", 1.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(QPointF(side / 2, side / 2), BRUSH, BRUSH)
    painter.end()
    return QCursor(pixmap)
