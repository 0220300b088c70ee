"""The chip on the map that says that some samples are hidden, and brings them back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from explorer.latents.selections import Only
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

WIDEST = 40 * ink.GRID


class OnlyChip(QFrame):
    """`all_wanted()`. Lies on the right of `neighbour`, in the same parent; hidden while all samples are shown."""

    all_wanted = Signal()

    def __init__(self, parent: QWidget, neighbour: QWidget) -> None:
        super().__init__(parent)
        self._host, self._neighbour, self._said = parent, neighbour, ""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._close = GlyphButton("x", "Show all samples again", self)
        self._close.clicked.connect(self.all_wanted)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(ink.GRID, 3, 3, 3)
        row.setSpacing(ink.GRID // 2)
        row.addWidget(self._words, 1)
        row.addWidget(self._close)
        self.hide()

    @property
    def words(self) -> str:
        """What it says; '' while all samples are shown."""
        return self._said

    def show_only(self, only: Only | None, count: int) -> None:
        """Which of `count` samples are shown."""
        self._said = "" if only is None else f"{len(only.indices):,} of {count:,}: {only.words}"
        self.setAccessibleName(f"Shown alone: {self._said}")
        self.setToolTip("" if only is None else f"Only these samples are shown: {only.words}. The others are hidden.")
        self.setVisible(only is not None)
        self.settle()

    def settle(self) -> None:
        """As wide as its words, where there is room."""
        left = self._neighbour.geometry().right() + ink.GRID
        margins = self._row.contentsMargins()
        taken = margins.left() + margins.right() + self._row.spacing() + self._close.sizeHint().width()
        room = min(WIDEST, self._host.width() - left - ink.GRID) - taken
        shown = self._words.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, max(room, 0))
        self._words.setText(shown)
        self.resize(self._words.sizeHint().width() + taken, self._neighbour.height())
        self.move(left, self._neighbour.y())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink.accent(self.palette()))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
