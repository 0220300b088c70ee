"""Colours, fonts and lengths of painted widgets, all drawn from the palette and the font they stand in."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QWidget

GRID = 8
"""Pixels. Spaces are multiples of it."""


def between(first: QColor, second: QColor, share: float) -> QColor:
    """`first` for share 0, `second` for share 1, a straight mixture between."""
    mixed = [a + (b - a) * share for a, b in zip(first.getRgbF(), second.getRgbF(), strict=True)]  # type: ignore[call-overload]
    return QColor.fromRgbF(*(min(1.0, max(0.0, part)) for part in mixed))


def grey(palette: QPalette, share: float) -> QColor:
    """A neutral step from the ground (0) to the text (1), so that it is right in light and dark."""
    return between(palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText), share)


def accent(palette: QPalette) -> QColor:
    """The one accent: for what is current."""
    return palette.color(QPalette.ColorRole.Highlight)


def tabular(font: QFont) -> QFont:
    """The font with figures of equal width: nothing jitters while a number moves."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


def small(font: QFont) -> QFont:
    """The small size of the type: captions and hints."""
    return _scaled(font, 0.88)


def heading(font: QFont) -> QFont:
    """The weight of a section's title, in the size of the text."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _scaled(font: QFont, share: float) -> QFont:
    scaled = QFont(font)
    if font.pointSizeF() > 0:
        scaled.setPointSizeF(font.pointSizeF() * share)
    else:
        scaled.setPixelSize(max(1, round(font.pixelSize() * share)))
    return scaled


def row_height(widget: QWidget) -> int:
    """The height of a row of controls in this font: 24 px for usual type, more for a projector, on the grid."""
    wanted = QFontMetrics(widget.font()).height() + 6
    return -(-max(24, wanted) // GRID) * GRID
