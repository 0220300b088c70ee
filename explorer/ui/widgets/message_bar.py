"""A bar that says what went wrong, or what happened, without stopping anything."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from explorer.ui.widgets.overlay import Overlay

NOTE_MS = 7000


class MessageBar(Overlay):
    """Lies over the top of `host`, so that nothing moves when it comes. Errors stay until closed, notes leave."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAccessibleName("Messages")
        self._report = ""
        self._is_error = False
        self._act: Callable[[], None] = lambda: None
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton("Copy report")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report))
        self.act = QPushButton()
        self.act.clicked.connect(self._do)
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setAccessibleName("Close message")
        close.clicked.connect(self.hide)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self._text, 1)
        row.addWidget(self._copy)
        row.addWidget(self.act)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    @property
    def text(self) -> str:
        """What stands there now."""
        return self._text.text()

    def show_error(self, title: str, hint: str = "", report: str = "") -> None:
        """An error: stays until it is closed. `report` is offered to be copied."""
        self._show(f"{title} {hint}".strip(), report, is_error=True)

    def show_note(self, text: str, word: str = "", act: Callable[[], None] | None = None) -> None:
        """Something worth knowing: leaves after a while. Never covers an error. `word`: on a button that does `act`."""
        if not (self.isVisible() and self._is_error):
            self._show(text, "", is_error=False, word=word, act=act)

    def _do(self) -> None:
        self.hide()
        self._act()

    def _show(
        self, text: str, report: str, *, is_error: bool, word: str = "", act: Callable[[], None] | None = None
    ) -> None:
        self._report, self._is_error = report, is_error
        self._act = act or (lambda: None)
        self.act.setText(word)
        self.act.setVisible(act is not None)
        self._text.setText(text)
        self._copy.setVisible(bool(report))
        self._timer.stop()
        if not is_error:
            self._timer.start(NOTE_MS)
        self._settle()
        self.show()
        self.raise_()
        self.update()

    def _settle(self) -> None:
        host = self.parentWidget()
        if host is not None:
            width = host.width()
            self.setGeometry(0, 0, width, max(self._row.heightForWidth(width), self._row.sizeHint().height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        role = QPalette.ColorRole.BrightText if self._is_error else QPalette.ColorRole.Highlight
        tint = QColor(self.palette().color(role))
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
        painter.fillRect(0, 0, 4, self.height(), tint)
        tint.setAlpha(28)
        painter.fillRect(self.rect(), tint)
