"""A row of pictures to choose one of, as large as there is room; many of them scroll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import paint_image, square_in

GAP = 2
LEAST, USUAL, MOST = 30, 56, 72  # pixels of a picture's side: all in view, when they scroll, and the largest
BAR = 3  # pixels of the line that shows a share
AHEAD = 4  # pictures beyond the view that are wanted too
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChoiceRow(QAbstractScrollArea):
    """Pictures 0..n-1 with a name each. `chosen(number, is_step)`: clicked, or reached by an arrow key (a step);
    `hovered(number or None)`; `seen_changed()`: others are in view."""

    chosen = Signal(int, bool)
    hovered = Signal(object)
    seen_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self._images: dict[int, QImage] = {}
        self._current: int | None = None
        self._shares: NDArray[np.float32] = np.zeros(0, np.float32)
        self._under: int | None = None  # the cursor
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self.seen_changed.emit())

    # what is shown

    @property
    def names(self) -> Sequence[str]:
        return self._names

    @property
    def images(self) -> Mapping[int, QImage]:
        """The pictures there are, by number."""
        return self._images

    @property
    def current(self) -> int | None:
        """What is chosen; None where nothing is, or a blend."""
        return self._current

    def show_names(self, names: Sequence[str]) -> None:
        """Other things to choose from; their pictures are missing."""
        self._names = names
        self._images = {}
        self._current, self._under = None, None
        self.horizontalScrollBar().setValue(0)
        self._measure()

    def show_images(self, images: Mapping[int, QImage]) -> None:
        """Pictures came."""
        self._images.update(images)
        self.viewport().update()

    def show_current(self, number: int | None, shares: NDArray[np.float32], words: str) -> None:
        """What is chosen, or None and how much of each there is, (n,); `words` say it for those who do not see."""
        moved = number is not None and number != self._current
        self._current, self._shares = number, shares
        self.setAccessibleDescription(words)
        if moved and number is not None:
            self._reveal(number)
        self.viewport().update()

    # where things are

    @property
    def side(self) -> int:
        """Of a picture, in pixels: all in one view if they get large enough."""
        count = max(1, len(self._names))
        fitting = (self.viewport().width() + GAP) // count - GAP
        return min(MOST, fitting) if fitting >= LEAST else USUAL

    def cell(self, number: int) -> QRect:
        """Where a picture stands in the viewport."""
        return QRect(number * (self.side + GAP) - self.horizontalScrollBar().value(), 0, self.side, self.side)

    def number_at(self, at: QPoint) -> int | None:
        """What is under a position of the viewport."""
        number = (at.x() + self.horizontalScrollBar().value()) // (self.side + GAP)
        inside = 0 <= number < len(self._names) and 0 <= at.y() <= self.side + self._below
        return number if inside else None

    def seen(self) -> range:
        """Those in view, and some on both sides."""
        left, step = self.horizontalScrollBar().value(), self.side + GAP
        first, last = left // step - AHEAD, (left + self.viewport().width()) // step + AHEAD
        return range(max(0, first), min(len(self._names), last + 1))

    @property
    def _below(self) -> int:
        """Pixels under a picture: the line of its share, and its name."""
        return BAR + 1 + self.fontMetrics().height()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * ink.GRID, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.number_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self.number_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.chosen.emit(number, False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The usual wheel moves along the row."""
        turned = event.angleDelta()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - (turned.x() or turned.y()) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is not None and self._names:
            self.step(step)
        else:
            event.ignore()  # letters, Space and Esc belong to the window

    def step(self, step: int) -> None:
        """To the one after what is chosen, or before it; round the ends. Of a blend: to what there is most of."""
        if not self._names:
            return
        most = int(np.argmax(self._shares)) if len(self._shares) == len(self._names) else 0
        wanted = most if self._current is None else (self._current + step) % len(self._names)
        self.chosen.emit(wanted, True)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            number = self.number_at(event.pos())  # type: ignore[attr-defined]
            QToolTip.showText(event.globalPos(), "" if number is None else self._names[number], self)  # type: ignore[attr-defined]
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(ink.tabular(ink.small(self.font())))
        for number in self.seen():
            self._paint(painter, number)
        if self.hasFocus():
            painter.setPen(QPen(ink.accent(self.palette()), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    # inside

    def _hover(self, number: int | None) -> None:
        if number != self._under:
            self._under = number
            shape = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.hovered.emit(number)

    def _height(self) -> int:
        scrolls = len(self._names) * (self.side + GAP) - GAP > self.viewport().width()
        return self.side + self._below + (self.horizontalScrollBar().sizeHint().height() if scrolls else 0)

    def _measure(self) -> None:
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, len(self._names) * (self.side + GAP) - GAP - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(self.side + GAP)
        self.setFixedHeight(self._height())
        self.viewport().update()
        self.seen_changed.emit()

    def _reveal(self, number: int) -> None:
        cell, bar = self.cell(number), self.horizontalScrollBar()
        if cell.left() < 0 or cell.right() > self.viewport().width():
            bar.setValue(bar.value() + cell.center().x() - self.viewport().width() // 2)

    def _paint(self, painter: QPainter, number: int) -> None:
        cell, image = self.cell(number), self._images.get(number)
        if image is None:
            painter.fillRect(cell, ink.grey(self.palette(), 0.07))
        else:
            target = square_in(cell, image.width() / max(1, image.height()))
            paint_image(painter, target, image, smooth=image.width() > cell.width())
        self._paint_share(painter, number, cell)
        is_current = number == self._current
        if is_current or number == self._under:
            painter.setPen(QPen(ink.accent(self.palette()), 2 if is_current else 1, j=Qt.PenJoinStyle.MiterJoin))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -1, -1))
        role = QPalette.ColorRole.Text if is_current else QPalette.ColorRole.PlaceholderText
        painter.setPen(self.palette().color(role))
        under = QRect(cell.left(), cell.bottom() + 1 + BAR, cell.width(), painter.fontMetrics().height())
        name = painter.fontMetrics().elidedText(self._names[number], Qt.TextElideMode.ElideRight, cell.width())
        painter.drawText(under, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), name)

    def _paint_share(self, painter: QPainter, number: int, cell: QRect) -> None:
        """In a blend: how much there is of this one."""
        if self._current is None and number < len(self._shares) and self._shares[number] > 0:
            share = min(1.0, float(self._shares[number]))
            line = QRectF(cell.left(), cell.bottom() + 2, share * cell.width(), BAR)
            painter.fillRect(line, ink.accent(self.palette()))
