"""A slider of one number of the place: the wiring that truncation and temperature share."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.widgets.row import SliderRow

NONE = 1.0  # where it changes nothing


class PlaceRow(QWidget):
    """Shows a field of `Place`, and asks the store for another value of it; hidden until a model has use for it."""

    def __init__(
        self, store: Store, field: str, bounds: tuple[float, float], hint: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._field = store, field
        self._drag = 0  # counts the gestures: each is one step of undo
        self.row = SliderRow(field.capitalize(), *bounds, self)
        self.row.show_hint(hint)
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

    def _begin(self) -> None:
        self._drag += 1

    def _moved(self, value: float) -> dict[str, object]:
        """The fields of the place that take it to another value."""
        return {self._field: value}

    def _ask(self, value: float) -> None:
        self._store.move(f"Move {self._field}", gesture=(self._field, self._drag), **self._moved(value))

    def _ask_reset(self) -> None:
        self._store.move(f"Reset {self._field}", **self._moved(NONE))

    def _value(self, state: State) -> float:
        value: float = getattr(state.place, self._field)
        return value

    def _show_change(self, old: State, new: State) -> None:
        if self._value(new) != self._value(old):
            self._show(new)

    def _show(self, state: State) -> None:
        value = self._value(state)
        self.row.show_place(value, NONE, changed=value != NONE)
