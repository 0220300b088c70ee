"""Named rows of numbers, each a strip of colours: some of them are chosen, and each can be drawn anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import paint_glyph
from explorer.ui.widgets.heat import Heat, heat_image
from explorer.ui.widgets.picture import paint_image

MANY = 8  # rows above which they stand closer
ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class HeatRows(Heat):
    """`chosen(row, is_added)`: clicked, or Return on it; with Ctrl or Shift it is added or taken away.
    `drawn_wanted(row)`: its die was clicked, or R on it."""

    chosen = Signal(int, bool)
    drawn_wanted = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self._sizes: Sequence[int] = ()
        self._values: Sequence[NDArray[np.floating]] = ()
        self._strips: list[QImage] = []
        self._moving: Collection[int] = ()
        self._focus, self._under = 0, -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, names: Sequence[str], sizes: Sequence[int]) -> None:
        """The rows there are, and how many numbers are in each."""
        self._names, self._sizes = names, sizes
        self.show_values(())
        self._focus, self._under = 0, -1
        self.updateGeometry()
        self.update()

    def show_values(self, values: Sequence[NDArray[np.floating]]) -> None:
        """The numbers of each row, (k,), in standard deviations from the usual."""
        self._values = values
        self._strips = [heat_image(row[None], self.palette()) for row in values]
        self.update()

    def show_moving(self, rows: Collection[int], words: str) -> None:
        """The rows that are chosen; none: all alike."""
        self._moving = rows
        self.setAccessibleDescription(words)
        self.update()

    # where things are

    @property
    def row_height(self) -> int:
        return ink.row_height(self) - (4 if len(self._names) > MANY else 0)

    def line(self, row: int) -> QRect:
        """Where a row stands."""
        return QRect(0, row * self.row_height, self.width(), self.row_height)

    def die(self, row: int) -> QRect:
        """Where its die is."""
        side = self.row_height
        return QRect(self.width() - side, row * side, side, side)

    def row_at(self, at: QPoint) -> int:
        """The row at a position; -1 for none."""
        row = at.y() // self.row_height
        return row if 0 <= row < len(self._names) else -1

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, len(self._names) * self.row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, len(self._names) * self.row_height)

    # moved by a person

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        row = self.row_at(at)
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        self._focus = row
        if self.die(row).contains(at):
            self.drawn_wanted.emit(row)
        else:
            self.chosen.emit(row, bool(event.modifiers() & ADDS))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        under = self.row_at(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if under >= 0 else Qt.CursorShape.ArrowCursor)
        if under != self._under:
            self._under = under
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._focus = min(max(self._focus + (1 if key == Qt.Key.Key_Down else -1), 0), len(self._names) - 1)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._names:
            self.chosen.emit(self._focus, bool(event.modifiers() & ADDS))
        elif key == Qt.Key.Key_R and self._names and not event.modifiers():
            self.drawn_wanted.emit(self._focus)
        else:
            event.ignore()  # the other letters, Space and Esc belong to the window

    def _colour(self) -> None:
        self.show_values(self._values)

    def _tell(self, at: QPoint, where: QPoint) -> None:
        row = self.row_at(at)
        if row < 0:
            QToolTip.hideText()
        elif self.die(row).contains(at):
            QToolTip.showText(where, f"Draw {self._names[row]} anew; the rest stays (R)", self)
        else:
            told = f"{self._names[row]}, {self._sizes[row]} numbers: blue below the usual, orange above"
            QToolTip.showText(where, f"{told}.\nClick: it alone changes. Ctrl-click: it as well.", self)

    # painted

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        widest = max((painter.fontMetrics().horizontalAdvance(name) for name in self._names), default=0)
        room = min(widest + 2 * ink.GRID, round(0.4 * self.width()))
        for row in range(len(self._names)):
            self._paint(painter, row, room)

    def _paint(self, painter: QPainter, row: int, room: int) -> None:
        line, is_moving = self.line(row), row in self._moving
        if row == self._under:
            painter.fillRect(line, ink.grey(self.palette(), 0.06))
        role = QPalette.ColorRole.PlaceholderText if self._moving and not is_moving else QPalette.ColorRole.Text
        painter.setPen(ink.accent(self.palette()) if is_moving else self.palette().color(role))
        name = painter.fontMetrics().elidedText(self._names[row], Qt.TextElideMode.ElideRight, room - ink.GRID)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
        die = self.die(row)
        strip = QRect(room, line.top() + 3, die.left() - room - ink.GRID // 2, line.height() - 6)
        if row < len(self._strips):
            painter.setOpacity(0.35 if self._moving and not is_moving else 1.0)
            paint_image(painter, strip, self._strips[row], smooth=False)
            painter.setOpacity(1.0)
        side = max(14, round(0.7 * die.height()))
        glyph = QRectF(die.center().x() - side / 2 + 0.5, die.center().y() - side / 2 + 0.5, side, side)
        paint_glyph(painter, "dice-5", ink.grey(self.palette(), 0.82 if row == self._under else 0.45), glyph)
        if self.hasFocus() and row == self._focus:
            painter.setPen(QPen(ink.accent(self.palette()), 1, Qt.PenStyle.DotLine))
            painter.drawRect(line.adjusted(0, 0, -1, -1))
