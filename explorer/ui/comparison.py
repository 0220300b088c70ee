"""Three small pictures under the stage: the chosen sample, its edit, and how they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of, paint_image, square_in

Pixels = NDArray[np.uint8]
_SIDE = 8 * ink.GRID
_RECONSTRUCTION = "sample's reconstruction"
_SAMPLE = "the sample"
_HINTS = {
    _RECONSTRUCTION: "The chosen sample, decoded from the mean of its posterior. The original picture is not shipped.",
    _SAMPLE: "The chosen sample as the model makes it.",
}


def difference(one: Pixels, other: Pixels) -> Pixels:
    """|one - other| of each value, uint8, the same shape; black where nothing changed."""
    return np.abs(one.astype(np.int16) - other.astype(np.int16)).astype(np.uint8)


class Comparison(QWidget):
    """A row that keeps its height, so that the stage does not jump when a sample is chosen or edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = _SAMPLE
        self._original: Pixels | None = None
        self._parts: list[tuple[str, QImage]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._compose(None)

    @property
    def captions(self) -> tuple[str, ...]:
        """What is shown, in words."""
        return tuple(word for word, _ in self._parts)

    def show_words(self, reconstructed: bool) -> None:
        """Whether a sample's picture is a reconstruction (a family with a posterior) or simply the sample."""
        self._word = _RECONSTRUCTION if reconstructed else _SAMPLE

    def show_original(self, original: Pixels | None) -> None:
        self._original = original
        self._compose(None)

    def show_edit(self, edit: Pixels | None) -> None:
        """The edited picture to compare with, or None when nothing was edited."""
        if edit is not None or len(self._parts) > 1:
            self._compose(edit)

    def sizeHint(self) -> QSize:
        return QSize(3 * _SIDE, _SIDE + self._line())

    def minimumSizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + self._line())

    def _line(self) -> int:
        return ink.row_height(self) - ink.GRID // 2

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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ink.small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        if not self._parts:
            painter.drawText(self.rect(), 0x84, "Click a sample on the map to compare it with its edits.")
            return
        width = max(_SIDE, painter.fontMetrics().horizontalAdvance(_RECONSTRUCTION)) + 2 * ink.GRID
        for place, (word, image) in enumerate(self._parts):
            cell = QRect(place * width, 0, _SIDE, _SIDE)
            target = square_in(cell, image.width() / image.height())
            paint_image(painter, target, image, smooth=image.width() > _SIDE)
            painter.drawText(QRect(cell.left(), _SIDE, width, self._line()), 0x81, word)
