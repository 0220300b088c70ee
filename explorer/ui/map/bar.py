"""The bar above the map: what is projected, what colours it, and the way back to the whole view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.quantities import Quantity
from explorer.projections import KINDS, ProjectionChoice
from explorer.session.state import Seat
from explorer.ui.map.grid_controls import GridControls
from explorer.ui.map.look import LookButton
from explorer.ui.map.measure_choice import add_measure
from explorer.ui.map.second_choice import SecondChoice, show_kinds
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

NONE = "none"
BESIDE, CLOSE = "A second map beside this one", "Close the second map"
LINK = "Move both maps together, along the axes that they have in common"
NARROWEST, FEW_LETTERS = 240, 5
COLOUR_LETTERS = 13  # of a colour's name, in the bar; the list is as wide as its longest


class MapBar(QWidget):
    """Says what is wanted; `projection_wanted` carries a ProjectionChoice. What is set by code is silent."""

    kind_wanted = Signal(str)
    projection_wanted = Signal(object)
    colour_wanted = Signal(str)
    space_wanted = Signal(str)
    reset_wanted = Signal()
    beside_wanted = Signal()
    link_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None, seat: Seat = "first") -> None:
        super().__init__(parent)
        self._seat: Seat = seat
        self._choice = ProjectionChoice()
        self._offered: tuple[object, object] = (None, None)  # the colours that stand in the list
        self.space = self._combo("Latent space", "The space of the model that is shown and edited.")
        self.kind = self._combo("Projection", KINDS["pca"].hint)
        show_kinds(self.kind, None, ())
        self.first, self.second = self._axis("Across"), self._axis("Up")
        self._times = self._quiet("\N{MULTIPLICATION SIGN}")
        self.besides = SecondChoice(self)
        self.colour = self._combo(
            "Colour", "What colours the samples, and the tiles of the grid where it is a measure of places."
        )
        self.colour.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colour.setMinimumContentsLength(COLOUR_LETTERS)
        self.grid = GridControls(self)
        self.look = LookButton(self)
        self.reset = GlyphButton("scan", "Show the whole map", self, key="0")
        self.link = GlyphButton("arrow-right-left", LINK, self)
        self.link.setCheckable(True)
        self.link.setChecked(True)
        glyph, words = ("panel-right", BESIDE) if seat == "first" else ("x", CLOSE)
        self.beside = GlyphButton(glyph, words, self, key="2")
        self._lay_out()
        self.beside.clicked.connect(self.beside_wanted)
        self.link.clicked.connect(self.link_wanted)
        self.kind.activated.connect(lambda: self.kind_wanted.emit(self.kind.currentData()))
        self.space.activated.connect(lambda: self.space_wanted.emit(self.space.currentText()))
        self.colour.activated.connect(lambda: self.colour_wanted.emit(self.colour.currentData()))
        self.first.valueChanged.connect(self._ask_first)
        self.second.valueChanged.connect(self._ask_second)
        self.besides.wanted.connect(self.projection_wanted)
        self.reset.clicked.connect(self.reset_wanted)

    def show_spaces(self, names: Sequence[str], current: str) -> None:
        """The spaces of the model; nothing to choose when there is one."""
        with QSignalBlocker(self.space):
            self.space.clear()
            self.space.addItems(list(names))
            self.space.setCurrentText(current)
        self.space.setVisible(len(names) > 1 and self._seat == "first")

    def show_beside(self, is_there: bool) -> None:
        """Whether there is a second map."""
        if self._seat == "first":
            self.beside.setVisible(not is_there)

    def show_subject(self, choice: ProjectionChoice, samples: LatentSet | None, concepts: Sequence[Concept]) -> None:
        """The projection that was asked for, and the samples and concepts that there are for one."""
        show_kinds(self.kind, samples, concepts)
        self.besides.show_choice(choice, samples, concepts)
        self.show_projection(choice, 0 if samples is None else samples.dim)

    def show_projection(self, choice: ProjectionChoice, dimensions: int) -> None:
        """The projection that was asked for, of a space with so many dimensions."""
        self._choice = choice
        for part in (self.first, self._times, self.second):
            part.setVisible("first" in KINDS[choice.kind].chosen)
        with QSignalBlocker(self.kind), QSignalBlocker(self.first), QSignalBlocker(self.second):
            self.kind.setCurrentIndex(self.kind.findData(choice.kind))
            for box, value in ((self.first, choice.first), (self.second, choice.second)):
                box.setRange(1, max(dimensions, 1))
                box.setValue(value + 1)
                box.setEnabled(dimensions > 2)
        self.kind.setToolTip(KINDS[choice.kind].hint)
        self._fit_words()

    def show_colours(self, names: Sequence[str], current: str, measures: Sequence[tuple[Quantity, str]] = ()) -> None:
        """What the samples can be coloured by, and what colours them.

        `measures` colour the tiles of the grid too; each comes with why it cannot be had here, or ""."""
        offered = tuple(names), tuple(measures)
        with QSignalBlocker(self.colour):
            if offered != self._offered:  # a list that is open stays as it is
                self._offered = offered
                self._fill_colours(*offered)
            self.colour.setCurrentIndex(max(self.colour.findData(current), 0))

    def _fill_colours(self, names: Sequence[str], measures: Sequence[tuple[Quantity, str]]) -> None:
        self.colour.clear()
        self.colour.addItem(NONE, "")
        for name in names:
            self.colour.addItem(name, name)
        if measures:
            self.colour.insertSeparator(self.colour.count())
        for quantity, lack in measures:
            add_measure(self.colour, quantity, lack)
        view = self.colour.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 4 * ink.GRID)

    def _ask_first(self, value: int) -> None:
        """The axis of the other box is taken over by it, so that both never show the same."""
        second = self._choice.first if value - 1 == self._choice.second else self._choice.second
        self._ask(value - 1, second)

    def _ask_second(self, value: int) -> None:
        first = self._choice.second if value - 1 == self._choice.first else self._choice.first
        self._ask(first, value - 1)

    def _ask(self, first: int, second: int) -> None:
        self.projection_wanted.emit(replace(self._choice, first=first, second=second))

    def _combo(self, name: str, hint: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(hint)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaxVisibleItems(20)
        return combo

    def _axis(self, name: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(f"{name}: component")
        box.setToolTip(f"Which component or dimension runs {'across' if name == 'Across' else 'up'}.")
        box.setKeyboardTracking(False)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setMinimumWidth(5 * ink.GRID)
        return box

    def _lay_out(self) -> None:
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(ink.GRID, ink.GRID // 2, ink.GRID, ink.GRID // 2)
        layout.setSpacing(ink.GRID)
        for part in (self.space, self.kind, self.first, self._times, self.second, self.besides):
            layout.addWidget(part)
        layout.addSpacing(ink.GRID)
        self._word = self._quiet("Colour")
        for shown in (self._word, self.colour):  # in these the second map follows the first
            layout.addWidget(shown)
            shown.setVisible(self._seat == "first")
        layout.addWidget(self.grid)
        layout.addStretch(1)
        for button in (self.link, self.look, self.reset, self.beside):
            layout.addWidget(button)
        self.link.setVisible(self._seat == "second")

    def minimumSizeHint(self) -> QSize:
        """Two maps have room side by side: what does not fit is said in fewer words."""
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """All words where there is room, else fewer."""
        for is_short in (False, True):
            self.besides.show_short(is_short)
            self._word.setVisible(self._seat == "first" and not is_short)
            self.colour.setMinimumContentsLength(FEW_LETTERS if is_short else COLOUR_LETTERS)
            self._row.setSpacing(ink.GRID // 2 if is_short else ink.GRID)
            if self._needed() <= self.width():
                return

    def _needed(self) -> int:
        self.besides.layout_now()
        self._row.invalidate()
        return self._row.minimumSize().width()

    def _quiet(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label
