"""How far the reading of a file is: a bar, and a word for each stage, those that are over with a tick."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet

TICK = "\N{CHECK MARK}"


class Stages(QWidget):
    """`words` name the stages in order."""

    def __init__(self, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = tuple(words)
        self._labels = [Quiet(word) for word in words]
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setAccessibleName("Progress of reading")
        row = QHBoxLayout()
        row.setSpacing(2 * ink.GRID)
        for label in self._labels:
            row.addWidget(label)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._bar)
        self.show_stage(0)

    def show_stage(self, number: int) -> None:
        """The stages before `number` are over, that one goes on; behind the last one there is nothing to wait for."""
        self._bar.setRange(0, 0 if number == 0 else len(self._words))
        self._bar.setValue(number)
        for place, (word, label) in enumerate(zip(self._words, self._labels, strict=True)):
            label.setText(f"{TICK} {word}" if place < number else f"{word}…" if place == number else word)
            _emphasise(label, now=place == number)


def _emphasise(label: QLabel, *, now: bool) -> None:
    label.setForegroundRole(QPalette.ColorRole.WindowText if now else QPalette.ColorRole.PlaceholderText)
