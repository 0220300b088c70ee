"""What a kind of projection wants to know besides: two components, a label, two concepts, or another seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections import KINDS, ProjectionChoice, lack
from explorer.projections.concepts import fits
from explorer.projections.lda import has_classes
from explorer.ui.map.tuning import TuningButton
from explorer.ui.widgets import ink

TIGHT = "padding-left: 4px; padding-right: 4px;"  # of a button's words, where room is short
MAX = 16_777_215  # Qt's own, for no limit
WHAT_REMAINS = "most of what remains"


class SecondChoice(QWidget):
    """Shows what belongs to the kind that is chosen. What is set by code is silent."""

    wanted = Signal(object)  # a ProjectionChoice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = ProjectionChoice()
        self.label = self._combo("label", "Label", "The label whose classes are parted.")
        self.across = self._combo("across", "Across", "The concept that runs across.")
        self.up = self._combo("up", "Up", "The concept that runs up; or the direction that tells most of all the rest.")
        self.seed = QPushButton("Other seed", self)
        self.seed.setToolTip("Draw the map anew from another start: what stays the same is no chance.")
        self.seed.setAccessibleName("Other seed")
        self.seed.clicked.connect(lambda: self._ask(seed=(self._choice.seed + 1) % 2**31, stopped=0))
        self.tuning = TuningButton(self)
        self.tuning.wanted.connect(self.wanted)
        self.go_on = QPushButton("Run to its end", self)
        self.go_on.setToolTip("This map was stopped before it was done: make it again, to its end.")
        self.go_on.setAccessibleName("Run to its end")
        self.go_on.clicked.connect(lambda: self._ask(stopped=0))
        self._row = {"label": self.label, "across": self.across, "up": self.up, "seed": self.seed}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ink.GRID)
        for part in (self.label, self.across, self.up, self.tuning, self.seed, self.go_on):
            layout.addWidget(part)

    def show_choice(self, choice: ProjectionChoice, samples: LatentSet | None, concepts: Sequence[Concept]) -> None:
        """The projection that was asked for, and what there is to choose from."""
        self._choice = choice
        labels = () if samples is None else tuple(one.name for one in samples.labels if has_classes(one))
        names = () if samples is None else tuple(one.name for one in concepts if fits(one, samples))
        _fill(self.label, [("best label", ""), *((name, name) for name in labels)], choice.label)
        across = choice.across if choice.across in names else next((one for one in names if one != choice.up), "")
        _fill(self.across, [(name, name) for name in names], across)
        ups = [(name, name) for name in names if name != across]
        _fill(self.up, [(WHAT_REMAINS, ""), *ups], choice.up)
        heeded = KINDS[choice.kind].chosen
        for name, part in self._row.items():
            part.setVisible(name in heeded)
        self.tuning.show_choice(choice)
        self.tuning.setVisible(bool(KINDS[choice.kind].parameters))
        self._shows_go_on(True)
        self.setVisible(any(name in heeded for name in self._row))

    def show_short(self, is_short: bool) -> None:
        """In fewer words, where room is short."""
        self.tuning.show_short(is_short)
        self.seed.setText("+1" if is_short else "Other seed")
        for button in (self.seed, self.tuning):
            if bool(button.styleSheet()) != is_short:
                button.setStyleSheet(TIGHT if is_short else "")
            button.setMaximumWidth(
                button.fontMetrics().horizontalAdvance(button.text()) + 2 * ink.GRID if is_short else MAX
            )
        self._shows_go_on(not is_short)

    def _shows_go_on(self, has_room: bool) -> None:
        """For a map that was stopped; without room for it, the small window draws the map to its end too."""
        self.go_on.setVisible(bool(has_room and KINDS[self._choice.kind].parameters and self._choice.stopped))

    def layout_now(self) -> None:
        """Take the room that the words need now."""
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
        self.updateGeometry()

    def _ask(self, **chosen: object) -> None:
        self.wanted.emit(replace(self._choice, **chosen))  # type: ignore[arg-type]

    def _combo(self, field: str, name: str, hint: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(f"{name}: what the map shows")
        combo.setToolTip(hint)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaxVisibleItems(20)
        combo.activated.connect(lambda: self._ask(**{field: combo.currentData()}))
        return combo


def show_kinds(combo: QComboBox, samples: LatentSet | None, concepts: Sequence[Concept]) -> None:
    """All kinds of projection with their hints; what cannot be had here is grey and says why."""
    with QSignalBlocker(combo):
        for row in range(combo.count(), len(KINDS)):
            kind = list(KINDS)[row]
            combo.addItem(KINDS[kind].name, kind)
        for row, (kind, told) in enumerate(KINDS.items()):
            reason = "" if samples is None else lack(kind, samples, concepts)
            combo.setItemData(row, f"{told.hint} {reason}".strip(), Qt.ItemDataRole.ToolTipRole)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            combo.setItemData(row, Qt.ItemFlag.NoItemFlags if reason else flags, Qt.ItemDataRole.UserRole - 1)


def _fill(combo: QComboBox, entries: Sequence[tuple[str, str]], current: str) -> None:
    with QSignalBlocker(combo):
        combo.clear()
        for text, value in entries:
            combo.addItem(text, value)
        combo.setCurrentIndex(max(combo.findData(current), 0))
