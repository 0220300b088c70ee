"""Flipping through samples: one large picture, left for without, right for with, down to skip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim
from explorer.ui.widgets.picture import Picture

SIDES = (
    ("\N{LEFTWARDS ARROW} Without", "without"),
    ("\N{DOWNWARDS ARROW} Skip", ""),
    ("With \N{RIGHTWARDS ARROW}", "with"),
)
AHEAD = 12  # pictures fetched before they are seen


class Flipping(QDialog):
    """Asks about one sample after the other. `decided` carries 'with' or 'without' and the sample.

    `pictures_wanted` carries the samples that will be seen next.
    """

    decided = Signal(str, int)
    pictures_wanted = Signal(object)

    def __init__(self, order: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("With or without?")
        self._order, self._place = list(order), 0
        self._images: dict[int, QImage] = {}
        self._decided = 0
        self.picture = Picture(self)
        self.told = Dim("", self)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        for words, side in SIDES:
            button = QPushButton(words, self)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _on, side=side: self._decide(side))
            buttons.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.picture, 1)
        column.addWidget(self.told)
        column.addLayout(buttons)
        self.resize(44 * ink.GRID, 56 * ink.GRID)
        self._show()

    @property
    def sample(self) -> int | None:
        """The one on show; None after the last."""
        return self._order[self._place] if self._place < len(self._order) else None

    def begin(self) -> None:
        """Ask for the first pictures; then it may be shown."""
        self._ask_pictures()

    def show_images(self, images: dict[int, QImage]) -> None:
        """Pictures by sample."""
        self._images.update(images)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        side = {Qt.Key.Key_Left: "without", Qt.Key.Key_Right: "with", Qt.Key.Key_Down: "", Qt.Key.Key_Space: ""}.get(
            Qt.Key(event.key())
        )
        if side is None:
            super().keyPressEvent(event)
        else:
            self._decide(side)

    def _decide(self, side: str) -> None:
        sample = self.sample
        if sample is None:
            return
        self._place += 1
        if side:
            self._decided += 1
            self.decided.emit(side, sample)
        if self._place % (AHEAD // 2) == 0:
            self._ask_pictures()
        self._show()

    def _ask_pictures(self) -> None:
        ahead = self._order[self._place : self._place + AHEAD]
        missing = [one for one in ahead if one not in self._images]
        if missing:
            self.pictures_wanted.emit(missing)

    def _show(self) -> None:
        sample = self.sample
        self.picture.show_image(QImage() if sample is None else self._images.get(sample, QImage()))
        done = f"{self._decided} decided" if self._decided else "arrow keys decide"
        self.told.setText("That was the last one." if sample is None else f"Sample {sample}  \N{MIDDLE DOT}  {done}")
