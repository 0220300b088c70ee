"""What people forget of a map of neighbours, at the foot of such a map: as much of it as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.projections.base import Projection
from explorer.ui.map.honesty import warnings
from explorer.ui.widgets import ink

GISTS = (
    "Sizes and distances of clumps tell little, and clumps can come from chance: look at another seed.",
    "Sizes, gaps and clumps mean little: look at another seed.",
    "Clumps may mean little.",
)
"""The three sentences in ever fewer words."""


class Caution(QWidget):
    """Lies over its parent at the lower edge. A click shows the three sentences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._whole = ""
        self.setFont(ink.small(self.font()))
        self.setAccessibleName("What this map does not tell")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        parent.installEventFilter(self)
        self.hide()

    def show_projection(self, projection: Projection | None) -> None:
        """What is forgotten of maps of this kind; nothing where there is nothing to say, or no map."""
        sentences = warnings(projection)
        self._whole = " ".join(sentences)
        self.setToolTip("\n".join(sentences))
        self.setAccessibleDescription(self._whole)
        self.setVisible(bool(sentences))
        self._settle()

    @property
    def words(self) -> str:
        """What stands there: all of it, or the longest gist that has room."""
        if not self._whole:
            return ""
        metrics, room = QFontMetrics(self.font()), self._host.width() - 4 * ink.GRID
        fits = (words for words in (self._whole, *GISTS) if metrics.horizontalAdvance(words) <= room)
        return next(fits, GISTS[-1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        QToolTip.showText(event.globalPosition().toPoint(), self.toolTip(), self)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.words) + ink.GRID, metrics.height() + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self.palette().color(QPalette.ColorRole.Base)
        ground.setAlphaF(0.85)
        painter.fillRect(self.rect(), ground)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)

    def _settle(self) -> None:
        """Take the size of the words, and lie in the middle of the lower edge."""
        self.resize(self.sizeHint())
        self.move((self._host.width() - self.width()) // 2, self._host.height() - self.height() - 4)
        self.update()
