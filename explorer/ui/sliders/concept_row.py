"""The slider of a concept: it has a dot in its colour, by which it is carried to another place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.row import SliderRow

DOT = 4.5  # pixels, radius
HANDLE = "Click: colour, group, lock, mute. Drag: another place, as Alt+Up and Alt+Down do."


class Dot(QWidget):
    """A disc in the colour of the concept, a ring without one. `clicked`: its menu is wanted; `carried`: the hand took
    it to a height on the screen; `put`: and let it go there."""

    clicked = Signal()
    carried = Signal(int)
    put = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour: QColor | None = None
        self._from: QPoint | None = None
        self._is_carried = False
        self.setFixedSize(2 * ink.GRID, ink.row_height(self))
        self.setAccessibleName(f"Colour, group and place of {name}")
        self.setToolTip(HANDLE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_colour(self, colour: QColor | None) -> None:
        self._colour = colour
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from, self._is_carried = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        far = (event.position().toPoint() - self._from).manhattanLength() >= QApplication.startDragDistance()
        self._is_carried = self._is_carried or far
        if self._is_carried:
            self.carried.emit(event.globalPosition().toPoint().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and event.button() == Qt.MouseButton.LeftButton:
            self._from = None
            if self._is_carried:
                self.put.emit(event.globalPosition().toPoint().y())
            else:
                self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QRectF(self.rect()).center() - QPointF(ink.GRID / 2, 0)
        if self._colour is None:
            painter.setPen(QPen(ink.grey(self.palette(), 0.4), 1.25))
            painter.drawEllipse(centre, DOT - 1, DOT - 1)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour)
            painter.drawEllipse(centre, DOT, DOT)


class ConceptRow(SliderRow):
    """`stepped(-1 or +1)` by Alt and an arrow key; `menu_wanted` at a place on the screen; `carried` and `put` tell
    the height on the screen that the row was taken to."""

    stepped = Signal(int)
    menu_wanted = Signal(QPoint)
    carried = Signal(int)
    put = Signal(int)

    def __init__(self, name: str, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(name, low, high, parent)
        self.dot = Dot(name, self)
        self.lead(self.dot)
        self.dot.clicked.connect(lambda: self.menu_wanted.emit(self.dot.mapToGlobal(self.dot.rect().bottomLeft())))
        self.dot.carried.connect(self.carried)
        self.dot.put.connect(self.put)

    def show_colour(self, colour: str) -> None:
        """'#rrggbb', or '' for none of its own."""
        own = QColor(colour) if colour else None
        self.dot.show_colour(own)
        self.slider.show_colour(own)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right mouse button resets; the menu key opens the menu."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.slider.mapToGlobal(self.slider.rect().center()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)
