"""The true neighbours of a chosen sample, looked for in the background when one was chosen by hand."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents, Points
from explorer.latents.surroundings import Kin, kin
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step


class Honesty(QObject):
    """Asks anew for another sample and for another map. One for each seat of a map."""

    def __init__(
        self, store: Store, model: OpenModel, window: MainWindow, jobs: Background, seat: Seat = "first"
    ) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._seat: Seat = seat
        self._points: Points | None = None
        self._sample: int | None = None  # chosen by hand; where one starts is no choice
        window.maps.placed.connect(lambda which, points: self._take_points(points) if which == seat else None)
        store.listen(self._follow)
        model.changed.connect(lambda _opened: self._forget())

    def _forget(self) -> None:
        self._points = self._sample = None
        self._tell(None)

    def _take_points(self, points: Points) -> None:
        self._points = points
        self._ask()

    def _follow(self, old: State, new: State) -> None:
        if new.model != old.model or new.place.space != old.place.space:
            self._forget()
        elif new.place.sample != old.place.sample:
            self._sample = new.place.sample
            self._ask()

    def _ask(self) -> None:
        samples, points, sample = self._model.samples(), self._points, self._sample
        if samples is None or points is None or sample is None or len(points) != len(samples):
            return
        if len(samples) > 1 and sample < len(samples):
            self._jobs.run(f"kin on the {self._seat} map", found, samples.latents, points, sample, done=self._show)

    def _show(self, known: Kin) -> None:
        if known.sample == self._sample:
            self._tell(known)

    def _tell(self, known: Kin | None) -> None:
        panel = self._window.maps.panel(self._seat)
        if panel is not None:
            panel.show_kin(known)


def found(latents: Latents, points: Points, sample: int, *, step: Step) -> Kin:
    """The job."""
    step(0, 1)
    return kin(latents, points, sample)
