"""What is known of a model, in groups by how it is known; what warns has a mark of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.models.base import HOWS, Fact
from explorer.models.words import sentence
from explorer.ui.icons import icon
from explorer.ui.widgets import ink
from explorer.ui.widgets.clearing import emptied
from explorer.ui.widgets.notes import Plain, Quiet, Title

WAYS = {
    "read": ("Read", "in the file", "It stands in the file, or follows from the shapes in it"),
    "inferred": ("Inferred", "from its architecture", "What the authors of this architecture used; not in the file"),
    "guessed": ("Guessed", "nothing says so", "Neither the file nor its architecture says so: look at the pictures"),
    "measured": ("Measured", "on random latents", "Seen while random latents were decoded here"),
}
NAMES = 17 * ink.GRID  # pixels: the column of the ways
MARK = 14  # pixels


class Known(QWidget):
    """One block a way of knowing, in the order from sure to unsure, and what was measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * ink.GRID)
        grid.setVerticalSpacing(12)
        grid.setColumnMinimumWidth(0, NAMES)
        grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """These; a way of knowing without any has no block."""
        emptied(self._grid)
        for row, how in enumerate(how for how in HOWS if any(fact.how == how for fact in facts)):
            blocks = (_way(how), _block([fact for fact in facts if fact.how == how]))
            for column, block in enumerate(blocks):
                self._grid.addWidget(block, row, column, Qt.AlignmentFlag.AlignTop)
                block.show()  # at once: a card that is read while it grows must not blink
        self._grid.activate()


def _way(how: str) -> QWidget:
    name, why, tip = WAYS[how]
    block, column = _column()
    block.setToolTip(tip)
    column.addWidget(Title(name))
    column.addWidget(Quiet(why))
    return block


def _block(facts: Sequence[Fact]) -> QWidget:
    block, column = _column()
    column.setSpacing(4)
    for fact in facts:
        line = Plain(sentence(fact.text).removesuffix("."))
        if fact.warns:
            column.addLayout(_marked(line))
        else:
            column.addWidget(line)
    return block


def _column() -> tuple[QWidget, QVBoxLayout]:
    block = QWidget()
    column = QVBoxLayout(block)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return block, column


def _marked(line: QLabel) -> QHBoxLayout:
    """A line with the mark and the colour of a warning."""
    line.setForegroundRole(QPalette.ColorRole.BrightText)
    mark = QLabel()
    mark.setPixmap(icon("triangle-alert", QPalette.ColorRole.BrightText).pixmap(MARK, MARK))
    mark.setAccessibleName("Warning")
    mark.setFixedHeight(line.fontMetrics().height())
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(line, 1)
    return row
