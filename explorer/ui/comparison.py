"""Three small pictures beside the large one: the chosen sample, its edit, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of, paint_image, square_in

Pixels = NDArray[np.uint8]
_SIDE = 8 * ink.GRID
_RECONSTRUCTION = "reconstruction"
_SAMPLE = "the sample"
_HINTS = {
    _RECONSTRUCTION: "The chosen sample, decoded from the mean of its posterior. The original picture is not shipped.",
    _SAMPLE: "The chosen sample as the model makes it.",
}
_EMPTY = "Click a sample on the map to compare it with its edits."


def difference(one: Pixels, other: Pixels) -> Pixels:
    """|one - other| of each value, uint8, the same shape; black where nothing changed."""
    return np.abs(one.astype(np.int16) - other.astype(np.int16)).astype(np.uint8)


class Comparison(QWidget):
    """A row or a column that keeps its size, so that the stage does not jump when a sample is chosen or edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = _SAMPLE
        self._is_open = False
        self._original: Pixels | None = None
        self._parts: list[tuple[str, QImage]] = []
        self._is_column = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._compose(None)

    @property
    def captions(self) -> tuple[str, ...]:
        """What is shown, in words."""
        return tuple(word for word, _ in self._parts)

    def show_words(self, reconstructed: bool, *, is_open: bool = True) -> None:
        """Whether a sample's picture is a reconstruction (a family with a posterior) or simply the sample."""
        self._word = _RECONSTRUCTION if reconstructed else _SAMPLE
        self._is_open = is_open
        self.update()

    def show_original(self, original: Pixels | None) -> None:
        self._original = original
        self._compose(None)

    def show_edit(self, edit: Pixels | None) -> None:
        """The edited picture to compare with, or None when nothing was edited."""
        if edit is not None or len(self._parts) > 1:
            self._compose(edit)

    def show_column(self, is_column: bool) -> None:
        """Stand as a column instead of a row."""
        if is_column != self._is_column:
            self._is_column = is_column
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        cell = QSize(self._width(), _SIDE + self._line())
        return QSize(cell.width(), 3 * cell.height()) if self._is_column else QSize(3 * cell.width(), cell.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + self._line())

    def _line(self) -> int:
        return ink.row_height(self)

    def _width(self) -> int:
        return 12 * ink.GRID

    def _compose(self, edit: Pixels | None) -> None:
        self._parts = []
        words = "No sample is chosen."
        if self._original is not None:
            self._parts.append((self._word, image_of(self._original)))
            words = _HINTS[self._word]
            if edit is not None and edit.shape == self._original.shape:
                changed = difference(edit, self._original)
                self._parts += [("edited", image_of(edit)), ("difference", image_of(changed))]
                words += f"\nDifference: |edited − sample|, mean {changed.mean() / 255:.3f} of 0..1."
        self.setToolTip(words if self._parts else "")
        self.setAccessibleName(words)
        self.update()

    def _cells(self) -> Iterator[QRect]:
        """Where each part stands."""
        if self._is_column:
            step = min(_SIDE + self._line(), max(1, self.height() // 3))
            return (QRect(0, place * step, self.width(), step) for place in range(3))
        step = min(self._width(), max(1, self.width() // 3))
        return (QRect(place * step, 0, step, self.height()) for place in range(3))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ink.small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        if not self._parts and not self._is_open:
            return
        if not self._parts:
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect(), int(flags) | int(Qt.TextFlag.TextWordWrap), _EMPTY)
            return
        for cell, (word, image) in zip(self._cells(), self._parts, strict=False):
            self._paint_part(painter, cell, word, image)

    def _paint_part(self, painter: QPainter, cell: QRect, word: str, image: QImage) -> None:
        metrics = painter.fontMetrics()
        side = max(0, min(_SIDE, cell.height() - metrics.height(), cell.width()))
        target = square_in(QRect(cell.left(), cell.top(), side, side), image.width() / image.height())
        paint_image(painter, target, image, smooth=image.width() > side)
        told = metrics.elidedText(word, Qt.TextElideMode.ElideRight, cell.width() - 2)
        painter.drawText(cell.left(), cell.top() + side + metrics.ascent() + 1, told)
