"""Icons from one set (Lucide), drawn in the colour of the text."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from explorer import places

SIZE = 18


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> QIcon:
    """The icon called `name` in a colour of the current palette: normal, and dimmed when disabled."""
    source = (places.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    colours = QApplication.palette()
    result = QIcon()
    for group, mode in (
        (QPalette.ColorGroup.Active, QIcon.Mode.Normal),
        (QPalette.ColorGroup.Disabled, QIcon.Mode.Disabled),
    ):
        colour = colours.color(group, role)
        for scale in (1, 2):
            result.addPixmap(_drawn(source, colour, scale), mode)
    return result


def _drawn(source: str, colour: QColor, scale: int) -> QPixmap:
    pixmap = QPixmap(QSize(SIZE, SIZE) * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.replace("currentColor", colour.name()).encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
