"""A large picture that is dragged: it says how far, and when it was painted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.widgets.picture import Picture


class Screen(Picture):
    """The large picture. A drag on it says `dragged` (shares of its width and height, down is positive)."""

    began = Signal()
    dragged = Signal(float, float)
    ended = Signal()
    painted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grip: QPointF | None = None
        self._dragging = False
        self.walkable = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.walkable and event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        way = event.position() - self._grip
        if not self._dragging and way.manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.began.emit()
        if self._dragging:
            side = max(1, self.target().width())
            self.dragged.emit(way.x() / side, way.y() / side)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.ended.emit()
        self._grip, self._dragging = None, False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()
