"""A number that is typed, stepped with the arrow keys, or dragged sideways."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from explorer.ui.widgets import ink

_PIXELS_PER_UNIT = 40.0


def read_number(text: str) -> float | None:
    """The number a person typed: '1.5', '+1,5', '−2'; None when it is none."""
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None


def signed(value: float, decimals: int = 1) -> str:
    """'+1.4', '−0.6', '0.0': a sign for what moved, and the sign of minus as wide as plus."""
    text = f"{value:+.{decimals}f}"
    if float(text) == 0:
        return f"{0.0:.{decimals}f}"
    return text.replace("-", "−")


class Number(QLineEdit):
    """Says `moved` when a person changes it, framed by `pressed` and `released`; silent when set by code.

    `typed`: Return was pressed, whatever was typed; the focus may go on.
    """

    moved = Signal(float)
    pressed = Signal()
    released = Signal()
    reset_wanted = Signal()
    typed = Signal()

    def __init__(self, decimals: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decimals = decimals
        self._value = 0.0
        self._grip: QPointF | None = None
        self._grip_value = 0.0
        self._dragging = False
        self.setFrame(False)
        self.setFont(ink.tabular(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        # Fusion paints the ground of a line edit whatever its palette says.
        self.setStyleSheet("QLineEdit { background: transparent; border: 0; }")
        self._write()
        self.returnPressed.connect(self._take_return)

    @property
    def value(self) -> float:
        return self._value

    def show_value(self, value: float) -> None:
        if value == self._value and not self.isModified():
            return
        self._value = value
        if not (self.hasFocus() and self.isModified()):  # never write over what is being typed
            self._write()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance("−88." + "8" * self._decimals) + ink.GRID
        return QSize(width, ink.row_height(self))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _write(self) -> None:
        text = signed(self._value, self._decimals)
        if text != self.text():
            self.setText(text)
        self.setModified(False)

    def _take_return(self) -> None:
        self._take_text()
        self.typed.emit()

    def _take_text(self) -> None:
        value = read_number(self.text()) if self.isModified() else None
        if value is not None:
            self.setModified(False)
            self._ask_whole(value)
        self._write()

    def _ask_whole(self, value: float) -> None:
        self.pressed.emit()
        self._ask(value)
        self.released.emit()

    def _ask(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self._write()
            self.moved.emit(value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._take_text()
        self.deselect()
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 0.1, Qt.Key.Key_Down: -0.1}.get(Qt.Key(event.key()))
        if step is not None:
            self._ask_whole(round(self._value + step, self._decimals))
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._write()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.reset_wanted.emit()
        elif event.button() == Qt.MouseButton.LeftButton and not self.isModified():
            self._grip, self._grip_value, self._dragging = event.position(), self._value, False
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            super().mouseMoveEvent(event)
            return
        way = event.position().x() - self._grip.x()
        if not self._dragging and abs(way) >= QApplication.startDragDistance():
            self._dragging = True
            self.pressed.emit()
        if self._dragging:
            self._ask(self._grip_value + way / _PIXELS_PER_UNIT)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            super().mouseReleaseEvent(event)
            return
        self._grip = None
        if self._dragging:
            self._dragging = False
            self.released.emit()
        else:
            self.setCursor(Qt.CursorShape.IBeamCursor)
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() or self.underMouse():
            painter = QPainter(self)
            colour = ink.accent(self.palette()) if self.hasFocus() else ink.grey(self.palette(), 0.3)
            painter.fillRect(2, self.height() - 2, self.width() - 4, 1, colour)
