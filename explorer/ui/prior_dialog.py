"""What random latents are drawn from: rows of samples under each prior, and one fitted to the samples on show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from explorer.latents.arrays import Images
from explorer.ui.prior_rows import PriorRows
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Plain, Quiet, Title, words_on

WIDTH = 640  # pixels
ASKED = (
    "The same seeds, drawn from each. Click the row that looks right: it opens with it from now on, and Undo goes back."
)


class PriorDialog(QDialog):
    """`chosen` carries the name of the prior whose row was clicked; `fit_wanted`: one fitted to the samples on show."""

    chosen = Signal(str)
    fit_wanted = Signal()
    pictures_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Prior of {name}")
        self.setMinimumWidth(WIDTH)
        self.rows = PriorRows()
        self.rows.chosen.connect(self.chosen)
        self._now, self._asked = Plain(""), Quiet(ASKED)
        self._asked.setWordWrap(True)
        self._why = Plain("")
        self.fit = QPushButton("Fit to the samples on show")
        self.fit.setToolTip("A Gaussian, or a mixture by the Bayesian information criterion (Ghosh et al. 2020)")
        self.fit.clicked.connect(self.fit_wanted)
        self.pictures = QPushButton("Choose pictures\N{HORIZONTAL ELLIPSIS}")
        self.pictures.setToolTip("A folder of pictures: they are encoded, and a prior can be fitted to them")
        self.pictures.clicked.connect(self.pictures_wanted)
        self._lay_out()

    @property
    def text(self) -> str:
        """Everything that is written in it."""
        return words_on(self)

    def show_prior(self, words: str, by_prior: Sequence[tuple[str, Images]], taken: str) -> None:
        """The prior in force in words, and rows to choose from, uint8 (n, height, width, channels)."""
        self._now.setText(f"Random latents are drawn from: {words}.")
        self.rows.show_rows(by_prior, taken)
        self.rows.setVisible(bool(by_prior))
        self._asked.setVisible(len(by_prior) > 1)
        self._fit_height()

    def show_ways(self, why: str, *, can_fit: bool) -> None:
        """Whether the samples on show are such that a prior can be fitted to them; `why`: else what to do."""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._fit_height()
        self.fit.setEnabled(can_fit)
        self.pictures.setVisible(not can_fit)

    def _fit_height(self) -> None:
        """As tall as its rows and lines: with less the pictures would shrink. What was just added counts at once."""
        self._column.activate()
        self.setMinimumHeight(self._column.totalHeightForWidth(max(self.width(), WIDTH)))
        self.resize(self.width(), self.minimumHeight())

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.pictures, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.fit, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(*(3 * ink.GRID,) * 4)
        column.setSpacing(12)
        column.addWidget(Title("What random latents are drawn from"))
        column.addWidget(self._now)
        column.addWidget(self.rows)
        column.addWidget(self._asked)
        column.addWidget(self._why)
        column.addStretch()
        column.addWidget(buttons)
