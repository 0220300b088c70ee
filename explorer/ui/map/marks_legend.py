"""What the marks on the map mean: a line for each that is there, drawn as on the map. Folded it is one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.projections.base import Projection
from explorer.ui.map.camera import Camera
from explorer.ui.map.honesty import warnings
from explorer.ui.map.marks import Arrow, Asked, Draft, MarkPainter, Marks, Route, Ties
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

SWATCH = QSize(44, 26)
LINE = np.array([[-14, -4], [14, 4]], np.float32)
START, END, HERE = LINE[0], LINE[1], np.zeros(2, np.float32)
NONE = np.zeros((0, 2), np.float32)
WIDEST = 260  # logical pixels of a sentence


@dataclass(frozen=True)
class Meaning:
    """A kind of mark: whether it is among `Marks`, one as an example (None: a ringed sample), and what it means."""

    is_there: Callable[[Marks], bool]
    example: Marks | None
    words: str


MEANINGS = (
    Meaning(lambda marks: marks.current is not None, Marks(current=HERE), "the latent that you see"),
    Meaning(lambda marks: marks.current is not None, Marks(preview=HERE), "what the cursor would give"),
    Meaning(lambda marks: marks.trail is not None, Marks(trail=LINE), "the way it came"),
    Meaning(
        lambda marks: marks.arrow is not None,
        Marks(arrow=Arrow(LINE, START, END, "")),
        "a concept: what it moved, its line from \N{MINUS SIGN}3 to +3 sigma",
    ),
    Meaning(
        lambda marks: marks.draft is not None,
        Marks(draft=Draft(START, END, "")),
        "a new concept: from the mean without to the mean with",
    ),
    Meaning(
        lambda marks: marks.route.line is not None or marks.route.stops is not None,
        Marks(route=Route(line=LINE, stops=LINE[:1] * np.float32(0.7))),
        "the path and its waypoints",
    ),
    Meaning(lambda marks: marks.route.bead is not None, Marks(route=Route(bead=HERE)), "where the path is playing"),
    Meaning(
        lambda marks: marks.ties is not None and bool(len(marks.ties.kept)),
        Marks(ties=Ties(START, LINE[1:], NONE, "")),
        "one of the 15 true neighbours, near on the map too",
    ),
    Meaning(
        lambda marks: marks.ties is not None and bool(len(marks.ties.lost)),
        Marks(ties=Ties(START, NONE, LINE[1:], "")),
        "a true neighbour that the map has torn away",
    ),
    Meaning(
        lambda marks: marks.asked is not None,
        Marks(asked=Asked(START, END, "")),
        "where you clicked, and the way to what the map could make of it",
    ),
    Meaning(lambda marks: marks.current is not None, None, "the sample under the cursor, or the one selected"),
)
SELECTED = "{count:,} samples are selected; the others are pale."


class Swatch(QWidget):
    """One mark, as it is drawn on the map."""

    def __init__(self, example: Marks | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._example = example
        self.setFixedSize(SWATCH)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        camera = Camera(0.0, 0.0, 1.0, SWATCH.width(), SWATCH.height())
        marks = MarkPainter(painter, camera, self.palette())
        if self._example is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            marks.ring_sample(QPointF(SWATCH.width() / 2, SWATCH.height() / 2), 6.0, None)
        else:
            marks.draw(self._example)


class MarksLegend(QFrame):
    """Lies at the lower edge of its parent, on the left. What it says follows the marks; folding is the user's."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("What the marks mean")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._host = parent
        self._open = False
        self._lines: tuple[str, ...] = ()
        self._title = QLabel("Marks", self)
        self._title.setFont(ink.small(self._title.font()))
        self._fold = GlyphButton("chevron-right", "What the marks mean", self)
        self._fold.clicked.connect(self.toggle)
        self._body = QWidget(self)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(self._title)
        head.addWidget(self._fold)
        head.addStretch(1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 2, 0)
        column.setSpacing(0)
        column.addWidget(self._body)
        column.addLayout(head)
        self._body.hide()
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says when it is open."""
        return self._lines

    def toggle(self) -> None:
        """Fold or unfold."""
        self._open = not self._open
        self._fold.show_glyph("chevron-down" if self._open else "chevron-right")
        self._fold.show_words("Fold" if self._open else "What the marks mean")
        self._body.setVisible(self._open)
        self.settle()

    def show_marks(
        self, marks: Marks, projection: Projection | None, selected: int = 0, looks: Sequence[str] = ()
    ) -> None:
        """Explain these, that samples are `selected`, and how they look; hidden where there are none."""
        there = [meaning for meaning in MEANINGS if meaning.is_there(marks)]
        notes = ((SELECTED.format(count=selected),) if selected > 1 else ()) + (*looks, *warnings(projection))
        lines = (*(meaning.words for meaning in there), *notes)
        self.setVisible(bool(there))
        if lines != self._lines:
            self._lines = lines
            self._fill(there, notes)
            self.settle()

    def settle(self) -> None:
        """Take the size that the words need, and lie in the corner."""
        self._column.activate()
        self.resize(self._column.sizeHint())
        self.move(6 * ink.GRID, self._host.height() - self.height() - 4 * ink.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _fill(self, there: Sequence[Meaning], notes: Sequence[str]) -> None:
        """A body of new lines."""
        body = QWidget(self)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 4, 6, 4)
        grid.setHorizontalSpacing(ink.GRID)
        grid.setVerticalSpacing(0)
        for row, meaning in enumerate(there):
            grid.addWidget(Swatch(meaning.example, body), row, 0)
            grid.addWidget(self._words(meaning.words, body), row, 1)
        for row, note in enumerate(notes, len(there)):
            words = self._words(note, body)
            words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            words.setContentsMargins(8, 3, 0, 0)
            grid.addWidget(words, row, 0, 1, 2)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body
        body.setVisible(self._open)

    def _words(self, text: str, parent: QWidget) -> QLabel:
        label = QLabel(text, parent)
        label.setFont(ink.small(label.font()))
        label.setWordWrap(True)
        label.setFixedWidth(WIDEST)
        return label
