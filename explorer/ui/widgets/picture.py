"""Pictures on the screen: from numpy to QImage, and a widget that shows one, letterboxed and crisp."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage (RGB32) that owns its pixels, from uint8 (height, width, channels) with 1 or 3 channels."""
    height, width, _ = pixels.shape
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        return image
    # RGB32 is 0xffRRGGBB in the byte order of the machine; little-endian: B, G, R, A.
    target = np.frombuffer(image.bits(), dtype=np.uint8).reshape(height, image.bytesPerLine() // 4, 4)[:, :width]
    target[..., :3] = pixels[..., ::-1]
    target[..., 3] = 255
    return image


def square_in(outer: QRect, ratio: float = 1.0) -> QRect:
    """The largest rectangle of width / height = `ratio` in the middle of `outer`."""
    width = min(outer.width(), int(outer.height() * ratio))
    height = min(outer.height(), int(width / ratio)) if width else 0
    return QRect(outer.x() + (outer.width() - width) // 2, outer.y() + (outer.height() - height) // 2, width, height)


def paint_image(painter: QPainter, target: QRect, image: QImage, *, smooth: bool) -> None:
    """Stretch an image over a rectangle, with soft or with sharp pixels."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(QRectF(target), image)


class Picture(QWidget):
    """Shows one picture as large as fits, on neutral ground."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._smooth = False
        self._at_top = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> QImage:
        return self._image

    @property
    def smooth(self) -> bool:
        return self._smooth

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def show_smooth(self, smooth: bool) -> None:
        if smooth != self._smooth:
            self._smooth = smooth
            self.update()

    def show_at_top(self, at_top: bool) -> None:
        """Where the widget is higher than the picture: at its upper edge, or in its middle."""
        if at_top != self._at_top:
            self._at_top = at_top
            self.update()

    def target(self) -> QRect:
        """Where the picture stands in the widget."""
        ratio = self._image.width() / self._image.height() if self._image.height() else 1.0
        target = square_in(self.rect(), ratio)
        if self._at_top:
            target.moveTop(0)
        return target

    def sizeHint(self) -> QSize:
        return QSize(48 * ink.GRID, 48 * ink.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * ink.GRID, 12 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image.isNull():
            painter.fillRect(self.target(), ink.grey(self.palette(), 0.04))
        else:
            paint_image(painter, self.target(), self._image, smooth=self._smooth)
