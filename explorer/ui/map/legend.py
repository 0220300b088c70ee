"""The legend of the map: which colour means what. A click on a class lets it stand out, another releases it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.palette import ramp
from explorer.ui.map.colours import Colouring, Entry
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

LONGEST_NAME = 160  # logical pixels; what is longer is elided and told in a tooltip
TALLEST = 0.55  # of the map's height; what is longer scrolls
SWATCH = 10


class EntryButton(QAbstractButton):
    """One class: swatch, name and number of samples. Checked while it stands out."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = entry.code
        self._entry = entry
        self._pale = False
        self.setCheckable(True)
        self.setFont(ink.small(self.font()))
        self.setAccessibleName(f"{entry.name}, {entry.count} samples")
        metrics = QFontMetrics(self.font())
        self._shown = metrics.elidedText(entry.name, Qt.TextElideMode.ElideMiddle, LONGEST_NAME)
        hint = "" if self._shown == entry.name else f"{entry.name}. "
        self.setToolTip(f"{hint}{entry.count:,} samples. Click to let this class stand out.")

    def show_pale(self, pale: bool) -> None:
        """Whether another class stands out."""
        if pale != self._pale:
            self._pale = pale
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        words = metrics.horizontalAdvance(self._shown) + metrics.horizontalAdvance(f"{self._entry.count:,}")
        return QSize(SWATCH + words + 4 * ink.GRID, metrics.height() + 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.underMouse() or self.hasFocus():
            painter.setPen(ink.accent(self.palette()) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(ink.grey(self.palette(), 0.12 if self.isChecked() else 0.07))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setOpacity(0.4 if self._pale else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._entry.colour))
        painter.drawEllipse(QRectF(6, (self.height() - SWATCH) / 2, SWATCH, SWATCH))
        words = self.rect().adjusted(SWATCH + 13, 0, -6, 0)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._shown)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{self._entry.count:,}")


class ColourBar(QWidget):
    """The ramp of a numeric colouring with its two ends."""

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends = tuple(f"{value:.3g}".replace("-", "\N{MINUS SIGN}") for value in (low, high))
        self.setFont(ink.small(self.font()))
        self.setAccessibleName(f"Colours from {self.ends[0]} to {self.ends[1]}")
        self.setToolTip("From the 1st to the 99th percentile of the samples.")

    def sizeHint(self) -> QSize:
        return QSize(152, QFontMetrics(self.font()).height() + 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = ramp(is_dark(self.palette()))
        bar = QRectF(6, 6, self.width() - 12, 10)
        gradient = QLinearGradient(bar.left(), 0, bar.right(), 0)
        for step in range(0, len(colours), 15):
            gradient.setColorAt(step / (len(colours) - 1), QColor(colours[step]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        words = self.rect().adjusted(6, 18, -6, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self.ends[0])
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, self.ends[1])


class Legend(QFrame):
    """`highlight_wanted(code or None)`. Lies in a corner of its parent; `resized`: lay it there anew."""

    highlight_wanted = Signal(object)
    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend of the map")
        self._host = parent
        self._entries: list[EntryButton] = []
        self._open = True
        self._title = QLabel(self)
        self._title.setFont(ink.heading(ink.small(self.font())))
        self._fold = GlyphButton("chevron-down", "Fold the legend", self)
        self._fold.clicked.connect(self._toggle)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()

    def show_colouring(
        self, colouring: Colouring, highlight: int | None = None, unit: str = "", hint: str = ""
    ) -> None:
        """Explain a colouring; hidden when there is nothing to explain. `unit` stands under the bar of numbers, `hint`
        is told of name and bar."""
        self._title.setText(colouring.name)
        self._entries = []
        body = self._body(colouring, unit, hint)
        self._title.setToolTip(hint)
        self._scroll.setWidget(body)
        body.setAutoFillBackground(False)  # setWidget turned it on
        self.show_highlight(highlight)
        self.setVisible(colouring.is_numeric or bool(colouring.entries))
        self.settle()

    def show_highlight(self, highlight: int | None) -> None:
        """The class that stands out."""
        for button in self._entries:
            button.setChecked(button.code == highlight)
            button.show_pale(highlight is not None and button.code != highlight)

    def corners(self) -> list[QRectF]:
        """Where it may lie in its parent, the likeliest first: on the right above, below, on the left above."""
        room, size = self._host.size(), QRectF(self.rect()).size()
        right, low = room.width() - size.width() - ink.GRID, room.height() - size.height() - 4 * ink.GRID
        places = ((right, ink.GRID), (right, low), (6 * ink.GRID, 7 * ink.GRID))  # the tools lie on the left above
        return [QRectF(QPointF(x, y), size) for x, y in places]

    def lie_in(self, corner: QRectF) -> None:
        """Go to one of the corners."""
        self.move(corner.topLeft().toPoint())

    def settle(self) -> None:
        """Take the size the entries need, and scroll where that would hide the map."""
        parent, body = self._host, self._scroll.widget()
        if body is None:
            return
        wished = body.sizeHint()
        room = max(round(parent.height() * TALLEST), 5 * ink.GRID)
        bar = self._scroll.verticalScrollBar().sizeHint().width() if wished.height() > room else 0
        self._scroll.setFixedSize(max(wished.width(), self._title.sizeHint().width()) + bar, min(wished.height(), room))
        self._column.activate()
        self.resize(self._column.sizeHint())
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _body(self, colouring: Colouring, unit: str, hint: str) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        if colouring.is_numeric:
            grid.setSpacing(0)
            bar = ColourBar(colouring.low, colouring.high)
            bar.setToolTip(f"{hint}\n{bar.toolTip()}".strip())
            grid.addWidget(bar)
            if unit:
                grid.addWidget(_unit(unit, bar.sizeHint().width()))
        else:
            self._fill(grid, colouring)
        return body

    def _fill(self, grid: QGridLayout, colouring: Colouring) -> None:
        grid.setSpacing(0)
        grid.setHorizontalSpacing(ink.GRID // 2)
        columns = 1 if len(colouring.entries) <= 10 else 2 if len(colouring.entries) <= 40 else 3
        rows = -(-len(colouring.entries) // columns)
        for number, entry in enumerate(colouring.entries):
            button = EntryButton(entry)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda checked, code=entry.code: self._ask(code if checked else None))
            grid.addWidget(button, number % rows, number // rows)
            self._entries.append(button)

    def _ask(self, code: int | None) -> None:
        self.show_highlight(code)
        self.highlight_wanted.emit(code)

    def _toggle(self) -> None:
        self._open = not self._open
        self._scroll.setVisible(self._open)
        self._fold.show_glyph("chevron-down" if self._open else "chevron-right")
        self._fold.show_words("Fold the legend" if self._open else "Unfold the legend")
        self.settle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 0)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._fold)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 6)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll)


def _unit(text: str, width: int) -> QLabel:
    label = QLabel(text)
    label.setFont(ink.small(label.font()))
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setWordWrap(True)
    label.setContentsMargins(6, 0, 6, 0)
    label.setFixedWidth(width)
    label.setFixedHeight(label.heightForWidth(width))
    return label


def is_dark(palette: QPalette) -> bool:
    """Whether the ground is darker than what stands on it."""
    ground, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
    return ground.lightness() < text.lightness()
