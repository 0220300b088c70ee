"""Truncation of a GAN: 1 is none, 0 the mean picture, below 0 its opposite (Karras et al. 2019)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.session.store import Store
from explorer.ui.sliders.place_row import PlaceRow
from explorer.work.messages import Opened

HINT = "w = mean + truncation * (w - mean): 1 is none, 0 the mean picture, below 0 its opposite."


class TruncationRow(PlaceRow):
    """Hidden for families that have none."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "truncation", (-1.0, 2.0), HINT, parent)

    def show_model(self, opened: Opened | None) -> None:
        self.setVisible(opened is not None and opened.card.truncates)
