"""The draft of weights that nobody knows: choices on the left, the pictures they make on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.models.foreign.drafts.told import Draft, Drawn
from explorer.models.words import size_in_words
from explorer.ui.draft.answers import Answers, Layers
from explorer.ui.prior_rows import PriorRows
from explorer.ui.widgets import ink
from explorer.ui.widgets.mosaic import Mosaic
from explorer.ui.widgets.notes import Dim, Plain, Quiet, Title, words_on
from explorer.ui.widgets.scrolled import scrolled


class DraftDialog(QDialog):
    """`chosen` carries an answer (name, value); `keep_wanted` when the pictures are right."""

    chosen = Signal(str, str)
    guesses_wanted = Signal()  # take all answers back
    samples_wanted = Signal()  # others of the same draft
    keep_wanted = Signal()
    python_wanted = Signal()  # tell the layers in Python instead
    template_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Draft {name}")
        self.what = Plain("Proposing layers from the order, shapes and gaps of the tensors…")
        self.answers, self.layers = Answers(), Layers()
        self.mosaic = Mosaic("Samples of the draft")
        self.told = Plain("")
        self.priors = PriorRows()
        self.keep = QPushButton("Keep and explore")
        self.keep.setDefault(True)
        self.keep.setEnabled(False)
        self.keep.setToolTip("Write the answers beside the file: it opens without questions from then on")
        self.guesses = QPushButton("Back to the guesses")
        self.guesses.setEnabled(False)
        self.others = QPushButton("Other samples")
        self.python = QPushButton("Use a Python file\N{HORIZONTAL ELLIPSIS}")
        self.python.setToolTip("Yours, with build_model(weights): you are asked before it is run")
        self.template = QPushButton("Write a template\N{HORIZONTAL ELLIPSIS}")
        self.template.setToolTip("A Python file to begin with, the keys of this file in it")
        self._lay_out(name)
        self._join()
        screen = self.screen().availableSize()
        self.resize(min(1160, screen.width() - 48), min(740, screen.height() - 72))

    def _join(self) -> None:
        self.answers.chosen.connect(self.chosen)
        self.layers.chosen.connect(self.chosen)
        self.priors.chosen.connect(lambda name: self.chosen.emit("prior", name))
        self.guesses.clicked.connect(self.guesses_wanted)
        self.others.clicked.connect(self.samples_wanted)
        self.keep.clicked.connect(self.keep_wanted)
        self.python.clicked.connect(self.python_wanted)
        self.template.clicked.connect(self.template_wanted)

    @property
    def text(self) -> str:
        """Everything that is written in it."""
        return words_on(self)

    def show_draft(self, draft: Draft, drawn: Drawn, yours: Sequence[str]) -> None:
        """The proposal under the answers so far, with its pictures. `yours`: the names of what the user answered."""
        shape = size_in_words(draft.manifest.image_shape)
        doubts = "".join(f" {doubt[:1].upper()}{doubt[1:]}." for doubt in draft.doubts)
        self.what.setText(
            f"{draft.said[:1].upper()}{draft.said[1:]}, {shape}. What is marked 'guessed' does not stand in the file: "
            f"change it, and watch the pictures.{doubts}"
        )
        self.answers.show_questions(draft.questions, yours)
        self.layers.show_rows(draft.rows)
        self.mosaic.show_images(drawn.images)
        taken = next((one.taken for one in draft.questions if one.name == "prior"), "")
        self.priors.show_rows(drawn.by_prior, taken)
        said = [f"{text[:1].upper()}{text[1:]}." for text in drawn.probed]
        self._say(
            " ".join(said) or f"Its numbers lie in {drawn.values[0]:.2f} to {drawn.values[1]:.2f}.", warns=bool(said)
        )
        self.keep.setEnabled(True)
        self.guesses.setEnabled(bool(yours))

    def show_trouble(self, title: str, hint: str) -> None:
        """These answers lead nowhere: say why; the pictures of before stay."""
        self._say(f"{title} {hint}".strip(), warns=True)
        self.keep.setEnabled(False)
        self.guesses.setEnabled(True)

    def _say(self, text: str, *, warns: bool) -> None:
        self.told.setText(text)
        self.told.setForegroundRole(QPalette.ColorRole.BrightText if warns else QPalette.ColorRole.WindowText)

    def _lay_out(self, name: str) -> None:
        title = Title(f"A draft of {name}, from the order and the shapes of its tensors")
        title.setWordWrap(True)
        both = QHBoxLayout()
        both.setSpacing(3 * ink.GRID)
        both.addWidget(self._questions(), 5)
        both.addLayout(self._pictures(), 4)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.keep, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.guesses)
        foot.addStretch()
        for way in (self.python, self.template):
            way.setAutoDefault(False)
            foot.addWidget(way)
        foot.addStretch()
        foot.addWidget(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(3 * ink.GRID,) * 4)
        outer.setSpacing(12)
        outer.addWidget(title)
        outer.addWidget(self.what)
        outer.addLayout(both, 1)
        outer.addLayout(foot)
        self.foot = foot

    def _questions(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, ink.GRID, 0)
        column.setSpacing(2 * ink.GRID)
        column.addWidget(self.answers)
        column.addWidget(self.layers)
        column.addStretch()
        return scrolled(page, sideways=True)

    def _pictures(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(ink.GRID)
        head = QHBoxLayout()
        head.addWidget(Dim("Random latents, decoded"), 1)
        head.addWidget(self.others)
        column.addLayout(head)
        column.addWidget(self.mosaic, 1)
        column.addWidget(Quiet("The same network under each prior: take the row that looks right"))
        column.addWidget(self.priors)
        column.addWidget(self.told)
        return column
