"""The questions of a draft as drop-downs, and its layers as rows that can be answered one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.models.foreign.drafts.told import Question, Row
from explorer.ui.widgets import ink
from explorer.ui.widgets.clearing import emptied
from explorer.ui.widgets.notes import Dim, Quiet, Title

MOST_ROWS = 120  # layers that get drop-downs of their own; more would stall the window
HOW = {
    "read": "It stands in the file",
    "inferred": "The statistics in the file fit this, and nothing else that was tried",
    "guessed": "Nothing in the file says so",
    "yours": "You chose it",
}


def fill(box: QComboBox, question: Question) -> None:
    """Shows a question's options and what is taken, without a signal."""
    box.blockSignals(True)
    values = [box.itemData(number) for number in range(box.count())]
    if values != [option.value for option in question.options]:
        box.clear()
        for option in question.options:
            box.addItem(option.words, option.value)
    box.setCurrentIndex(box.findData(question.taken))
    box.setToolTip(question.tip or question.title)
    box.blockSignals(False)


class Answers(QWidget):
    """One row a question: title, drop-down, and how the answer is known. `chosen` carries name and value."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QComboBox] = {}
        self.marks: dict[str, Quiet] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_questions(self, questions: Sequence[Question], yours: Sequence[str]) -> None:
        """These, in order; rows that are no longer asked go."""
        if [question.name for question in questions] != list(self.boxes):
            self._build(questions)
        for question in questions:
            fill(self.boxes[question.name], question)
            how = "yours" if question.name in yours else question.how
            self.marks[question.name].setText(how)
            self.marks[question.name].setToolTip(HOW[how])

    def _build(self, questions: Sequence[Question]) -> None:
        emptied(self._grid)
        self.boxes, self.marks = {}, {}
        for row, question in enumerate(questions):
            box, mark, name = drop_down(question), Quiet(""), Dim(question.title)
            box.activated.connect(partial(self._choose, question.name))
            mark.setMinimumWidth(7 * ink.GRID)
            name.setBuddy(box)
            self.boxes[question.name], self.marks[question.name] = box, mark
            for column, widget in enumerate((name, box, mark)):
                self._grid.addWidget(widget, row, column)

    def _choose(self, name: str, _index: int) -> None:
        self.chosen.emit(name, self.boxes[name].currentData())


class Layers(QWidget):
    """The layers of encoder and decoder. `chosen` carries 'way:KEY' or 'after:KEY', and its value."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QComboBox] = {}
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._shape: list[tuple[object, ...]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, ink.GRID, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The layers, in the order in which a picture goes through them."""
        shown = list(rows)[:MOST_ROWS]
        shape: list[tuple[object, ...]] = [
            (row.part, row.key, row.layer, bool(row.way), bool(row.after)) for row in shown
        ]
        if shape != self._shape:
            self._build(shown, len(rows) - len(shown))
            self._shape = shape
        for row, (layer, makes) in zip(shown, self._labels, strict=True):
            layer.setText(row.layer)
            makes.setText(f"{row.key} \N{RIGHTWARDS ARROW} {row.makes}")
            for question in (row.way, row.after):
                if question is not None:
                    fill(self.boxes[question.name], question)

    def _build(self, rows: Sequence[Row], left: int) -> None:
        emptied(self._grid)
        self.boxes, self._labels, part = {}, [], ""
        for row in rows:
            if row.part != part:
                part = row.part
                title = Title(f"{part.capitalize()}")
                title.setContentsMargins(0, ink.GRID if self._labels else 0, 0, 0)
                self._grid.addWidget(title, self._grid.rowCount(), 0, 1, 3)
            self._add(row)
        if left:
            self._grid.addWidget(Quiet(f"and {left} more"), self._grid.rowCount(), 0, 1, 3)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _add(self, row: Row) -> None:
        number = self._grid.rowCount()
        layer, makes = QLabel(row.layer), Quiet("")
        both = QVBoxLayout()
        both.setSpacing(0)
        for label in (layer, makes):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # keys may be long
            label.setToolTip(f"{row.key}: {row.layer}\nBehind the arrow: what comes out, channels x height x width")
            both.addWidget(label)
        self._grid.addLayout(both, number, 0)
        self._labels.append((layer, makes))
        for column, question in ((1, row.way), (2, row.after)):
            if question is not None:
                box = drop_down(question, row.key)
                box.setFixedWidth(30 * ink.GRID if column == 1 else 15 * ink.GRID)
                box.activated.connect(partial(self._choose, question.name))
                self.boxes[question.name] = box
                self._grid.addWidget(box, number, column)

    def _choose(self, name: str, _index: int) -> None:
        self.chosen.emit(name, self.boxes[name].currentData())


def drop_down(question: Question, of: str = "") -> QComboBox:
    """A box for a question, that a wheel over a scrolled page does not turn."""
    box = QComboBox()
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setAccessibleName(f"{question.title} of {of}" if of else question.title)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    box.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
    return box
