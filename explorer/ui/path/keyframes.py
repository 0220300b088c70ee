"""Keyframes of concepts as rows: where on the path, which concept, how strong."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.session.state import Keyframe
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton


class Keyframes(QWidget):
    """`edited(index, keyframe or None)`. Every concept of a keyframe has a row of its own."""

    edited = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Sequence[Keyframe] = ()
        self._names: tuple[str, ...] = ()
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    @property
    def rows(self) -> Sequence[QWidget]:
        return self._rows

    def show_keyframes(self, keyframes: Sequence[Keyframe], names: tuple[str, ...]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._shown, self._names = keyframes, names
        self._rows = [
            self._row(index, one, name) for index, one in enumerate(keyframes) for name in sorted(one.strengths)
        ]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, index: int, keyframe: Keyframe, name: str) -> QWidget:
        row = QWidget(self)
        at = _spin(0, 100, keyframe.at * 100, " %", "Where on the path")
        at.setDecimals(0)
        concept = QComboBox(row)
        concept.setAccessibleName("Concept")
        concept.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        concept.addItems([*self._names, *(() if name in self._names else (name,))])
        concept.setCurrentText(name)
        strength = _spin(-10, 10, keyframe.strengths[name], " \N{GREEK SMALL LETTER SIGMA}", "Strength of the concept")
        remove = GlyphButton("x", "Remove", row)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ink.GRID // 2)
        for part, share in ((at, 0), (concept, 1), (strength, 0), (remove, 0)):
            layout.addWidget(part, share)

        def tell(*_told: object) -> None:
            rest = {other: value for other, value in keyframe.strengths.items() if other != name}
            strengths = {**rest, concept.currentText(): strength.value()}
            self.edited.emit(index, Keyframe(at.value() / 100, MappingProxyType(strengths)))

        def take_away() -> None:
            rest = {other: value for other, value in keyframe.strengths.items() if other != name}
            self.edited.emit(index, Keyframe(keyframe.at, MappingProxyType(rest)) if rest else None)

        at.valueChanged.connect(tell)
        strength.valueChanged.connect(tell)
        concept.activated.connect(tell)
        remove.clicked.connect(take_away)
        return row


def _spin(low: float, high: float, value: float, suffix: str, name: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(low, high)
    spin.setDecimals(1)
    spin.setSingleStep(0.5 if high <= 10 else 5)
    spin.setSuffix(suffix)
    spin.setValue(value)
    spin.setKeyboardTracking(False)
    spin.setAccessibleName(name)
    spin.setToolTip(name)
    spin.setFont(ink.tabular(spin.font()))
    return spin
