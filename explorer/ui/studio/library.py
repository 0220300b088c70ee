"""The concepts of this model: the user's and those that came with it, each with what can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images
from explorer.latents.concepts import Concept
from explorer.session.studio import Studio
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Title
from explorer.ui.widgets.picture import image_of

STRIP = 28  # pixels, height of a strip
STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)
_NAME = Qt.ItemDataRole.UserRole


class _Names(QListWidget):
    menu_wanted = Signal(str, QPoint)
    removed = Signal(str)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        item = self.itemAt(event.pos()) if by_mouse else self.currentItem()
        if item is not None:
            at = event.globalPos() if by_mouse else self.mapToGlobal(self.visualItemRect(item).center())
            self.menu_wanted.emit(item.data(_NAME), at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() == Qt.Key.Key_Delete:
            self.removed.emit(item.data(_NAME))
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters and Space belong to the window
        else:
            super().keyPressEvent(event)


class Library(QWidget):
    """`asked` carries what is wanted ('lock', 'mute', 'invert', 'remove') and the name; `renamed` two names.

    `combine_wanted`, `import_wanted`, `export_wanted` stand in buttons below.
    """

    asked = Signal(str, str)
    renamed = Signal(str, str)
    combine_wanted = Signal()
    import_wanted = Signal()
    export_wanted = Signal()
    discovery_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own: set[str] = set()
        self._concepts: tuple[Concept, ...] = ()
        self._drawn: dict[Concept, dict[int, np.ndarray]] = {}  # pictures of strips that were not kept, by step
        self._recorded: set[str] = set()
        self._icons: dict[Concept, QIcon] = {}
        self._studio = Studio()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a concept")
        self.search.setAccessibleName("Find a concept in the library")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_found)
        self.names = _Names(self)
        self.names.setAccessibleName("Concepts of this model")
        self.names.setIconSize(QSize(5 * STRIP, STRIP))
        self.names.setMinimumHeight(26 * ink.GRID)
        self.names.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.names.menu_wanted.connect(lambda name, at: self.menu(name).popup(at))
        self.names.removed.connect(lambda name: self.asked.emit("remove", name) if name in self._own else None)
        self.names.itemChanged.connect(self._take_name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ink.GRID // 2)
        column.addWidget(Title("Library", self))
        column.addWidget(self.search)
        column.addWidget(self.names)
        grid = QGridLayout()
        for place, (words, signal, tip) in enumerate(
            (
                (
                    "Find…",
                    self.discovery_wanted,
                    "Directions found in the samples or the weights, to be named and kept",
                ),
                ("Combine", self.combine_wanted, "All moved sliders as one new concept"),
                ("Import…", self.import_wanted, "Directions from .safetensors, .npy, .npz, .pt and .csv files"),
                ("Export…", self.export_wanted, "Your concepts of this model as one file"),
            )
        ):
            button = QPushButton(words, self)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            grid.addWidget(button, *divmod(place, 2))
        column.addLayout(grid)

    def show_concepts(self, concepts: Sequence[Concept], studio: Studio) -> None:
        """All concepts of this space; those of `studio.own` can be renamed and removed."""
        self._own, self._studio = {concept.name for concept in studio.own}, studio
        self._recorded = {concept.name for concept in concepts if concept.record is not None}
        self.names.blockSignals(True)
        current = self.names.currentItem().data(_NAME) if self.names.currentItem() else None
        self.names.clear()
        mine_first = sorted(concepts, key=lambda concept: concept.name not in self._own)
        self._concepts = tuple(mine_first)
        for concept in mine_first:
            item = QListWidgetItem(_words(concept, studio))
            item.setData(_NAME, concept.name)
            item.setToolTip(_told(concept, mine=concept.name in self._own))
            if (strip := self._icon(concept)) is not None:
                item.setIcon(strip)
            self.names.addItem(item)
            if concept.name == current:
                self.names.setCurrentItem(item)
        self.names.blockSignals(False)
        self._show_found(self.search.text())

    def _icon(self, concept: Concept) -> QIcon | None:
        """The strip of a concept as a picture, the one that was kept or one that was decoded here; None before."""
        if concept not in self._icons:
            drawn = self._drawn.get(concept, {})
            strip = concept.record.strip if concept.record is not None else None
            if strip is None and len(drawn) == len(STEPS):
                strip = np.stack([drawn[step] for step in range(len(STEPS))])
            if strip is None:
                return None
            row = image_of(np.concatenate(list(strip), axis=1))
            small = QPixmap.fromImage(row).scaledToHeight(STRIP, Qt.TransformationMode.SmoothTransformation)
            self._icons[concept] = QIcon(small)
        return self._icons[concept]

    def lacking(self) -> list[Concept]:
        """Those whose strip was neither kept nor decoded yet."""
        return [one for one in self._concepts if self._icon(one) is None]

    def show_strips(self, marks: Sequence[tuple[Concept, int]], images: Images) -> None:
        """Pictures of (concept, step) of those that lacked them."""
        for (concept, step), image in zip(marks, images, strict=True):
            self._drawn.setdefault(concept, {})[step] = image
        self.names.blockSignals(True)
        for row, concept in enumerate(self._concepts):
            if self.names.item(row).icon().isNull() and (strip := self._icon(concept)) is not None:
                self.names.item(row).setIcon(strip)
        self.names.blockSignals(False)

    def forget_strips(self) -> None:
        """Another model has other pictures."""
        self._drawn, self._icons = {}, {}

    def menu(self, name: str) -> QMenu:
        """What can be done to a concept."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        locked, muted, mine = name in self._studio.locked, name in self._studio.muted, name in self._own
        for words, verb, may in (
            ("Unlock" if locked else "Lock: the others leave it alone", "lock", True),
            ("Unmute" if muted else "Mute its slider", "mute", True),
            ("Invert", "invert", True),
            ("Its examples into the buckets", "again", name in self._recorded),
            ("Remove", "remove", mine),
        ):
            menu.addAction(words, partial(self.asked.emit, verb, name)).setEnabled(may)
        rename = menu.addAction("Rename", lambda: self._begin_rename(name))
        rename.setEnabled(mine)
        return menu

    def _begin_rename(self, name: str) -> None:
        for row in range(self.names.count()):
            item = self.names.item(row)
            if item.data(_NAME) == name:
                self.names.blockSignals(True)
                item.setText(name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self.names.blockSignals(False)
                self.names.editItem(item)

    def _take_name(self, item: QListWidgetItem) -> None:
        if item.text() != item.data(_NAME):
            self.renamed.emit(item.data(_NAME), item.text())

    def _show_found(self, text: str) -> None:
        for row in range(self.names.count()):
            item = self.names.item(row)
            item.setHidden(text.strip().lower() not in str(item.data(_NAME)).lower())


def _words(concept: Concept, studio: Studio) -> str:
    auc = concept.provenance.get("held_out_auc")
    marks = [word for word, names in (("locked", studio.locked), ("muted", studio.muted)) if concept.name in names]
    if any(one.name == concept.name for one in studio.own):
        marks.insert(0, "yours")
    score = f"   AUC {auc:.2f}" if isinstance(auc, int | float) else ""
    return f"{concept.name}{score}{'   ' + ', '.join(marks) if marks else ''}"


def _told(concept: Concept, *, mine: bool) -> str:
    known = concept.provenance
    told = [f"made by {known['method']}" if "method" in known else "a direction", f"space {concept.space}"]
    told += [f"{known['with']} with, {known['without']} without"] if "with" in known and "without" in known else []
    told += [str(known[key]) for key in ("balanced by", "matched by", "removed", "of") if key in known]
    return ", ".join(told) + ("" if mine else "; it came with the model") + ". Right-click for what can be done."
