"""Numbers as colours: blue below the usual, orange above it, the ground where they are as usual."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QWidget

from explorer.latents.palette import CLASSES
from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of

REACH = 2.5  # standard deviations that have the full colour
LOW, HIGH = CLASSES[0], CLASSES[4]


def heat_image(values: NDArray[np.floating], palette: QPalette) -> QImage:
    """A pixel for each number (rows, columns), in standard deviations from the usual."""
    share = np.clip(np.asarray(values, np.float32) / REACH, -1, 1)[..., None]
    ground, low, high = (_rgb(colour) for colour in (ink.grey(palette, 0.1), QColor(LOW), QColor(HIGH)))
    mixed = ground + np.where(share < 0, -share * (low - ground), share * (high - ground))
    return image_of(np.rint(mixed).astype(np.uint8))


class Heat(QWidget):
    """Shows numbers as colours: it tells what is under the cursor, and takes on another theme."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._tell(event.pos(), event.globalPos())  # type: ignore[attr-defined]
            return True
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        return super().event(event)

    def _tell(self, at: QPoint, where: QPoint) -> None:
        """A tooltip at `where` for the place `at` on it."""
        raise NotImplementedError

    def _colour(self) -> None:
        """The same numbers in the colours of the theme."""
        raise NotImplementedError


def _rgb(colour: QColor) -> NDArray[np.float32]:
    return np.array([colour.red(), colour.green(), colour.blue()], np.float32)
