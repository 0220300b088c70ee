"""How the path leaves the window: as which kind of file, how large, and with what beside it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QWidget

from explorer.export.reels import FORMS
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet

NUMBERS = {".npy": "Latents as NPY", ".json": "Latents as JSON"}
WITHOUT_FRAMES = (".png",)  # a sheet is no film: it has no rate


@dataclass(frozen=True)
class Wish:
    """What was chosen. `longest`: pixels of the longer side. `with_map`: the map with the bead beside the picture."""

    ending: str = ".mp4"
    longest: int = 512
    smooth: bool = False
    with_map: bool = False


class ExportDialog(QDialog):
    """Shows the last wish, `result_wish` is the new one."""

    def __init__(self, wish: Wish, frames: int, rate: float, has_map: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the path")
        self._frames, self._rate = frames, rate
        self.form = QComboBox()
        for ending, text in {**{ending: form[0] for ending, form in FORMS.items()}, **NUMBERS}.items():
            self.form.addItem(f"{text}  ({ending})", ending)
        self.form.setCurrentIndex(self.form.findData(wish.ending))
        self.longest = QSpinBox()
        self.longest.setRange(16, 4096)
        self.longest.setSuffix(" px")
        self.longest.setValue(wish.longest)
        self.smooth = QCheckBox("Soft pixels instead of sharp ones")
        self.smooth.setChecked(wish.smooth)
        self.with_map = QCheckBox("The map with the bead beside it")
        self.with_map.setChecked(wish.with_map and has_map)
        self.with_map.setEnabled(has_map)
        self._told = Quiet("")
        self._lay_out()
        self.form.currentIndexChanged.connect(self._show)
        self.with_map.toggled.connect(self._show)
        self._show()

    @property
    def wish(self) -> Wish:
        """What is chosen now."""
        chosen = self.form.currentData()
        return Wish(chosen, self.longest.value(), self.smooth.isChecked(), self.with_map.isChecked())

    def _show(self) -> None:
        """Only what means something for the kind of file."""
        ending = self.form.currentData()
        is_film = ending not in NUMBERS
        self.longest.setEnabled(is_film and not self.with_map.isChecked())
        self.smooth.setEnabled(is_film)
        seconds = self._frames / self._rate
        timed = is_film and ending not in WITHOUT_FRAMES
        what = f"{self._frames:,} frames" if is_film else f"{self._frames:,} latents"
        self._told.setText(f"{what}, {seconds:.1f} s at {self._rate:g} frames a second" if timed else what)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(3 * ink.GRID, 2 * ink.GRID, 3 * ink.GRID, 2 * ink.GRID)
        form.setSpacing(ink.GRID)
        form.addRow("File", self.form)
        form.addRow("Longer side", self.longest)
        form.addRow("", self.smooth)
        form.addRow("", self.with_map)
        form.addRow("", self._told)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
