"""Pictures in a grid, as large as fits: nothing to click, only to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of, paint_image, square_in

GAP = 2  # pixels
SOFT_ABOVE = 64  # pixels of a picture's side: smaller ones keep their pixels sharp


class Mosaic(QWidget):
    """Shows pictures in `columns`, or in a grid as square as it gets (0)."""

    def __init__(self, name: str, columns: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._images: list[QImage] = []
        self._columns = columns
        self._expected = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def count(self) -> int:
        """How many pictures are on show."""
        return len(self._images)

    def expect(self, count: int) -> None:
        """So many pictures will come: until then their places are empty frames, and nothing moves."""
        self._expected = count
        self.update()

    def show_images(self, images: Iterable[NDArray[np.uint8]]) -> None:
        """Pictures, uint8 (height, width, channels) each."""
        self._images = [image_of(image) for image in images]
        self.update()

    def places(self) -> list[QRect]:
        """Where each picture stands."""
        count = max(len(self._images), self._expected)
        if not count:
            return []
        columns = self._columns or math.ceil(math.sqrt(count))
        rows = math.ceil(count / columns)
        ratio = self._images[0].width() / max(1, self._images[0].height()) if self._images else 1.0
        frame = square_in(self.rect(), columns * ratio / rows)
        frame.moveTopLeft(self.rect().topLeft())
        width, height = frame.width() / columns, frame.height() / rows
        return [
            QRect(
                round(frame.x() + (number % columns) * width),
                round(frame.y() + (number // columns) * height),
                max(1, round(width) - GAP),
                max(1, round(height) - GAP),
            )
            for number in range(count)
        ]

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, 40 * ink.GRID) if not self._columns else QSize(40 * ink.GRID, 6 * ink.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, 4 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._images and not self._expected:
            painter.fillRect(square_in(self.rect()), ink.grey(self.palette(), 0.04))
        places = self.places()
        for place, image in zip(places, self._images, strict=False):  # frames without a picture yet are left over
            paint_image(painter, place, image, smooth=image.width() > SOFT_ABOVE)
        for place in places[len(self._images) :]:
            painter.fillRect(place, ink.grey(self.palette(), 0.06))
