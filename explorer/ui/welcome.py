"""The welcome: three sentences that say what one sees, and what to try first."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer import places
from explorer.ui.widgets.overlay import Overlay

MARGIN = 16
WIDTH = 400


class Welcome(Overlay):
    """A card over the lower left corner of `host`; the picture and the sliders stay free. `closed` when dismissed."""

    closed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAccessibleName("Welcome")
        self.setFixedWidth(WIDTH)
        words = json.loads((places.resources() / "texts" / "welcome.json").read_text(encoding="utf-8"))
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(self._title(words["title"]))
        for sentence in words["sentences"]:
            column.addWidget(self._sentence(sentence))
        column.addSpacing(4)
        column.addLayout(self._tries(words["try"]))
        start = QPushButton("Start exploring")
        start.clicked.connect(self.dismiss)
        column.addSpacing(4)
        column.addWidget(start, 0, Qt.AlignmentFlag.AlignLeft)
        self._start = start

    def open(self) -> None:
        """Show the card and lay it in its corner."""
        self.setFixedHeight(self._column.heightForWidth(WIDTH))
        self._settle()
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.setPen(QColor(self.palette().color(QPalette.ColorRole.Mid)))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 10, 10)

    def _settle(self) -> None:
        host = self.parentWidget()
        if host is not None:
            self.move(MARGIN, max(MARGIN, host.height() - self.height() - 3 * MARGIN))

    def _title(self, text: str) -> QLabel:
        label = self._sentence(text)
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(font.Weight.DemiBold)
        label.setFont(font)
        return label

    def _sentence(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        return label

    def _tries(self, pairs: list[list[str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        for row, (gesture, effect) in enumerate(pairs):
            what = QLabel(gesture)
            font = what.font()
            font.setWeight(font.Weight.DemiBold)
            what.setFont(font)
            why = QLabel(effect)
            why.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(what, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(why, row, 1, Qt.AlignmentFlag.AlignTop)
        return grid
