"""How fast a film is played, and whether it can be: the speed, and a word where frames have to be dropped."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet

_STEPS = 100  # of the slider, for a cube root of 1
_LOOK = 48  # frames that the word is about
_SLACK = 0.05  # share of dropped frames that needs no word


class _Slider(QSlider):
    """A right-click goes back to the middle."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.setValue(_STEPS)
        else:
            super().mousePressEvent(event)


class Pace(QWidget):
    """`changed`: another speed. It is a way of looking: neither undo nor an exported film know it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate = 24.0
        self._seen: deque[bool] = deque(maxlen=_LOOK)  # whether each of the last frames could be shown in time
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(_STEPS // 2, 2 * _STEPS)
        self.slider.setValue(_STEPS)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName("Speed of playing")
        self.slider.valueChanged.connect(self._show_speed)
        self.word = Quiet("")
        self.word.setFont(ink.tabular(self.word.font()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.slider)
        layout.addWidget(self.word, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(11 * ink.GRID)
        self._show_speed()

    @property
    def speed(self) -> float:
        """Times the film's own rate: the cube of the slider, 1/8 to 8."""
        return float((self.slider.value() / _STEPS) ** 3)

    def begin(self, rate: float) -> None:
        """Playing starts or stops."""
        self._rate = rate
        self._seen.clear()
        self._show_word()

    def note_skipped(self, count: int) -> None:
        """A frame is due; `count` before it were skipped."""
        self._seen.extend([False] * min(count, _LOOK))
        self._seen.append(True)
        self._show_word()

    def note_missing(self) -> None:
        """The frame that is due is not decoded yet."""
        if self._seen:
            self._seen[-1] = False
        self._show_word()

    def _show_word(self) -> None:
        share = self._seen.count(False) / max(len(self._seen), 1)
        rate = self._rate * self.speed
        if len(self._seen) > _LOOK // 4 and share > _SLACK:
            self.word.setText(f"{(1 - share) * rate:.0f} of {rate:.0f} fps")
            self.word.setToolTip("The decoder is too slow for this speed: frames are dropped evenly.")
        else:
            self.word.setText("" if self.slider.value() == _STEPS else f"{self.speed:.2g} \N{MULTIPLICATION SIGN}")
            self.word.setToolTip("")

    def _show_speed(self) -> None:
        self.slider.setToolTip(f"Speed: {self.speed:.2g} times (cubic). Right-click for 1.")
        self._show_word()
        self.changed.emit()
