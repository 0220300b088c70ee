"""The head of a group of sliders: a click folds the group and opens it again."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import paint_glyph
from explorer.ui.widgets.notes import Dim, Title


class GroupHead(QWidget):
    """`toggled` by a click, Return or Space; `menu_wanted` at a place on the screen."""

    toggled = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.is_folded = False
        self._count = Dim("", self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Folds and opens the group. Right-click or the menu key: rename it, dissolve it.")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * ink.GRID, ink.GRID // 2, 0, 0)
        row.setSpacing(ink.GRID)
        row.addWidget(Title(name, self))
        row.addWidget(self._count)
        row.addStretch(1)
        self.show_members(0, is_folded=False)

    def show_members(self, count: int, *, is_folded: bool) -> None:
        self.is_folded = is_folded
        self._count.setText(str(count))
        self.setAccessibleName(f"Group {self.name}, {count} concepts, {'folded' if is_folded else 'open'}")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.toggled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = 1.5 * ink.GRID
        field = QRectF(0, (self.height() - side + ink.GRID / 2) / 2, side, side)
        colour = ink.accent(self.palette()) if self.hasFocus() else ink.grey(self.palette(), 0.6)
        paint_glyph(painter, "chevron-right" if self.is_folded else "chevron-down", colour, field)
