"""Pictures in a grid, as large as fits: nothing to click, only to look at."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.latents.arrays import Images
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
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def count(self) -> int:
        """How many pictures are on show."""
        return len(self._images)

    def show_images(self, images: Images) -> None:
        """Pictures, uint8 (n, height, width, channels)."""
        self._images = [image_of(image) for image in images]
        self.update()

    def places(self) -> list[QRect]:
        """Where each picture stands."""
        if not self._images:
            return []
        columns = self._columns or math.ceil(math.sqrt(len(self._images)))
        rows = math.ceil(len(self._images) / columns)
        ratio = self._images[0].width() / max(1, self._images[0].height())
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
            for number in range(len(self._images))
        ]

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, 40 * ink.GRID) if not self._columns else QSize(40 * ink.GRID, 6 * ink.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, 4 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._images:
            painter.fillRect(square_in(self.rect()), ink.grey(self.palette(), 0.04))
        for place, image in zip(self.places(), self._images, strict=True):
            paint_image(painter, place, image, smooth=image.width() > SOFT_ABOVE)
