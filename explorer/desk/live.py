"""The live picture: whatever the hand does, ask the engine for the picture of now and show what comes back."""

from __future__ import annotations

import time
from collections import deque
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latent
from explorer.session.state import Place, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest, Opened


class Live(QObject):
    """Asks for the picture of the preview, of the path's bead, or of the current place, in that order.

    `shown` carries every picture that goes on the stage, uint8 (h, w, c).
    """

    shown = Signal(object)

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        self._times: deque[float] = deque(maxlen=20)
        self._shown = 0
        store.listen(self._follow)
        store.listen_preview(lambda _latent: self.ask())
        model.changed.connect(self._show_model)
        engine.decoded.connect(self._show)
        window.path.frame_shown.connect(self._show_frame)
        second = QTimer(window)  # ends with the window
        second.setInterval(1000)
        second.timeout.connect(self._show_rate)
        second.start()

    def ask(self) -> None:
        """Ask for the picture of now."""
        opened, place = self._model.opened, self._store.state.place
        if opened is None or not self._model.fits(self._store.state):
            return
        latent = self._latent(place)
        if latent is not None:
            self._engine.ask(
                DecodeRequest(
                    opened.key,
                    "live",
                    latent[None],
                    place.space,
                    truncation=place.truncation,
                    born=time.perf_counter(),
                )
            )

    def _latent(self, place: Place) -> Latent | None:
        preview, position = self._store.preview, self._store.state.path.position
        if preview is not None:
            return preview
        if position is None:
            return self._model.latent_of(place)
        return self._window.path.missing_frame()

    def _follow(self, old: State, new: State) -> None:
        if new.place is not old.place or new.studio is not old.studio or new.path.position != old.path.position:
            self.ask()

    def _show_model(self, opened: Opened | None) -> None:
        self._times.clear()
        if opened is not None:
            self.ask()

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if decoded.purpose != "live" or opened is None or decoded.key != opened.key:
            return
        self._window.stage.show_picture(decoded.images[0], born=decoded.born)
        self.shown.emit(decoded.images[0])
        self._shown += 1
        self._times.append(decoded.decode_ms)
        self._window.status.show_decode(median(self._times), decoded.backend)

    def _show_frame(self, image: NDArray[np.uint8], _number: int) -> None:
        if self._store.preview is None:
            self._window.stage.show_picture(image)
            self.shown.emit(image)
            self._shown += 1

    def _show_rate(self) -> None:
        self._window.status.show_rate(self._shown)
        self._shown = 0
