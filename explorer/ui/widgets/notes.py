"""Quiet texts: captions, section titles, and what an empty panel says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from explorer.ui.widgets import ink


class _Text(QLabel):
    """A label whose font follows the program's, so that a theme with larger type reaches it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(self._font())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            now, wanted = self.font(), self._font()
            if (now.pointSizeF(), now.weight()) != (wanted.pointSizeF(), wanted.weight()):
                self.setFont(wanted)

    def _font(self) -> QFont:
        return QApplication.font()


def words_on(widget: QWidget) -> str:
    """Everything that labels on a widget say, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.text())


class Dim(_Text):
    """The name of a number: a step back from the text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class Quiet(Dim):
    """A caption or a hint: small as well."""

    def _font(self) -> QFont:
        return ink.small(QApplication.font())


class Title(_Text):
    """The title of a section."""

    def _font(self) -> QFont:
        return ink.heading(QApplication.font())


class Plain(QLabel):
    """Sentences that may be long: wrapped, never read as markup, to be copied by mouse."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


class Cut(QLabel):
    """One line that gives way where there is little room: cut with an ellipsis, and told whole in its tooltip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class Empty(Dim):
    """What an empty panel says: one or two sentences on what to do."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMargin(2 * ink.GRID)
