"""The waypoints as a list of pictures: dragged into another order, removed, replaced; samples are dropped into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QImage,
    QKeyEvent,
    QPixmap,
)
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QMenu, QWidget

from explorer.ui.carried import unpacked
from explorer.ui.widgets import ink

SIDE = 6 * ink.GRID


@dataclass(frozen=True, eq=False)
class Entry:
    """A waypoint as it is shown."""

    letter: str
    words: str
    image: QImage | None


class Waypoints(QListWidget):
    """`moved(index, to)`, `removed(index)`, `replaced(index)` by what is on the stage, `inserted(index)` before it;
    `dropped` carries samples and snapshots."""

    moved = Signal(int, int)
    removed = Signal(int)
    replaced = Signal(int)
    inserted = Signal(int)
    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setSpacing(ink.GRID // 2)
        self.setDragDropMode(QListWidget.DragDropMode.DragDrop)
        self.viewport().setAcceptDrops(True)  # which `setMovement` took away
        self.setFixedHeight(SIDE + 5 * ink.GRID)
        self.setAccessibleName("Waypoints of the path")
        self.setToolTip("Drag waypoints into another order; drop samples here; Delete removes; right-click for more.")

    def show_entries(self, entries: Sequence[Entry]) -> None:
        chosen = self.currentRow()
        self.clear()
        for entry in entries:
            item = QListWidgetItem(_icon(entry.image), entry.letter)
            item.setToolTip(f"{entry.letter}: {entry.words}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Waypoint {entry.letter}, {entry.words}")
            self.addItem(item)
        if 0 <= chosen < len(entries):
            self.setCurrentRow(chosen)

    def menu(self, index: int) -> QMenu:
        """What can be done with a waypoint."""
        menu = QMenu(self)
        menu.addAction("Replace by what is shown", lambda: self.replaced.emit(index))
        menu.addAction("Insert what is shown before it", lambda: self.inserted.emit(index))
        menu.addSeparator()
        for words, to in (("Move one back", index - 1), ("Move one on", index + 1)):
            action = menu.addAction(words, partial(self.moved.emit, index, to))
            action.setEnabled(0 <= to < self.count())
        menu.addSeparator()
        menu.addAction("Remove", lambda: self.removed.emit(index))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentRow() >= 0:
            self.removed.emit(self.currentRow())
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters and Space belong to the window
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        item = self.itemAt(event.pos()) if by_mouse else self.currentItem()
        if item is not None:
            menu = self.menu(self.row(item))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self.visualItemRect(item).center()))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is self or unpacked(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.source() is self or unpacked(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        carried = unpacked(event.mimeData())
        if event.source() is self and self.currentRow() >= 0:
            event.setDropAction(Qt.DropAction.IgnoreAction)  # the store moves it
            event.accept()
            self.drop_row(self.currentRow(), event.position().toPoint())
        elif carried is not None:
            event.acceptProposedAction()
            self.dropped.emit(carried)

    def drop_row(self, index: int, at: QPoint) -> None:
        """A waypoint was let go over another one, whose place it takes; beyond the last, it becomes the last."""
        item = self.itemAt(at)
        to = self.row(item) if item is not None else self.count() - 1
        if to != index:
            self.moved.emit(index, to)


def _icon(image: QImage | None) -> QIcon:
    pixmap = QPixmap(SIDE, SIDE)
    if image is None:
        pixmap.fill(Qt.GlobalColor.gray)
    else:
        how = Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, how))
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint the chosen one
        icon.addPixmap(pixmap, mode)
    return icon
