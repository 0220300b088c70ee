"""The card of a checkpoint that others trained, while it is read: what it is, what is known and how, samples, go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images
from explorer.models.base import Card, Fact
from explorer.models.words import architecture_in_words, latents_in_words, size_in_words
from explorer.ui.arrival.known import Known
from explorer.ui.arrival.stages import Stages
from explorer.ui.prior_rows import PriorRows
from explorer.ui.widgets import ink
from explorer.ui.widgets.mosaic import Mosaic
from explorer.ui.widgets.notes import Dim, Plain, Quiet, words_on
from explorer.ui.widgets.scrolled import scrolled

IN_ROW = 8  # samples
STAGES = ("Reading", "Recognising", "Building", "Drawing samples", "Measuring")


class Arrival(QDialog):
    """`explore` when the user wants it; `network_wanted` when another of several networks; `rejected` to give up.

    `prior_chosen` carries the name of the prior whose row was clicked; `pictures_wanted`: to fill a map without one.
    """

    explore = Signal()
    prior_chosen = Signal(str)
    pictures_wanted = Signal()
    network_wanted = Signal(str)
    draft_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Open {name}")
        self._title = _heading(name)
        self._what = Plain("Looking into the file. Nothing of it is run.")
        self._numbers = Dim("")
        self._networks = QComboBox()
        self._networks.setAccessibleName("Network")
        self._networks.setToolTip("The file holds several networks; this one is shown")
        self._networks.textActivated.connect(self.network_wanted)
        self._choice = QWidget()
        self._choice.hide()
        self._known = Known()
        self._mosaic = Mosaic("Samples", IN_ROW)
        self.priors = PriorRows()
        self.priors.chosen.connect(self.prior_chosen)
        self.pictures = QPushButton("Choose pictures\N{HORIZONTAL ELLIPSIS}")
        self._says = Quiet("")
        self._says.setWordWrap(True)
        self._stages = Stages(STAGES)
        self._go = QPushButton("Explore")
        self._draft = QPushButton("Not right? Draft it…")
        self._lay_out()

    @property
    def ready(self) -> bool:
        """Whether it can be explored."""
        return self._go.isEnabled()

    @property
    def text(self) -> str:
        """Everything that is written on the card."""
        return words_on(self)

    def show_contents(self, what: str, facts: Sequence[Fact], networks: Sequence[str]) -> None:
        """What stands in the file, before the model is built."""
        if not self.ready:
            self._numbers.setText(what)
            self._known.show_facts(facts)
        if networks and not self._networks.count():
            self._networks.addItems(list(networks))
            self._choice.show()

    def show_stage(self, number: int) -> None:
        """How far it is: the number of stages that are over."""
        self._stages.show_stage(number)

    def show_model(self, card: Card) -> None:
        """The model stands and can be explored: what it is, and what is known of it so far."""
        space = card.default_space
        self._what.setText(architecture_in_words(card.architecture))
        told = (latents_in_words(space), size_in_words(card.image_shape), f"{card.parameters:,} parameters")
        self._numbers.setText(f" {chr(0xB7)} ".join(told))
        self._known.show_facts(card.facts)
        self._draft.setVisible(card.family == "layers")
        self.pictures.setVisible(not space.has_prior)
        if not self.ready:
            self._go.setEnabled(True)
            self._go.setFocus()

    def show_samples(
        self,
        samples: Iterable[NDArray[np.uint8]],
        says: str,
        by_prior: Sequence[tuple[str, Images]] = (),
        taken: str = "",
    ) -> None:
        """Those that are there, uint8 (n, height, width, channels), and a sentence about them.

        Where nothing tells the prior for certain, rows of samples to choose from take their place.
        """
        self._mosaic.show_images(samples)
        self._mosaic.setVisible(not by_prior)
        self.priors.setVisible(bool(by_prior))
        if by_prior:
            self.priors.show_rows(by_prior, taken)
        self._says.setText(says)

    def end(self) -> None:
        """Nothing more will come."""
        self._stages.hide()

    def wait_again(self) -> None:
        """Another network is being read."""
        self._go.setEnabled(False)
        self._stages.show_stage(0)
        self._stages.show()
        self.show_samples((), "")
        self.pictures.hide()

    def leave(self) -> None:
        """Close the card, and explore."""
        self.accept()
        self.explore.emit()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(3 * ink.GRID,) * 4)
        outer.setSpacing(12)
        outer.addLayout(self._head())
        outer.addWidget(self._page(), 1)
        self._mosaic.setFixedHeight(84)  # an eighth of its width
        self._mosaic.expect(IN_ROW)
        outer.addWidget(self._mosaic)
        outer.addWidget(self.priors)
        self.priors.hide()
        outer.addWidget(self._says)
        outer.addWidget(self._stages)
        outer.addWidget(self._buttons())
        screen = self.screen().availableSize()
        self.setMinimumWidth(640)
        self.resize(min(720, screen.width() - 48), min(660, screen.height() - 72))

    def _head(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(Dim("Network"))
        row.addWidget(self._networks)
        row.addStretch()
        for part in (self._title, self._what, self._numbers, self._choice):
            column.addWidget(part)
        self._numbers.setWordWrap(True)
        return column

    def _page(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, ink.GRID, ink.GRID, 0)
        column.addWidget(self._known)
        column.addStretch()
        return scrolled(page)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go.setDefault(True)
        self._go.setEnabled(False)
        self._go.setToolTip("Open it in the window: map, sliders, paths")
        self._go.clicked.connect(self.leave)
        buttons.addButton(self._go, QDialogButtonBox.ButtonRole.ActionRole)
        self._draft.setToolTip("Choose activations, strides and prior yourself, while you watch the pictures")
        self._draft.clicked.connect(self.draft_wanted)
        self._draft.hide()
        buttons.addButton(self._draft, QDialogButtonBox.ButtonRole.ResetRole)
        self.pictures.setToolTip(
            "A folder of pictures: they are encoded, or their latents searched for, and fill the map"
        )
        self.pictures.clicked.connect(self.pictures_wanted)
        self.pictures.hide()
        buttons.addButton(self.pictures, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        return buttons


def _heading(text: str) -> QLabel:
    label = Plain(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.35)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
