"""Directions from a file: which of them are wanted, and what +1 shall mean, with the strip as a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images, Latent
from explorer.latents.concepts import Concept
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet, Title
from explorer.ui.widgets.picture import image_of
from explorer.ui.widgets.steps import StepStrip

STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)
UNITS: Mapping[str, tuple[str, str]] = {
    "sigma": ("One standard deviation of the samples", "As all concepts here: sliders of one length do about as much."),
    "file": ("The vector as it stands in the file", "+1 adds the very vector, whatever its length."),
    "unit": ("A length of 1", "+1 moves the latent by 1 along the direction, as InterFaceGAN counts."),
}


def in_unit(concept: Concept, unit: str) -> Concept:
    """A direction that was read from a file, with another meaning of +1: a key of `UNITS`."""
    length = concept.provenance.get("length")
    told = {**concept.provenance, "unit": UNITS[unit][0].lower()}
    if unit == "unit" or (unit == "file" and isinstance(length, int | float) and length > 0):
        sigma = 1.0 if unit == "unit" else float(length)  # type: ignore[arg-type]
        return replace(concept, sigma=sigma, provenance=told)
    return replace(concept, provenance=told)


class ImportDialog(QDialog):
    """`pictures_wanted(latents, marks)`: the strip of the chosen direction around the latent of now."""

    pictures_wanted = Signal(object, object)

    def __init__(self, name: str, concepts: Sequence[Concept], base: Latent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import from {name}")
        self._concepts, self._base, self._turn = list(concepts), base, 0
        self.names = QListWidget(self)
        self.names.setAccessibleName("Directions in the file")
        for concept in concepts:
            item = QListWidgetItem(f"{concept.name}    length {_length(concept)}")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.names.addItem(item)
        self.strip = StepStrip(["\N{MINUS SIGN}2", "\N{MINUS SIGN}1", "as it is", "+1", "+2"], framed=2)
        self.units = {key: QRadioButton(words, self) for key, (words, _hint) in UNITS.items()}
        self.hint = Quiet("", self)
        self.buttons = QDialogButtonBox(self)
        self.accept_button = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.names.currentRowChanged.connect(lambda _row: self.ask())
        self.names.itemChanged.connect(lambda _item: self.accept_button.setEnabled(bool(self.chosen())))
        column = QVBoxLayout(self)
        for part in (Title(f"{len(concepts)} found", self), self.names, self.strip, Title("+1 shall mean", self)):
            column.addWidget(part)
        for key, button in self.units.items():
            button.setToolTip(UNITS[key][1])
            button.toggled.connect(lambda on: self.ask() if on else None)
            column.addWidget(button)
        column.addWidget(self.hint)
        column.addWidget(self.buttons)
        self.resize(56 * ink.GRID, 64 * ink.GRID)
        self.units["sigma"].setChecked(True)
        self.names.setCurrentRow(0)

    @property
    def unit(self) -> str:
        return next((key for key, button in self.units.items() if button.isChecked()), "sigma")

    def chosen(self) -> list[Concept]:
        """Those that are checked, in the unit that is chosen."""
        checked = [
            concept
            for row, concept in enumerate(self._concepts)
            if self.names.item(row).checkState() == Qt.CheckState.Checked
        ]
        return [in_unit(concept, self.unit) for concept in checked]

    def ask(self) -> None:
        """Pictures of the direction under the hand, in the unit that is chosen."""
        row = max(0, self.names.currentRow())
        self.hint.setText(UNITS[self.unit][1])
        if self._concepts:
            one = in_unit(self._concepts[row], self.unit)
            self._turn += 1
            ways = np.array(STEPS, np.float32)[:, None] * np.float32(one.sigma) * one.direction
            marks = [("import", self._turn, place) for place in range(len(STEPS))]
            self.pictures_wanted.emit((self._base + ways).astype(np.float32), marks)

    def show_pictures(self, marks: Sequence[object], images: Images) -> None:
        """Pictures that were wanted; those of another choice come too late."""
        for mark, image in zip(marks, images, strict=True):
            if isinstance(mark, tuple) and mark[:2] == ("import", self._turn):
                self.strip.show_images({int(mark[2]): image_of(image)})


def _length(concept: Concept) -> str:
    length = concept.provenance.get("length")
    return f"{length:.3g}" if isinstance(length, int | float) else "1"
