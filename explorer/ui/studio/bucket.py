"""One bucket: its examples as thumbnails, filled by dropping, emptied by Delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListView, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from explorer.ui.carried import packed, unpacked
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.notes import Dim, Title

SIDE = 4 * ink.GRID
MOST_SHOWN = 60  # thumbnails of a bucket; the count says how many more there are
_EXAMPLE = Qt.ItemDataRole.UserRole


class _Tiles(QListWidget):
    """Thumbnails of examples. `dropped` carries a `Carried`; `removed` the places in the bucket."""

    dropped = Signal(object)
    removed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 4, SIDE + 4))
        self.setDragDropMode(QListWidget.DragDropMode.DragDrop)
        self.viewport().setAcceptDrops(True)  # which `setMovement` took away
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setFixedHeight(2 * (SIDE + 4) + ink.GRID)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        samples = [item.data(_EXAMPLE) for item in items if item.data(_EXAMPLE) is not None]
        return packed(samples)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpacked(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if unpacked(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        carried = unpacked(event.mimeData())
        if carried is not None and event.source() is not self:
            event.acceptProposedAction()
            self.dropped.emit(carried)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selectedItems():
            self.removed.emit([self.row(item) for item in self.selectedItems()])
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters and Space belong to the window
        else:
            super().keyPressEvent(event)


class BucketView(QWidget):
    """`put_wanted`: what is on the stage; `selection_wanted`: what is selected on the map."""

    dropped = Signal(object)
    removed = Signal(object)
    put_wanted = Signal()
    selection_wanted = Signal()

    def __init__(self, title: str, key: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._images: Mapping[object, QImage] = {}
        self._title, self._hint = title, hint
        self.title = Title(title, self)
        self.count = Dim("", self)
        self.tiles = _Tiles(self)
        self.tiles.setAccessibleName(f"Examples {title.lower()}")
        self.tiles.setToolTip(hint)
        self.put = _button(f"+ {key}", f"What stands on the stage becomes an example {title.lower()} ({key})", self)
        self.selected = GlyphButton("scan", f"All samples selected on the map become examples {title.lower()}", self)
        self.tiles.dropped.connect(self.dropped)
        self.tiles.removed.connect(self.removed)
        self.put.clicked.connect(self.put_wanted)
        self.selected.clicked.connect(self.selection_wanted)
        self._lay_out()
        self.show_examples((), 0)

    def show_examples(self, examples: Sequence[int | None], count: int) -> None:
        """The places of the first samples (None for a latent that is no sample), and how many there are in all."""
        if tuple(examples) != self._shown or count == 0:
            self._shown = tuple(examples)
            self.tiles.clear()
            for place, example in enumerate(examples):
                item = QListWidgetItem()
                item.setData(_EXAMPLE, example)
                what = "Not one of the samples" if example is None else f"Sample {example}"
                item.setToolTip(f"{what}. Delete takes it out.")
                item.setIcon(_icon(self._images.get(_mark(place, example))))
                self.tiles.addItem(item)
        self.count.setText(f"{count:,}" if count else "")

    def show_images(self, images: Mapping[object, QImage]) -> None:
        """Pictures by mark: the place of a sample, or ('latent', place in the bucket)."""
        self._images = images
        for place in range(self.tiles.count()):
            item = self.tiles.item(place)
            item.setIcon(_icon(images.get(_mark(place, item.data(_EXAMPLE)))))

    def show_selection(self, count: int) -> None:
        self.selected.setEnabled(count > 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ink.GRID // 2)
        head = QHBoxLayout()
        head.setSpacing(ink.GRID // 2)
        for part in (self.title, self.count):
            head.addWidget(part)
        head.addStretch(1)
        for button in (self.put, self.selected):
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.tiles)


def _button(words: str, tip: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(words)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _mark(place: int, example: int | None) -> object:
    return ("latent", place) if example is None else example


def _icon(image: QImage | None) -> QIcon:
    pixmap = QPixmap(SIDE, SIDE)
    if image is None:
        pixmap.fill(Qt.GlobalColor.gray)
    else:
        how = (
            Qt.TransformationMode.SmoothTransformation
            if image.width() > SIDE
            else Qt.TransformationMode.FastTransformation
        )
        pixmap = QPixmap.fromImage(image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, how))
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(pixmap, mode)
    return icon
