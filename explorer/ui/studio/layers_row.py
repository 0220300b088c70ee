"""On which layers the concept in the making acts, where the space has layers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.latents.concepts.layers import Pieces, Range
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim


class LayersRow(QWidget):
    """`chosen` carries (first, last) from 0, or None for all."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.last = QComboBox(self), QComboBox(self)
        self._names: tuple[str, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ink.GRID)
        row.addWidget(Dim("Acts on layers", self))
        for combo, name in ((self.first, "First layer"), (self.last, "Last layer")):
            combo.setAccessibleName(name)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(4)
            row.addWidget(combo, 1)
            if combo is self.first:
                row.addWidget(Dim("to", self))
        self.first.activated.connect(lambda place: self._choose(place, max(place, self.last.currentIndex())))
        self.last.activated.connect(lambda place: self._choose(min(place, self.first.currentIndex()), place))
        self.hide()

    def show_layers(self, pieces: Pieces, layers: Range | None) -> None:
        """The layers there are, and the range that is chosen; nothing to see in a space without layers."""
        names = tuple(name for name, _start, _stop in pieces)
        if names != self._names:
            self._names = names
            for combo in (self.first, self.last):
                combo.clear()
                combo.addItems(list(names))
        self.first.setCurrentIndex(layers[0] if layers else 0)
        self.last.setCurrentIndex(layers[1] if layers else len(names) - 1)
        self.setVisible(bool(names))

    def _choose(self, first: int, last: int) -> None:
        is_all = first == 0 and last == len(self._names) - 1
        self.chosen.emit(None if is_all else (first, last))
