"""What the path costs, and the kinds it is compared with: frames decoded, numbers reckoned in the background."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.desk.background import Background
from explorer.desk.courses import Courses
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Images, Latents
from explorer.latents.moments import spread
from explorer.latents.paths import KINDS, Positions
from explorer.latents.paths.costs import Bill, changes, costs
from explorer.latents.surroundings import Surroundings
from explorer.models.quantities import LIKELIHOOD
from explorer.session.route import latents_along, waypoints_of
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.path.film import Film
from explorer.ui.widgets.picture import image_of
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, Measured, MeasureRequest, Opened

USUAL = 0.95
"""A frame lies outside the data when it is farther from the nearest sample than this share of the samples are."""
MOST_COMPANY = 6  # samples in rows
OWN = 500  # samples whose own distances say what is usual


class Costing(QObject):
    """Follows the film of the path panel. `pictured(row, images)`: all pictures of a row are there."""

    pictured = Signal(str, object)

    def __init__(
        self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background, courses: Courses
    ) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self._courses = courses
        self._bill: Bill | None = None
        self._likelihoods: NDArray[np.float64] = np.zeros(0)
        self._films: dict[str, Film] = {}
        self._latents: dict[str, Latents] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._ask_rows)
        window.path.filled.connect(self._reckon)
        store.listen(self._follow)
        model.changed.connect(self._show_model)
        engine.decoded.connect(self._take)
        engine.measured.connect(self._take_likelihoods)
        courses.settled.connect(self._later.start)

    def _show_model(self, _opened: Opened | None) -> None:
        self._bill = None
        self._films = {}
        self._window.path.show_bill(None)

    def _follow(self, old: State, new: State) -> None:
        if new.path.compared != old.path.compared:
            self._courses.look()
            self._later.start()
        elif new.path.company != old.path.company or (new.path.company and new.selection is not old.selection):
            self._later.start()

    def tell_all(self) -> None:
        """Say again which rows have all their pictures."""
        self._reckon()

    # the path itself

    def _reckon(self) -> None:
        panel, samples = self._window.path, self._model.samples()
        images, latents = panel.images, panel.latents
        if images is None or latents is None:
            return
        known = samples.latents if samples is not None and len(samples) > 1 else None
        timing = panel.timing
        self._jobs.run(
            "path costs", bill, latents, images, timing, known, done=lambda made: self._take_bill(made, latents)
        )
        self._later.start()
        self.pictured.emit(self._store.state.path.kind, images)

    def _take_bill(self, made: Bill, latents: Latents) -> None:
        shown, opened, place = self._window.path.latents, self._model.opened, self._store.state.place
        if shown is None or not np.array_equal(shown, latents):
            return
        self._bill = made
        self._window.path.show_bill(made)
        self._window.path.rows.show_costs(self._store.state.path.kind, made.total)
        if opened is not None and opened.card.likelihood == "exact":
            self._likelihoods = np.full(len(latents), np.nan)
            marks = tuple(range(len(latents)))
            request = (opened.key, "film values", LIKELIHOOD, latents, place.space, place.truncation, marks)
            self._engine.ask(MeasureRequest(*request))  # type: ignore[arg-type]

    def _take_likelihoods(self, measured: Measured) -> None:
        if measured.purpose != "film values" or self._bill is None:
            return
        places = [int(str(mark)) for mark in measured.marks]
        if max(places) < len(self._likelihoods):
            self._likelihoods[places] = measured.values
            self._bill = replace(self._bill, log_p=self._likelihoods.copy())
            self._window.path.show_bill(self._bill)

    # the kinds beside it

    def _ask_rows(self) -> None:
        """All frames of all compared kinds in one list, at the positions of the played ones."""
        state, opened = self._store.state, self._model.opened
        path, panel = state.path, self._window.path
        company = self._company()
        others = (*(kind for kind in path.compared if kind != path.kind), *company)
        waypoints = waypoints_of(path, state.place.base.size)
        panel.rows.show_kinds(path.kind, others, len(panel.timing), is_path=panel.latents is not None)
        if self._bill is not None:
            panel.rows.show_costs(path.kind, self._bill.total)
        if opened is None or not others or waypoints is None or len(waypoints) < 2:
            return
        panel.rows.forget_frames()
        self._films, self._latents = {}, {}
        for kind in others:
            if kind in company:
                self._begin_row(kind, company[kind], None)
            else:
                self._begin(kind, waypoints, panel.timing)
        wanted = {kind: film.wanted for kind, film in self._films.items() if film.wanted is not None}
        marks = tuple((kind, mark) for kind, latents in wanted.items() for mark in range(len(latents)))
        self._model.ask_pictures("rows", np.concatenate(list(wanted.values())), marks)

    def _begin(self, kind: str, waypoints: Latents, timing: Positions) -> None:
        state = self._store.state
        course = self._courses.of(kind)
        path = replace(state.path, kind=kind, course=course)
        concepts = self._model.opened.concepts_of(state.place.space, *state.studio.known) if self._model.opened else ()
        latents = latents_along(path, timing, state.place.base.size, concepts)
        assert latents is not None
        self._begin_row(kind, latents, waypoints if KINDS[kind].mixes else None)

    def _begin_row(self, name: str, latents: Latents, mixed: Latents | None) -> None:
        """A row of latents (n, d), or of the pictures of `mixed` waypoints (k, d)."""
        film = Film()
        film.mix = (self._window.path.timing, self._store.state.path.closed) if mixed is not None else None
        film.wanted = latents if mixed is None else mixed
        self._films[name], self._latents[name] = film, latents

    def _company(self) -> dict[str, Latents]:
        """By row, the latents (n, d) of the selected samples, which travel as far as the path does."""
        state, samples, latents = self._store.state, self._model.samples(), self._window.path.latents
        if not state.path.company or samples is None or latents is None or KINDS[state.path.kind].mixes:
            return {}
        rows = [one for one in state.selection[:MOST_COMPANY].tolist() if one < len(samples)]
        return {f"sample {one}": (samples.latents[one] + (latents - latents[0])).astype(np.float32) for one in rows}

    def _take(self, decoded: Decoded) -> None:
        if decoded.purpose != "rows":
            return
        for kind in dict.fromkeys(str(mark[0]) for mark in decoded.marks):  # type: ignore[index]
            places = [index for index, mark in enumerate(decoded.marks) if mark[0] == kind]  # type: ignore[index]
            marks = [int(decoded.marks[index][1]) for index in places]  # type: ignore[index]
            film = self._films.get(kind)
            if film is not None:
                fresh = film.take(marks, decoded.images[places], decoded.latents[places])
                self._window.path.rows.show_frames(kind, {frame: image_of(image) for frame, image in fresh.items()})
                self._reckon_row(kind, film)

    def _reckon_row(self, kind: str, film: Film) -> None:
        timing = self._window.path.timing
        images = film.images(len(timing)) if not film.lacks_frames else None
        if images is not None:
            self.pictured.emit(kind, images)
            self._jobs.run(
                f"costs of {kind}",
                bill,
                *(self._latents[kind], images, timing, None),
                done=lambda made: self._window.path.rows.show_costs(kind, made.total),
            )


def bill(latents: Latents, images: Images, timing: Positions, samples: Latents | None, *, step: Step) -> Bill:
    """What a path costs: the job."""
    step(0, 1, "Reckoning the path")
    total, steps = costs(latents, images, timing), changes(images)
    lengths = np.linalg.norm(latents.astype(np.float64), axis=1)
    if samples is None:
        return Bill(total, steps, lengths)
    around = Surroundings(samples)
    rows = spread(len(samples), OWN)
    own = around.distances(samples[rows], rows)
    distances = around.distances(latents).astype(np.float64)
    return Bill(total, steps, lengths, distances, float(np.quantile(own, USUAL)))
