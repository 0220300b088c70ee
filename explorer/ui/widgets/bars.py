"""A small bar plot: one bar a number, told when the mouse is over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink


class BarPlot(QWidget):
    """Bars from 0 upwards. `hints` are the words for each bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Sequence[float] = ()
        self._hints: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def values(self) -> Sequence[float]:
        return self._values

    def show_values(self, values: Sequence[float], hints: Sequence[str], name: str) -> None:
        self._values, self._hints = values, hints
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(30 * ink.GRID, 12 * ink.GRID)

    def bar_at(self, x: float) -> int | None:
        """Which bar stands at x, in pixels."""
        if not self._values or not 0 <= x < self.width():
            return None
        return min(len(self._values) - 1, int(x / self.width() * len(self._values)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self.bar_at(event.pos().x())
            if bar is not None:
                QToolTip.showText(event.globalPos(), self._hints[bar], self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self.height() - 1
        painter.fillRect(QRectF(0, line, self.width(), 1), ink.grey(self.palette(), 0.2))
        if not self._values:
            return
        most = max(1e-12, *self._values)
        self._paint_scale(painter, most)
        step = self.width() / len(self._values)
        gap = 1.0 if step >= 3 else 0.0
        colour = ink.grey(self.palette(), 0.5)
        for place, value in enumerate(self._values):
            height = max(0.0, value / most) * (line - 2 * ink.GRID)
            painter.fillRect(QRectF(place * step, line - height, step - gap, height), colour)

    def _paint_scale(self, painter: QPainter, most: float) -> None:
        painter.setFont(ink.tabular(ink.small(self.font())))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(self.rect(), 0x22, f"{most:.3g}")  # right, top
