"""The layer of contours: made once for a map, drawn through any camera."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen, QTransform

from explorer.ui.map.camera import Camera
from explorer.ui.map.contours import SHARES, contours
from explorer.ui.map.nearest import PointGrid

WIDTH, HALO = 1.25, 3.0  # logical pixels
STRONGEST, FAINTEST = 0.95, 0.6  # opacity of the innermost line and of the outermost


class ContourLayer:
    """Lines around shares of the samples."""

    def __init__(self) -> None:
        self._paths: list[QPainterPath] | None = None
        self._index: PointGrid | None = None

    def show_points(self, index: PointGrid) -> None:
        """The grid over the points; the lines are made when they are drawn first."""
        self._index, self._paths = index, None

    def draw(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """All lines, each over a wider one in the colour of the ground, so that it shows over points of any colour."""
        if self._index is None:
            return
        if self._paths is None:
            self._paths = [_path(pieces.reshape(-1, 4).tolist()) for pieces in contours(self._index.x, self._index.y)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        scale = camera.scale
        dx, dy = camera.width / 2 - camera.x * scale, camera.height / 2 + camera.y * scale
        painter.setTransform(QTransform(scale, 0, 0, -scale, dx, dy), combine=True)
        ground, ink = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
        for number, path in enumerate(self._paths):
            opacity = STRONGEST - (STRONGEST - FAINTEST) * number / (len(SHARES) - 1)
            for colour, width in ((ground, HALO), (ink, WIDTH)):
                painter.setPen(_pen(colour, width))
                painter.setOpacity(opacity * (0.5 if width == HALO else 1.0))
                painter.drawPath(path)
        painter.restore()


def _path(pieces: list[list[float]]) -> QPainterPath:
    """One path of pieces (x, y, x, y); those that meet are joined, so that no joint shows."""
    path, following = QPainterPath(), {(x, y): (u, v) for x, y, u, v in pieces}
    arrived = set(following.values())
    begins = [place for place in following if place not in arrived]
    while following:
        at = begins.pop() if begins else next(iter(following))
        if at not in following:
            continue
        path.moveTo(*at)
        while at in following:
            at = following.pop(at)
            path.lineTo(*at)
    return path


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    pen.setCosmetic(True)
    return pen
