"""What else moved: bars in plain words, and the table of counts that explains them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.latents.concepts.effects import Count, Effect
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Quiet, Title
from explorer.ui.widgets.signed_bars import SignedBars

FEW = 6  # effects on show
UNEVEN = 0.15  # difference of two shares that explains a side effect
HOW = {
    "encoded again": "200 samples moved by +1, decoded and encoded again. 1 is the whole way from without to with.",
    "read by a probe": "200 samples moved by +1 and decoded; a probe that learned from decoded samples reads the "
    "pictures, for this model has no encoder. 1 is the whole way from without to with.",
}


class EffectsView(QWidget):
    """`balance_wanted` carries the label that the examples are to be balanced by."""

    balance_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ""
        self.title = Title("What else moved, per +1", self)
        self.bars = SignedBars(self)
        self.how = Quiet("", self)
        self.how.setWordWrap(True)
        self.why = QLabel(self)
        self.why.setWordWrap(True)
        self.balance = QPushButton(self)
        self.balance.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.balance.clicked.connect(lambda: self.balance_wanted.emit(self._label))
        self.table = QWidget(self)
        self._grid = QGridLayout(self.table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * ink.GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        mend = QHBoxLayout()
        mend.addWidget(self.balance)
        mend.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, ink.GRID // 2, 0, 0)
        column.setSpacing(ink.GRID // 2)
        for part in (self.title, self.bars, self.how, self.table, self.why):
            column.addWidget(part)
        column.addLayout(mend)
        self.show_effects((), (), (), "", ())

    def show_effects(
        self, found: Sequence[Effect], before: Sequence[Effect], counts: Sequence[Count], how: str, mends: Sequence[str]
    ) -> None:
        """The largest first; before: the same without the mends; counts: one an effect; mends: labels that the examples
        are balanced by already."""
        self.setVisible(bool(found))
        was = {effect.name: effect.change for effect in before}
        rows = [
            (effect.words if place else effect.own_words, effect.change, was.get(effect.name) if before else None)
            for place, effect in enumerate(found[:FEW])
        ]
        self.bars.show_rows(rows, self.title.text())
        told = " The thin bars: without the mends." if before else ""
        self.how.setText(HOW.get(how, "") + told)
        self._show_counts(counts[:FEW])
        self._show_why(counts[1:FEW], mends)

    def _show_counts(self, counts: Sequence[Count]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.table.setVisible(bool(counts))
        for column, words in enumerate(("Among the examples", "with", "without")):
            self._grid.addWidget(Dim(words, self.table), 0, column, _side(column))
        for row, count in enumerate(counts, 1):
            shares = (_share(count.with_, count.of_with), _share(count.without, count.of_without))
            for column, words in enumerate((count.name, *shares)):
                label = QLabel(words, self.table)
                label.setFont(ink.tabular(label.font()))
                label.setEnabled(abs(count.gap) >= UNEVEN)
                label.setToolTip(f"{_words(count)}.")
                if column == 0:
                    label.setMinimumWidth(6 * ink.GRID)
                self._grid.addWidget(label, row, column, _side(column))
        self.table.setAccessibleName("How many examples have it: " + "; ".join(_words(count) for count in counts))

    def _show_why(self, others: Sequence[Count], mends: Sequence[str]) -> None:
        """The bias that explains most, and the way to mend it."""
        uneven = max(others, key=lambda count: abs(count.gap), default=None)
        is_known = uneven is not None and abs(uneven.gap) >= UNEVEN and uneven.label not in mends
        self._label = uneven.label if uneven is not None and is_known else ""
        self.why.setVisible(bool(self._label))
        self.balance.setVisible(bool(self._label))
        if uneven is not None and self._label:
            self.why.setText(f"{_words(uneven)}: so the arrow learns a part of that too.")
            self.balance.setText(f"Balance by {self._label}")
            self.balance.setToolTip("Every kind of example weighs as much with as without.")


def _words(count: Count) -> str:
    n, m = (_percent(*pair) for pair in ((count.with_, count.of_with), (count.without, count.of_without)))
    return f"{n} of the examples with have {count.name}, and {m} of those without"


def _share(count: int, whole: int) -> str:
    return f"{count:,} of {whole:,}"


def _percent(count: int, whole: int) -> str:
    return f"{100 * count / max(1, whole):.0f} %"


def _side(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
