"""The card beside the cursor: a small picture of the sample under it, and its labels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QWidget

from explorer.ui.widgets import ink

SIDE = 96  # logical pixels of the picture's longer side
AWAY = 16  # logical pixels from the sample
WIDEST = 240  # logical pixels of a line; longer ones are elided
FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class GlanceCard(QFrame):
    """Shows; the mouse goes through it. The picture may come after the words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("The sample under the cursor")
        self.lines: list[str] = []
        self.picture: QPixmap | None = None
        self._host = parent
        self.hide()

    def show_sample(self, words: str, picture: QPixmap | None, at: QPointF) -> None:
        """Words (the first line stands out) and the picture of the sample at a position of the map."""
        self.setFont(ink.small(self._host.font()))
        metrics = self.fontMetrics()
        self.lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, WIDEST) for line in words.splitlines()]
        self.picture = picture
        self.setAccessibleDescription(words)
        self.resize(self.sizeHint())
        self.move(self._beside(at).topLeft())
        self.show()
        self.raise_()

    def show_picture(self, picture: QPixmap) -> None:
        """It has come."""
        self.picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        words = max((metrics.horizontalAdvance(line) for line in self.lines), default=0)
        height = max(SIDE, len(self.lines) * self._row)
        return QSize(SIDE + words + 4 * ink.GRID, height + 2 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._paint_picture(painter)
        left = SIDE + 2 * ink.GRID
        for number, line in enumerate(self.lines):
            role = QPalette.ColorRole.PlaceholderText if number else QPalette.ColorRole.Text
            painter.setPen(self.palette().color(role))
            box = QRectF(left, ink.GRID + number * self._row, self.width() - left, self._row)
            painter.drawText(box, FLAGS, line)

    @property
    def _row(self) -> int:
        return QFontMetrics(self.font()).height() + 3

    def _paint_picture(self, painter: QPainter) -> None:
        """In the middle of its place; a quiet ground until it comes."""
        place = QRectF(ink.GRID, ink.GRID, SIDE, SIDE)
        if self.picture is None:
            painter.fillRect(place, ink.grey(self.palette(), 0.08))
            return
        size = self.picture.deviceIndependentSize()
        corner = place.center() - QPointF(size.width() / 2, size.height() / 2)
        painter.drawPixmap(corner, self.picture)

    def _beside(self, at: QPointF) -> QRect:
        """To the right below the sample; on another side where the map ends."""
        size, room = self.size(), self._host.size()
        x = at.x() + AWAY if at.x() + AWAY + size.width() <= room.width() else at.x() - AWAY - size.width()
        y = at.y() + AWAY if at.y() + AWAY + size.height() <= room.height() else at.y() - AWAY - size.height()
        left = min(max(round(x), 0), max(room.width() - size.width(), 0))
        top = min(max(round(y), 0), max(room.height() - size.height(), 0))
        return QRect(left, top, size.width(), size.height())
