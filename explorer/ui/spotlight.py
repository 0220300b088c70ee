"""The picture alone on the screen: for a class, on a second display where there is one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.widgets.picture import Picture


class Spotlight(QWidget):
    """A full screen window with one picture. Esc or F11 closes it; every other key goes on to the main window."""

    pressed = Signal(QKeyEvent)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Latent Explorer: the picture")
        self.setAccessibleName("The picture alone")
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor("black"))
        self.setPalette(palette)
        self._picture = Picture()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._picture)

    def open_beside(self, window: QWidget) -> None:
        """Full screen, on another display than `window` where there is one."""
        here = window.screen()
        others = [screen for screen in QGuiApplication.screens() if screen is not here]
        self.setGeometry((others[0] if others else here).geometry())
        self.showFullScreen()

    def show_image(self, image: QImage, *, smooth: bool) -> None:
        self._picture.show_smooth(smooth)
        self._picture.show_image(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_F11}:
            self.close()
        else:
            self.pressed.emit(event)
