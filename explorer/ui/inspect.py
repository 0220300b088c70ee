"""Inspect: the numbers behind the current latent."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.latents.measures import Neighbourhood
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.facts import Bars, Fact, Measured, facts, measured, per_dimension
from explorer.ui.widgets import ink
from explorer.ui.widgets.bars import BarPlot
from explorer.ui.widgets.notes import Dim, Empty, Quiet, Title
from explorer.ui.widgets.scrolled import scrolled
from explorer.work.messages import Opened

_PAUSE_MS = 60  # numbers need not be faster than the eye reads them


class _Line(QWidget):
    """A name and what is known."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = Dim("", self)
        self.text = QLabel("", self)
        self.text.setWordWrap(True)
        self.text.setFont(ink.tabular(self.text.font()))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_fact(self, fact: Fact) -> None:
        for label, words in ((self.name, fact.name), (self.text, fact.text)):
            if words != label.text():
                label.setText(words)
            label.setToolTip(fact.hint)
            label.show()
        self.text.setEnabled(fact.known)
        self.text.setAccessibleName(fact.name)

    def show_nothing(self) -> None:
        """There is no such line any more."""
        for label in (self.name, self.text):
            label.clear()
            label.hide()


class InspectPanel(QWidget):
    """Shows facts of the place, only while it is seen."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._near: Neighbourhood | None = None
        self._known: tuple[Opened | None, str, Measured] = (None, "", Measured())
        self._lines: list[_Line] = []
        self._bars: list[Bars] = []
        self._stale = True
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._show_facts)
        self._build()
        self.show_model(None)
        store.listen(self._show_change)

    @property
    def texts(self) -> dict[str, str]:
        """What is shown, by name."""
        return {line.name.text(): line.text.text() for line in self._lines if line.name.text()}

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none: its neighbourhood is still to come."""
        if opened is not None and opened.is_same_as(self._opened):
            return
        self._opened, self._near = opened, None
        self.empty.setVisible(opened is None)
        self._inside.setVisible(opened is not None)
        self._wake()

    def show_neighbourhood(self, neighbourhood: Neighbourhood | None) -> None:
        """The distances among the samples of this model and space, built elsewhere; None: still being measured."""
        self._near = neighbourhood
        self._wake()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wake()

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space:
            self._near = None
        if new.place is not old.place:
            self._wake()

    def _wake(self) -> None:
        self._stale = True
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _show_facts(self) -> None:
        place = self._store.state.place
        if not (self._stale and self.isVisible()) or self._opened is None or not len(place.base):
            return
        self._stale = False
        self._learn_space(self._opened, place.space)
        known = facts(self._opened, self._store.state, self._near, self._known[2])
        while len(self._lines) < len(known):
            self._add_line()
        for line, fact in zip(self._lines, known, strict=False):
            line.show_fact(fact)
        for line in self._lines[len(known) :]:
            line.show_nothing()

    def _learn_space(self, opened: Opened, space: str) -> None:
        """What is measured once a model and space."""
        if self._known[:2] == (opened, space):
            return
        samples = opened.samples.get(space)
        self._known = (opened, space, measured(samples))
        self._bars = per_dimension(samples)
        self._which.clear()
        self._which.addItems([bars.title for bars in self._bars])
        self._plot_part.setVisible(bool(self._bars))
        self._show_bars(0)

    def _show_bars(self, index: int) -> None:
        if 0 <= index < len(self._bars):
            bars, space = self._bars[index], self._store.state.place.space
            values = [float(value) for value in bars.values]
            hints = [f"{space} {dim + 1}: {value:.3g} ({bars.unit})" for dim, value in enumerate(values)]
            self.plot.show_values(values, hints, f"{bars.title} of each dimension, {bars.unit}")
            self._unit.setText(bars.unit)

    def _add_line(self) -> None:
        line = _Line(self)
        row = len(self._lines)
        self._grid.addWidget(line.name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(line.text, row, 1, Qt.AlignmentFlag.AlignTop)
        line.hide()
        self._lines.append(line)

    def _build(self) -> None:
        self.empty = Empty("Open a model to see the numbers of its latents.", self)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(2 * ink.GRID, ink.GRID, 2 * ink.GRID, ink.GRID)
        column.setSpacing(2 * ink.GRID)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * ink.GRID)
        self._grid.setVerticalSpacing(ink.GRID)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addWidget(self._plot_block())
        column.addStretch(1)
        area = scrolled(self._inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(area, 1)

    def _plot_block(self) -> QWidget:
        self._plot_part = QWidget()
        self._which = QComboBox()
        self._which.setAccessibleName("What the bars show")
        self._which.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._which.activated.connect(self._show_bars)
        self._unit = Quiet("")
        self._unit.setWordWrap(True)
        self.plot = BarPlot()
        head = QHBoxLayout()
        head.addWidget(Title("Each dimension"), 1)
        head.addWidget(self._which)
        block = QVBoxLayout(self._plot_part)
        block.setContentsMargins(0, 0, 0, 0)
        block.setSpacing(ink.GRID // 2)
        block.addLayout(head)
        block.addWidget(self.plot)
        block.addWidget(self._unit)
        self._plot_part.setVisible(False)
        return self._plot_part
