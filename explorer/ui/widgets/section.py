"""A section of a panel: a title with a reset at its end, and rows below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.notes import Title


class Section(QWidget):
    """Title, reset of everything in it, and slider rows in the order they were added.

    `rows_changed`: there are other rows than before, so names may be longer.
    """

    reset_wanted = Signal()
    rows_changed = Signal()

    def __init__(self, title: str, reset_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.reset = GlyphButton("rotate-ccw", reset_words, self)
        self.reset.setEnabled(False)
        self.reset.clicked.connect(self.reset_wanted)
        self.title = Title(title, self)
        head = QHBoxLayout()
        head.setSpacing(ink.GRID)
        head.addWidget(self.title, 1)
        head.addWidget(self.reset)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addLayout(head)

    def forget(self, rows: Sequence[QWidget]) -> None:
        """Take rows out, for good."""
        for row in rows:
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
