"""Truncation of a GAN: 1 is none, 0 the mean picture, below 0 its opposite (Karras et al. 2019)."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.widgets.row import SliderRow
from explorer.work.messages import Opened

NONE = 1.0


class TruncationRow(QWidget):
    """Asks the store for another truncation; hidden for families that have none."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._drag = 0
        self.row = SliderRow("Truncation", -1.0, 2.0, self)
        self.row.show_hint("w = mean + truncation * (w - mean): 1 is none, 0 the mean picture, below 0 its opposite.")
        self.row.began.connect(self._begin)
        self.row.moved.connect(self._ask)
        self.row.ended.connect(store.end_gesture)
        self.row.reset_wanted.connect(self._ask_reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.row)
        self.setVisible(False)
        self._show(store.state)
        store.listen(self._show_change)

    def show_model(self, opened: Opened | None) -> None:
        self.setVisible(opened is not None and opened.card.truncates)

    def _begin(self) -> None:
        self._drag += 1

    def _ask(self, value: float) -> None:
        self._store.move("Move truncation", gesture=("truncation", self._drag), truncation=value)

    def _ask_reset(self) -> None:
        self._store.move("Reset truncation", truncation=NONE)

    def _show_change(self, old: State, new: State) -> None:
        if new.place.truncation != old.place.truncation:
            self._show(new)

    def _show(self, state: State) -> None:
        truncation = state.place.truncation
        self.row.show_place(truncation, NONE, changed=truncation != NONE)
