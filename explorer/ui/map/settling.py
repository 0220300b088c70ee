"""A map that is being made: how far it is, and the ways to end it. Lies over the canvas, at its foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from explorer.ui.widgets import ink

PRELIMINARY = "preliminary"
PRELIMINARY_HINT = "This map is not done yet. Its samples still move, and no place of it can be decoded."

WIDE, NARROW = 120, 40  # of the bar, logical pixels
ROOMY = 560  # of the map


class Settling(QFrame):
    """`stop_wanted`: keep what is to be seen now; `cancel_wanted`: go back to the map before."""

    stop_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("A map is being made")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._host = parent
        self.text = QLabel(self)
        self.text.setFont(ink.tabular(self.font()))
        self.bar = QProgressBar(self)
        self.bar.setFixedSize(WIDE, 8)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the map is")
        self.stop = self._button("Stop here", "Keep the map as it is now. It says so, and can be run to its end later.")
        self.cancel = self._button("Cancel", "End it at once and go back to the map before.")
        self.stop.clicked.connect(self.stop_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(2 * ink.GRID, ink.GRID // 2, ink.GRID // 2, ink.GRID // 2)
        row.setSpacing(ink.GRID)
        for part in (self.text, self.bar, self.stop, self.cancel):
            row.addWidget(part)
        parent.installEventFilter(self)
        self.hide()

    def show_progress(self, text: str, done: int, total: int) -> None:
        """After `done` of `total` iterations; 0 of 0 while that is not known."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        numbers = f" \N{MIDDLE DOT} {done:,} of {total:,}" if total else ""
        self.text.setText(f"{text}{numbers}")
        self._lie()
        self.show()

    def show_partial(self, is_shown: bool) -> None:
        """Whether a map that is not done yet is on the screen."""
        self.stop.setVisible(is_shown)
        self.text.setToolTip(PRELIMINARY_HINT if is_shown else "")
        self._lie()

    def show_rest(self) -> None:
        """Nothing is being made."""
        self.hide()
        self.show_partial(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._lie()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _lie(self) -> None:
        self.bar.setFixedWidth(WIDE if self._host.width() > ROOMY else NARROW)
        self._row.activate()
        self.resize(self.sizeHint())
        self.move((self._host.width() - self.width()) // 2, self._host.height() - self.height() - 9 * ink.GRID)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(hint)
        button.setAccessibleName(text)
        return button
