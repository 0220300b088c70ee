"""A gallery of pictures: as many as you like, drawn where they are seen, asked for when they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from explorer.latents.arrays import Images
from explorer.latents.selections import NONE
from explorer.ui.carried import packed
from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import image_of

SIDE = 8 * ink.GRID
GAP = ink.GRID // 2
KEPT = 4000  # pictures in memory
SETTLE = 60  # milliseconds without scrolling before pictures are asked for
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Gallery(QAbstractScrollArea):
    """Samples by index, in the order given. `chosen(sample)`: clicked, or Return. `pictures_wanted(list)`: those in
    view that are missing. Marked ones (Ctrl- and Shift-click) are dragged together."""

    chosen = Signal(int)
    pictures_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.describe: Callable[[int], str] = str
        self.colour_of: Callable[[int], int | None] = lambda _sample: None
        self.caption_of: Callable[[int], str] | None = None  # by place in the gallery
        self.samples: np.ndarray = NONE
        self.marked: set[int] = set()  # places
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self._asked: set[int] = set()
        self._current: int | None = None  # the sample on the stage
        self._focus = 0  # place of the keyboard
        self._anchor = 0
        self._pressed: QPoint | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._ask)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Gallery of samples")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._settle.start())

    # what is shown

    def show_samples(self, samples: np.ndarray, caption_of: Callable[[int], str] | None = None) -> None:
        """These samples, int64 (k,); `caption_of` a place says what stands under its picture."""
        self.samples, self.caption_of = samples, caption_of
        self.marked.clear()
        self._focus = self._anchor = 0
        self._measure()
        self.verticalScrollBar().setValue(0)
        self._settle.start()
        self.viewport().update()

    def show_current(self, sample: int | None) -> None:
        """The sample on the stage."""
        if sample != self._current:
            self._current = sample
            self.viewport().update()

    def show_pictures(self, samples: Iterable[int], images: Images) -> None:
        """Pictures came, uint8 (n, h, w, c)."""
        for sample, image in zip(samples, images, strict=True):
            self._pictures[int(sample)] = image_of(image)
            self._asked.discard(int(sample))
        while len(self._pictures) > KEPT:
            self._pictures.popitem(last=False)
        self.viewport().update()

    def clear_pictures(self) -> None:
        """The samples are others now, or what was asked for will not come."""
        self._pictures.clear()
        self.ask_again()

    def ask_again(self) -> None:
        """What was asked for will not come."""
        self._asked.clear()
        self._settle.start()

    # where things are

    @property
    def columns(self) -> int:
        return max((self.viewport().width() - GAP) // (SIDE + GAP), 1)

    @property
    def _row(self) -> int:
        return SIDE + GAP + (self.fontMetrics().height() if self.caption_of else 0)

    def cell(self, place: int) -> QRect:
        """Where the picture at a place is, in the viewport."""
        row, column = divmod(place, self.columns)
        top = GAP + row * self._row - self.verticalScrollBar().value()
        return QRect(GAP + column * (SIDE + GAP), top, SIDE, SIDE)

    def place_at(self, at: QPoint) -> int | None:
        """The place of the picture under a position of the viewport."""
        row = (at.y() + self.verticalScrollBar().value() - GAP) // self._row
        column = (at.x() - GAP) // (SIDE + GAP)
        place = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= place < len(self.samples)
        return place if inside and self.cell(place).contains(at) else None

    def seen(self) -> range:
        """Places in view."""
        top = self.verticalScrollBar().value()
        first, last = max(top - GAP, 0) // self._row, (top + self.viewport().height()) // self._row
        return range(first * self.columns, min((last + 1) * self.columns, len(self.samples)))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(5 * (SIDE + GAP), 3 * (SIDE + GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        self._settle.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(ink.tabular(ink.small(self.font())))
        for place in self.seen():
            self._paint(painter, place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is not None:
            if (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._drag()
            return
        inside = self.place_at(at) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if inside else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        place = None if pressed is None else self.place_at(event.position().toPoint())
        if place is None:
            return
        if event.modifiers() & CTRL:
            self.marked ^= {place}
        elif event.modifiers() & SHIFT:
            self.marked |= set(range(min(place, self._anchor), max(place, self._anchor) + 1))
        else:
            self.marked.clear()
            self.chosen.emit(int(self.samples[place]))
        self._focus = self._anchor = place
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS and len(self.samples):
            across, down = ARROWS[key]
            self._focus = min(max(self._focus + across + down * self.columns, 0), len(self.samples) - 1)
            self._reveal(self._focus)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(self.samples):
            self.chosen.emit(int(self.samples[self._focus]))
        else:
            event.ignore()  # letters, Space and Esc belong to the window

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())  # type: ignore[attr-defined]
            text = "" if place is None else self.describe(int(self.samples[place]))
            QToolTip.showText(event.globalPos(), text, self)  # type: ignore[attr-defined]
            return True
        return super().viewportEvent(event)

    # inside

    def dragged(self, place: int) -> list[int]:
        """The samples that leave with a drag that begins at a place: the marked ones if it is marked."""
        places = sorted(self.marked) if place in self.marked else [place]
        return [int(self.samples[one]) for one in places]

    def _drag(self) -> None:
        place = self.place_at(self._pressed) if self._pressed is not None else None
        self._pressed = None
        if place is None:
            return
        samples = self.dragged(place)
        drag = QDrag(self)
        drag.setMimeData(packed(samples))
        picture = self._pictures.get(samples[0])
        if picture is not None:
            drag.setPixmap(QPixmap.fromImage(picture.scaledToWidth(SIDE)))
        drag.exec(Qt.DropAction.CopyAction)

    def _measure(self) -> None:
        rows = -(-len(self.samples) // self.columns)
        whole = min(rows * self._row + GAP, 2**31 - 1)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(whole - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._row // 2)

    def _reveal(self, place: int) -> None:
        cell, bar = self.cell(place), self.verticalScrollBar()
        if cell.top() < GAP:
            bar.setValue(bar.value() + cell.top() - GAP)
        elif cell.top() + self._row > self.viewport().height():
            bar.setValue(bar.value() + cell.top() + self._row - self.viewport().height())
        self.viewport().update()

    def _ask(self) -> None:
        """One list stands in for an earlier one; none while all are on their way."""
        missing = [int(self.samples[place]) for place in self.seen()]
        missing = [sample for sample in missing if sample not in self._pictures]
        if self.isVisible() and missing and not self._asked.issuperset(missing):
            self._asked = set(missing)
            self.pictures_wanted.emit(missing)

    def showEvent(self, event: QShowEvent) -> None:
        self._settle.start()

    def _paint(self, painter: QPainter, place: int) -> None:
        sample, cell = int(self.samples[place]), self.cell(place)
        picture = self._pictures.get(sample)
        if picture is None:
            painter.fillRect(cell, ink.grey(self.palette(), 0.08))
        else:
            painter.drawImage(cell, picture)
        colour = self.colour_of(sample)
        if colour is not None:
            painter.fillRect(QRect(cell.left(), cell.bottom() - 2, cell.width(), 3), QColor.fromRgb(colour))
        if sample == self._current or place in self.marked:
            painter.setPen(QPen(ink.accent(self.palette()), 3 if sample == self._current else 1.5))
            painter.drawRect(QRectF(cell).adjusted(0, 0, -1, -1))
        if self.hasFocus() and place == self._focus:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(cell).adjusted(-2, -2, 1, 1))
        if self.caption_of is not None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            under = QRectF(QPointF(cell.bottomLeft()), QPointF(cell.right() + 1, cell.bottom() + self._row - SIDE))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, self.caption_of(place))
