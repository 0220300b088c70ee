"""The search for the latent of a picture: the picture, the best so far, the loss; stop it, keep it, go on."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images
from explorer.models.inversion import Inverse, Wish
from explorer.models.inversion.told import MOST_STARTS, MOST_STEPS
from explorer.models.words import time_left
from explorer.ui.comparison import difference
from explorer.ui.inversion.curves import LossCurves
from explorer.ui.inversion.words import fit_in_words, place_in_words
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Plain, Quiet, Title, words_on
from explorer.ui.widgets.picture import Picture, image_of

SPACES = {
    "w+": "A w of its own for each layer: nearest to the picture, farthest from what the model makes by itself",
    "w": "One w for all layers",
    "z": "Where random latents are drawn: stays most like what the model makes by itself",
}
BLEND = (
    "The model has no encoder: this is the nearest picture that it was found to make, a blend of what it knows, and no "
    "exact inverse."
)
REFINED = (
    "The search goes on from the encoding. It leads nearer to the picture, and may lead away from what the encoder "
    "means by it."
)


class SearchPage(QDialog):
    """Not modal: the window goes on. `wanted(wish, latents to go on from or None)`: search; `stopped`: the search is to
    end; `kept` carries the `Inverse` that the user wants."""

    wanted = Signal(object, object)
    stopped = Signal()
    kept = Signal(object)

    def __init__(
        self,
        name: str,
        target: Images,
        spaces: Mapping[str, str],
        wish: Wish,
        parent: QWidget | None = None,
        *,
        refines: bool,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Search for {name}")
        self._target, self._wish, self._began, self._is_running = target, wish, 0.0, False
        self.found: Inverse | None = None
        self.pictures = tuple(Picture() for _ in range(3))
        self.curves = LossCurves()
        self.step, self.told, self.place = Dim(""), Plain(" "), Plain(" ")  # as high as they will be
        self.bar = QProgressBar()
        self.space, self.steps, self.starts = QComboBox(), QSpinBox(), QSpinBox()
        self.again = QPushButton("Search on")
        self.keep, self.stop, self.cancel = QPushButton("Keep"), QPushButton("Stop here"), QPushButton("Cancel")
        self._fill_settings(spaces)
        self._name_all(name)
        self._lay_out(name, REFINED if refines else BLEND)
        self._join()
        self.place.setToolTip("Distance from the centre of the prior, over that of a middling sample")
        self.told.setToolTip("Mean absolute difference of a value, of its range; peak signal over noise")
        self.pictures[0].show_image(image_of(target))
        self._show_ways()

    @property
    def text(self) -> str:
        """Everything that is written on it."""
        return words_on(self)

    def begin(self) -> None:
        """Search as wished, from the start or on from what was found in the same space."""
        given, number = None, self._wish.seed
        if self.found is not None:
            number += 1
            given = self.found.latents if self.found.space == self.space.currentText() else None
        self._wish = Wish(self.space.currentText(), self.steps.value(), self.starts.value(), number)
        self._is_running, self._began = True, 0.0
        self.bar.setRange(0, 0)
        self.show_stage("Opening the model")
        self._show_ways()
        self.wanted.emit(self._wish, given)

    def show_stage(self, text: str) -> None:
        """What is done before there is something to see."""
        if self._is_running and not self._began:
            self.step.setText(f"{text}\N{HORIZONTAL ELLIPSIS}")

    def show_found(self, found: Inverse) -> None:
        """The best so far, while the search goes on."""
        if not self._is_running:
            return
        self._began = self._began or time.monotonic()
        is_first, self.found = self.found is None, found
        self.pictures[1].show_image(image_of(found.images[0]))
        self.pictures[2].show_image(image_of(difference(found.images[0], self._target)))
        self.curves.show_losses(found.losses[0], found.steps)
        self.told.setText(fit_in_words(found))
        self.place.setText(place_in_words(found))
        self.bar.setRange(0, found.steps)
        self.bar.setValue(found.step)
        left = time_left(time.monotonic() - self._began, found.step / found.steps)
        self.step.setText(f"Step {found.step:,} of {found.steps:,}, {left}")
        self._show_ways()
        if is_first:
            self.keep.setFocus()

    def show_end(self, found: Inverse) -> None:
        """The search is over."""
        self.show_found(found)
        self._rest(f"Done: {found.steps:,} steps from {found.losses.shape[1]} starts")

    def show_lost(self) -> None:
        """The search ended without an answer: the message bar says why, what was found stays."""
        if self._is_running:
            self._rest("Stopped" if self.found is not None else "Nothing was found; the message in the window says why")

    def _stop(self) -> None:
        """The best so far is kept here; the rest of the search is given up."""
        if self._is_running and self.found is not None:
            self._rest(f"Stopped at step {self.found.step:,} of {self.found.steps:,}")
            self.stopped.emit()

    def _rest(self, text: str) -> None:
        self._is_running = False
        self.bar.setRange(0, 1)
        self.bar.setValue(1 if self.found is not None else 0)
        self.step.setText(text)
        self._show_ways()

    def _take(self) -> None:
        """Keep what there is, even while the search goes on: then it ends."""
        if self.found is not None:
            self._is_running = False
            self.kept.emit(self.found)
            self.accept()

    def _show_ways(self) -> None:
        self.keep.setEnabled(self.found is not None)
        self.stop.setEnabled(self._is_running and self.found is not None)
        self.again.setEnabled(not self._is_running)
        for setting in (self.space, self.steps, self.starts):
            setting.setEnabled(not self._is_running)

    def _join(self) -> None:
        self.keep.clicked.connect(self._take)
        self.stop.clicked.connect(self._stop)
        self.cancel.clicked.connect(self.reject)
        self.again.clicked.connect(self.begin)

    def _fill_settings(self, spaces: Mapping[str, str]) -> None:
        for row, (space, prior) in enumerate(spaces.items()):
            self.space.addItem(space)
            self.space.setItemData(row, SPACES.get(space, prior), Qt.ItemDataRole.ToolTipRole)
        self.space.setCurrentText(self._wish.space)
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setSingleStep(100)
        self.steps.setValue(self._wish.steps)
        self.starts.setRange(1, MOST_STARTS)
        self.starts.setValue(self._wish.starts)

    def _name_all(self, name: str) -> None:
        self.pictures[0].setAccessibleName(name)
        self.pictures[1].setAccessibleName("The best so far")
        self.pictures[2].setAccessibleName("Difference")
        self.pictures[2].setToolTip("|best \N{MINUS SIGN} yours| of each value: black where they are the same")
        self.space.setAccessibleName("Space")
        self.space.setToolTip("The latent space that is searched")
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip("Steps of the optimisation (Adam): more come nearer, and take longer")
        self.starts.setAccessibleName("Starts")
        self.starts.setToolTip("Places to begin at, together: the mean, and random samples that look most alike")
        self.again.setToolTip("With these settings, from the best so far and from new random samples")
        self.keep.setToolTip("Go to the best so far, and put it on the shelf")
        self.stop.setToolTip("End the search, and look at the best so far")
        self.bar.setAccessibleName("Steps done")

    def _lay_out(self, name: str, honest: str) -> None:
        title = Title(f"A latent that makes {name}")
        title.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.keep.setDefault(True)
        self.again.setAutoDefault(False)
        self.cancel.setAutoDefault(False)
        self.stop.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(3 * ink.GRID,) * 4)
        column.setSpacing(ink.GRID)
        column.addWidget(title)
        column.addLayout(self._row_of_pictures(), 3)
        column.addWidget(self.told)
        column.addWidget(self.place)
        column.addWidget(self.curves, 2)
        column.addWidget(self.bar)
        column.addWidget(self.step)
        column.addLayout(self._row_of_settings())
        note = Quiet(honest)
        note.setWordWrap(True)
        column.addWidget(note)
        column.addLayout(self._row_of_buttons())
        screen = self.screen().availableSize()
        self.resize(min(84 * ink.GRID, screen.width() - 48), min(80 * ink.GRID, screen.height() - 72))

    def _row_of_pictures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * ink.GRID)
        for place, (picture, word) in enumerate(
            zip(self.pictures, ("yours", "best so far", "difference"), strict=True)
        ):
            label = Quiet(word)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(picture, 0, place)
            grid.addWidget(label, 1, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(0, 1)
        return grid

    def _row_of_settings(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(ink.GRID)
        named = (("Space", self.space), ("Steps", self.steps), ("Starts", self.starts))
        for word, setting in named[0 if self.space.count() > 1 else 1 :]:
            label = QLabel(word)
            label.setBuddy(setting)
            row.addWidget(label)
            row.addWidget(setting)
            row.addSpacing(ink.GRID)
        row.addStretch()
        row.addWidget(self.again)
        return row

    def _row_of_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        for button in (self.cancel, self.stop, self.keep):
            row.addWidget(button)
        return row
