"""The card of a checkpoint that others trained, while it is read: what it is, what is known and how, samples, go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images
from explorer.models.base import Card, Fact
from explorer.models.words import size_in_words
from explorer.ui.prior_rows import PriorRows
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Plain
from explorer.ui.widgets.picture import image_of

SIDE = 64  # pixels of a sample
ROWS = {
    "read": "stands in the file",
    "inferred": "what the authors of this architecture used",
    "guessed": "nothing says so",
}


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
        self.setMinimumWidth(640)
        self._title = _heading(name)
        self._what = Plain("Looking into the file. Nothing of it is run.")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(2 * ink.GRID)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._networks = QComboBox()
        self._networks.setAccessibleName("Network")
        self._networks.setToolTip("The file holds several networks")
        self._networks.textActivated.connect(self.network_wanted)
        self._networks.hide()
        self._samples = QHBoxLayout()
        self._samples.setSpacing(ink.GRID // 2)
        self.priors = PriorRows()
        self.priors.chosen.connect(self.prior_chosen)
        self.priors.hide()
        self.pictures = QPushButton("Choose pictures\N{HORIZONTAL ELLIPSIS}")
        self.pictures.setToolTip("A folder of pictures: they are encoded, and fill the map")
        self.pictures.clicked.connect(self.pictures_wanted)
        self.pictures.hide()
        self._says = Dim("")
        self._says.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, ink.GRID, 0)
        column.setSpacing(12)
        column.addWidget(self._what)
        column.addWidget(self._networks, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._facts)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = QPushButton("Explore")
        self._go.setDefault(True)
        self._go.setEnabled(False)
        self._go.clicked.connect(self.leave)
        buttons.addButton(self._go, QDialogButtonBox.ButtonRole.ActionRole)
        self._draft = QPushButton("Not right? Draft it…")
        self._draft.setToolTip("Choose activations, strides and prior yourself, while you watch the pictures")
        self._draft.clicked.connect(self.draft_wanted)
        self._draft.hide()
        buttons.addButton(self._draft, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(self.pictures, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(3 * ink.GRID,) * 4)
        outer.setSpacing(12)
        outer.addWidget(self._title)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._samples)
        outer.addWidget(self.priors)
        outer.addWidget(self._says)
        outer.addWidget(self._bar)
        outer.addWidget(buttons)
        self.resize(720, 460)

    @property
    def ready(self) -> bool:
        """Whether it can be explored."""
        return self._go.isEnabled()

    @property
    def text(self) -> str:
        """Everything that is written on the card."""
        return "\n".join(label.text() for label in self.findChildren(QLabel) if label.text())

    def show_contents(self, what: str, facts: Sequence[Fact], networks: Sequence[str]) -> None:
        """What stands in the file, before the model is built."""
        if self.ready:
            return
        self._what.setText(what)
        self._show_facts(facts)
        self._networks.clear()
        self._networks.addItems(list(networks))
        self._networks.setVisible(bool(networks))

    def show_step(self, text: str, done: int, total: int) -> None:
        """How far it is."""
        if total > 1 and not self.ready:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            self._says.setText(f"{text}…" if text else "")

    def show_model(self, card: Card, samples: Images) -> None:
        """The model stands: its facts, and samples of its prior."""
        space = card.default_space
        self._what.setText(
            f"{card.architecture}: {space.dim} latents, {size_in_words(card.image_shape)}, "
            f"{card.parameters:,} parameters. Prior: {space.prior}."
        )
        self._show_facts(card.facts)
        self._show_samples(samples)
        self._says.setText("Samples of its prior." if space.has_prior else without_prior(card))
        self.pictures.setVisible(not space.has_prior and card.encodes)
        self._bar.hide()
        self._draft.setVisible(card.family == "layers")
        self._go.setEnabled(True)
        self._go.setFocus()

    def show_priors(self, by_prior: Sequence[tuple[str, Images]], taken: str) -> None:
        """Nothing tells its prior for certain: rows of samples to choose from, uint8 (n, height, width, channels)."""
        self._show_samples(None)
        self.priors.show_rows(by_prior, taken)
        self.priors.show()
        self._says.setText("No file says what random latents were drawn from. Click the row that looks right.")

    def wait_again(self) -> None:
        """Another network is being read."""
        self._go.setEnabled(False)
        self._bar.setRange(0, 0)
        self._bar.show()
        self._show_samples(None)
        self.priors.hide()
        self.pictures.hide()

    def leave(self) -> None:
        """Close the card, and explore."""
        self.accept()
        self.explore.emit()

    def _show_facts(self, facts: Sequence[Fact]) -> None:
        _empty(self._facts)
        last = ""
        for row, fact in enumerate(facts):
            how = Dim(fact.how.capitalize() if fact.how != last else "")
            how.setToolTip(f"{fact.how}: {ROWS[fact.how]}")
            last = fact.how
            self._facts.addWidget(how, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(Plain(fact.text), row, 1)

    def _show_samples(self, samples: Images | None) -> None:
        _empty(self._samples)
        for image in samples if samples is not None else ():
            label = QLabel()
            picture = QPixmap.fromImage(image_of(image))
            mode = Qt.TransformationMode.FastTransformation
            label.setPixmap(picture.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio, mode))
            label.setAccessibleName("Sample of the prior")
            self._samples.addWidget(label)
        if samples is not None:
            self._samples.addStretch()


def without_prior(card: Card) -> str:
    """Why random points of a model without a prior are noise, and what to do."""
    why = "Nothing pulled its latents to a known distribution while it learned, so random points decode to noise."
    if card.encodes:
        return f"{why} Bring pictures: they are encoded, fill the map, and a prior can be fitted to them."
    return f"{why} It has no encoder either: bring latents that were encoded elsewhere."


def _empty(layout: QGridLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _heading(text: str) -> QLabel:
    label = Plain(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.35)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
