"""The shelf: snapshots that bring back the exact place they were made at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QMenu, QStackedLayout, QWidget

from explorer.latents.arrays import Images
from explorer.latents.edits import edited
from explorer.session.shown import shown_place
from explorer.session.state import Pin, Place, Snapshot, State, frozen
from explorer.session.store import Store
from explorer.ui.carried import packed
from explorer.ui.path.itinerary import Itinerary
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Empty
from explorer.ui.widgets.picture import image_of
from explorer.work.messages import Opened

_SIDE = 9 * ink.GRID
_NUMBER = Qt.ItemDataRole.UserRole
_NO_MODEL = "Open a model to keep its pictures here."
_NO_SNAPSHOTS = "Press S to keep this picture here."
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Tiles(QListWidget):
    """A grid of thumbnails. `chosen` by click or Return, `removed` by Delete, `menu_wanted` by right-click."""

    chosen = Signal(int)
    removed = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setSpacing(ink.GRID // 2)
        self.setDragEnabled(True)
        self.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setAccessibleName("Snapshots")
        self.viewport().setAutoFillBackground(False)
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(_NUMBER)))

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        return packed(snapshots=[item.data(_NUMBER) for item in items])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in _RETURN:
            self.chosen.emit(item.data(_NUMBER))
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            self.removed.emit(item.data(_NUMBER))
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters and Space belong to the window
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        item = self.itemAt(event.pos()) if by_mouse else self.currentItem()
        if item is not None:
            at = event.globalPos() if by_mouse else self.mapToGlobal(self.visualItemRect(item).center())
            self.menu_wanted.emit(item.data(_NUMBER), at)


class Shelf(QWidget):
    """Shows `state.shelf`. `pictures_wanted` carries [(number, place)] for which `show_pictures` shall be called."""

    pictures_wanted = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._last = 0
        self._pictures: dict[int, QIcon] = {}
        self._late: set[int] = set()  # whose picture is from before a lock, or from another concept of the name
        self._blank = QIcon()
        self.tiles = _Tiles(self)
        self.empty = Empty(_NO_MODEL, self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.tiles)
        self.tiles.chosen.connect(self.restore)
        self.tiles.removed.connect(self.remove)
        self.tiles.menu_wanted.connect(self._show_menu)
        self._show_shelf(store.state)
        store.listen(self._show_change)

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, has pictures of its own; the same one once more is asked for those that lack."""
        is_same = opened is not None and opened.is_same_as(self._opened)
        self._opened = opened
        if is_same:
            self._ask_pictures()
            return
        self._pictures = {}
        self.empty.setText(_NO_SNAPSHOTS if opened is not None else _NO_MODEL)
        self._show_shelf(self._store.state)

    def snapshot(self) -> None:
        """Keep what is shown: the current place, or the frame of the path that the bead is at."""
        state = self._store.state
        if self._opened is None:
            return
        self._store.change("Snapshot", shelf=self.with_one(shown_place(state)))

    def with_one(self, place: Place) -> tuple[Snapshot, ...]:
        """The snapshots with one more, of a number that was never used."""
        shelf = self._store.state.shelf
        self._last = 1 + max(self._last, *(kept.number for kept in shelf), 0)
        return (*shelf, Snapshot(self._last, place))

    def restore(self, number: int) -> None:
        """Go back to the exact place of a snapshot."""
        snapshot = self._find(number)
        if snapshot is not None:
            path = replace(self._store.state.path, position=None)  # a bead would hide the place
            self._store.change(f"Restore snapshot {number}", place=snapshot.place, path=path)

    def remove(self, number: int) -> None:
        kept = tuple(snapshot for snapshot in self._store.state.shelf if snapshot.number != number)
        if len(kept) < len(self._store.state.shelf):
            self._store.change(f"Remove snapshot {number}", shelf=kept)

    def add_to_path(self, number: int) -> None:
        """Pin a snapshot as the next waypoint of the path."""
        snapshot = self._find(number)
        if snapshot is None or self._opened is None:
            return
        place, studio = snapshot.place, self._store.state.studio
        latent = edited(place.base, self._opened.concepts_of(place.space, *studio.known), place.strengths)
        Itinerary(self._store).add(Pin(frozen(latent), place.sample))

    def show_pictures(self, marks: Sequence[int], images: Images) -> None:
        """Thumbnails of snapshots, by number, uint8 (n, height, width, channels)."""
        for number, image in zip(marks, images, strict=True):
            self._pictures[number] = _icon(image)
            self._late.discard(number)
        for item in self._items():
            item.setIcon(self._pictures.get(item.data(_NUMBER), self._blank))

    def menu(self, number: int) -> QMenu:
        """What can be done with a snapshot."""
        menu = QMenu(self)
        snapshot = self._find(number)
        menu.addAction("Go back to it", lambda: self.restore(number))
        fits = snapshot is not None and snapshot.place.space == self._store.state.place.space
        menu.addAction("Add to the path", partial(self.add_to_path, number)).setEnabled(fits)
        menu.addSeparator()
        menu.addAction("Remove", lambda: self.remove(number))
        return menu

    def _show_menu(self, number: int, at: QPoint) -> None:
        menu = self.menu(number)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _find(self, number: int) -> Snapshot | None:
        return next((snapshot for snapshot in self._store.state.shelf if snapshot.number == number), None)

    def _show_change(self, old: State, new: State) -> None:
        if new.studio.known != old.studio.known:
            self._late |= {kept.number for kept in new.shelf if any(kept.place.strengths.values())}
        if new.shelf is not old.shelf:
            self._show_shelf(new)
        elif new.place is not old.place:
            self._show_current(new)
        if self._late and new.shelf is old.shelf:
            self._ask_pictures()

    def _show_shelf(self, state: State) -> None:
        self._stack.setCurrentWidget(self.tiles if state.shelf else self.empty)
        self._blank = _icon(np.full((1, 1, 1), 128, dtype=np.uint8))
        self.tiles.clear()
        for snapshot in state.shelf:
            item = QListWidgetItem(self._pictures.get(snapshot.number, self._blank), str(snapshot.number))
            item.setData(_NUMBER, snapshot.number)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Snapshot {snapshot.number}")
            item.setToolTip(told(snapshot))
            self.tiles.addItem(item)
        self._show_current(state)
        self._ask_pictures()

    def _ask_pictures(self) -> None:
        state = self._store.state
        missing = [
            (kept.number, kept.place)
            for kept in state.shelf
            if kept.number not in self._pictures or kept.number in self._late
        ]
        if missing and self._opened is not None:
            self.pictures_wanted.emit(missing)

    def _show_current(self, state: State) -> None:
        """The snapshot one stands at, if any, is the chosen one."""
        here = next((kept.number for kept in state.shelf if kept.place is state.place), None)
        for item in self._items():
            item.setSelected(item.data(_NUMBER) == here)

    def _items(self) -> list[QListWidgetItem]:
        return [self.tiles.item(row) for row in range(self.tiles.count())]


def told(snapshot: Snapshot) -> str:
    """A snapshot in words."""
    place = snapshot.place
    start = f"sample {place.sample}" if place.sample is not None else ""
    start = start or (f"from picture {place.picture.name}" if place.picture is not None else "")
    start = start or (f"seed {place.seed}" if place.seed is not None else f"a latent of {place.space}")
    moved = [f"{name} {strength:+.1f}" for name, strength in place.strengths.items() if strength]
    return f"Snapshot {snapshot.number}: {', '.join([start, *moved])}. Click to go back to it."


def _icon(image: np.ndarray) -> QIcon:
    picture = image_of(image)
    how = (
        Qt.TransformationMode.SmoothTransformation
        if picture.width() > _SIDE
        else Qt.TransformationMode.FastTransformation
    )
    pixmap = QPixmap.fromImage(picture.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, how))
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint the chosen one
        icon.addPixmap(pixmap, mode)
    return icon
