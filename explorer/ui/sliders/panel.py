"""The panel of sliders: sections under each other, scrolled."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.session.store import Store
from explorer.ui.sliders.concepts import ConceptSection
from explorer.ui.sliders.dimensions import DimensionSection
from explorer.ui.sliders.truncation import TruncationRow
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Empty
from explorer.work.messages import Opened


class SlidersPanel(QWidget):
    """Concepts, truncation and dimensions of the current latent."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.concepts = ConceptSection(store)
        self.truncation = TruncationRow(store)
        self.dimensions = DimensionSection(store)
        self.empty = Empty("Open a model to move through its latent space.")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * ink.GRID, ink.GRID, ink.GRID, ink.GRID)
        column.setSpacing(ink.GRID)
        for part in (self.empty, self.concepts, self.truncation, self.dimensions):
            column.addWidget(part)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(_scrolled(inside))
        self.show_model(None)

    def show_model(self, opened: Opened | None) -> None:
        self.empty.setVisible(opened is None)
        self.concepts.setVisible(opened is not None)
        for part in (self.concepts, self.truncation, self.dimensions):
            part.show_model(opened)

    def reset_all(self) -> None:
        """Every concept back to where the latent itself stands."""
        self.concepts.reset_all()


def _scrolled(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
