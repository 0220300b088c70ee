"""The widgets of the studio and where they stand. No logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.concepts import METHODS
from explorer.session.studio import Making
from explorer.ui.studio.bucket import BucketView
from explorer.ui.studio.effects_view import EffectsView
from explorer.ui.studio.layers_row import LayersRow
from explorer.ui.studio.library import Library
from explorer.ui.studio.mends import Mends
from explorer.ui.studio.numbers import Numeral
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Empty, Quiet
from explorer.ui.widgets.row import SliderRow
from explorer.ui.widgets.scrolled import scrolled
from explorer.ui.widgets.steps import StepStrip

RANGE = 4.0
HOW = (
    "Click a sample on the map that has what you look for and press Y (yes), one that lacks it and press N (no). "
    "Or drop thumbnails here, fill by a label, or flip through."
)
BUCKET_HINT = "Drop thumbnails here. Delete takes one out. An empty bucket stands for all other samples."


class Parts(QWidget):
    """Everything the panel shows; what a person does comes out as signals."""

    named = Signal(str)
    method_chosen = Signal(str)
    filled = Signal(str, str)
    cleared = Signal()
    flip_wanted = Signal()
    keep_wanted = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.drag = 0
        self.empty = Empty("Open a model to make concepts of it.")
        self._build_name()
        self.method = QComboBox()
        self.method.setAccessibleName("Method")
        for key, method in METHODS.items():
            self.method.addItem(method.title, key)
            self.method.setItemData(self.method.count() - 1, method.hint, Qt.ItemDataRole.ToolTipRole)
        self.method.activated.connect(lambda place: self.method_chosen.emit(self.method.itemData(place)))
        self.without = BucketView("Without", "N", BUCKET_HINT)
        self.with_ = BucketView("With", "Y", BUCKET_HINT)
        self.label, self.class_ = QComboBox(), QComboBox()
        for combo in (self.method, self.label, self.class_):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(4)
        self.label.setAccessibleName("Label to fill by")
        self.class_.setAccessibleName("Class of the label")
        self._classes: Mapping[str, tuple[str, ...]] = {}
        self.label.currentTextChanged.connect(self._show_classes)
        self.fill = _button("Fill", "Samples of this class with, all others without")
        self.fill.clicked.connect(lambda: self.filled.emit(self.label.currentText(), self.class_.currentText()))
        self.flip = _button("Flip…", "One sample after the other: left without, right with, down to skip")
        self.flip.clicked.connect(self.flip_wanted)
        self.clear = _button("Clear", "Empty both buckets")
        self.clear.clicked.connect(self.cleared)
        self.keep = _button("Keep", "Put the concept into the library, under its name")
        self.keep.clicked.connect(self.keep_wanted)
        self.why = Quiet("")
        self.why.setWordWrap(True)
        self.strip = StepStrip(["\N{MINUS SIGN}2", "\N{MINUS SIGN}1", "as it is", "+1", "+2"], framed=2)
        self.strip_before = StepStrip(["", "", "unmended", "", ""], framed=2)
        self.strip_before.setToolTip("The same without the mends")
        self.strip_before.setAccessibleName("Steps without the mends")
        self.slider = SliderRow("strength", -RANGE, RANGE)
        self.slider.began.connect(self._begin)
        self.measure = _button("Effects", "What else moved? Every known attribute, read from 200 decoded samples")
        self.effects = EffectsView()
        self.mends = Mends()
        self.layers = LayersRow()
        self.library = Library()
        self._lines = QGridLayout()
        self._inside = QWidget()
        self._lay_out(panel)

    def _build_name(self) -> None:
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name, such as: smile")
        self.name.setAccessibleName("Name of the concept")
        self.name.editingFinished.connect(
            lambda: self.named.emit(self.name.text().strip()) if self.name.isModified() else None
        )

    def show_opened(self, is_open: bool) -> None:
        self.empty.setVisible(not is_open)
        self._area.setVisible(is_open)

    def show_labels(self, classes: Mapping[str, tuple[str, ...]]) -> None:
        """The labels to fill by, and the classes of each."""
        self._classes = classes
        self.label.clear()
        self.label.addItems(list(classes))
        for part in (self.label, self.class_, self.fill):
            part.setVisible(bool(classes))

    def show_making(self, making: Making, has_draft: bool, why: str) -> None:
        """What is in the making; `why`: what keeps it from being a concept."""
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(making.name)
        self.method.setCurrentIndex(self.method.findData(making.method))
        self.why.setText(why or ("" if has_draft else HOW))
        self.why.setVisible(bool(self.why.text()))
        self.clear.setEnabled(not making.is_empty)
        for part in (self.keep, self.measure):
            part.setEnabled(has_draft)
        self.strip_before.setVisible(has_draft and making.is_mended)
        for shown in (self.strip, self.slider, self.measure, self.mends, self._numbers):
            shown.setVisible(has_draft)
        if not has_draft:
            self.effects.setVisible(False)

    def show_numbers(self, numerals: Sequence[Numeral]) -> None:
        """One line each; what is unsure is grey."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, numeral in enumerate(numerals):
            name, text = Dim(numeral.name, self._numbers), QLabel(numeral.text, self._numbers)
            text.setWordWrap(True)
            text.setEnabled(numeral.is_sure)
            text.setFont(ink.tabular(text.font()))
            text.setAccessibleName(numeral.name)
            for column, part in enumerate((name, text)):
                part.setToolTip(numeral.hint)
                self._lines.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)

    def _take_name(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.named.emit(self.name.text().strip())

    def _begin(self) -> None:
        self.drag += 1

    def _show_classes(self, label: str) -> None:
        self.class_.clear()
        names = self._classes.get(label, ())
        self.class_.addItems(list(names))
        if len(names) == 2:
            self.class_.setCurrentIndex(1)

    def _lay_out(self, panel: QWidget) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(2 * ink.GRID, ink.GRID, 2 * ink.GRID, 2 * ink.GRID)
        column.setSpacing(ink.GRID)
        self._numbers = QWidget()
        self._numbers.setLayout(self._lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setHorizontalSpacing(2 * ink.GRID)
        self._lines.setVerticalSpacing(ink.GRID // 2)
        self._lines.setColumnStretch(1, 1)
        column.addLayout(_row(self.name, self.method, stretch=0))
        column.addLayout(_row(self.without, self.with_, space=2))
        for made in (self.why, self.strip_before, self.strip, self.slider):
            column.addWidget(made)
        column.addLayout(_row(self.label, self.class_, self.fill, self.flip))
        column.addLayout(_row(self.keep, self.measure, self.clear))
        self.name.setMinimumWidth(8 * ink.GRID)
        for below in (self._numbers, self.effects, self.mends, self.layers, self.library):
            column.addWidget(below)
        column.addStretch(1)
        self._area = scrolled(self._inside, focus=False)
        whole = QVBoxLayout(panel)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.empty)
        whole.addWidget(self._area, 1)


def _button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _row(*parts: QWidget, space: int = 1, stretch: int | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(space * ink.GRID)
    for place, part in enumerate(parts):
        row.addWidget(part, 1 if stretch is None or stretch == place else 0)
    return row
