"""The controls of the path: pins, kind, frames, rate, mode. They know no store; they say what was chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSpinBox, QWidget

from explorer.session.state import PathSetting
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

KINDS = {
    "linear": (
        "Straight",
        "Linear: the straight line. In many dimensions its middle has 0.71 of the ends' length, far from the samples.",
    ),
    "spherical": ("Spherical", "Spherical: turns evenly and lets the length go evenly from A to B."),
}
MODES = {
    "once": ("Once", "Play from A to B and stop."),
    "loop": ("Loop", "Play from A to B, again and again."),
    "ping-pong": ("Ping-pong", "Play there and back, again and again."),
}


class PathControls(QWidget):
    """One row. `chosen` carries the name and the value of a field of the path."""

    chosen = Signal(str, object)
    pin_wanted = Signal(str)
    swap_wanted = Signal()
    clear_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pin_a = _button("Pin A", "Pin the current latent as A, where the path begins (P)")
        self.pin_b = _button("Pin B", "Pin the current latent as B, where the path ends (P once more)")
        self.swap = GlyphButton("arrow-right-left", "Swap A and B")
        self.clear = GlyphButton("x", "Take both pins away")
        self.kind = _choice(KINDS, "Kind of path")
        self.frames = _spin(2, 240, " frames", "Number of frames from A to B")
        self.rate = _spin(1, 60, " fps", "Frames a second")
        self.mode = _choice(MODES, "How the film is played")
        self.export = _button("Export film…", "The path as an animated GIF (Ctrl+E)")
        self._join()
        self._lay_out()

    def show_path(self, path: PathSetting, *, complete: bool) -> None:
        """Show what is chosen; silent."""
        for choice, value in ((self.kind, path.kind), (self.mode, path.mode)):
            choice.setCurrentIndex(choice.findData(value))
            choice.setToolTip(choice.currentData(Qt.ItemDataRole.ToolTipRole))
        for spin, number in ((self.frames, path.frames), (self.rate, path.rate)):
            spin.blockSignals(True)
            spin.setValue(round(number))
            spin.blockSignals(False)
        self.swap.setEnabled(complete)
        self.clear.setEnabled(path.a is not None or path.b is not None)
        self.export.setEnabled(complete)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._align()

    def show_model(self, is_open: bool) -> None:
        self.pin_a.setEnabled(is_open)
        self.pin_b.setEnabled(is_open)

    def _join(self) -> None:
        self.pin_a.clicked.connect(lambda: self.pin_wanted.emit("a"))
        self.pin_b.clicked.connect(lambda: self.pin_wanted.emit("b"))
        self.swap.clicked.connect(self.swap_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.export.clicked.connect(self.export_wanted)
        # `activated` and not `currentIndexChanged`: what is set by code is silent
        self.kind.activated.connect(lambda _: self.chosen.emit("kind", self.kind.currentData()))
        self.mode.activated.connect(lambda _: self.chosen.emit("mode", self.mode.currentData()))
        self.frames.valueChanged.connect(lambda count: self.chosen.emit("frames", count))
        self.rate.valueChanged.connect(lambda rate: self.chosen.emit("rate", float(rate)))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ink.GRID // 2)
        for part in (self.pin_a, self.pin_b, self.swap, self.clear):
            row.addWidget(part)
        row.addSpacing(ink.GRID)
        for field in (self.kind, self.frames, self.rate, self.mode):
            row.addWidget(field)
        row.addStretch(1)
        row.addWidget(self.export)
        self._align()

    def _align(self) -> None:
        """One height for all, whatever the style thinks of each."""
        parts = (self.pin_a, self.pin_b, self.kind, self.frames, self.rate, self.mode, self.export)
        height = max(part.sizeHint().height() for part in parts)
        for part in parts:
            part.setFixedHeight(height)


def _button(text: str, words: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(words)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _choice(choices: dict[str, tuple[str, str]], name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a focused combo box would take the window's letters
    for index, (value, (text, words)) in enumerate(choices.items()):
        combo.addItem(text, value)
        combo.setItemData(index, words, Qt.ItemDataRole.ToolTipRole)
    return combo


def _spin(low: int, high: int, suffix: str, name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setSuffix(suffix)
    spin.setAccessibleName(name)
    spin.setToolTip(name)
    spin.setKeyboardTracking(False)
    spin.setFont(ink.tabular(spin.font()))
    spin.lineEdit().returnPressed.connect(spin.clearFocus)
    return spin
