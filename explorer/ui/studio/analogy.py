"""Analogies: a is to b as c is to what? Three picked latents, the answer's picture, and the samples nearest to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.errors import InputError
from explorer.latents.analogies import answer, near
from explorer.latents.arrays import Images, Latent
from explorer.latents.samples import LatentSet
from explorer.session.state import frozen
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.picture import Picture, image_of
from explorer.ui.widgets.steps import StepStrip

SLOTS = ("a", "b", "c")
NEAR = 5
HOW = (
    "Go to a sample on the map and press a letter to put it into that place. The answer is c + (b − a): what leads "
    "from a to b, added to c."
)


class Analogy(QDialog):
    """`current_wanted(slot)`: what stands on the stage shall go there; `pictures_wanted(latents, marks)`.

    `chosen` carries the latent of the answer; `kept` the latents a and b, whose difference is a concept.
    """

    current_wanted = Signal(str)
    pictures_wanted = Signal(object, object)
    chosen = Signal(object)
    kept = Signal(object, object)

    def __init__(self, samples: LatentSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("a is to b as c is to …")
        self._samples = samples
        self._latents: dict[str, Latent] = {}
        self._picked: dict[str, int] = {}
        self.answer: Latent | None = None
        self.near = np.zeros(0, np.int64)
        self.pictures = {slot: Picture(self) for slot in (*SLOTS, "?")}
        self.buttons = {slot: QPushButton(f"This is {slot}  ({slot.upper()})", self) for slot in SLOTS}
        self.go = QPushButton("Go to the answer", self)
        self.keep = QPushButton("Keep b − a as a concept", self)
        self.strip = StepStrip([""] * NEAR)
        self.strip.setAccessibleName("The samples nearest to the answer")
        self.told = Quiet(HOW, self)
        self.told.setWordWrap(True)
        for slot, button in self.buttons.items():
            button.clicked.connect(lambda _on, slot=slot: self.current_wanted.emit(slot))
        self.go.clicked.connect(lambda: self.chosen.emit(self.answer))
        self.keep.clicked.connect(lambda: self.kept.emit(self._latents["a"], self._latents["b"]))
        self._lay_out()
        self._show()

    def put(self, slot: str, latent: Latent, sample: int | None = None) -> None:
        """A latent (d,) into a place; the answer follows."""
        self._latents[slot] = frozen(latent)
        self._picked.pop(slot, None)
        if sample is not None:
            self._picked[slot] = sample
        self._show()
        self._ask()

    def show_pictures(self, marks: Sequence[object], images: Images) -> None:
        """Pictures by place: 'a', 'b', 'c', '?', or a number among the nearest."""
        for mark, image in zip(marks, images, strict=True):
            if isinstance(mark, int):
                self.strip.show_images({mark: image_of(image)})
            else:
                self.pictures[str(mark)].show_image(image_of(image))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        slot = {Qt.Key.Key_A: "a", Qt.Key.Key_B: "b", Qt.Key.Key_C: "c"}.get(Qt.Key(event.key()))
        if slot is None:
            super().keyPressEvent(event)
        else:
            self.current_wanted.emit(slot)

    def _show(self) -> None:
        whole = len(self._latents) == len(SLOTS)
        try:
            self.answer = answer(*(self._latents[slot] for slot in SLOTS)) if whole else None
            self.told.setText("The samples nearest to the answer, but for the three:" if whole else HOW)
        except InputError as error:
            self.answer = None
            self.told.setText(f"{error.title} {error.hint}")
        if self.answer is not None:
            self.near = near(self._samples.latents, self.answer, NEAR, tuple(self._picked.values()))
        else:
            self.pictures["?"].show_image(QImage())
        self.strip.setVisible(self.answer is not None)
        self.go.setEnabled(self.answer is not None)
        self.keep.setEnabled("a" in self._latents and "b" in self._latents)

    def _ask(self) -> None:
        wanted: dict[object, Latent] = {slot: latent for slot, latent in self._latents.items()}  # noqa: C416 - wider keys
        if self.answer is not None:
            wanted["?"] = self.answer
            wanted |= {place: self._samples.latents[one] for place, one in enumerate(self.near.tolist())}
        self.pictures_wanted.emit(np.stack(list(wanted.values())), list(wanted))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(ink.GRID)
        for place, (slot, joint) in enumerate(zip((*SLOTS, "?"), ("is to", "as", "is to", ""), strict=True)):
            self.pictures[slot].setMinimumSize(14 * ink.GRID, 14 * ink.GRID)
            grid.addWidget(self.pictures[slot], 0, 2 * place)
            grid.addWidget(self.buttons.get(slot, self.go), 1, 2 * place)
            if joint:
                grid.addWidget(QLabel(joint, self), 0, 2 * place + 1, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addLayout(grid, 1)
        column.addWidget(self.told)
        column.addWidget(self.strip)
        column.addWidget(self.keep)
        self.resize(88 * ink.GRID, 48 * ink.GRID)
