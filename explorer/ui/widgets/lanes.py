"""Numbers of the frames of a film, one lane each, aligned with the strip above; bad stretches are shaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui.widgets import ink

_HEIGHT = 2 * ink.GRID


@dataclass(frozen=True, eq=False)
class Lane:
    """`values` (n,), one a frame, or (n - 1,), one between each two. `told(value)`: in words, with its unit."""

    name: str
    values: NDArray[np.float64]
    told: Callable[[float], str]


class Lanes(QWidget):
    """`pointed` names the frame under the cursor, or None."""

    pointed = Signal(object)

    def __init__(self, x_of: Callable[[float], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._x_of = x_of
        self._lanes: Sequence[Lane] = ()
        self._bad: NDArray[np.bool_] = np.zeros(0, bool)
        self._count = 0
        self._note = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the path costs")

    def show_lanes(self, lanes: Sequence[Lane], bad: NDArray[np.bool_], note: str = "") -> None:
        """Lanes for frames 0..n-1; `bad` (n,) marks frames to be shaded, `note` ends every tooltip."""
        if len(lanes) != len(self._lanes):
            self._lanes = lanes
            self.updateGeometry()
        self._lanes, self._bad, self._count, self._note = lanes, bad, len(bad), note
        self.setAccessibleDescription(f"{int(bad.sum())} of {len(bad)} frames lie in bad stretches.")
        self.update()

    @property
    def lanes(self) -> Sequence[Lane]:
        return self._lanes

    @property
    def bad(self) -> NDArray[np.bool_]:
        return self._bad

    def told(self, frame: int) -> str:
        """The numbers of a frame in words."""
        lines = [f"Frame {frame + 1}" + (" - a bad stretch" if self._bad[frame] else "")]
        for lane in self._lanes:
            place = min(frame, len(lane.values) - 1)
            lines.append(f"{lane.name}: {lane.told(float(lane.values[place]))}")
        return "\n".join([*lines, *([self._note] if self._note else [])])

    def sizeHint(self) -> QSize:
        return QSize(40 * ink.GRID, _HEIGHT * len(self._lanes))

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, _HEIGHT * len(self._lanes))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._count < 2:
            return
        first, last = self._x_of(0), self._x_of(self._count - 1)
        share = (event.position().x() - first) / max(1.0, last - first)
        frame = round(min(1.0, max(0.0, share)) * (self._count - 1))
        QToolTip.showText(event.globalPosition().toPoint(), self.told(frame), self)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._count < 2:
            return
        painter = QPainter(self)
        self._shade(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, lane in enumerate(self._lanes):
            self._paint_lane(painter, lane, QRectF(0, place * _HEIGHT + 2, self.width(), _HEIGHT - 4))

    def _shade(self, painter: QPainter) -> None:
        half = (self._x_of(1) - self._x_of(0)) / 2
        tone = ink.between(self.palette().color(QPalette.ColorRole.Window), QColor(Qt.GlobalColor.red), 0.14)
        for frame in np.flatnonzero(self._bad).tolist():
            painter.fillRect(QRectF(self._x_of(frame) - half, 0, 2 * half + 1, self.height()), tone)

    def _paint_lane(self, painter: QPainter, lane: Lane, box: QRectF) -> None:
        finite = lane.values[np.isfinite(lane.values)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        spread = max(high - low, 1e-12)
        offset = 0.5 if len(lane.values) < self._count else 0.0
        line = [
            QPointF(self._x_of(index + offset), box.bottom() - (value - low) / spread * box.height())
            for index, value in enumerate(lane.values.tolist())
            if np.isfinite(value)
        ]
        painter.setPen(QPen(ink.grey(self.palette(), 0.6), 1.5))
        painter.drawPolyline(line)
        painter.setFont(ink.small(self.font()))
        text = painter.fontMetrics().horizontalAdvance(lane.name)
        chip = QRectF(self._x_of(0), box.top(), text + ink.GRID, box.height())
        ground = ink.grey(self.palette(), 0.0)
        ground.setAlphaF(0.8)
        painter.fillRect(chip, ground)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(chip, Qt.AlignmentFlag.AlignVCenter, lane.name)
