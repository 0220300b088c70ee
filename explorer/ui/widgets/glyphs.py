"""A flat square button that carries one sign of the icon set, drawn in the colours of the palette it stands in."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from explorer import places
from explorer.ui.widgets import ink


@lru_cache(maxsize=128)
def _drawing(name: str, colour: str) -> QSvgRenderer:
    source = (places.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


def paint_glyph(painter: QPainter, name: str, colour: QColor, field: QRectF) -> None:
    """Draw an icon of the set."""
    _drawing(name, colour.name()).render(painter, field)


class GlyphButton(QAbstractButton):
    """A button with the icon `glyph`; `words` are its tooltip and accessible name, `key` is told in the tooltip.

    A click leaves the focus where it was, so that Space and the letters keep their meaning; Tab reaches it.
    """

    def __init__(self, glyph: str, words: str, parent: QWidget | None = None, *, key: str = "") -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._key = key
        self.show_words(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def glyph(self) -> str:
        return self._glyph

    def show_glyph(self, glyph: str) -> None:
        if glyph != self._glyph:
            self._glyph = glyph
            self.update()

    def show_words(self, words: str) -> None:
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({self._key})" if self._key else words)

    def sizeHint(self) -> QSize:
        side = ink.row_height(self)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        side = round(ink.row_height(self) * 0.64)
        field = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        colour = ink.grey(self.palette(), 0.82 if self.isEnabled() else 0.24)
        if self.isChecked():
            colour = ink.accent(self.palette())
        paint_glyph(painter, self._glyph, colour, field)

    def _paint_ground(self, painter: QPainter) -> None:
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.grey(self.palette(), 0.18 if self.isDown() else 0.1))
            painter.drawRoundedRect(ground, 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(ink.accent(self.palette()), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground, 4, 4)
