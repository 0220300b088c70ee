"""Numbers of samples and tiles that colour the map: by the engine where the model tells them, else by a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents
from explorer.latents.moments import spread
from explorer.latents.surroundings import Surroundings
from explorer.models.quantities import DENSITY, QUANTITIES, Quantity, lacking
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Measured, MeasureRequest, Opened, Purpose

PURPOSES: tuple[Purpose, ...] = ("first values", "sample values")
TILES: Mapping[Seat, Purpose] = {"first": "tile values", "second": "second tile values"}
FIRST = 96  # samples that tell the range of the colours, before the tiles
PORTION = 10_000  # samples that a model is asked about at once ...
MOST = 100_000  # ... and in all, evenly over the set: of more, the others stay grey, and the legend says how many
AT_ONCE = 2_000  # samples between two steps of a job
SHOW_MS = 250  # between two looks at numbers that come in parts ...
PATIENT_MS, MANY = 2000, 100_000  # ... and where so many samples are coloured anew each time
Values = NDArray[np.float32]
Key = tuple[int, str, float, str]  # model, space, truncation, quantity


@dataclass(eq=False)
class Known:
    """What is known of the samples so far: NaN where nothing is. `due`: which of `MOST` a model was not asked yet."""

    values: Values
    due: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Ask for all that is missing: what was asked before and did not come is not on its way any more."""
        chosen = spread(len(self.values), MOST)
        self.due = np.random.default_rng(0).permutation(chosen[np.isnan(self.values[chosen])])

    def take(self) -> NDArray[np.int64]:
        """The next portion, in a random order: the first tell the range."""
        portion, self.due = self.due[:PORTION], self.due[PORTION:]
        return portion


class Measuring(QObject):
    """Follows the colour of the map. What was measured is kept while the model is open."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self._known: dict[Key, Known] = {}
        self._flying = 0  # samples that the engine owes numbers of
        self._later = QTimer(window, singleShot=True, interval=SHOW_MS)  # ends with the window
        self._later.timeout.connect(self._show)
        window.maps.values_wanted.connect(self._ask_tiles)
        store.listen(self._follow)
        model.changed.connect(self._show_model)
        engine.measured.connect(self._take)

    def _show_model(self, opened: Opened | None) -> None:
        self._known.clear()
        if opened is not None:
            self._ask_samples()

    def _follow(self, old: State, new: State) -> None:
        before, now = old.place, new.place
        if (old.colour, before.space, before.truncation) != (new.colour, now.space, now.truncation):
            self._ask_samples()

    # Samples

    def _ask_samples(self) -> None:
        for purpose in PURPOSES:
            self._engine.forget(purpose)
        quantity, key, samples = self._quantity, self._key, self._model.samples()
        if quantity is None or key is None or samples is None or not self._model.fits(self._store.state):
            return
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Known(np.full(len(samples), np.nan, np.float32))
        self._show()
        known.begin()
        if quantity.by == "model":
            self._ask_portion(quantity, samples.latents, known)
        elif len(known.due):
            self._measure_samples(key, quantity, samples.latents, known)

    def _ask_portion(self, quantity: Quantity, latents: Latents, known: Known) -> None:
        """Some of the samples; the next when the last of these has come."""
        portion = known.take()
        self._flying = len(portion)
        for purpose, part in zip(PURPOSES, (portion[:FIRST], portion[FIRST:]), strict=True):
            if len(part):
                self._ask_engine(purpose, quantity.name, latents[part], tuple(part.tolist()))

    def _measure_samples(self, key: Key, quantity: Quantity, latents: Latents, known: Known) -> None:
        self._jobs.run(
            "sample values",
            of_samples,
            quantity.name,
            latents,
            done=lambda values: self._take_samples(key, known, values),
            title=f"Measuring: {quantity.name}",
        )

    def _take_samples(self, key: Key, known: Known, values: Values) -> None:
        known.values[:] = values
        if self._known.get(key) is known:
            self._show()

    def _show(self) -> None:
        """A copy: what is on the map is never written in place."""
        key = self._key
        known = None if key is None else self._known.get(key)
        if key is not None and known is not None:
            self._window.maps.show_values(key[-1], known.values.copy())

    # Tiles

    def _ask_tiles(self, seat: Seat, latents: Latents | None, marks: tuple[object, ...]) -> None:
        quantity, key = self._quantity, self._key
        if latents is None or quantity is None or key is None:
            self._engine.forget(TILES[seat])
        elif quantity.by == "model":
            self._ask_engine(TILES[seat], quantity.name, latents, marks)
        elif (samples := self._model.samples()) is not None:
            self._jobs.run(
                TILES[seat],
                of_places,
                quantity.name,
                samples.latents,
                latents,
                done=lambda values: self._show_tiles(seat, marks, values) if key == self._key else None,
            )

    def _show_tiles(self, seat: Seat, marks: tuple[object, ...], values: Values) -> None:
        panel = self._window.maps.panel(seat)
        if panel is not None:
            panel.show_tile_values(marks, values)

    # The engine

    def _ask_engine(self, purpose: Purpose, quantity: str, latents: Latents, marks: tuple[object, ...]) -> None:
        opened, place = self._model.opened, self._store.state.place
        if opened is not None:
            self._engine.ask(
                MeasureRequest(opened.key, purpose, quantity, latents, place.space, place.truncation, marks)
            )

    def _take(self, measured: Measured) -> None:
        key = self._key
        if key != (measured.key, measured.space, measured.truncation, measured.quantity):
            return
        seat = next((seat for seat, purpose in TILES.items() if purpose == measured.purpose), None)
        if seat is not None:
            self._show_tiles(seat, measured.marks, measured.values)
        elif key is not None and (known := self._known.get(key)) is not None:
            known.values[list(cast(tuple[int, ...], measured.marks))] = measured.values
            self._flying -= len(measured.values)
            quantity, samples = self._quantity, self._model.samples()
            if self._flying <= 0 and len(known.due) and quantity is not None and samples is not None:
                self._ask_portion(quantity, samples.latents, known)
            if not self._later.isActive():
                self._later.start(SHOW_MS if len(known.values) < MANY else PATIENT_MS)

    # What the state asks for

    @property
    def _quantity(self) -> Quantity | None:
        opened, found = self._model.opened, QUANTITIES.get(self._store.state.colour)
        if found is None or opened is None or found.by == "map":  # of a map see `losses`
            return None
        return None if lacking(found, opened.card, self._model.samples()) else found

    @property
    def _key(self) -> Key | None:
        quantity, opened, place = self._quantity, self._model.opened, self._store.state.place
        truncation = place.truncation if quantity is not None and quantity.by == "model" else 1.0
        return None if quantity is None or opened is None else (opened.key, place.space, truncation, quantity.name)


def of_samples(name: str, latents: Latents, *, step: Step) -> Values:
    """A quantity of every sample, float32 (n,), told by the samples (n, d): the job."""
    values = np.empty(len(latents), np.float32)
    around = Surroundings(latents)
    for start in range(0, len(latents), AT_ONCE):
        step(start, len(latents))
        own = np.arange(start, min(start + AT_ONCE, len(latents)))
        values[own] = _among(around, name, latents[own], own)
    return values


def of_places(name: str, samples: Latents, latents: Latents, *, step: Step) -> Values:
    """A quantity of latents (n, d) among the samples: the job."""
    step(0, 1)
    return _among(Surroundings(samples), name, latents, None)


def _among(around: Surroundings, name: str, latents: Latents, own: NDArray[np.int64] | None) -> Values:
    return around.densities(latents, own) if name == DENSITY else around.distances(latents, own)
