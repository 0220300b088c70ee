"""The map's projection: fitted in the background, kept while the model is open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from explorer import projections
from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Points
from explorer.latents.measures import Neighbourhood, most_telling
from explorer.latents.samples import LatentSet
from explorer.projections.base import Projection, ProjectionChoice
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step
from explorer.work.messages import Opened

Key = tuple[int, str, ProjectionChoice]
Fitted = tuple[Projection, Points, Neighbourhood, str]  # the last: the label that tells most on this map


class Projecting(QObject):
    """Asks for a fit when the model, the space or the choice changed."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._kept: dict[Key, Fitted] = {}
        self._shown: Key | None = None
        store.listen(self._follow)
        model.changed.connect(self._show_model)

    def _show_model(self, opened: Opened | None) -> None:
        self._kept.clear()
        self._shown = None
        if opened is not None:
            self._ask()

    def _follow(self, old: State, new: State) -> None:
        if new.projection != old.projection or new.place.space != old.place.space:
            self._ask()

    def _ask(self) -> None:
        opened, samples, choice = self._model.opened, self._model.samples(), self._store.state.projection
        if opened is None or samples is None or not len(samples):
            return
        key = (opened.key, samples.space, choice)
        if key == self._shown:
            return
        if key in self._kept:
            self._show(key, self._kept[key])
            return
        self._jobs.run("projection", fitted, samples, choice, done=lambda result: self._take(key, result))

    def _take(self, key: Key, result: Fitted) -> None:
        self._kept[key] = result
        opened, place = self._model.opened, self._store.state.place
        if opened is not None and key == (opened.key, place.space, self._store.state.projection):
            self._show(key, result)

    def _show(self, key: Key, result: Fitted) -> None:
        projection, points, neighbourhood, telling = result
        self._shown = key
        self._window.map.show_projection(projection, points)
        self._window.map.show_neighbourhood(neighbourhood)
        self._choose_colour(telling)
        axes, scale = walk_axes(projection, points, self._model.latent())
        self._window.stage.show_walk(axes, scale)

    def _choose_colour(self, telling: str) -> None:
        """At the first sight of a model: the label that tells most on this map. No step of undo."""
        if not self._model.has_choice and not self._store.state.colour:
            self._model.has_choice = True
            self._store.restart(replace(self._store.state, colour=telling))


def fitted(samples: LatentSet, choice: ProjectionChoice, *, step: Step) -> Fitted:
    """Fit and place: the job."""
    step(0, 2, "Projecting")
    projection = projections.fit(samples, choice)
    points = projection.place(samples.latents)
    step(1, 2, "Measuring distances")
    telling = most_telling(samples, points)
    return projection, points, Neighbourhood(samples.latents), telling.name if telling else ""


def walk_axes(
    projection: Projection, points: Points, current: np.ndarray
) -> tuple[np.ndarray | None, tuple[float, float]]:
    """The unit directions that a drag on the picture walks along, float32 (2, d), and the samples' spread on each."""
    steps = np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float32)
    lifted = projection.lift(steps, current)
    axes = lifted[1:] - lifted[0]
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    if not np.all(lengths > 0):
        return None, (1.0, 1.0)
    spread = points.std(axis=0) * lengths[:, 0]
    return (axes / lengths).astype(np.float32), (float(spread[0]), float(spread[1]))
