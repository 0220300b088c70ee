"""A dock with a slim title: a word, a grip to drag it by, and a button to close it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget


class Dock(QDockWidget):
    """A dock named `title`; `name` keeps its place in a remembered layout."""

    def __init__(self, title: str, name: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setWidget(content)
        self.setTitleBarWidget(_TitleBar(title, self))


class _TitleBar(QWidget):
    """Lets the mouse through to the dock, which moves itself."""

    def __init__(self, title: str, dock: QDockWidget) -> None:
        super().__init__(dock)
        label = QLabel(title)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setFixedSize(QSize(20, 20))
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.setToolTip(f"Close {title}; the View menu brings it back")
        close.setAccessibleName(f"Close {title}")
        close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.addWidget(label)
        row.addStretch()
        row.addWidget(close)
