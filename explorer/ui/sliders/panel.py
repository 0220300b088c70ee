"""The panel of sliders: sections under each other, scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from explorer.session.state import NOTHING, frozen
from explorer.session.store import Store
from explorer.ui.sliders.concepts import ConceptSection
from explorer.ui.sliders.dimensions import DimensionSection
from explorer.ui.sliders.place_row import NONE
from explorer.ui.sliders.shape import ShapeSection
from explorer.ui.sliders.temperature import TemperatureRow
from explorer.ui.sliders.truncation import TruncationRow
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Empty
from explorer.ui.widgets.row import SliderRow
from explorer.ui.widgets.scrolled import scrolled
from explorer.work.messages import Opened

_LEAST_NAME = 10 * ink.GRID
_MOST_NAME = 0.3  # of the panel's width


class SlidersPanel(QWidget):
    """Concepts, truncation and dimensions of the current latent."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self.concepts = ConceptSection(store)
        self.truncation, self.temperature = TruncationRow(store), TemperatureRow(store)
        self.shape, self.dimensions = ShapeSection(store), DimensionSection(store)
        self.empty = Empty("Open a model to move through its latent space.")
        inside = QWidget()
        self._column = column = QVBoxLayout(inside)
        column.setContentsMargins(2 * ink.GRID, ink.GRID, ink.GRID, 3 * ink.GRID)
        column.setSpacing(ink.GRID)
        for part in (self.empty, self.concepts, self.truncation, self.temperature, self.shape, self.dimensions):
            column.addWidget(part)
        column.addStretch(1)
        self._column = column
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._area = _scrolled(inside)
        layout.addWidget(self._area)
        for section in (self.concepts, self.dimensions):
            section.rows_changed.connect(self._align)
        self.shape.rows_changed.connect(self._place_shape)
        self.show_model(None)

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, begins at the top of the list."""
        if opened is None or not opened.is_same_as(self._opened):
            self._area.verticalScrollBar().setValue(0)
        self._opened = opened
        self.empty.setVisible(opened is None)
        self.concepts.setVisible(opened is not None)
        self._put_temperature(opened)
        for part in (self.concepts, self.truncation, self.temperature, self.shape, self.dimensions):
            part.show_model(opened)

    def _put_temperature(self, opened: Opened | None) -> None:
        """Before the concepts of a flow, which is mostly shown cooler than 1; else behind them."""
        is_flow = opened is not None and opened.card.likelihood == "exact"
        self._column.removeWidget(self.temperature)
        neighbour = self.concepts if is_flow else self.dimensions
        self._column.insertWidget(self._column.indexOf(neighbour), self.temperature)

    def reset_all(self) -> None:
        """Concepts, truncation, temperature and moved dimensions back to where the latent stands, as one step."""
        place = self._store.state.place
        fields = self.temperature.reset(place)
        if any(place.strengths.values()):
            fields["strengths"] = NOTHING
        if self.dimensions.is_moved(place):
            fields.update(base=frozen(self.dimensions.own(place)), seed=None)
        if place.truncation != NONE:
            fields["truncation"] = NONE
        if fields:
            self._store.move("Reset all sliders", **fields)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._align()

    def _place_shape(self) -> None:
        """A few parts stand above the concepts, many or a grid below them."""
        self._column.removeWidget(self.shape)
        before = self.concepts if self.shape.is_short else self.dimensions
        self._column.insertWidget(self._column.indexOf(before), self.shape)

    def _align(self) -> None:
        """One width for all names: the longest fits, up to a share of the panel; a longer one is told in full."""
        rows = self._rows()
        if rows:
            wanted = max(row.name_width for row in rows)
            width = min(max(wanted, _LEAST_NAME), round(self.width() * _MOST_NAME))
            for row in rows:
                row.show_name_width(width)

    def _rows(self) -> list[SliderRow]:
        return [*self.concepts.rows.values(), self.truncation.row, self.temperature.row, *self.dimensions.rows.values()]


def _scrolled(inside: QWidget) -> QScrollArea:
    return scrolled(inside, focus=False)
