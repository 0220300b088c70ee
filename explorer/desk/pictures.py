"""Pictures for the background: the map's thumbnails and grid, the film, the shelf, a sample's own reconstruction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents
from explorer.session.state import Place, Seat, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.map.grid import coarse_among
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, Opened, Purpose

GRIDS: Mapping[Seat, Purpose] = {"first": "grid", "second": "second grid"}


class Pictures(QObject):
    """Carries the panels' wishes to the engine, and the pictures back."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        window.maps.thumbnails_wanted.connect(self._ask_thumbnails)
        window.maps.glance_wanted.connect(lambda sample: self._ask_thumbnails([sample], "glance"))
        window.maps.grid_wanted.connect(self._ask_grid)
        window.path.film_wanted.connect(self._ask_film)
        window.shelf.pictures_wanted.connect(self._ask_shelf)
        store.listen(self._follow)
        model.changed.connect(self._show_model)
        engine.decoded.connect(self._show)

    def _ask_thumbnails(self, indices: Sequence[int], purpose: Purpose = "thumbnails") -> None:
        samples = self._model.samples()
        if samples is not None:
            self._model.ask_pictures(purpose, samples.latents[np.asarray(indices, dtype=np.int64)], tuple(indices))

    def _ask_grid(self, seat: Seat, latents: Latents | None, marks: tuple[object, ...]) -> None:
        if latents is None:
            self._engine.forget(GRIDS[seat])
        else:
            self._model.ask_pictures(GRIDS[seat], latents, marks, first=coarse_among(marks))

    def _ask_film(self, latents: Latents | None) -> None:
        if latents is None or not len(latents):
            self._engine.forget("film")
        else:
            self._model.ask_pictures("film", latents, tuple(range(len(latents))))

    def _ask_shelf(self, wanted: Sequence[tuple[int, Place]]) -> None:
        places = [(number, place) for number, place in wanted if place.space == self._store.state.place.space]
        if places:
            latents = np.stack([self._model.latent_of(place) for _number, place in places])
            self._model.ask_pictures("shelf", latents, tuple(number for number, _place in places))

    def _ask_reconstruction(self) -> None:
        index, samples = self._store.state.place.sample, self._model.samples()
        if index is None or samples is None:
            self._window.stage.show_reconstruction(None)
        else:
            self._model.ask_pictures("reconstruction", samples.latents[index : index + 1], (index,))

    def _follow(self, old: State, new: State) -> None:
        before, now = old.place, new.place
        changed = (before.sample, before.space, before.truncation) != (now.sample, now.space, now.truncation)
        if changed and self._model.fits(new):
            self._ask_reconstruction()

    def _show_model(self, opened: Opened | None) -> None:
        if opened is not None and self._model.fits(self._store.state):
            self._ask_reconstruction()

    def _is_of_this_space(self, decoded: Decoded, indices: tuple[int, ...]) -> bool:
        """Whether pictures are still those of the samples on show: others may have been brought meanwhile."""
        samples = self._model.samples()
        if samples is None or max(indices) >= len(samples):
            return False
        return np.array_equal(decoded.latents, samples.latents[list(indices)])

    def _show_tiles(self, decoded: Decoded) -> None:
        for seat, purpose in GRIDS.items():
            panel = self._window.maps.panel(seat)
            if purpose == decoded.purpose and panel is not None:
                panel.show_tiles(decoded.marks, decoded.images)

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if opened is None or decoded.key != opened.key:
            return
        window, marks = self._window, cast(tuple[int, ...], decoded.marks)
        if decoded.purpose in ("thumbnails", "glance") and self._is_of_this_space(decoded, marks):
            window.maps.show_thumbnails(marks, decoded.images)
        elif decoded.purpose in GRIDS.values():
            self._show_tiles(decoded)
        elif decoded.purpose == "film":
            window.path.show_frames(marks, decoded.images, decoded.latents)
        elif decoded.purpose == "shelf":
            window.shelf.show_pictures(marks, decoded.images)
        elif decoded.purpose == "reconstruction" and marks == (self._store.state.place.sample,):
            window.stage.show_reconstruction(decoded.images[0])
