"""The small switch on the map: what the hand holds."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.ui.map.picking import WORDS, Tool
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

GLYPHS: dict[Tool, str] = {"pan": "hand", "lasso": "lasso", "box": "square-dashed", "brush": "brush"}
KEYS: dict[Tool, str] = {"pan": "H", "lasso": "L", "box": "M", "brush": "B"}
HOW = "Shift adds, Alt or Ctrl takes away, Esc leaves it."


class ToolSwitch(QFrame):
    """`wanted(tool)`. Lies in the upper left corner of its parent."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Tools of the map")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(1)
        self._buttons: dict[Tool, GlyphButton] = {}
        for tool in get_args(Tool):
            button = GlyphButton(GLYPHS[tool], WORDS[tool], self, key=KEYS[tool])
            if tool != "pan":
                button.setToolTip(f"{button.toolTip()}. {HOW}")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, tool=tool: self.wanted.emit(tool))
            row.addWidget(button)
            self._buttons[tool] = button
        self.show_tool("pan")
        self.move(6 * ink.GRID, ink.GRID)
        self.resize(self.sizeHint())

    def show_tool(self, held: str) -> None:
        """The tool in the hand."""
        for tool, button in self._buttons.items():
            button.setChecked(tool == held)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
