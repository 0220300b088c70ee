"""The subsets as chips: swatch, name and count; a click selects, a menu does the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget

from explorer.latents.selections import Subset
from explorer.ui.widgets import ink

COLUMNS = 3
DEEDS = (
    ("replace", "Select these"),
    ("add", "Add to the selection"),
    ("subtract", "Take from the selection"),
    ("keep", "Keep only what is in both"),
    ("", ""),
    ("store", "Take the selection as this subset"),
    ("rename", "Rename…"),
    ("colour", "Colour…"),
    ("remove", "Remove the subset"),
)


class SubsetRow(QWidget):
    """`wanted(deed, name)`: what shall be done with a subset."""

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(ink.GRID // 2)
        self._shown: tuple[Subset, ...] = ()
        self.chips: list[QToolButton] = []
        self.hide()

    def show_subsets(self, subsets: Sequence[Subset]) -> None:
        """All of them, in their order."""
        if self._shown == tuple(subsets):
            return
        self._shown = tuple(subsets)
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(subset) for subset in subsets]
        for number, chip in enumerate(self.chips):
            self._grid.addWidget(chip, number // COLUMNS, number % COLUMNS, Qt.AlignmentFlag.AlignLeft)
        self._grid.setColumnStretch(COLUMNS, 1)
        self.setVisible(bool(subsets))

    def _chip(self, subset: Subset) -> QToolButton:
        chip = QToolButton(self)
        shown = chip.fontMetrics().elidedText(subset.name, Qt.TextElideMode.ElideRight, 12 * ink.GRID)
        chip.setText(f"{shown}  {len(subset):,}")
        chip.setIcon(swatch(subset.colour))
        chip.setIconSize(QSize(10, 10))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        chip.setAccessibleName(f"Subset {subset.name}, {len(subset)} samples")
        chip.setToolTip(f"{subset.name}: {len(subset):,} samples. Click to select them.")
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(lambda _=False: self.wanted.emit("replace", subset.name))
        menu = QMenu(chip)
        for deed, text in DEEDS:
            if deed:
                menu.addAction(text).triggered.connect(lambda _=False, deed=deed: self.wanted.emit(deed, subset.name))
            else:
                menu.addSeparator()
        chip.setMenu(menu)
        return chip


def swatch(colour: str) -> QIcon:
    """A dot of a colour."""
    pixmap = QPixmap(20, 20)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, 18, 18)
    painter.end()
    return QIcon(pixmap)
