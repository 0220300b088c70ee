"""The quiet layer under the points: grid lines at round numbers, their labels, and the names of the axes."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette

from explorer.export.ticks import tick_step, tick_text, ticks
from explorer.ui.map.camera import Camera
from explorer.ui.widgets.ink import between

SPACING = 90.0  # wished distance of grid lines in logical pixels
INSET = 6.0


def draw_lines(painter: QPainter, camera: Camera, palette: QPalette) -> None:
    """Grid lines; those through zero a little stronger. Filled boxes: a drawn line costs twenty times as much."""
    left, bottom, right, top = camera.bounds
    step = tick_step(SPACING / camera.scale)
    ground, line = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Mid)
    for value in _zero_last(ticks(left, right, step)):
        x = math.floor((value - camera.x) * camera.scale + camera.width / 2)
        painter.fillRect(x, 0, 1, camera.height, between(ground, line, 0.45 if value else 1.0))
    for value in _zero_last(ticks(bottom, top, step)):
        y = math.floor((camera.y - value) * camera.scale + camera.height / 2)
        painter.fillRect(0, y, camera.width, 1, between(ground, line, 0.45 if value else 1.0))


def draw_labels(painter: QPainter, camera: Camera, palette: QPalette, names: tuple[str, str]) -> None:
    """Numbers along the lower and left edge, the names at the far ends."""
    left, bottom, right, top = camera.bounds
    step = tick_step(SPACING / camera.scale)
    small = QFont(painter.font())
    small.setPointSizeF(max(small.pointSizeF() * 0.85, 6.5))
    painter.setFont(small)
    name_width = painter.fontMetrics().horizontalAdvance(names[0]) + 4 * INSET
    for value in ticks(left, right, step):
        x = (value - camera.x) * camera.scale + camera.width / 2
        if 48 < x < camera.width - name_width:
            _write(painter, palette, QPointF(x, camera.height - 11), tick_text(value, step), centred=True)
    name_height = painter.fontMetrics().horizontalAdvance(names[1]) + 4 * INSET
    for value in ticks(bottom, top, step):
        y = (camera.y - value) * camera.scale + camera.height / 2
        if name_height + 8 < y < camera.height - 28:
            _write(painter, palette, QPointF(INSET, y), tick_text(value, step), centred=False)
    _draw_names(painter, camera, palette, names)


def _write(painter: QPainter, palette: QPalette, at: QPointF, text: str, *, centred: bool) -> None:
    """A number on a patch of the ground, so that it can be read over points and pictures."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 6, metrics.height()
    box = QRectF(at.x() - (width / 2 if centred else 3), at.y() - height / 2, width, height)
    painter.fillRect(box, _clear(palette.color(QPalette.ColorRole.Base), 0.85))
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _draw_names(painter: QPainter, camera: Camera, palette: QPalette, names: tuple[str, str]) -> None:
    ground, flags = _clear(palette.color(QPalette.ColorRole.Base), 0.85), Qt.AlignmentFlag.AlignCenter
    metrics = painter.fontMetrics()
    first, second = (metrics.horizontalAdvance(name) + 8 for name in names)
    below = QRectF(camera.width - first - INSET, camera.height - 19, first, 17)
    beside = QRectF(-second - INSET, 3, second, 17)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.fillRect(below, ground)
    painter.drawText(below, flags, names[0])
    painter.save()
    painter.rotate(-90)
    painter.fillRect(beside, ground)
    painter.drawText(beside, flags, names[1])
    painter.restore()


def _zero_last(values: list[float]) -> list[float]:
    return sorted(values, key=lambda value: value == 0)


def _clear(colour: QColor, opacity: float) -> QColor:
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result
