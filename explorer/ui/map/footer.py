"""The line under the map: how a place becomes a latent, how many samples there are, and what a place is worth."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolTip, QWidget

from explorer.latents.measures import Nearness
from explorer.projections.base import Projection
from explorer.projections.quality import Quality
from explorer.ui.map.honesty import fitted
from explorer.ui.widgets import ink

WORDS = {"inside": "inside the data", "edge": "edge of the data", "outside": "outside the data"}
MEANINGS = {
    "inside": "As near to a sample as the samples are to each other.",
    "edge": "Farther from the samples than most of them are from each other.",
    "outside": "Farther from every sample than the samples are from each other: the picture may mean little.",
}


MEASURING = "trust \N{HORIZONTAL ELLIPSIS}"
ROOMY, NARROW, SHORTEST = 900, 640, 60  # logical pixels
SCOPED = 1150  # below it there are fewer words where what changes is told as well
LONGEST = 170  # what changes is not cut below that
DOT = "  \N{MIDDLE DOT}  "


class Chip(QLabel):
    """A short text on a rounded ground; a click shows its tooltip at once."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        QToolTip.showText(event.globalPosition().toPoint(), self.toolTip(), self)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(2 * ink.GRID, 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(SHORTEST, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.grey(self.palette(), 0.08))
        radius = self.height() / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.width() - 2 * ink.GRID
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class MapFooter(QWidget):
    """Shows; asks nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quality: Quality | None = None
        self._nearness: Nearness | None = None
        self._samples, self._fitted = "", ""
        self._lift = Chip(self)
        self._lift.setAccessibleName("How a place on the map becomes a latent")
        self._scope = Chip(self)
        self._scope.setAccessibleName("What of a latent changes")
        self._scope.setForegroundRole(QPalette.ColorRole.Highlight)
        self._scope.hide()
        self._is_scoped = False
        self._trust = QLabel(self)
        self._trust.setAccessibleName("How far this map can be believed")
        self._trust.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._count = QLabel(self)
        self._count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._worth = QLabel(self)
        self._worth.setAccessibleName("Where this latent lies")
        self._worth.setFont(ink.tabular(self._worth.font()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(ink.GRID, ink.GRID // 2, ink.GRID, ink.GRID // 2)
        layout.setSpacing(2 * ink.GRID)
        for part in (self._lift, self._scope, self._trust, self._count):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self._worth)
        self.show_lift("", "")

    def show_lift(self, name: str, hint: str) -> None:
        """The kind of lift in words, and the sentence that explains it."""
        self._lift.setText(name)
        self._lift.setToolTip(hint)
        self._lift.setAccessibleDescription(hint)
        self._lift.setVisible(bool(name))
        self._trust.setVisible(bool(name))

    def show_scope(self, words: str) -> None:
        """What of a latent a place of the map changes; '' for all of it."""
        hint = f"A place of the map, a sample and a random latent change {words} alone; the rest stays as it is."
        self._scope.setText(f"only {words}" if not words.startswith("all but") else words)
        self._scope.setToolTip(hint)
        self._scope.setAccessibleDescription(hint)
        self._is_scoped = bool(words)
        self._scope.setMinimumWidth(min(self._scope.sizeHint().width(), LONGEST))
        self._scope.setVisible(self._is_scoped)
        self.show_quality(self._quality)
        self._show_count()

    def show_quality(self, quality: Quality | None) -> None:
        """Trustworthiness, continuity and the variance that is seen; None while they are being measured."""
        self._quality = quality
        if quality is None:
            self._trust.setText(MEASURING)
            self._trust.setToolTip("How far this map can be believed is measured in the background.")
            return
        self._trust.setText(_measures(quality, short=self.width() < (SCOPED if self._is_scoped else NARROW)))
        seen = (
            "" if quality.seen is None else f"\n{100 * quality.seen:.0f} % of the samples' variance lies in this view."
        )
        self._trust.setToolTip(
            f"Trustworthiness {_digits(quality.trust)}: whether neighbours on the map are neighbours in latent space. "
            f"Continuity {_digits(quality.continuity)}: whether neighbours in latent space are neighbours on the map. "
            f"1 is perfect, about .5 is chance. The {quality.neighbours} nearest of {quality.samples:,} samples.{seen}"
        )

    def show_samples(self, count: int, provenance: str) -> None:
        """How many samples are on the map, and what they are."""
        self._samples, self._fitted = f"{count:,} samples" if count else "", ""
        self._count.setToolTip(f"The points are {provenance}." if count else "")
        self._show_count()

    def show_projection(self, projection: Projection) -> None:
        """How this map is lifted, and how many of the samples made it where they were not all."""
        self.show_lift(projection.lift_name, projection.lift_hint)
        self._fitted = fitted(projection)
        self._show_count()

    def _show_count(self) -> None:
        """Where room is short the number of samples goes first, for the legend tells it too."""
        is_roomy = self.width() > ROOMY and not self._is_scoped
        words = (self._samples, self._fitted) if is_roomy or not self._fitted else (self._fitted,)
        self._count.setText(",  ".join(filter(None, words)))
        self._count.setVisible(is_roomy or (bool(self._fitted) and self.width() >= NARROW))

    def show_nearness(self, nearness: Nearness | None) -> None:
        """Whether a latent lies among the samples; None when that is not known."""
        self._nearness = nearness
        if nearness is None:
            self._worth.setText("")
            self._worth.setToolTip("")
            return
        is_sample = nearness.distance == 0
        away = ("a sample itself",) if is_sample else (f"{nearness.distance:.2f} away", f"{nearness.percentile:.0f} %")
        parts = (WORDS[nearness.where], *away)
        self._worth.setText(DOT.join(parts) if self.width() >= NARROW else nearness.where)
        warns = nearness.where == "outside"
        self._worth.setForegroundRole(QPalette.ColorRole.BrightText if warns else QPalette.ColorRole.WindowText)
        self._worth.setToolTip(
            f"{MEANINGS[nearness.where]}\nDistance to the nearest sample: {nearness.distance:.2f}, more than "
            f"{nearness.percentile:.0f} % of the samples have to their own nearest (Euclidean, in the latent's units)."
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer words where room is short."""
        self._show_count()
        if any((event.oldSize().width() >= width) != (self.width() >= width) for width in (NARROW, SCOPED)):
            self.show_quality(self._quality)
            self.show_nearness(self._nearness)

    def minimumSizeHint(self) -> QSize:
        """Two maps have room side by side."""
        return QSize(4 * SHORTEST, super().minimumSizeHint().height())

    @property
    def trust(self) -> str:
        """How far the map can be believed, as it stands there."""
        return self._trust.text()

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands there: lift, samples, worth."""
        return self._lift.text(), self._count.text(), self._worth.text()


def _measures(quality: Quality, *, short: bool) -> str:
    """'trust .68, continuity .71, 13 % of variance', with dots between; short: 'trust .68, cont. .71, var. 13 %'."""
    names = ("trust", "cont.", "var. {} %") if short else ("trust", "continuity", "{} % of variance")
    parts = [f"{names[0]} {_digits(quality.trust)}", f"{names[1]} {_digits(quality.continuity)}"]
    if quality.seen is not None:
        parts.append(names[2].format(round(100 * quality.seen)))
    return (", " if short else DOT).join(parts)


def _digits(share: float) -> str:
    """'.94'; never rounded up to 1."""
    return "1" if share >= 1 else f"{min(share, 0.99):.2f}".removeprefix("0")
