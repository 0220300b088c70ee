"""Pictures for the gallery of samples, decoded in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Decoded


class Gallery(QObject):
    """Carries the wishes of the samples panel to the engine, and the pictures back."""

    def __init__(self, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._model, self._panel = model, window.samples
        self._panel.pictures_wanted.connect(self._ask)
        engine.decoded.connect(self._show)

    def _ask(self, wanted: Sequence[int]) -> None:
        samples = self._model.samples()
        if samples is not None:
            self._model.ask_pictures("gallery", samples.latents[np.asarray(wanted, dtype=np.int64)], wanted)

    def _show(self, decoded: Decoded) -> None:
        if decoded.purpose != "gallery":
            return
        opened, samples = self._model.opened, self._model.samples()
        marks = cast(tuple[int, ...], decoded.marks)
        if opened is None or samples is None or decoded.key != opened.key or max(marks, default=0) >= len(samples):
            return
        if np.array_equal(decoded.latents, samples.latents[list(marks)]):  # of this space
            self._panel.show_pictures(marks, decoded.images)
