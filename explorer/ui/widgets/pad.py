"""A square with four corners and a puck that is moved between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink

_EDGE = 2 * ink.GRID
_KEYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_KEY_STEP = 0.05


class BlendPad(QWidget):
    """`moved(across, down)` in 0..1 between `began` and `ended`; set by code it is silent."""

    moved = Signal(float, float)
    began = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters: tuple[str, ...] = ()
        self._puck: tuple[float, float] | None = None
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Blend of four waypoints")
        self.setAccessibleDescription("Arrow keys move the puck.")

    @property
    def puck(self) -> tuple[float, float] | None:
        return self._puck

    def show_corners(self, letters: tuple[str, ...]) -> None:
        """A letter for each corner, the upper ones first; none: the pad can do nothing."""
        self._letters = letters
        self.setEnabled(len(letters) == 4)
        self.update()

    def show_puck(self, puck: tuple[float, float] | None) -> None:
        self._puck = puck
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * ink.GRID, 20 * ink.GRID)

    def box(self) -> QRectF:
        """Where the puck may be."""
        side = min(self.width(), self.height()) - 2 * _EDGE
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self.began.emit()
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._held = False
            self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        across, down = self._puck or (0.5, 0.5)
        self._tell(across + step[0] * _KEY_STEP, down + step[1] * _KEY_STEP)

    def _move_to(self, at: QPointF) -> None:
        box = self.box()
        self._tell((at.x() - box.left()) / box.width(), (at.y() - box.top()) / box.height())

    def _tell(self, across: float, down: float) -> None:
        puck = min(1.0, max(0.0, across)), min(1.0, max(0.0, down))
        self.show_puck(puck)
        self.moved.emit(*puck)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.box()
        painter.setPen(QPen(ink.accent(self.palette()) if self.hasFocus() else ink.grey(self.palette(), 0.2), 1))
        painter.setBrush(ink.grey(self.palette(), 0.04))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
        for letter, corner in zip(self._letters, corners, strict=False):
            outwards = corner + (corner - box.center()) * (_EDGE / box.width())
            painter.drawText(QRectF(outwards.x() - 8, outwards.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, letter)
        if self._puck is not None and self.isEnabled():
            at = QPointF(box.left() + self._puck[0] * box.width(), box.top() + self._puck[1] * box.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.accent(self.palette()))
            painter.drawEllipse(at, 7, 7)
