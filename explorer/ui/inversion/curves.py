"""Curves that draw themselves while something is made small: one for each start, the best one in the accent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink

Losses = NDArray[np.float32]


class LossCurves(QWidget):
    """The logarithm of losses (starts, steps done), NaN where a start was dropped, over all `steps` to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: Losses = np.empty((0, 0), np.float32)
        self._steps = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(12 * ink.GRID)
        self.setToolTip(
            "What the search makes small, for each start: the mean squared difference of a pixel (0..1)\n"
            "at several scales, and what a latent lies beyond the length of a usual sample. Logarithmic.\n"
            "Bad starts end early; the best one is in the accent."
        )
        self.show_losses(self._losses, 1)

    @property
    def best(self) -> int | None:
        """Which start has reached the smallest loss."""
        if not np.isfinite(self._losses).any():
            return None
        return int(np.nanargmin(np.where(np.isfinite(self._losses), self._losses, np.inf).min(axis=1)))

    def show_losses(self, losses: Losses, steps: int) -> None:
        self._losses, self._steps = losses, max(1, steps)
        left = 0 if self.best is None else int(np.isfinite(losses[:, -1]).sum())
        self.setAccessibleName(f"Loss of {len(losses)} starts, {left} of them left, step {losses.shape[1]} of {steps}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(48 * ink.GRID, 16 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        best = self.best
        if best is None:
            return
        painter.setFont(ink.tabular(ink.small(self.font())))
        line = painter.fontMetrics().height()
        field = QRectF(self.rect()).adjusted(ink.GRID, line, -ink.GRID, -line - 2)
        logs = np.log10(np.where(self._losses > 0, self._losses, np.nan))
        low, high = float(np.nanmin(logs)), float(np.nanmax(logs))
        self._paint_scale(painter, field, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(field.adjusted(0, -2, 0, 2))
        for number in [*(one for one in range(len(logs)) if one != best), best]:
            colour = ink.accent(self.palette()) if number == best else ink.grey(self.palette(), 0.35)
            painter.setPen(QPen(colour, 2.0 if number == best else 1.0))
            painter.drawPolyline(self._curve(logs[number], field, low, max(high - low, 1e-6)))

    def _curve(self, logs: Losses, field: QRectF, low: float, span: float) -> QPolygonF:
        known = np.flatnonzero(np.isfinite(logs))
        known = known[:: max(1, len(known) // max(1, int(field.width())))]  # no more points than pixels
        across = field.left() + field.width() * known / max(1, self._steps - 1)
        up = field.bottom() - field.height() * (logs[known] - low) / span
        return QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)])

    def _paint_scale(self, painter: QPainter, field: QRectF, low: float, high: float) -> None:
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        for exponent in range(int(np.ceil(low)), int(np.floor(high)) + 1):
            y = field.bottom() - field.height() * (exponent - low) / max(high - low, 1e-6)
            painter.fillRect(QRectF(field.left(), y, field.width(), 1), ink.grey(self.palette(), 0.08))
        painter.setPen(QColor(quiet))
        whole = self.rect().adjusted(ink.GRID, 0, -ink.GRID, 0)
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(whole, int(right | Qt.AlignmentFlag.AlignTop), f"loss {10**high:.2g}")
        painter.drawText(whole, int(right | Qt.AlignmentFlag.AlignBottom), f"{10**low:.2g}")
        painter.drawText(whole, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), f"{self._steps} steps")
