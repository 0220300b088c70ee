"""How many of its true neighbours each sample has lost on a map: numbers of that map alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.background import Background
from explorer.desk.measuring import AT_ONCE, Values
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents, Points
from explorer.latents.surroundings import lost
from explorer.models.quantities import LOST
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step


class Losses(QObject):
    """Counts them while they colour the maps, anew for every other map. One for each seat of a map."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow, jobs: Background, seat: Seat) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs, self._seat = store, model, window, jobs, seat
        self._points: Points | None = None
        self._known: tuple[Points, Values] | None = None
        window.maps.placed.connect(lambda which, points: self._take_points(points) if which == seat else None)
        store.listen(self._follow)
        model.changed.connect(self._forget)

    def _forget(self, _opened: object) -> None:
        self._points = self._known = None

    def _take_points(self, points: Points) -> None:
        self._points = points
        self._ask()

    def _follow(self, old: State, new: State) -> None:
        if new.colour != old.colour:
            self._ask()

    def _ask(self) -> None:
        samples, points = self._model.samples(), self._points
        if self._store.state.colour != LOST or samples is None or points is None or len(points) != len(samples):
            return
        if self._known is not None and self._known[0] is points:
            self._show(*self._known)
            return
        self._jobs.run(
            f"losses of the {self._seat} map",
            losses,
            samples.latents,
            points,
            done=lambda values: self._show(points, values),
            title=f"Measuring: {LOST}",
        )

    def _show(self, points: Points, values: Values) -> None:
        panel = self._window.maps.panel(self._seat)
        if points is self._points and panel is not None:
            self._known = points, values
            panel.show_values(LOST, values)


def losses(latents: Latents, points: Points, *, step: Step) -> Values:
    """For every sample, float32 (n,): the job."""
    values = np.empty(len(latents), np.float32)
    for start in range(0, len(latents), AT_ONCE):
        step(start, len(latents))
        own = np.arange(start, min(start + AT_ONCE, len(latents)))
        values[own] = lost(latents, points, own)
    return values
