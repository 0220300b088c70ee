"""The ends of the path, read by the encoder and decoded again: what the model keeps of the samples there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Images, Latents
from explorer.session.route import letter, waypoints_of
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest, Opened

AGAIN = "again"


class Ends(QObject):
    """Two requests: the pictures of both ends and what they are encoded to, then the pictures of that."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        self._wanted: Latents | None = None  # (2, d), the ends that are asked for
        self._images: Images | None = None  # of these
        self._read: Latents | None = None  # what they were encoded to
        store.listen(self._follow)
        model.changed.connect(lambda _opened: self._ask())
        engine.decoded.connect(self._take)

    def _follow(self, old: State, new: State) -> None:
        before, now = old.place, new.place
        moved = (before.space, before.truncation) != (now.space, now.truncation)
        if moved or new.path.waypoints is not old.path.waypoints:
            self._ask()

    def _ask(self) -> None:
        state, opened = self._store.state, self._model.opened
        waypoints = waypoints_of(state.path, state.place.base.size)
        self._wanted = self._images = self._read = None
        if opened is None or waypoints is None or len(waypoints) < 2 or not self._model.fits(state):
            self._show_reason("")
        elif (reason := _why_not(opened, state)) != "":
            self._show_reason(reason)
        else:
            self._wanted = waypoints[[0, -1]]
            told = opened.key, "ends", self._wanted, state.place.space, state.place.truncation, (0, 1)
            self._engine.ask(DecodeRequest(*told, reread=True))  # type: ignore[arg-type]

    def _show_reason(self, reason: str) -> None:
        for cell in self._window.path.ends:
            cell.show_reason(reason)

    def _take(self, decoded: Decoded) -> None:
        if decoded.purpose != "ends" or self._wanted is None:
            return
        if decoded.marks and decoded.marks[0] in (0, 1):
            self._take_read(decoded)
        elif self._images is not None and self._read is not None:
            self._show(decoded, self._images, self._read)

    def _take_read(self, decoded: Decoded) -> None:
        """The first answer, in parts: the ends, and what they are encoded to."""
        rows = [int(str(mark)) for mark in decoded.marks]
        wanted = self._wanted
        if wanted is None or decoded.reread is None or not np.array_equal(wanted[rows], decoded.latents):
            return
        if self._images is None or self._read is None:
            self._images, self._read = np.zeros((2, *decoded.images.shape[1:]), np.uint8), np.full_like(wanted, np.nan)
        self._images[rows], self._read[rows] = decoded.images, decoded.reread
        if np.isfinite(self._read).all():
            self._model.ask_pictures("ends", self._read, ((AGAIN, 0), (AGAIN, 1)))

    def _show(self, decoded: Decoded, images: Images, read: Latents) -> None:
        last = len(self._store.state.path.waypoints) - 1
        for mark, latent, again in zip(decoded.marks, decoded.latents, decoded.images, strict=True):
            end = int(mark[1])  # type: ignore[index]
            if np.array_equal(latent, read[end]):
                self._window.path.ends[end].show_round_trip(letter(last if end else 0), images[end], again)


def _why_not(opened: Opened, state: State) -> str:
    """Why nothing can be read back, in words; '' where it can."""
    if not opened.card.encodes:
        return f"{opened.card.name} has no encoder, so no picture can be read back and decoded again."
    if opened.card.spaces[0].name != state.place.space:
        return f"The encoder reads into {opened.card.spaces[0].name}, not into {state.place.space}."
    return ""
