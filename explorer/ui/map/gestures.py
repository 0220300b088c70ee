"""The hands on the map: drag pans or picks, wheel zooms at the cursor, click chooses, double-click resets; and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag, QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from explorer.ui.carried import packed
from explorer.ui.map.picking import way_of

if TYPE_CHECKING:
    from explorer.ui.map.canvas import MapCanvas

SLACK = 4.0  # logical pixels a click may wander
STEP = 48.0  # logical pixels an arrow key pans
KEY_ZOOM = 1.25
WHEEL_ZOOM = 1.0016  # per eighth of a degree
ARROWS = {
    Qt.Key.Key_Left: (STEP, 0.0),
    Qt.Key.Key_Right: (-STEP, 0.0),
    Qt.Key.Key_Up: (0.0, STEP),
    Qt.Key.Key_Down: (0.0, -STEP),
}
ZOOMS = {
    Qt.Key.Key_Plus: KEY_ZOOM,
    Qt.Key.Key_Equal: KEY_ZOOM,
    Qt.Key.Key_Minus: 1 / KEY_ZOOM,
}
CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class MapGestures(QObject):
    """Turns a canvas's events into what they mean. Hover is told once a turn of the event loop, the newest wins."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.by_keyboard = False
        self.dragging = False
        self._canvas = canvas
        self._pressed: QPointF | None = None
        self._modifiers = Qt.KeyboardModifier.NoModifier  # when it was pressed
        self._picks = False  # whether a drag chooses samples
        self._last = QPointF()
        self._hover: QPointF | None = None
        self._hover_turn = self._timer(0, self._tell_hover)
        # a click on nothing waits: it may be the first half of a double-click, which means something else
        self._clicked: QPointF | None = None
        self._click_turn = self._timer(QApplication.doubleClickInterval(), self._tell_click)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True when the event was ours and is done with."""
        match event:
            case QMouseEvent():
                return self._mouse(event)
            case QWheelEvent():
                return self._wheel(event)
            case QKeyEvent():
                return self._key(event)
            case QNativeGestureEvent():
                return self._pinch(event)
            case QFocusEvent():
                self.by_keyboard = event.gotFocus() and event.reason() in BY_KEYBOARD
                self._canvas.update()
            case _ if event.type() == QEvent.Type.Leave:
                self._leave()
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        at, kind = event.position(), event.type()
        if kind == QEvent.Type.MouseMove:
            self._move(at)
        elif event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return False
        elif kind == QEvent.Type.MouseButtonPress:
            self._pressed = self._last = at
            self._modifiers = event.modifiers()
            self._picks = event.button() == Qt.MouseButton.LeftButton and self._canvas.picking.holds(self._modifiers)
            self.by_keyboard = False
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._double(at)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._release(at, event.button())
        return True

    def _move(self, at: QPointF) -> None:
        self._tell_click()
        if self._pressed is None:
            self._hover = at
            self._hover_turn.start()
            return
        if not self.dragging and (at - self._pressed).manhattanLength() > SLACK:
            self.dragging = True
            self._canvas.hover(None)
            self._begin_drag(self._pressed)
        if self.dragging and self._picks:
            if self._canvas.picking.running:
                self._canvas.picking.move(at)
        elif self.dragging:
            self._canvas.pan(at.x() - self._last.x(), at.y() - self._last.y())
            self._last = at

    def _begin_drag(self, at: QPointF) -> None:
        if not self._picks and self._canvas.sample_at(at) in self._canvas.selection.tolist():
            self._carry()
        elif self._picks:
            self._canvas.picking.begin(at, self._modifiers)
        else:
            self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _carry(self) -> None:
        """The selected samples under the hand, to be dropped where samples are taken, such as a bucket."""
        drag = QDrag(self._canvas)
        drag.setMimeData(packed(self._canvas.selection.tolist()))
        drag.exec(Qt.DropAction.CopyAction)
        self._pressed, self.dragging = None, False

    def _release(self, at: QPointF, button: Qt.MouseButton) -> None:
        was_click = self._pressed is not None and not self.dragging and button == Qt.MouseButton.LeftButton
        if self.dragging and self._picks:
            self._canvas.picking.end()
        if self.dragging:
            self._canvas.telling.rest_cursor()
        self._pressed, self.dragging = None, False
        if was_click:
            self._click(at)

    def _click(self, at: QPointF) -> None:
        sample, way = self._canvas.sample_at(at), way_of(self._modifiers)
        if sample is not None and way != "replace":
            self._canvas.picking.pick(sample, way)
        elif sample is not None:
            self._canvas.choose(at)
        elif way == "add" and self._canvas.grid.setting.on:
            self._canvas.pin(at)
        elif way == "replace":
            self._clicked = at
            self._click_turn.start()

    def _double(self, at: QPointF) -> None:
        self._clicked = None
        self._click_turn.stop()
        if self._canvas.sample_at(at) is None:
            self._canvas.reset_view()

    def _tell_click(self) -> None:
        self._click_turn.stop()
        at, self._clicked = self._clicked, None
        if at is not None:
            self._canvas.choose(at)

    def _tell_hover(self) -> None:
        if self._hover is not None and not self.dragging:
            self._canvas.hover(self._hover)

    def _leave(self) -> None:
        self._tell_click()
        self._hover = None
        self._hover_turn.stop()
        self._canvas.hover(None)

    def _wheel(self, event: QWheelEvent) -> bool:
        turned = event.angleDelta().y()
        if turned:
            self._canvas.zoom(WHEEL_ZOOM**turned, event.position())
        return True

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._canvas.zoom(1.0 + event.value(), event.position())
        return True

    def _key(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        key = Qt.Key(event.key())
        return plain and event.type() == QEvent.Type.KeyPress and self._do(key)

    def _do(self, key: Qt.Key) -> bool:
        canvas = self._canvas
        if key in ARROWS:
            canvas.pan(*ARROWS[key])
        elif key in ZOOMS:
            canvas.zoom(ZOOMS[key])
        elif key == Qt.Key.Key_0:
            canvas.reset_view()
        elif key == Qt.Key.Key_Escape:
            return self._escape()
        elif key in CHOOSE:
            canvas.choose(self._hover or QPointF(canvas.width() / 2, canvas.height() / 2))
        else:
            return False
        return True

    def _escape(self) -> bool:
        """One step back: from what is being drawn, from the tool, from the selection, from the hover."""
        canvas = self._canvas
        if canvas.picking.cancel():
            return True
        if canvas.picking.tool != "pan":
            canvas.picking.take("pan")
            return True
        if len(canvas.selection):
            canvas.picking.pick_none()
            return True
        self._hover = None
        canvas.hover(None)
        return False  # others may have something to close too

    def _timer(self, milliseconds: int, shot: object) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(shot)
        return timer
