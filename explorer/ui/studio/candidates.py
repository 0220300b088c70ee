"""Directions that nobody asked for, each with its strip: to be named and kept, or dropped, at a key press."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images, Latent, Latents
from explorer.latents.concepts import CANDIDATES, Concept
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.picture import image_of
from explorer.ui.widgets.scrolled import scrolled
from explorer.ui.widgets.steps import StepStrip

STEPS = (-3.0, -1.5, 0.0, 1.5, 3.0)
COUNT = 12


class _Row(QWidget):
    """One candidate: what it is, its strip, a name to keep it under."""

    kept = Signal()
    dropped = Signal()

    def __init__(self, concept: Concept, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.concept = concept
        self.is_chosen = False
        self.strip = StepStrip([f"{step:+.1f}".replace("-", "\N{MINUS SIGN}") if step else "0" for step in STEPS], 2)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(concept.name)
        self.name.setMinimumWidth(24 * ink.GRID)  # 'independent component 12' in whole
        self.name.setAccessibleName(f"Name for {concept.name}")
        keep, drop = QPushButton("Keep", self), QPushButton("Drop", self)
        keep.clicked.connect(self.kept)
        drop.clicked.connect(self.dropped)
        self.name.returnPressed.connect(self.kept)
        for button in (keep, drop):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
        side = QVBoxLayout()
        side.addWidget(QLabel(concept.name, self))
        side.addWidget(self.name)
        buttons = QHBoxLayout()
        buttons.addWidget(keep)
        buttons.addWidget(drop)
        side.addLayout(buttons)
        row = QHBoxLayout(self)
        row.addWidget(self.strip, 1)
        row.addLayout(side)

    def show_chosen(self, is_chosen: bool) -> None:
        self.is_chosen = is_chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_chosen:
            QPainter(self).fillRect(0, 4, 3, self.height() - 8, ink.accent(self.palette()))


class Candidates(QDialog):
    """`found_wanted(kind)`: look for directions; `pictures_wanted(latents, marks)`; `kept` carries a concept.

    Up and Down choose, K keeps, D drops, Return in the name keeps under that name.
    """

    found_wanted = Signal(str)
    pictures_wanted = Signal(object, object)
    kept = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Directions found in this model")
        self.rows: list[_Row] = []
        self._base: Latent = np.zeros(0, np.float32)
        self.kinds = QComboBox(self)
        self.kinds.setAccessibleName("How directions are found")
        for key, method in CANDIDATES.items():
            self.kinds.addItem(method.title.capitalize(), key)
            self.kinds.setItemData(self.kinds.count() - 1, method.hint, Qt.ItemDataRole.ToolTipRole)
        self.kinds.activated.connect(lambda _place: self.look())
        self.told = Quiet("Up and Down choose, K keeps, D drops; type a name and press Return to keep it under that.")
        self.told.setWordWrap(True)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.addStretch(1)
        self._area = area = scrolled(self._inside, sideways=True, focus=False)
        column = QVBoxLayout(self)
        column.addWidget(self.kinds)
        column.addWidget(self.told)
        column.addWidget(area, 1)
        self.resize(90 * ink.GRID, 80 * ink.GRID)

    def look(self) -> None:
        """Ask for directions of the kind that is chosen."""
        self._forget()
        self.told.setText("Looking…")
        self.found_wanted.emit(self.kinds.currentData())

    def show_found(self, kind: str, concepts: Sequence[Concept], base: Latent) -> None:
        """Directions of a kind, to be seen around the latent `base`; too late for another kind."""
        if kind != self.kinds.currentData():
            return
        self._forget()
        self._base = base
        for concept in concepts:
            row = _Row(concept, self)
            row.kept.connect(lambda row=row: self._keep(row))
            row.dropped.connect(lambda row=row: self._drop(row))
            self.rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        self.told.setText(
            f"{CANDIDATES[kind].hint} Up and Down choose, K keeps, D drops; Return in a name keeps under that name."
        )
        self._choose(0)
        self._ask()

    def show_failure(self, text: str) -> None:
        """Nothing was found, and why."""
        self.told.setText(text)

    def show_pictures(self, marks: Sequence[tuple[str, int]], images: Images) -> None:
        """Pictures by (name of the candidate, step)."""
        for (name, step), image in zip(marks, images, strict=True):
            for row in self.rows:
                if row.concept.name == name:
                    row.strip.show_images({step: image_of(image)})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = next((place for place, row in enumerate(self.rows) if row.is_chosen), None)
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if place is None:
            super().keyPressEvent(event)
        elif event.key() in moves:
            self._choose(place + moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_K:
            self._keep(self.rows[place])
        elif event.key() in (Qt.Key.Key_D, Qt.Key.Key_Delete):
            self._drop(self.rows[place])
        else:
            super().keyPressEvent(event)

    def _choose(self, place: int) -> None:
        place = min(max(place, 0), len(self.rows) - 1)
        for other, row in enumerate(self.rows):
            row.show_chosen(other == place)
        if self.rows:
            self._area.ensureWidgetVisible(self.rows[place])
            self.setFocus()

    def _keep(self, row: _Row) -> None:
        self.kept.emit((row.concept, row.name.text().strip() or row.concept.name))
        self._drop(row)

    def _drop(self, row: _Row) -> None:
        place = self.rows.index(row)
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._choose(place)
        if not self.rows:
            self.told.setText("All decided. Choose another way to find more.")

    def _forget(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []

    def _ask(self) -> None:
        marks = [(row.concept.name, step) for row in self.rows for step in range(len(STEPS))]
        if marks:
            self.pictures_wanted.emit(np.concatenate([_steps(row.concept, self._base) for row in self.rows]), marks)


def _steps(concept: Concept, base: Latent) -> Latents:
    return (base + np.array(STEPS, np.float32)[:, None] * np.float32(concept.sigma) * concept.direction).astype(
        np.float32
    )
