"""The status bar: device, decode time, frames a second, and what is being done in the background."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget


class Status(QStatusBar):
    """Says what the machine is doing. `cancel_wanted` when the running job should stop, `stop_wanted` when what it has
    so far is enough."""

    cancel_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._device = self._label("Device", "Where the model runs. Change it in the tool bar.")
        self._decode = self._label(
            "Decode time", "Time to decode one picture in the engine, in milliseconds (median of 20)"
        )
        self._rate = self._label("Frame rate", "Pictures painted in the last second")
        self._doing = QLabel()
        self._bar = QProgressBar()
        self._bar.setFixedSize(140, 8)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = QToolButton()
        self._cancel.setText("Cancel")
        self._cancel.clicked.connect(self.cancel_wanted)
        self.stop = QToolButton()
        self.stop.setText("Stop here")
        self.stop.setToolTip("Take what there is so far")
        self.stop.clicked.connect(self.stop_wanted)
        for widget in (self._doing, self._bar, self.stop, self._cancel):
            self.addPermanentWidget(widget)
        self.show_rest()

    def show_device(self, device: str, precision: str = "") -> None:
        words = device.upper() if precision in {"", "float32"} else f"{device.upper()} {precision}"
        self._device.setText(words)

    def show_decode(self, milliseconds: float, backend: str) -> None:
        """`backend`: 'torch' or 'onnxruntime', in the tooltip's words."""
        self._decode.setText(f"decode {milliseconds:.1f} ms")
        self._decode.setToolTip(f"Time to decode one picture in the engine with {backend} (median of 20)")

    def show_rate(self, pictures_a_second: int) -> None:
        self._rate.setText(f"{pictures_a_second} pictures/s" if pictures_a_second else "")

    def show_progress(self, text: str, share: float, *, can_cancel: bool = False) -> None:
        """`share` in 0..1, or negative while it is not known."""
        self._doing.setText(text)
        self._bar.setRange(0, 0 if share < 0 else 100)
        self._bar.setValue(int(max(share, 0) * 100))
        for widget in (self._doing, self._bar):
            widget.show()
        self._cancel.setVisible(can_cancel)

    def offer_stop(self) -> None:
        """What runs has something to be taken already, until the next rest."""
        self.stop.show()

    @property
    def is_working(self) -> bool:
        """Whether progress is on show."""
        return not self._bar.isHidden()

    @property
    def progress(self) -> tuple[str, int]:
        """What is being done, and percent of it."""
        return self._doing.text(), self._bar.value()

    def show_rest(self) -> None:
        """Nothing runs in the background."""
        for widget in (self._doing, self._bar, self.stop, self._cancel):
            widget.hide()

    def _label(self, name: str, tip: str) -> QLabel:
        label = QLabel()
        label.setAccessibleName(name)
        label.setToolTip(tip)
        label.setMinimumWidth(90)
        self.addWidget(label)
        return label
