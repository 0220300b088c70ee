"""What lies over the samples: current latent and trail, preview, a concept's arrow, path. Values, and their drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from explorer.latents.arrays import Points
from explorer.session.route import letter
from explorer.ui.map.camera import Camera
from explorer.ui.widgets.ink import between

Floats = NDArray[np.float64]
MEAN = 13.0  # logical pixels, radius of the dashed circle of a mean
LOST = "#d55e00"  # of what a map has torn away; vermilion of Okabe and Ito
CROSS = 5.5  # logical pixels, half a side
STOP = 9.0  # logical pixels, radius of a waypoint
RING = 7.5  # logical pixels, radius of the ring around the current latent


@dataclass(frozen=True, eq=False)
class Arrow:
    """A concept on the map: `points` (n, 2) are its ticks from -3 to +3 sigma, `tail` and `head` (2,) what it moved."""

    points: Points
    tail: Points
    head: Points
    text: str
    colour: str = ""  # '#rrggbb', '' for the accent


@dataclass(frozen=True, eq=False)
class Route:
    """A path on the map: its line (n, 2), its waypoints (k, 2), and its bead (2,) while there is one."""

    line: Points | None = None
    stops: Points | None = None
    bead: Points | None = None


@dataclass(frozen=True, eq=False)
class Draft:
    """A concept in the making: the means of its two buckets (2,), each where there are examples."""

    without: Points | None
    with_: Points | None
    text: str


@dataclass(frozen=True, eq=False)
class Ties:
    """From a sample `at` (2,) to its true nearest neighbours: those that the map has `kept` near (k, 2), and the `lost`
    ones (m, 2)."""

    at: Points
    kept: Points
    lost: Points
    text: str


@dataclass(frozen=True, eq=False)
class Asked:
    """Where a click asked for a latent, and where the latent `landed` that the map could make of it, (2,) each."""

    at: Points
    landed: Points
    text: str = "You clicked here. What you see lies at the ring."


@dataclass(frozen=True, eq=False)
class Marks:
    """Everything over the samples, in positions on the map; None is not there."""

    current: Points | None = None  # (2,)
    trail: Points | None = None  # (n, 2), the oldest first
    preview: Points | None = None  # (2,)
    reach: Asked | None = None  # from the cursor to the preview, where they are apart
    arrow: Arrow | None = None
    route: Route = Route()
    draft: Draft | None = None
    ties: Ties | None = None
    asked: Asked | None = None


class MarkPainter:
    """Draws marks with one painter, through one camera."""

    def __init__(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        self._painter = painter
        self._camera = camera
        self._accent = palette.color(QPalette.ColorRole.Highlight)
        self._on_accent = palette.color(QPalette.ColorRole.HighlightedText)
        self._ground = palette.color(QPalette.ColorRole.Base)
        self._text = palette.color(QPalette.ColorRole.Text)

    def draw(self, marks: Marks, *, with_preview: bool = True) -> None:
        """All of them, the current latent on top; without the preview where it would hide a sample."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marks.ties is not None:
            self._draw_ties(marks.ties)
        self._draw_route(marks.route)
        if marks.draft is not None:
            self._draw_draft(marks.draft)
        if marks.trail is not None:
            self._draw_trail(marks.trail)
        if marks.arrow is not None:
            self._draw_arrow(marks.arrow)
        if marks.asked is not None:
            self._draw_asked(marks.asked)
        if with_preview and marks.reach is not None:
            self._draw_asked(marks.reach, cross=0.0)
        if with_preview and (preview := self._screen(marks.preview)) is not None:
            self._ring(preview, 5.0, 1.5)
        if (current := self._screen(marks.current)) is not None:
            self._draw_current(current)
        if (bead := self._screen(marks.route.bead)) is not None:
            self._disc(bead, 5.5, self._accent)

    def ring_sample(self, at: QPointF, radius: float, half: float | None) -> None:
        """The ring around the sample under the cursor; around a picture, `half` of whose side is given, a frame."""
        if half is None:
            self._twice(self._text, 2.0, lambda: self._painter.drawEllipse(at, radius, radius))
        else:
            box = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
            self._twice(self._text, 2.0, lambda: self._painter.drawRect(box))

    def _screen(self, point: Points | None) -> QPointF | None:
        if point is None or not np.isfinite(point).all():
            return None
        x, y = np.clip(self._camera.to_screen(point), -1e6, 1e6)
        return QPointF(float(x), float(y))

    def _line(self, points: Points) -> list[QPointF]:
        finite = points[np.isfinite(points).all(axis=1)]
        return [QPointF(x, y) for x, y in np.clip(self._camera.to_screen(finite), -1e6, 1e6).tolist()]

    def _twice(self, colour: QColor, width: float, stroke: Callable[[], None], halo: float = 3.0) -> None:
        """A stroke over a wider one in the colour of the ground, so that it shows over points of any colour.

        Opaque and with bevelled joins: a see-through or rounded one takes Qt four times as long.
        """
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for tone, breadth in ((self._ground, width + halo), (colour, width)):
            pen = QPen(tone, breadth, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin)
            self._painter.setPen(pen)
            stroke()

    def _ring(self, at: QPointF, radius: float, width: float) -> None:
        self._twice(self._accent, width, lambda: self._painter.drawEllipse(at, radius, radius))

    def _disc(self, at: QPointF, radius: float, colour: QColor) -> None:
        """Filled, with a rim of the ground: two fills cost less than a fill and a stroke."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        for tone, reach in ((self._ground, radius + 1.5), (colour, radius)):
            self._painter.setBrush(tone)
            self._painter.drawEllipse(at, reach, reach)

    def _draw_current(self, at: QPointF) -> None:
        """A ring with four short ticks outwards: the sample under it stays visible."""
        self._ring(at, RING, 2.25)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            start, end = at + QPointF(dx, dy) * 9.5, at + QPointF(dx, dy) * 14.0
            self._twice(self._accent, 2.25, lambda start=start, end=end: self._painter.drawLine(start, end))  # type: ignore[misc]

    def _draw_trail(self, trail: Points) -> None:
        line = self._line(trail)
        for step in range(1, len(line)):
            share = step / len(line)
            self._painter.setPen(QPen(between(self._ground, self._accent, 0.2 + 0.6 * share), 1.0 + share))
            self._painter.drawLine(line[step - 1], line[step])

    def _draw_arrow(self, arrow: Arrow) -> None:
        line, colour = self._line(arrow.points), QColor(arrow.colour) if arrow.colour else self._accent
        if len(line) < 2:
            return
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(between(self._ground, colour, 0.6), 1.25))
        self._painter.drawPolyline(line)
        for tick in line:
            self._disc(tick, 2.25, between(self._ground, colour, 0.8))
        tail, head = self._screen(arrow.tail), self._screen(arrow.head)
        if tail is None or head is None:
            return
        self._draw_shaft(tail, head, colour)
        if QRectF(0, 0, self._camera.width, self._camera.height).contains(head):
            self._label(head, arrow.text, away=tail)

    def _draw_draft(self, draft: Draft) -> None:
        """Both means as dashed circles, and an arrow from one to the other."""
        tail, head = self._screen(draft.without), self._screen(draft.with_)
        for mean, sign in ((tail, "\N{MINUS SIGN}"), (head, "+")):
            if mean is not None:
                self._dashed(mean)
                self._painter.setPen(self._text)
                box = QRectF(mean.x() - MEAN, mean.y() - MEAN, 2 * MEAN, 2 * MEAN)
                self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
        if tail is not None and head is not None:
            self._draw_shaft(tail, head, self._accent)
            self._label(head, draft.text, away=tail)

    def _dashed(self, at: QPointF) -> None:
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for tone, breadth, style in (
            (self._ground, 4.5, Qt.PenStyle.SolidLine),
            (self._accent, 2.0, Qt.PenStyle.DashLine),
        ):
            self._painter.setPen(QPen(tone, breadth, style, Qt.PenCapStyle.FlatCap))
            self._painter.drawEllipse(at, MEAN, MEAN)

    def _draw_ties(self, ties: Ties) -> None:
        """Straight to those that are near; dashed, and to an open ring, to those that were lost."""
        at = self._screen(ties.at)
        if at is None:
            return
        for end in self._line(ties.lost):
            self._draw_dashed(at, end, QColor(LOST))
            self._twice(QColor(LOST), 1.5, lambda end=end: self._painter.drawEllipse(end, 4.0, 4.0))  # type: ignore[misc]
        for end in self._line(ties.kept):
            self._twice(self._text, 1.25, lambda end=end: self._painter.drawLine(at, end), halo=2.0)  # type: ignore[misc]
            self._disc(end, 2.5, self._text)
        if ties.text and QRectF(0, 0, self._camera.width, self._camera.height).contains(at):
            self._label(at, ties.text, away=at - QPointF(0, 1))

    def _draw_asked(self, asked: Asked, cross: float = CROSS) -> None:
        """A cross where the click was, and a dashed line to where the latent lies; nothing where both are one."""
        at, landed = self._screen(asked.at), self._screen(asked.landed)
        if at is None or landed is None or (at - landed).manhattanLength() < RING:
            return
        self._draw_dashed(at, landed, self._accent)
        for dx, dy in ((cross, cross), (cross, -cross)) if cross else ():
            start, end = at - QPointF(dx, dy), at + QPointF(dx, dy)
            self._twice(self._accent, 2.25, lambda start=start, end=end: self._painter.drawLine(start, end))  # type: ignore[misc]
        if asked.text:
            self._label(at, asked.text, away=landed)

    def _draw_dashed(self, start: QPointF, end: QPointF, colour: QColor) -> None:
        for tone, breadth, style in (
            (self._ground, 3.5, Qt.PenStyle.SolidLine),
            (colour, 1.5, Qt.PenStyle.DashLine),
        ):
            self._painter.setPen(QPen(tone, breadth, style, Qt.PenCapStyle.FlatCap))
            self._painter.drawLine(start, end)

    def _draw_shaft(self, tail: QPointF, head: QPointF, colour: QColor) -> None:
        """From the tail to the rim of the current latent's ring, which lies at the head."""
        along = head - tail
        length = float(np.hypot(along.x(), along.y()))
        if length < RING + 12:
            return
        along /= length
        across = QPointF(-along.y(), along.x())
        tip = head - along * (RING + 3)
        back = tip - along * 11
        self._twice(colour, 2.75, lambda: self._painter.drawLine(tail, back))
        self._painter.setPen(QPen(self._ground, 1.5))
        self._painter.setBrush(colour)
        self._painter.drawPolygon(QPolygonF([tip, back + across * 5.5, back - across * 5.5]))

    def _draw_route(self, route: Route) -> None:
        if route.line is not None:
            line = self._line(route.line)
            self._twice(self._accent, 2.0, lambda: self._painter.drawPolyline(line))
        for index, stop in enumerate(route.stops if route.stops is not None else ()):
            if (pin := self._screen(stop)) is not None:
                self._disc(pin, STOP, self._accent)
                self._painter.setPen(self._on_accent)
                box = QRectF(pin.x() - STOP, pin.y() - STOP, 2 * STOP, 2 * STOP)
                self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter(index))

    def _label(self, at: QPointF, text: str, away: QPointF) -> None:
        """Text beside a point, on the side that leads away from another, and within the view."""
        if not text:
            return
        metrics = QFontMetricsF(self._painter.font())
        width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 6
        left = at.x() + 20 if at.x() >= away.x() else at.x() - 20 - width
        left = min(max(left, 4.0), self._camera.width - width - 4)
        top = at.y() + (14 if at.y() >= away.y() else -14 - height)
        box = QRectF(left, min(max(top, 4.0), self._camera.height - height - 4), width, height)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._ground)
        self._painter.drawRoundedRect(box, 4, 4)
        self._painter.setPen(self._text)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
