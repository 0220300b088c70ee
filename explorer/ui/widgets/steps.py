"""A row of pictures with a number under each: the same thing a few steps down and up, the untouched one framed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import paint_image

_GAP = 4


class StepStrip(QWidget):
    """Pictures by place, `captions` under them; the one at `framed` is the original. `chosen` names a clicked one."""

    chosen = Signal(int)

    def __init__(self, captions: Sequence[str], framed: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions, self._framed = tuple(captions), framed
        self._images: dict[int, QImage] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Steps {captions[0]} to {captions[-1]}")

    @property
    def images(self) -> Mapping[int, QImage]:
        return self._images

    def show_images(self, images: Mapping[int, QImage]) -> None:
        """Put pictures in; those that are there stay until they are replaced."""
        self._images.update(images)
        self.update()

    def forget_images(self) -> None:
        self._images = {}
        self.update()

    def cells(self) -> list[QRect]:
        """Where the pictures stand."""
        count = len(self._captions)
        side = max(8, min((self.width() - _GAP * (count - 1)) // count, self.height() - self._line()))
        left = (self.width() - count * side - _GAP * (count - 1)) // 2
        return [QRect(left + place * (side + _GAP), 0, side, side) for place in range(count)]

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, 9 * ink.GRID + self._line())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, cell in enumerate(self.cells()):
            if cell.contains(event.position().toPoint()):
                self.chosen.emit(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ink.tabular(ink.small(self.font())))
        for place, (cell, caption) in enumerate(zip(self.cells(), self._captions, strict=True)):
            image = self._images.get(place)
            if image is None:
                painter.fillRect(cell, ink.grey(self.palette(), 0.07))
            else:
                paint_image(painter, cell, image, smooth=image.width() > cell.width())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            below = QRect(cell.left(), cell.bottom() + 2, cell.width(), self._line())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, caption)
            if place == self._framed:
                painter.setPen(QPen(ink.accent(self.palette()), 2, j=Qt.PenJoinStyle.MiterJoin))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(cell.adjusted(1, 1, -1, -1))

    def _line(self) -> int:
        return self.fontMetrics().height() + 2
