"""What stands in the place of a map that is not there: why, and where something can be done, a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Empty
from explorer.ui.widgets.overlay import Overlay

WIDEST = 440  # pixels


class Vacancy(Overlay):
    """Lies in the middle of its host; `wanted` when the button is clicked."""

    wanted = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._text = Empty("")
        self.button = QPushButton()
        self.button.clicked.connect(self.wanted)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def text(self) -> str:
        """What stands there; '' for nothing."""
        return self._text.text()

    def show_text(self, text: str, button: str = "") -> None:
        """Why there is no map; '' for nothing. `button`: what can be done about it, in words."""
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not button)
        self.setVisible(bool(text))
        self._settle()

    def _settle(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        width = min(WIDEST, host.width() - 6 * ink.GRID)
        height = self._column.heightForWidth(width)
        self.setGeometry((host.width() - width) // 2, (host.height() - height) // 2, width, height)
