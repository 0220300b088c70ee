"""One row of a panel: a name, a slider, the number beside it, and a reset."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.number import Number
from explorer.ui.widgets.slider import Slider


class _Name(QLabel):
    """The name of the row; a thin bar in its second half may show a share of 1."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_share(self, share: float) -> None:
        self._share = share
        self.update()

    @property
    def wanted_width(self) -> int:
        """Room for the whole name, and for the bar beside it."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return text + (4 * ink.GRID if self._share > 0 else 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        if self._share > 0:
            start = max(self.width() / 2, self.fontMetrics().horizontalAdvance(shown) + ink.GRID)
            length = max(1.0, self._share * (self.width() - start - ink.GRID))
            painter.fillRect(QRectF(start, self.height() / 2 - 2, length, 4), ink.grey(self.palette(), 0.28))


class SliderRow(QWidget):
    """A number by name. `moved` between `began` and `ended` is one gesture; a change by code is silent."""

    moved = Signal(float)
    began = Signal()
    ended = Signal()
    reset_wanted = Signal()

    def __init__(self, name: str, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._hint = ""
        self._usual = (low, high)
        self._held = False
        self._lead: QWidget | None = None
        self._label = _Name(name, self)
        self.slider = Slider(low, high, self)
        self.number = Number(2, self)
        self.reset = GlyphButton("rotate-ccw", f"Reset {name}", self)
        self._lay_out()
        self._name_parts()
        for part in (self.slider, self.number):
            part.moved.connect(self._take)
            part.pressed.connect(self._begin)
            part.released.connect(self._end)
            part.reset_wanted.connect(self._ask_reset)
        self.number.typed.connect(self.slider.setFocus)  # letters belong to the window again
        self.reset.clicked.connect(self._ask_reset)
        self.show_place(0.0, None, changed=False)

    @property
    def value(self) -> float:
        return self.slider.value

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to reset."""
        return self.reset.isEnabled()

    def show_place(self, value: float, own: float | None, *, changed: bool) -> None:
        """The value; the value it resets to (a tick on the track, None: no tick); whether there is anything to reset.

        The range grows to hold both. Under the hand it never shrinks.
        """
        self._show_range(value, own)
        self.slider.show_tick(own)
        self._show_value(value)
        if changed != self.reset.isEnabled():
            self.reset.setEnabled(changed)

    def lead(self, widget: QWidget) -> None:
        """Put a small widget before the name; it takes its room from the name's."""
        self._lead = widget
        self._layout.insertWidget(0, widget)

    def show_share(self, share: float) -> None:
        """A thin bar beside the name, 0..1 of its room."""
        self._label.show_share(share)

    def show_hint(self, hint: str) -> None:
        """The tooltip of the whole row."""
        self._hint = hint
        for part in (self, self._label, self.slider, self.number):
            part.setToolTip(hint)
        self._show_whole_name()

    @property
    def name_width(self) -> int:
        """The width, in pixels, that shows the whole name and what leads it."""
        return self._label.wanted_width + self._led

    def show_name_width(self, width: int) -> None:
        """Give the name, and what leads it, so many pixels; where it is cut, its tooltip begins with it."""
        self._label.setFixedWidth(width - self._led)
        self._show_whole_name()

    @property
    def _led(self) -> int:
        """The room, in pixels, of what leads the name."""
        return 0 if self._lead is None else self._lead.width() + self._layout.spacing()

    def _show_whole_name(self) -> None:
        is_cut = self._label.maximumWidth() < self._label.fontMetrics().horizontalAdvance(self.name)
        self._label.setToolTip(f"{self.name}\n{self._hint}".strip() if is_cut else self._hint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._ask_reset()
        else:
            super().mousePressEvent(event)

    def _ask_reset(self) -> None:
        if self.is_changed:
            self.reset_wanted.emit()

    def _take(self, value: float) -> None:
        self._show_range(value, self.slider.tick)
        self._show_value(value)
        self.moved.emit(value)

    def _show_value(self, value: float) -> None:
        self.slider.show_value(value)
        self.number.show_value(value)

    def _show_range(self, value: float, own: float | None) -> None:
        low, high = self.slider.range if self._held else self._usual
        ends = (value, value if own is None else own)
        self.slider.show_range(min(low, math.floor(min(ends))), max(high, math.ceil(max(ends))))

    def _begin(self) -> None:
        self._held = True
        self.began.emit()

    def _end(self) -> None:
        self._held = False
        self.ended.emit()

    def _lay_out(self) -> None:
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ink.GRID)
        layout.addWidget(self._label)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.number)
        layout.addWidget(self.reset)

    def _name_parts(self) -> None:
        self._label.setBuddy(self.slider)
        self.slider.setAccessibleName(self.name)
        self.slider.setAccessibleDescription(
            "Arrow keys and Page Up, Page Down move it; Delete and right-click reset it."
        )
        self.number.setAccessibleName(f"{self.name}, number")
        self.setAccessibleName(self.name)
