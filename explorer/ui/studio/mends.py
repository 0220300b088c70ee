"""The three mends, as controls: balance by labels, match pairs, remove components along concepts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from explorer.session.studio import Making
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet


class Mends(QWidget):
    """`balanced` and `removed` carry the names that are wanted now; `matched` yes or no."""

    balanced = Signal(object)
    matched = Signal(bool)
    removed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._making = Making()
        self.balance = _menu_button("Balance by", "Every kind of example weighs as much with as without.", self)
        self.remove = _menu_button("Remove", "Nothing of the arrow is left along these concepts.", self)
        self.match = QCheckBox("Match pairs", self)
        self.match.setToolTip("Each example with the nearest one without; what has no partner is left out.")
        self.match.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.match.clicked.connect(self.matched)
        self.told = Quiet("", self)
        self.told.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(ink.GRID)
        for part in (self.balance, self.match, self.remove):
            row.addWidget(part)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ink.GRID // 2)
        column.addLayout(row)
        column.addWidget(self.told)

    def show_choices(self, labels: Sequence[str], concepts: Sequence[str], making: Making) -> None:
        """What there is to balance by and to remove, and what is wanted."""
        self._making = making
        _fill(self.balance, labels, making.balance, partial(self._toggle, "balance"))
        _fill(
            self.remove, [one for one in concepts if one != making.name], making.remove, partial(self._toggle, "remove")
        )
        self.match.setChecked(making.match)
        told = [f"balanced by {', '.join(making.balance)}"] if making.balance and not making.match else []
        told += [
            f"pairs of the same {' and '.join(making.balance)}" if making.balance else "nearest pairs"
        ] * making.match
        told += [f"nothing along {', '.join(making.remove)}"] if making.remove else []
        self.told.setText("; ".join(told).capitalize() + "." if told else "")
        self.told.setVisible(bool(told))

    def _toggle(self, what: str, name: str) -> None:
        names: tuple[str, ...] = getattr(self._making, what)
        now = tuple(one for one in names if one != name) if name in names else (*names, name)
        (self.balanced if what == "balance" else self.removed).emit(now)


def _menu_button(words: str, tip: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(words)
    button.setToolTip(tip)
    button.setAccessibleName(words)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setMenu(QMenu(button))
    return button


def _fill(button: QToolButton, names: Sequence[str], chosen: Sequence[str], toggle: partial[None]) -> None:
    menu = button.menu()
    menu.clear()
    for name in names:
        action = menu.addAction(name, partial(toggle, name))
        action.setCheckable(True)
        action.setChecked(name in chosen)
    button.setEnabled(bool(names))
