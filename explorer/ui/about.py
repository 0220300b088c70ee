"""About this model: the card, as a person reads it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.models.base import HOWS, Card, Fact
from explorer.models.words import architecture_in_words, kind_in_words, sentence, value_in_words
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim
from explorer.ui.widgets.scrolled import scrolled

# of the text, not of its place in the layout: there it would be no higher than its hint
_ABOVE = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
_NAME_LETTERS = 19  # the width of the names; longer ones are wrapped


def _kind(card: Card) -> tuple[str, str]:
    if card.container:  # the family is how we build it, and tells nothing of a model that others trained
        return "Architecture", architecture_in_words(card.architecture)
    return "Family", f"{kind_in_words(card)}, {card.architecture}"


def facts(card: Card) -> list[tuple[str, str]]:
    """The rows of the card: what it is, and the words for it."""
    height, width, channels = card.image_shape
    spaces = "; ".join(f"{space.name}: {space.dim} numbers, prior {space.prior}" for space in card.spaces)
    rows = [
        _kind(card),
        ("Parameters", f"{card.parameters:,}"),
        ("Latent spaces" if len(card.spaces) > 1 else "Latent space", spaces),
        ("Pictures", f"{width} × {height}, {'colour' if channels == 3 else 'grey'}"),
        ("Likelihood", card.likelihood),
        ("Trained on", card.trained_on),
        ("Licence", card.licence),
        ("Attribution", card.attribution),
        ("Fingerprint", card.fingerprint[:16]),
    ]
    rows.insert(-1, ("Container", card.container))
    rows += [(how.capitalize(), "\n".join(_told(fact) for fact in card.facts if fact.how == how)) for how in HOWS]
    return [(name, words) for name, words in rows if words]


def _told(fact: Fact) -> str:
    return f"Warning: {fact.text}" if fact.warns else sentence(fact.text)


def measured(card: Card) -> list[tuple[str, str]]:
    """The measured figures of the card, one row each."""
    return [(name.replace("_", " ").capitalize(), value_in_words(value)) for name, value in card.measures.items()]


class About(QDialog):
    """A window with the model card. Text can be selected and copied.

    `can_draft`: it is of others, and may be wrong; `draft_wanted` then. `prior_wanted`: another prior shall be chosen.
    """

    draft_wanted = Signal()
    prior_wanted = Signal()

    def __init__(self, card: Card, parent: QWidget | None = None, *, can_draft: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {card.name}")
        letter = self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(70 * letter)
        self.resize(90 * letter, 560)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(3 * ink.GRID, 20, 3 * ink.GRID, 20)
        column.setSpacing(12)
        column.addWidget(_heading(card.name))
        if card.summary:
            column.addWidget(_text(card.summary))
        column.addLayout(_form(facts(card)))
        if card.measures:
            column.addWidget(_heading("Measured", small=True))
            column.addLayout(_form(measured(card)))
        column.addStretch()
        scroll = scrolled(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if can_draft:
            draft = buttons.addButton("Not right? Draft it…", QDialogButtonBox.ButtonRole.ResetRole)
            draft.setToolTip("Choose activations, strides and prior yourself, while you watch the pictures")
            draft.clicked.connect(self.accept)
            draft.clicked.connect(self.draft_wanted)
        self.prior = buttons.addButton("Prior\N{HORIZONTAL ELLIPSIS}", QDialogButtonBox.ButtonRole.ActionRole)
        self.prior.setToolTip("What random latents are drawn from, and what else they could be")
        self.prior.clicked.connect(self._ask_prior)
        self.prior.setVisible(len(card.spaces) == 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16 if can_draft else 0, 0, 16, 16)
        outer.addWidget(scroll)
        outer.addWidget(buttons)

    def _ask_prior(self) -> None:
        self.accept()
        self.prior_wanted.emit()


def _form(rows: list[tuple[str, str]]) -> QGridLayout:
    """A grid and no QFormLayout, whose least width is that of its longest line."""
    form = QGridLayout()
    form.setHorizontalSpacing(3 * ink.GRID)
    form.setVerticalSpacing(6)
    form.setColumnStretch(1, 1)
    for row, (name, words) in enumerate(rows):
        label = Dim(name)
        label.setWordWrap(True)
        label.setFixedWidth(round(label.fontMetrics().averageCharWidth() * _NAME_LETTERS))
        label.setAlignment(_ABOVE)
        form.addWidget(label, row, 0)
        form.addWidget(_text(words), row, 1)
    return form


def _text(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(_ABOVE)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as wide as there is room, no wider
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def _heading(words: str, *, small: bool = False) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    font = label.font()
    font.setWeight(font.Weight.DemiBold)
    if not small:
        font.setPointSizeF(font.pointSizeF() * 1.4)
    label.setFont(font)
    return label
