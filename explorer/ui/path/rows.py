"""Paths of other kinds, and other samples, side by side: a row each, in step with the one above, and its costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.latents.paths import KINDS
from explorer.latents.paths.costs import Costs
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Quiet
from explorer.ui.widgets.strip import FilmStrip

COLUMNS = (
    ("length", "Latent length: the sum of |z(i+1) - z(i)| over the frames, in units of the latent."),
    ("picture", "Picture length: the sum of the changes of the picture, root mean square of all values, in 0 to 1."),
    ("jump", "Largest over median change of the picture from frame to frame: 1 is even speed."),
    ("pixel path", "Pixel path length: mean of (change / dt)\N{SUPERSCRIPT TWO}, t from 0 to 1 (Karras et al. 2019)."),
    (
        "perceptual",
        "Perceptual path length: mean of d / dt\N{SUPERSCRIPT TWO} (Karras et al. 2019), d between the features of a "
        "network that you bring in the Path tab (Zhang et al. 2018, all channels alike).",
    ),
)
_HEIGHT = 7 * ink.GRID


class PathRows(QWidget):
    """A table with strips. The first row, without a strip, is the path that is played above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strips: dict[str, FilmStrip] = {}
        self._numbers: dict[str, list[Quiet]] = {}
        self._columns: Sequence[tuple[str, str]] = COLUMNS[:-1]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(ink.GRID)
        self._grid.setVerticalSpacing(ink.GRID // 2)
        self._grid.setColumnStretch(len(COLUMNS) + 1, 1)
        self.setAccessibleName("Kinds of path compared")
        self.hide()

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds on show, the played one first."""
        return tuple(self._numbers)

    def show_kinds(self, played: str, others: Sequence[str], frames: int, *, is_path: bool = True) -> None:
        """Rows for these kinds; without others nothing is seen, but of a path that a network measures."""
        kinds = (played, *others) if others or (is_path and self._columns == COLUMNS) else ()
        if kinds != self.kinds:
            self._build(kinds)
        for strip in self.strips.values():
            strip.show_count(frames)
        self.setVisible(bool(kinds))

    def forget_frames(self) -> None:
        """Of the rows below the first; the numbers of that one are its own."""
        for kind, strip in self.strips.items():
            strip.forget_images()
            for label in self._numbers[kind]:
                label.setText("")

    def show_frames(self, kind: str, frames: Mapping[int, QImage]) -> None:
        if kind in self.strips:
            self.strips[kind].show_images(frames)

    def show_current(self, frame: int | None) -> None:
        """All rows in step."""
        for strip in self.strips.values():
            strip.show_current(frame)

    def show_costs(self, kind: str, costs: Costs) -> None:
        values = (costs.latent_length, costs.picture_length, costs.jump, costs.pixel_path_length)
        for label, value in zip(self._numbers.get(kind, ()), values, strict=False):
            label.setText(f"{value:.3g}")
        if kind in self._numbers and kind in KINDS and KINDS[kind].mixes:
            self._numbers[kind][0].setText("\N{EN DASH}")  # no latent lies between the waypoints

    def show_features(self) -> None:
        """A network measures from now on: there is a column for it."""
        self._columns = COLUMNS
        self._build(self.kinds)

    def show_perceptual(self, kind: str, value: float) -> None:
        """The perceptual path length of a row."""
        if kind in self._numbers:
            self._numbers[kind][len(COLUMNS) - 1].setText(f"{value:.3g}")

    def told(self, kind: str) -> list[str]:
        """The numbers of a row, as they are shown."""
        return [label.text() for label in self._numbers.get(kind, ())]

    def _build(self, kinds: Sequence[str]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.strips, self._numbers = {}, {}
        if not kinds:
            return
        for column, (name, words) in enumerate(self._columns, start=1):
            head = Quiet(name)
            head.setToolTip(words)
            self._grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
        for row, kind in enumerate(kinds, start=1):
            self._add_row(row, kind, with_strip=row > 1)

    def _add_row(self, row: int, kind: str, *, with_strip: bool) -> None:
        title, words = _described(kind)
        name = Dim(title)
        name.setToolTip(words)
        self._grid.addWidget(name, row, 0)
        self._numbers[kind] = [Quiet("") for _ in self._columns]
        for column, label in enumerate(self._numbers[kind], start=1):
            label.setFont(ink.tabular(label.font()))
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance("0.00e+00"))
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setAccessibleName(f"{title}, {COLUMNS[column - 1][0]}")
            self._grid.addWidget(label, row, column)
        if with_strip:
            strip = FilmStrip(self)
            strip.setFixedHeight(_HEIGHT)
            strip.setEnabled(False)
            strip.setAccessibleName(f"Film strip, {title}")
            self._grid.addWidget(strip, row, len(COLUMNS) + 1)
            self.strips[kind] = strip


def _described(row: str) -> tuple[str, str]:
    """Title and words of a row: of a kind of path, or of a sample in its company."""
    if row in KINDS:
        return KINDS[row].title, KINDS[row].words
    return row.capitalize(), "It travels as far as the path does: its own latent plus z(t) - z(0)."
