"""Keys and gestures: the table of deeds, and what the mouse does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from explorer.ui.deeds import DEEDS

GESTURES = (
    ("Hover over the map", "decode the place under the cursor"),
    ("Click on the map", "choose a sample, or go to that place"),
    ("Drag, wheel", "pan and zoom the map"),
    ("Double-click on nothing", "show the whole map"),
    ("Drag on the picture", "walk through the latent space"),
    ("Right-click a slider", "reset it"),
    ("Drop a folder or a picture", "open a model, encode a picture"),
    ("Esc", "leave the preview"),
)


class Keys(QDialog):
    """Two columns: keys, gestures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and gestures")
        keys = [(deed.keys or deed.key_text, deed.text.rstrip("…")) for deed in DEEDS if deed.keys or deed.key_text]
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(2, 24)
        for column, pairs in ((0, keys), (3, GESTURES)):
            for row, (gesture, effect) in enumerate(pairs):
                what = QLabel(gesture)
                what.setForegroundRole(QPalette.ColorRole.Highlight)
                grid.addWidget(what, row, column)
                grid.addWidget(QLabel(effect), row, column + 1, Qt.AlignmentFlag.AlignLeft)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 16)
        outer.setSpacing(16)
        outer.addLayout(grid)
        outer.addWidget(buttons)
