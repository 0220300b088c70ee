"""Priors to choose from, side by side: the same seeds drawn from each, and decoded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from explorer.latents.arrays import Images
from explorer.ui.widgets import ink
from explorer.ui.widgets.mosaic import Mosaic

NAMES = {
    "normal": ("Standard normal", "Every number of N(0, 1)"),
    "uniform": ("Uniform, \N{MINUS SIGN}1 to 1", "Every number of U(-1, 1), as early GANs drew them"),
    "unit": ("Uniform, 0 to 1", "Every number of U(0, 1), as some drew them"),
    "sphere": ("Unit sphere", "Directions at random, of length 1"),
    "own": ("As it came", "What the model came with"),
    "fitted": ("Fitted", "What was fitted to the latents of pictures"),
}
IN_ROW = 8  # pictures


class Pictures(Mosaic):
    """A row of pictures that chooses when it is clicked."""

    clicked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class PriorRows(QWidget):
    """`chosen` carries the name of the prior whose row was clicked; what is shown by code is silent."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, tuple[QRadioButton, Pictures]] = {}
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(12)

    def show_rows(self, by_prior: Sequence[tuple[str, Images]], taken: str) -> None:
        """Pictures uint8 (n, height, width, channels) of each prior; `taken`: the name of the one in force, if any."""
        for name, images in by_prior:
            if name not in self.rows:
                self._add(name)
            self.rows[name][1].show_images(images)
        self._grid.activate()
        self.show_taken(taken)

    def show_taken(self, taken: str) -> None:
        """Which prior is in force; none where it is not among them."""
        self._group.setExclusive(False)
        for name, (button, _row) in self.rows.items():
            button.setChecked(name == taken)
        self._group.setExclusive(True)

    def _add(self, name: str) -> None:
        words, tip = NAMES.get(name, (name, ""))
        button, row = QRadioButton(words), Pictures(f"Samples of the prior {words}", IN_ROW)
        button.setToolTip(f"Draw random latents from this. {tip}.".replace("..", "."))
        row.setToolTip(button.toolTip())
        button.clicked.connect(partial(self.chosen.emit, name))
        row.clicked.connect(button.click)
        row.setFixedHeight(6 * ink.GRID)
        row.setCursor(Qt.CursorShape.PointingHandCursor)
        self._group.addButton(button)
        for column, part in enumerate((button, row)):
            self._grid.addWidget(part, len(self.rows), column)
            part.show()  # at once: what is hidden has no height
        self.rows[name] = (button, row)
