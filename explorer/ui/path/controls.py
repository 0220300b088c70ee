"""The controls of the path: waypoints, kind, frames, rate, mode. They know no store; they say what was chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QSpinBox, QWidget

from explorer.latents.paths import KINDS
from explorer.session.state import PathSetting
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

MODES = {
    "once": ("Once", "Play to the last waypoint and stop."),
    "loop": ("Loop", "Play to the last waypoint, again and again."),
    "ping-pong": ("Ping-pong", "Play there and back, again and again."),
}


COMPANY = "company"


class PathControls(QWidget):
    """One row. `chosen` carries the name and the value of a field of the path."""

    chosen = Signal(str, object)
    pin_wanted = Signal()
    reverse_wanted = Signal()
    clear_wanted = Signal()
    export_wanted = Signal()
    record_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pin = _button("Pin", "Add the current latent to the path (P)")
        self.reverse = GlyphButton("arrow-right-left", "Turn the path round")
        self.clear = GlyphButton("x", "Take all waypoints away")
        self.kind = _choice({name: (kind.title, kind.words) for name, kind in KINDS.items()}, "Kind of path")
        self.compare = _compare()
        self.frames = _spin(2, 10_000, " frames", "Number of frames from the first waypoint to the last")
        self.rate = _spin(1, 60, " fps", "Frames a second")
        self.mode = _choice(MODES, "How the film is played")
        self.closed = _toggle("repeat", "Closed: lead back from the last waypoint to the first")
        self.even = _toggle(
            "gauge", "Even perceptual speed: the picture changes by the same amount from frame to frame"
        )
        self.record = _toggle("circle-dot", "Record what is done live into a film; once more to end it")
        self.export = _button("Export film…", "The path as a film, as pictures or as numbers (Ctrl+E)")
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
        for toggle, is_on in ((self.closed, path.closed), (self.even, path.even)):
            toggle.blockSignals(True)
            toggle.setChecked(is_on)
            toggle.blockSignals(False)
        for action in self.compare.menu().actions():
            action.setChecked(action.data() in path.compared or (action.data() == COMPANY and path.company))
            action.setEnabled(action.data() != path.kind)
        self.reverse.setEnabled(complete)
        self.clear.setEnabled(bool(path.waypoints))
        self.export.setEnabled(complete)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._align()

    def show_recording(self, is_recording: bool) -> None:
        """Whether what is done is being recorded."""
        self.record.setChecked(is_recording)

    def show_model(self, is_open: bool) -> None:
        self.pin.setEnabled(is_open)
        self.record.setEnabled(is_open)

    def _compared(self) -> tuple[str, ...]:
        """The kinds that are ticked."""
        ticked = tuple(action.data() for action in self.compare.menu().actions() if action.isChecked())
        return tuple(name for name in ticked if name in KINDS)

    def _choose_rows(self, action: QAction) -> None:
        if action.data() == COMPANY:
            self.chosen.emit("company", action.isChecked())
        else:
            self.chosen.emit("compared", self._compared())

    def _join(self) -> None:
        self.pin.clicked.connect(self.pin_wanted)
        self.reverse.clicked.connect(self.reverse_wanted)
        self.compare.menu().triggered.connect(self._choose_rows)
        self.closed.toggled.connect(lambda on: self.chosen.emit("closed", on))
        self.even.toggled.connect(lambda on: self.chosen.emit("even", on))
        self.clear.clicked.connect(self.clear_wanted)
        self.export.clicked.connect(self.export_wanted)
        self.record.clicked.connect(self.record_wanted)
        # `activated` and not `currentIndexChanged`: what is set by code is silent
        self.kind.activated.connect(lambda _: self.chosen.emit("kind", self.kind.currentData()))
        self.mode.activated.connect(lambda _: self.chosen.emit("mode", self.mode.currentData()))
        self.frames.valueChanged.connect(lambda count: self.chosen.emit("frames", count))
        self.rate.valueChanged.connect(lambda rate: self.chosen.emit("rate", float(rate)))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ink.GRID // 2)
        for part in (self.pin, self.reverse, self.clear):
            row.addWidget(part)
        row.addSpacing(ink.GRID)
        for field in (self.kind, self.compare, self.closed, self.frames, self.rate, self.mode, self.even):
            row.addWidget(field)
        row.addStretch(1)
        row.addWidget(self.record)
        row.addWidget(self.export)
        self._align()

    def _align(self) -> None:
        """One height for all, whatever the style thinks of each."""
        parts = (self.pin, self.kind, self.frames, self.rate, self.mode, self.export)
        height = max(part.sizeHint().height() for part in parts)
        for part in parts:
            part.setFixedHeight(height)


def _button(text: str, words: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(words)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _compare() -> QPushButton:
    """A menu of kinds to be shown as rows."""
    button = _button("Compare", "Show other kinds of path, or other samples, as rows below, with what each costs")
    menu = QMenu(button)
    for name, kind in KINDS.items():
        action = menu.addAction(kind.title)
        action.setCheckable(True)
        action.setData(name)
        action.setToolTip(kind.words)
    menu.addSeparator()
    together = menu.addAction("Selected samples, the same way")
    together.setCheckable(True)
    together.setData(COMPANY)
    together.setToolTip("Up to six of the selected samples travel as far as the path does, each from where it is")
    menu.setToolTipsVisible(True)
    button.setMenu(menu)
    return button


def _toggle(glyph: str, words: str) -> GlyphButton:
    button = GlyphButton(glyph, words)
    button.setCheckable(True)
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
