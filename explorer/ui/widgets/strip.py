"""A film strip: as many frames as fit, the current one outlined, scrubbed by dragging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.widgets import ink
from explorer.ui.widgets.picture import paint_image

_GAP = 4
_RAIL = 18  # pixels under the frames, where the bead runs among the stops
_STOP = 7  # pixels, radius of a stop


class FilmStrip(QWidget):
    """Frames 0..n-1 in a row. `scrubbed` names the frame under the hand, `taken` a double-clicked one."""

    scrubbed = Signal(int)
    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._current: int | None = None
        self._images: dict[int, QImage] = {}
        self._stops: Sequence[tuple[float, str]] = ()
        self._note = ""
        self._scrubbing = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Film strip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def count(self) -> int:
        return self._count

    @property
    def current(self) -> int | None:
        return self._current

    @property
    def stops(self) -> Sequence[tuple[float, str]]:
        """Where the film stops over, and the letters."""
        return self._stops

    @property
    def images(self) -> Mapping[int, QImage]:
        """The frames there are, by number."""
        return self._images

    def show_count(self, count: int) -> None:
        """How many frames. With a count of 0 frame 0 may be shown beside the note."""
        if count != self._count:
            self._count = count
            self.setCursor(Qt.CursorShape.PointingHandCursor if count > 1 else Qt.CursorShape.ArrowCursor)
            self.update()

    def show_stops(self, stops: Sequence[tuple[float, str]]) -> None:
        """Where the film stops over: frames (between two of them, too) and a letter for each."""
        if stops != self._stops:
            self._stops = stops
            self.update()

    def show_note(self, note: str) -> None:
        """What to do while there is no film; '' when there is one."""
        if note != self._note:
            self._note = note
            self.setAccessibleDescription(note)
            self.update()

    def show_images(self, images: Mapping[int, QImage]) -> None:
        """Add frames to those that are shown."""
        self._images.update(images)
        self.update()

    def forget_images(self) -> None:
        self._images = {}
        self.update()

    def show_current(self, frame: int | None) -> None:
        if frame != self._current:
            self._current = frame
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(80 * ink.GRID, 9 * ink.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * ink.GRID, 6 * ink.GRID)

    # geometry

    def cells(self) -> Sequence[tuple[int, QRect]]:
        """The frames that are shown, evenly picked, first and last always, and where each stands."""
        side = max(8, self.height() - _RAIL)
        room = max(2, (self.width() + _GAP) // (side + _GAP))
        shown = min(room, max(self._count, 2))
        frames = np.rint(np.linspace(0, max(1, self._count - 1), shown)).astype(int)
        width = shown * (side + _GAP) - _GAP
        spread = (self.width() - width) / (shown - 1) if shown == room else 0.0
        return [
            (int(frame), QRect(round(place * (side + _GAP + spread)), 0, side, side))
            for place, frame in enumerate(frames)
        ]

    def x_of(self, frame: float) -> float:
        """The middle of a frame on the rail, in pixels."""
        first, last = self._rail()
        return first + (last - first) * frame / max(1, self._count - 1)

    def disc_at(self, x: float) -> QRectF:
        """Where a letter at `x` on the rail stands."""
        return QRectF(x - _STOP, self.height() - 2 * _STOP - 1, 2 * _STOP, 2 * _STOP)

    def frame_at(self, x: float) -> int:
        first, last = self._rail()
        share = (x - first) / max(1.0, last - first)
        return round(min(1.0, max(0.0, share)) * (self._count - 1))

    def _rail(self) -> tuple[float, float]:
        cells = self.cells()
        return QRectF(cells[0][1]).center().x(), QRectF(cells[-1][1]).center().x()

    # moved by a person

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._count > 1:
            self._scrubbing = True
            self.scrubbed.emit(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self.scrubbed.emit(self.frame_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._scrubbing = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._count > 1:
            self.taken.emit(self.frame_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.taken.emit(self._current)
        else:
            super().keyPressEvent(event)

    # painted

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        cells = self.cells()
        if self._note:
            self._paint_note(painter, cells)
            return
        for frame, cell in cells:
            self._paint_cell(painter, frame, cell)
        if self._count > 1:
            self._paint_rail(painter)
            for place, letter in self._stops:
                self.paint_stop(painter, self.x_of(place), letter)
            self._paint_current(painter, cells)

    def _paint_note(self, painter: QPainter, cells: Sequence[tuple[int, QRect]]) -> None:
        """The first waypoint where there is one, and what to do next."""
        if self._stops:
            self._paint_cell(painter, *cells[0])
            self.paint_stop(painter, QRectF(cells[0][1]).center().x(), self._stops[0][1])
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        side = cells[0][1].width() + ink.GRID
        room = self.rect().adjusted(side, 0, -side, -_RAIL)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self._note)

    def _paint_cell(self, painter: QPainter, frame: int, cell: QRect) -> None:
        image = self._images.get(frame)
        if image is None:
            painter.fillRect(cell, ink.grey(self.palette(), 0.07))
        else:
            paint_image(painter, cell, image, smooth=image.width() > cell.width())

    def paint_stop(self, painter: QPainter, x: float, letter: str) -> None:
        """A letter on the rail."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.grey(self.palette(), 0.45))
        disc = self.disc_at(x)
        painter.drawEllipse(disc)
        painter.setFont(ink.small(ink.heading(self.font())))
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_rail(self, painter: QPainter) -> None:
        first, last = self._rail()
        colour = ink.accent(self.palette()) if self.hasFocus() else ink.grey(self.palette(), 0.16)
        painter.fillRect(QRectF(first, self.height() - _STOP - 2, last - first, 2), colour)

    def _paint_current(self, painter: QPainter, cells: Sequence[tuple[int, QRect]]) -> None:
        if self._current is None:
            return
        current = self._current
        _, nearest = min(cells, key=lambda cell: abs(cell[0] - current))
        painter.setPen(QPen(ink.accent(self.palette()), 2, j=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(nearest.adjusted(1, 1, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.accent(self.palette()))
        painter.drawEllipse(QRectF(self.x_of(current) - 5, self.height() - _STOP - 6, 10, 10))
