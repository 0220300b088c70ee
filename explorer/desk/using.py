"""Concepts in use: many samples side by side, analogies, and the untouched picture while a key is held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.concepts import between, in_units_of
from explorer.session.state import NOTHING, frozen
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.studio.analogy import Analogy
from explorer.ui.studio.side_by_side import SideBySide
from explorer.work.engine import Engine
from explorer.work.messages import Decoded


class Using(QObject):
    """`table` maps the name of a deed to what is done. `beside` and `analogy` are the windows that are open."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._model, self._window = store, model, window
        self.beside: SideBySide | None = None
        self.analogy: Analogy | None = None
        self.table: Mapping[str, Callable[[], None]] = {
            "side_by_side": self.open_beside,
            "analogy": self.open_analogy,
            "original": self._show_original,
        }
        window.let_go.connect(self._let_go)
        engine.decoded.connect(self._show)
        model.changed.connect(lambda _opened: self._close())

    # side by side

    def open_beside(self) -> None:
        """The selected samples, else the shelf, else sixteen of the samples. Raises InputError."""
        opened, latents, title = self._model.opened, *self._subjects()
        if opened is None:
            return
        if not len(latents):
            raise InputError("There is nothing to set side by side.", "Select samples on the map, or fill the shelf.")
        self.beside = window = SideBySide(self._store, opened, latents, title, self._window)
        window.pictures_wanted.connect(lambda wanted, marks: self._model.ask_pictures("side by side", wanted, marks))
        window.finished.connect(lambda: setattr(self, "beside", None))
        window.show()
        window.begin()

    def _subjects(self) -> tuple[Latents, str]:
        state, samples = self._store.state, self._model.samples()
        chosen = state.selection
        if samples is not None and len(chosen):
            return samples.latents[np.asarray(chosen, dtype=np.int64)], f"{len(chosen):,} selected samples"
        kept = [one.place for one in state.shelf if one.place.space == state.place.space]
        if kept:
            return np.stack([self._model.latent_of(replace(one, strengths=NOTHING)) for one in kept]), "the shelf"
        if samples is None:
            return np.zeros((0, 1), np.float32), ""
        return samples.latents[:: max(1, len(samples) // 16)][:16], "sixteen samples"

    # analogies

    def open_analogy(self) -> None:
        """A window for three latents of this space."""
        samples = self._model.samples()
        if samples is None:
            return
        self.analogy = window = Analogy(samples, self._window)
        window.current_wanted.connect(self._put_current)
        window.pictures_wanted.connect(lambda wanted, marks: self._model.ask_pictures("candidates", wanted, marks))
        window.chosen.connect(self._go)
        window.kept.connect(self._keep)
        window.finished.connect(lambda: setattr(self, "analogy", None))
        window.show()

    def _put_current(self, slot: str) -> None:
        place = self._store.state.place
        moved = any(place.strengths.values())
        if self.analogy is not None:
            self.analogy.put(slot, self._model.latent(), None if moved else place.sample)

    def _go(self, latent: Latent) -> None:
        self._store.move("Go to the answer", base=frozen(latent), strengths=NOTHING, sample=None, seed=None)

    def _keep(self, a: Latent, b: Latent) -> None:
        samples = self._model.samples()
        if samples is not None:
            told = {"method": "direction between two latents"}
            concept = in_units_of(samples.latents, between.fit(a, b), "b - a", samples.space, told)
            self._window.studio.wishes.add([concept], "Keep b - a")

    # the untouched picture

    def _show_original(self) -> None:
        """Until the key is let go: the latent without its sliders."""
        if self._model.opened is not None:
            self._store.show_preview(self._store.state.place.base)

    def _let_go(self, name: str) -> None:
        if name == "original":
            self._store.show_preview(None)

    # both

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if opened is None or decoded.key != opened.key:
            return
        if decoded.purpose == "side by side" and self.beside is not None:
            self.beside.show_pictures(decoded.marks, decoded.images)  # type: ignore[arg-type]
        elif decoded.purpose == "candidates" and self.analogy is not None:
            self.analogy.show_pictures(decoded.marks, decoded.images)

    def _close(self) -> None:
        windows: tuple[QDialog | None, ...] = (self.beside, self.analogy)
        for window in windows:
            if window is not None:
                window.close()
