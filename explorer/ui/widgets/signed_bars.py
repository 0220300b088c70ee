"""Bars to both sides of zero, each with words: what a thing does to others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink


class SignedBars(QWidget):
    """Rows of (words, value). A second value, from before a mend, is drawn thin above the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, float, float | None], ...] = ()
        self._hints: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def rows(self) -> Sequence[tuple[str, float, float | None]]:
        return self._rows

    def show_rows(self, rows: Sequence[tuple[str, float, float | None]], name: str, hints: Sequence[str] = ()) -> None:
        """(words, value, value before or None), and a tooltip for each."""
        self._rows, self._hints = tuple(rows), tuple(hints)
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(words for words, _value, _before in rows))
        self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = event.pos().y() // self._line()
            if 0 <= place < len(self._rows):
                hint = self._hints[place] if place < len(self._hints) else ""
                QToolTip.showText(event.globalPos(), "\n".join([self._rows[place][0], hint]).strip(), self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(30 * ink.GRID, len(self._rows) * self._line())

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ink.tabular(ink.small(self.font())))
        most = max([0.25, *(abs(part) for _w, value, before in self._rows for part in (value, before or 0.0))])
        names = self.width() * 0.62
        middle, half = names + (self.width() - names) / 2, (self.width() - names) / 2 - 2
        for place, (words, value, before) in enumerate(self._rows):
            top = place * self._line()
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(names - ink.GRID))
            painter.drawText(QRectF(0, top, names, self._line()), Qt.AlignmentFlag.AlignVCenter, shown)
            strong = ink.accent(self.palette()) if place == 0 else ink.grey(self.palette(), 0.55)
            if before is not None:
                self._bar(painter, middle, before / most * half, top + 3, 3, ink.grey(self.palette(), 0.3))
            self._bar(painter, middle, value / most * half, top + 7, self._line() - 12, strong)
        painter.fillRect(QRectF(middle, 0, 1, self.height()), ink.grey(self.palette(), 0.35))

    def _bar(self, painter: QPainter, middle: float, length: float, top: float, height: float, colour: QColor) -> None:
        painter.fillRect(QRectF(min(middle, middle + length), top, abs(length), height), colour)

    def _line(self) -> int:
        return self.fontMetrics().height() + 4
