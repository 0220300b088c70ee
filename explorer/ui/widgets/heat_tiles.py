"""Channels of rows and columns of numbers, each a tile of colours: a rectangle of cells, or channels, can be chosen."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.heat import Heat, heat_image
from explorer.ui.widgets.heat_rows import ADDS
from explorer.ui.widgets.picture import paint_image

GAP = 6
LEAST, MOST = 44, 144  # pixels of a tile's longer side
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
Cells = tuple[int, int, int, int]


class HeatTiles(Heat):
    """`cells_chosen(top, left, bottom, right, stroke)` while the hand draws a rectangle of cells on a tile, `let_go` at
    its end; `channel_chosen(channel, is_added)`: its number under the tile was clicked."""

    cells_chosen = Signal(int, int, int, int, int)
    let_go = Signal()
    channel_chosen = Signal(int, bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = (0, 1, 1)
        self._values: NDArray[np.floating] = np.zeros((0, 1, 1), np.float32)
        self._tiles: list[QImage] = []
        self._channels: Collection[int] = ()
        self._cells: Cells | None = None
        self._from: tuple[int, int] | None = None  # where the hand began
        self._held = 0  # the channel it began on
        self._stroke = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shape(self, shape: tuple[int, int, int]) -> None:
        """Channels, rows and columns."""
        self._shape = shape
        self.show_values(np.zeros((0, *shape[1:]), np.float32))
        self._measure()

    def show_values(self, values: NDArray[np.floating]) -> None:
        """The numbers (channels, rows, columns), in standard deviations from the usual."""
        self._values = values
        self._tiles = [heat_image(channel, self.palette()) for channel in values]
        self.update()

    def show_chosen(self, channels: Collection[int], cells: Cells | None, words: str) -> None:
        """What is chosen; no channels: all; None: all cells."""
        self._channels, self._cells = channels, cells
        self.setAccessibleDescription(words)
        self.update()

    # where things are

    @property
    def _columns(self) -> int:
        """Tiles beside each other: as few rows of them as have room for tiles that can be hit."""
        count, fitting = max(1, self._shape[0]), max(1, (self.width() + GAP) // (LEAST + GAP))
        rows = -(-count // fitting)
        return -(-count // rows)

    @property
    def _tile(self) -> tuple[int, int]:
        """Width and height of a tile, in pixels."""
        _count, rows, columns = self._shape
        room = min(MOST, (self.width() + GAP) // self._columns - GAP)
        scale = room / max(rows, columns)
        return max(1, round(columns * scale)), max(1, round(rows * scale))

    @property
    def _below(self) -> int:
        return self.fontMetrics().height() if self._shape[0] > 1 else 0

    def tile(self, channel: int) -> QRect:
        """Where a channel stands."""
        row, column = divmod(channel, self._columns)
        width, height = self._tile
        return QRect(column * (width + GAP), row * (height + self._below + 2), width, height)

    def label(self, channel: int) -> QRect:
        """Where its number stands."""
        tile = self.tile(channel)
        return QRect(tile.left(), tile.bottom() + 1, tile.width(), self._below)

    def cell_at(self, at: QPoint) -> tuple[int, int, int] | None:
        """Channel, row and column at a position."""
        for channel in range(self._shape[0]):
            tile = self.tile(channel)
            if tile.contains(at):
                return (channel, *self._cell_of(tile, at))
        return None

    def _cell_of(self, tile: QRect, at: QPoint) -> tuple[int, int]:
        """The nearest row and column of a tile."""
        _count, rows, columns = self._shape
        row = int((at.y() - tile.top()) * rows / tile.height())
        column = int((at.x() - tile.left()) * columns / tile.width())
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    # moved by a person

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._stroke += 1
            self._from, self._held = found[1:], found[0]
            self._choose(found[1:])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._from is not None:
            self._choose(self._cell_of(self.tile(self._held), at))
            return
        inside = self.cell_at(at) is not None or self._label_at(at) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if inside else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self.let_go.emit()
        elif event.button() == Qt.MouseButton.LeftButton:
            channel = self._label_at(event.position().toPoint())
            if channel is not None:
                self.channel_chosen.emit(channel, bool(event.modifiers() & ADDS))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the rectangle, or begin one; with Shift they stretch it."""
        arrow = ARROWS.get(Qt.Key(event.key()))
        if arrow is None or not self._shape[0]:
            event.ignore()
            return
        _count, rows, columns = self._shape
        top, left, bottom, right = self._cells or (0, 0, 0, 0)
        stretches = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        down, across = arrow if self._cells is not None else (0, 0)
        first = (top, left) if stretches else (top + down, left + across)
        last = bottom + down, right + across
        if min(first) >= 0 and last[0] < rows and last[1] < columns and last[0] >= first[0] and last[1] >= first[1]:
            self._stroke += 1
            self.cells_chosen.emit(*first, *last, self._stroke)

    def _choose(self, to: tuple[int, int]) -> None:
        if self._from is not None:
            (top, bottom), (left, right) = (sorted(pair) for pair in zip(self._from, to, strict=True))
            self.cells_chosen.emit(top, left, bottom, right, self._stroke)

    def _label_at(self, at: QPoint) -> int | None:
        return next((channel for channel in range(self._shape[0]) if self.label(channel).contains(at)), None)

    def _colour(self) -> None:
        self.show_values(self._values)

    def _tell(self, at: QPoint, where: QPoint) -> None:
        found, channel = self.cell_at(at), self._label_at(at)
        if found is not None:
            told = f"Channel {found[0] + 1}, row {found[1] + 1}, column {found[2] + 1}"
            QToolTip.showText(
                where, f"{told}: blue below the usual, orange above.\nDrag: these cells alone change.", self
            )
        elif channel is not None:
            words = f"Click: channel {channel + 1} alone changes. Ctrl-click: it as well."
            QToolTip.showText(where, words, self)
        else:
            QToolTip.hideText()

    # painted

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ink.tabular(ink.small(self.font())))
        for channel in range(self._shape[0]):
            self._paint(painter, channel)
        if self.hasFocus():
            painter.setPen(QPen(ink.accent(self.palette()), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint(self, painter: QPainter, channel: int) -> None:
        tile, is_moving = self.tile(channel), not self._channels or channel in self._channels
        if channel < len(self._tiles):
            painter.setOpacity(1.0 if is_moving else 0.3)
            paint_image(painter, tile, self._tiles[channel], smooth=False)
            painter.setOpacity(1.0)
        if self._cells is not None and is_moving:
            painter.setPen(QPen(ink.accent(self.palette()), 2, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(self._outline(tile))
        is_chosen = channel in self._channels
        role = QPalette.ColorRole.PlaceholderText
        painter.setPen(ink.accent(self.palette()) if is_chosen else self.palette().color(role))
        painter.drawText(self.label(channel), Qt.AlignmentFlag.AlignCenter, str(channel + 1))

    def _outline(self, tile: QRect) -> QRect:
        assert self._cells is not None
        _count, rows, columns = self._shape
        top, left, bottom, right = self._cells
        x, y = round(left * tile.width() / columns), round(top * tile.height() / rows)
        width = round((right + 1) * tile.width() / columns) - x
        height = round((bottom + 1) * tile.height() / rows) - y
        return QRect(tile.left() + x, tile.top() + y, max(2, width - 1), max(2, height - 1))

    def _measure(self) -> None:
        count = self._shape[0]
        last = self.label(count - 1) if count else QRect()
        self.setFixedHeight(max(1, last.bottom() + 1))
        self.update()
