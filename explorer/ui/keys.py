"""Keys and gestures: the table of deeds by menu, and what the mouse does, in two columns of about the same height."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.ui.deeds import DEEDS
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Title

Group = tuple[str, Sequence[tuple[str, str]]]
GESTURES = (
    ("Hover over the map", "decode the place under the cursor"),
    ("Click on the map", "choose a sample, or go to that place"),
    ("Drag, wheel", "pan and zoom the map"),
    ("Shift-drag on the map", "lasso: add to the selection; Alt or Ctrl takes away"),
    ("Shift-click a sample", "add it to the selection"),
    ("Shift-click a tile of the grid", "pin it: two tiles make a path"),
    ("Double-click on nothing", "show the whole map"),
    ("Drag a waypoint or the bead", "move it over the map, play by hand"),
    ("Drag on the picture", "walk through the latent space"),
    ("Click a picture in the row of classes", "the same latent, of that class"),
    ("Click a part of the latent", "it alone changes"),
    ("Right-click a slider", "reset it"),
    ("Drop a folder or a picture", "open a model, encode a picture"),
    ("Esc", "leave the preview"),
)


def groups() -> list[Group]:
    """Keys and what they do, a group for each menu, and the mouse last."""
    menus = list(dict.fromkeys(deed.menu for deed in DEEDS))
    keys = {
        menu: [
            (QKeySequence(deed.keys).toString() or deed.key_text, deed.text.rstrip("…"))
            for deed in DEEDS
            if deed.menu == menu and (deed.keys or deed.key_text)
        ]
        for menu in menus
    }
    return [*((menu, rows) for menu, rows in keys.items() if rows), ("Mouse", GESTURES)]


def columns(known: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """The groups in their order, broken where the longer column is shortest. A heading is as high as two rows."""
    heights = [len(rows) + 2 for _name, rows in known]
    cut = min(range(1, len(known)), key=lambda place: max(sum(heights[:place]), sum(heights[place:])))
    return list(known[:cut]), list(known[cut:])


class Keys(QDialog):
    """What can be done without a menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and gestures")
        both = QHBoxLayout()
        both.setSpacing(6 * ink.GRID)
        for column in columns(groups()):
            both.addLayout(_column(column))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * ink.GRID, 2 * ink.GRID, 3 * ink.GRID, 2 * ink.GRID)
        outer.setSpacing(2 * ink.GRID)
        outer.addLayout(both)
        outer.addWidget(buttons)


def _column(known: Sequence[Group]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * ink.GRID)
    grid.setVerticalSpacing(ink.GRID // 2)
    grid.setColumnStretch(1, 1)
    for name, rows in known:
        title = Title(name)
        title.setContentsMargins(0, ink.GRID if grid.count() else 0, 0, 0)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for gesture, effect in rows:
            row = grid.rowCount()
            what = QLabel(gesture)
            what.setForegroundRole(QPalette.ColorRole.Highlight)
            grid.addWidget(what, row, 0)
            grid.addWidget(QLabel(effect), row, 1, Qt.AlignmentFlag.AlignLeft)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid
