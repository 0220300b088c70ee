"""A slider painted by hand: a track, a tick where the value belongs, and an accent from the tick to the hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink

_KEYS = {
    Qt.Key.Key_Left: -0.1,
    Qt.Key.Key_Down: -0.1,
    Qt.Key.Key_Right: 0.1,
    Qt.Key.Key_Up: 0.1,
    Qt.Key.Key_PageDown: -1.0,
    Qt.Key.Key_PageUp: 1.0,
}
_WHEEL_PAUSE_MS = 500  # turning again after this long is a new gesture
_FINE = 0.1  # Shift slows the hand to a tenth


class Slider(QWidget):
    """A number in a range. Says `moved` only when a person moves it; `pressed` and `released` frame every move."""

    moved = Signal(float)
    pressed = Signal()
    released = Signal()
    reset_wanted = Signal()

    def __init__(self, low: float = -1.0, high: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._value = 0.0
        self._tick: float | None = None
        self._piles: Sequence[Sequence[float]] = ()
        self._bounds: tuple[float, float] | None = None
        self._own: QColor | None = None
        self._grip: QPointF | None = None
        self._grip_value = 0.0
        self._key: int | None = None
        self._wheel = QTimer(self, singleShot=True, interval=_WHEEL_PAUSE_MS)
        self._wheel.timeout.connect(self.released)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    # set by code: silent

    @property
    def value(self) -> float:
        return self._value

    @property
    def tick(self) -> float | None:
        """Where the value belongs: the accent starts there. None: at zero."""
        return self._tick

    @property
    def bounds(self) -> tuple[float, float] | None:
        """How far one can go safely."""
        return self._bounds

    @property
    def range(self) -> tuple[float, float]:
        return self._low, self._high

    def show_range(self, low: float, high: float) -> None:
        if (low, high) != (self._low, self._high):
            self._low, self._high = low, high
            self.update()

    def show_value(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.update()

    def show_piles(self, piles: Sequence[Sequence[float]]) -> None:
        """Histograms behind the track, each over the whole range, 0..1 high; the last one in the accent."""
        self._piles = piles
        self.update()

    def show_bounds(self, bounds: tuple[float, float] | None) -> None:
        """How far one can go safely: a mark at both ends."""
        if bounds != self._bounds:
            self._bounds = bounds
            self.update()

    def show_colour(self, colour: QColor | None) -> None:
        """What lies between the tick and the hand; None: the accent."""
        if colour != self._own:
            self._own = colour
            self.update()

    def show_tick(self, tick: float | None) -> None:
        if tick != self._tick:
            self._tick = tick
            self.update()

    # geometry

    def sizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, ink.row_height(self))

    def minimumSizeHint(self) -> QSize:
        return QSize(6 * ink.GRID, ink.row_height(self))

    def x_of(self, value: float) -> float:
        """Where a value stands on the track, in pixels."""
        share = (value - self._low) / (self._high - self._low) if self._high > self._low else 0.5
        return self._margin() + min(1.0, max(0.0, share)) * self._length()

    def value_at(self, x: float) -> float:
        return self._low + (x - self._margin()) / self._length() * (self._high - self._low)

    def _radius(self) -> float:
        return max(6.0, QFontMetrics(self.font()).height() * 0.38)

    def _margin(self) -> float:
        return self._radius() + 3.0

    def _length(self) -> float:
        return max(1.0, self.width() - 2 * self._margin())

    # moved by a person

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.reset_wanted.emit()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._begin_drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        way = (event.position().x() - self._grip.x()) / self._length() * (self._high - self._low)
        self._grip, self._grip_value = event.position(), self._grip_value + way * (_FINE if fine else 1.0)
        self._ask(self._grip_value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.update()
            self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = None if event.modifiers() & Qt.KeyboardModifier.AltModifier else _KEYS.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset_wanted.emit()
        elif step is None:
            super().keyPressEvent(event)
        else:
            if self._key is None:
                self._key = event.key()
                self.pressed.emit()
            self._ask(self._value + step * self._unit())

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == self._key and not event.isAutoRepeat():
            self._key = None
            self.released.emit()
        else:
            super().keyReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():  # a panel that is scrolled past must not change anything
            event.ignore()
            return
        if not self._wheel.isActive():
            self.pressed.emit()
        self._wheel.start()
        self._ask(self._value + 0.1 * self._unit() * event.angleDelta().y() / 120)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._key is not None or self._wheel.isActive():
            self._key = None
            self._wheel.stop()
            self.released.emit()
        super().focusOutEvent(event)

    def _begin_drag(self, at: QPointF) -> None:
        on_hand = abs(at.x() - self.x_of(self._value)) <= self._radius() + 2
        self._grip = at
        self._grip_value = self._value if on_hand else self.value_at(at.x())
        self.pressed.emit()
        self.update()
        if not on_hand:
            self._ask(self._grip_value)

    def _unit(self) -> float:
        """One step of a page: 1 where the range is a few units wide, a tenth of the range else."""
        span = self._high - self._low
        return 1.0 if 2.5 <= span <= 20 else span / 10

    def _ask(self, value: float) -> None:
        value = min(self._high, max(self._low, value))
        if value != self._value:
            self.show_value(value)
            self.moved.emit(value)

    # painted

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_piles(painter)
        self._paint_track(painter)
        self._paint_tick(painter)
        self._paint_hand(painter)

    def _paint_piles(self, painter: QPainter) -> None:
        for place, pile in enumerate(self._piles):
            own = self._colour() if place == len(self._piles) - 1 else ink.grey(self.palette(), 0.5)
            own.setAlphaF(0.35)
            painter.setBrush(own)
            step = self._length() / max(1, len(pile))
            for part, share in enumerate(pile):
                high = share * (self.height() - 2)
                painter.drawRect(QRectF(self._margin() + part * step, self.height() - 1 - high, step, high))

    def _paint_track(self, painter: QPainter) -> None:
        middle, left = self.height() / 2, self._margin()
        painter.setBrush(ink.grey(self.palette(), 0.16))
        painter.drawRoundedRect(QRectF(left, middle - 2, self._length(), 4), 2, 2)
        if self._bounds is not None:
            painter.setBrush(ink.grey(self.palette(), 0.4))
            for bound in self._bounds:
                if self._low < bound < self._high:
                    painter.drawRect(QRectF(self.x_of(bound) - 0.75, middle - 7, 1.5, 14))
        start, stop = sorted((self.x_of(self._origin()), self.x_of(self._value)))
        painter.setBrush(self._colour() if self.isEnabled() else ink.grey(self.palette(), 0.3))
        if stop - start > 0.5:
            painter.drawRect(QRectF(start, middle - 2, stop - start, 4))

    def _colour(self) -> QColor:
        return ink.accent(self.palette()) if self._own is None else QColor(self._own)

    def _origin(self) -> float:
        return 0.0 if self._tick is None else self._tick

    def _paint_tick(self, painter: QPainter) -> None:
        middle = self.height() / 2
        if self._low < 0 < self._high:
            painter.setBrush(ink.grey(self.palette(), 0.3))
            painter.drawRect(QRectF(self.x_of(0.0) - 0.5, middle - 4, 1, 8))
        if self._tick is not None:
            painter.setBrush(ink.grey(self.palette(), 0.65))
            painter.drawRect(QRectF(self.x_of(self._tick) - 1, middle - 6, 2, 12))

    def _paint_hand(self, painter: QPainter) -> None:
        palette, radius = self.palette(), self._radius()
        centre = QPointF(self.x_of(self._value), self.height() / 2)
        lively = self.isEnabled() and (self.underMouse() or self._grip is not None)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink.accent(palette), 1.5))
            painter.drawEllipse(centre, radius + 2, radius + 2)
        painter.setPen(QPen(ink.grey(palette, 0.0), 1.5))
        painter.setBrush(ink.grey(palette, 0.95 if lively else 0.75 if self.isEnabled() else 0.35))
        painter.drawEllipse(centre, radius - 0.5, radius - 0.5)
