"""The line under the map: how a place becomes a latent, how many samples there are, and what a place is worth."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.latents.measures import Nearness
from explorer.projections.quality import Quality
from explorer.ui.widgets import ink

WORDS = {"inside": "inside the data", "edge": "edge of the data", "outside": "outside the data"}
MEANINGS = {
    "inside": "As near to a sample as the samples are to each other.",
    "edge": "Farther from the samples than most of them are from each other.",
    "outside": "Farther from every sample than the samples are from each other: the picture may mean little.",
}


class Chip(QLabel):
    """A short text on a rounded ground."""

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(2 * ink.GRID, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.grey(self.palette(), 0.08))
        radius = self.height() / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class MapFooter(QWidget):
    """Shows; asks nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lift = Chip(self)
        self._lift.setAccessibleName("How a place on the map becomes a latent")
        self._trust = QLabel(self)
        self._trust.setAccessibleName("How far this map can be believed")
        self._trust.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._count = QLabel(self)
        self._count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._worth = QLabel(self)
        self._worth.setAccessibleName("Where this latent lies")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(ink.GRID, ink.GRID // 2, ink.GRID, ink.GRID // 2)
        layout.setSpacing(2 * ink.GRID)
        for part in (self._lift, self._trust, self._count):
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

    def show_quality(self, quality: Quality | None) -> None:
        """Trustworthiness in two digits, both measures in the tooltip; None when they are not known."""
        self._trust.setVisible(quality is not None)
        if quality is None:
            return
        self._trust.setText(f"trust {_digits(quality.trust)}")
        self._trust.setToolTip(
            f"Trustworthiness {_digits(quality.trust)}: whether neighbours on the map are neighbours in latent space. "
            f"Continuity {_digits(quality.continuity)}: whether neighbours in latent space are neighbours on the map. "
            f"1 is perfect, about .5 is chance. The {quality.neighbours} nearest of {quality.samples:,} samples."
        )

    def show_samples(self, count: int, provenance: str) -> None:
        """How many samples are on the map, and what they are."""
        self._count.setText(f"{count:,} samples" if count else "")
        self._count.setToolTip(f"The points are {provenance}." if count else "")

    def show_nearness(self, nearness: Nearness | None) -> None:
        """Whether a latent lies among the samples; None when that is not known."""
        if nearness is None:
            self._worth.setText("")
            self._worth.setToolTip("")
            return
        self._worth.setText(WORDS[nearness.where])
        warns = nearness.where == "outside"
        self._worth.setForegroundRole(QPalette.ColorRole.BrightText if warns else QPalette.ColorRole.WindowText)
        self._worth.setToolTip(
            f"{MEANINGS[nearness.where]} Distance to the nearest sample: {nearness.distance:.2f}, more than "
            f"{nearness.percentile:.0f} % of the samples have to their own nearest (Euclidean, in the latent's units)."
        )

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands there: lift, samples, worth."""
        return self._lift.text(), self._count.text(), self._worth.text()


def _digits(share: float) -> str:
    """'.94'; never rounded up to 1."""
    return "1" if share >= 1 else f"{min(share, 0.99):.2f}".removeprefix("0")
