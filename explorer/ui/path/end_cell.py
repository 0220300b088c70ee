"""What a waypoint at an end of the strip becomes when the model reads its own picture and paints it again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of, paint_image

_RAIL = 18  # pixels below the picture, as the strip has them
NARROW, LARGEST = 4 * ink.GRID, 12 * ink.GRID  # pixels: the strip needs the room


class EndCell(QWidget):
    """One picture beside an end of the strip, and how far it is from the sample that stands there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.hide()

    @property
    def image(self) -> QImage | None:
        return self._image

    def show_round_trip(self, letter: str, sample: NDArray[np.uint8], again: NDArray[np.uint8]) -> None:
        """The picture `again` of what the `sample`'s picture was encoded to, both uint8 (h, w, c)."""
        away = float(np.sqrt(np.square(sample.astype(np.float64) - again).mean())) / 255
        self._image = image_of(again)
        words = f"{letter} read by the encoder and decoded again: {100 * away:.1f} % of the range of a pixel away (rms)"
        self._tell(f"Reconstruction of {letter}", words)

    def show_reason(self, reason: str) -> None:
        """There is no reconstruction, and why; '' hides the cell."""
        self._image = None
        self._tell("No reconstruction", reason)
        self.setVisible(bool(reason))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().height() != event.oldSize().height():
            self.updateGeometry()  # as wide as it is high

    def sizeHint(self) -> QSize:
        side = min(self.height() - _RAIL, LARGEST) if self._image is not None else NARROW
        return QSize(max(NARROW, side), 9 * ink.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROW, 6 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height() - _RAIL)
        cell = QRect((self.width() - side) // 2, 0, side, side)
        if self._image is None:
            painter.fillRect(cell, ink.grey(self.palette(), 0.07))
        else:
            paint_image(painter, cell, self._image, smooth=self._image.width() > side)
        painter.setFont(ink.small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        under = QRect(0, self.height() - _RAIL, self.width(), _RAIL)
        under.moveTop(side)
        painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), "again" if self._image is not None else "none")

    def _tell(self, name: str, words: str) -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.show()
        self.updateGeometry()
        self.update()
