"""The strip of the path that is played: letters are dragged into another order, samples are dropped between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.carried import unpacked
from explorer.ui.widgets import ink
from explorer.ui.widgets.strip import FilmStrip


class JourneyStrip(FilmStrip):
    """`moved(index, to)`: a letter was let go at another place in the order. `dropped(carried, index)`: samples and
    snapshots that are to become waypoints before the one of an index."""

    moved = Signal(int, int)
    dropped = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held: int | None = None  # the letter under the hand
        self._pressed = QPointF()
        self._hand: float | None = None  # where it is dragged to, or where something would be dropped
        self.setAcceptDrops(True)
        self.setMouseTracking(True)

    def stop_at(self, at: QPointF) -> int | None:
        """The letter under a point; the topmost, where they crowd."""
        hit = [index for index in range(len(self.stops)) if self.disc(index).adjusted(-2, -2, 2, 2).contains(at)]
        return hit[-1] if hit else None

    def disc(self, index: int) -> QRectF:
        """Where the letter of an index stands."""
        return self.disc_at(self.x_of(self.stops[index][0]))

    def place_of(self, x: float, without: int | None = None) -> int:
        """How many letters stand before a point, one of them left out."""
        others = [place for index, (place, _letter) in enumerate(self.stops) if index != without]
        return sum(self.x_of(place) < x for place in others)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        held = self.stop_at(at) if event.button() == Qt.MouseButton.LeftButton and self.count > 1 else None
        if held is None:
            super().mousePressEvent(event)
        else:
            self._held, self._pressed = held, at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            over = self.count > 1 and self.stop_at(event.position()) is not None
            self.setToolTip(_LETTER if over else _STRIP)
            super().mouseMoveEvent(event)
            return
        far = (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if far or self._hand is not None:
            self._show_hand(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, hand, self._held = self._held, self._hand, None
        self._show_hand(None)
        if held is None or held >= len(self.stops):
            super().mouseReleaseEvent(event)
        elif hand is None:
            self.scrubbed.emit(round(self.stops[held][0]))  # a click on a letter goes there
        elif (to := self.place_of(event.position().x(), held)) != held:
            self.moved.emit(held, to)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpacked(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if unpacked(event.mimeData()) is not None:
            self._show_hand(event.position().x() if self.count > 1 else None)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_hand(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_hand(None)
        carried = unpacked(event.mimeData())
        if carried is not None:
            event.acceptProposedAction()
            x = event.position().x()
            self.dropped.emit(carried, self.place_of(x) if self.count > 1 else len(self.stops))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hand is None:
            return
        painter = QPainter(self)
        painter.fillRect(QRectF(self._hand - 1, 0, 2, self.height()), ink.accent(self.palette()))
        if self._held is not None and self._held < len(self.stops):
            self.paint_stop(painter, self._hand, self.stops[self._held][1])

    def _show_hand(self, x: float | None) -> None:
        if x != self._hand:
            self._hand = x
            self.update()


_STRIP = "Drag to scrub; double-click a frame to go there; drop samples to insert them."
_LETTER = "Drag the letter to another place in the order; click to go there."
