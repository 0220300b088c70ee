"""Many samples under the same sliders: each as it is above, and moved below, live."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from explorer.latents.arrays import Images, Latents
from explorer.latents.edits import edited
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.picture import image_of, paint_image
from explorer.work.messages import Opened

MOST = 64  # decoded in one go


class _Pairs(QWidget):
    """Pairs of pictures in a grid: before above, after below."""

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = count
        self.images: dict[tuple[str, int], QImage] = {}
        self.setAccessibleName(f"{count} samples, before above and after below")

    def show_images(self, images: Mapping[tuple[str, int], QImage]) -> None:
        self.images.update(images)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(96 * ink.GRID, 64 * ink.GRID)

    def cells(self) -> list[tuple[QRect, QRect]]:
        """Where each pair stands: as many columns as make the pictures largest."""
        best = max(range(1, self._count + 1), key=self._side)
        side, gap = self._side(best), ink.GRID
        places = [divmod(place, best) for place in range(self._count)]
        tops = [(column * (side + gap), row * (2 * side + gap)) for row, column in places]
        return [(QRect(x, y, side, side), QRect(x, y + side, side, side)) for x, y in tops]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, pair in enumerate(self.cells()):
            for when, cell in zip(("before", "after"), pair, strict=True):
                image = self.images.get((when, place)) or self.images.get(("before", place))
                if image is None:
                    painter.fillRect(cell, ink.grey(self.palette(), 0.07))
                else:
                    paint_image(painter, cell, image, smooth=image.width() > cell.width())
            painter.setPen(self.palette().color(QPalette.ColorRole.Window))
            painter.drawLine(pair[1].topLeft(), pair[1].topRight())

    def _side(self, columns: int) -> int:
        rows = math.ceil(self._count / columns)
        across = (self.width() - (columns - 1) * ink.GRID) // columns
        down = (self.height() - (rows - 1) * ink.GRID) // (2 * rows)
        return max(4, min(across, down))


class SideBySide(QDialog):
    """Follows the sliders. `pictures_wanted(latents, marks)`: before once, after with every move, the newest counts."""

    pictures_wanted = Signal(object, object)

    def __init__(
        self, store: Store, opened: Opened, latents: Latents, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Side by side: {title}")
        self._store, self._opened = store, opened
        self._space = store.state.place.space
        self.latents = latents[:MOST]
        self.pairs = _Pairs(len(self.latents), self)
        more = f" The first {MOST} of {len(latents):,}." if len(latents) > MOST else ""
        note = Quiet(f"Before above, after below: move the sliders.{more}", self)
        column = QVBoxLayout(self)
        column.addWidget(self.pairs, 1)
        column.addWidget(note, 0, Qt.AlignmentFlag.AlignLeft)
        self._has_before = False
        store.listen(self._follow)

    def begin(self) -> None:
        """Ask for the pictures before and after."""
        self._ask(with_before=True)

    def show_pictures(self, marks: Sequence[tuple[str, int]], images: Images) -> None:
        self.pairs.show_images({mark: image_of(image) for mark, image in zip(marks, images, strict=True)})
        self._has_before = self._has_before or len([one for one in self.pairs.images if one[0] == "before"]) == len(
            self.latents
        )

    def moved(self) -> Latents:
        """The latents with the sliders of now, float32 (n, d)."""
        state = self._store.state
        concepts = self._opened.concepts_of(state.place.space, *state.studio.known)
        return np.stack([edited(latent, concepts, state.place.strengths) for latent in self.latents])

    def _follow(self, old: State, new: State) -> None:
        if not self.isVisible():
            return
        if new.place.space != self._space or new.model != old.model:
            self.close()
        elif new.place.strengths is not old.place.strengths or new.studio is not old.studio:
            self._ask(with_before=not self._has_before)
        elif new.place.truncation != old.place.truncation:
            self._ask(with_before=True)

    def _ask(self, *, with_before: bool) -> None:
        count = len(self.latents)
        after = [("after", place) for place in range(count)]
        if not with_before:
            self.pictures_wanted.emit(self.moved(), after)
            return
        before = [("before", place) for place in range(count)]
        self.pictures_wanted.emit(np.concatenate([self.latents, self.moved()]), [*before, *after])
