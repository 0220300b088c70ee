"""The map's projection: fitted in the background, kept while the model is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from explorer import projections
from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel, usual
from explorer.latents.arrays import Points
from explorer.latents.concepts import Concept
from explorer.latents.measures import Neighbourhood, most_telling
from explorer.latents.samples import LatentSet
from explorer.projections.base import Projection, ProjectionChoice
from explorer.projections.plane import Plane
from explorer.projections.quality import Quality, quality, variance_seen
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.map.nearest import PointGrid
from explorer.work.job import Step
from explorer.work.messages import Opened

Key = tuple[int, str, ProjectionChoice, tuple[object, ...]]  # the last: the concepts, where they matter


@dataclass(frozen=True, eq=False)
class Fitted:
    """A projection with the places of all samples and the grid that finds them, what tells inside from outside, and
    the label that tells most."""

    projection: Projection
    points: Points
    index: PointGrid
    neighbourhood: Neighbourhood
    telling: str


class Projecting(QObject):
    """Asks for a fit when the model, the space or the choice changed."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._kept: dict[Key, Fitted] = {}
        self._qualities: dict[Key, Quality | None] = {}
        self._asked: Key | None = None
        self._shown: Key | None = None
        store.listen(self._follow)
        model.changed.connect(self._show_model)

    def _show_model(self, opened: Opened | None) -> None:
        self._kept.clear()
        self._qualities.clear()
        self._asked = self._shown = None
        if opened is not None:
            self._ask()

    def _follow(self, old: State, new: State) -> None:
        if new.projection != old.projection or new.place.space != old.place.space or new.studio is not old.studio:
            self._ask()  # concepts may be its axes

    def _ask(self) -> None:
        samples = self._model.samples()
        key = self._key()
        if key is None or samples is None or not len(samples) or key in (self._shown, self._asked):
            return
        self._asked = key
        if key in self._kept:
            self._show(key, self._kept[key])
            return
        given = samples, self._fitting(samples), self._concepts()
        self._jobs.run(
            "projection",
            at_once,
            *given,
            done=lambda result: self._take(key, result) if result else self._ask_long(key, *given),
            given_up=lambda: self._give_up(key),
        )

    def _ask_long(self, key: Key, samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept]) -> None:
        """In a process of its own: it can be ended at any time, and its imports do not stall the window."""
        if key == self._asked:
            self._jobs.run(
                "projection",
                fitted,
                samples,
                choice,
                concepts,
                done=lambda result: self._take(key, result),
                given_up=lambda: self._give_up(key),
                title=f"{projections.KINDS[choice.kind].name} of {len(samples):,} samples",
                apart=True,
            )

    def _take(self, key: Key, result: Fitted) -> None:
        self._kept[key] = result
        if key == self._key():
            self._show(key, result)

    def _give_up(self, key: Key) -> None:
        """Failed or cancelled, and nothing else was asked since: the choice is again what the map shows."""
        if key != self._asked:
            return
        self._asked = None
        samples, shown = self._model.samples(), self._shown
        kept = shown[2] if shown is not None and shown[:2] == key[:2] else usual(samples)
        if kept != self._store.state.projection:
            self._store.change("Keep the map as it was", projection=kept)

    def _show(self, key: Key, result: Fitted) -> None:
        self._shown = self._asked = key
        self._window.map.show_projection(result.projection, result.points, result.index)
        self._window.map.show_neighbourhood(result.neighbourhood)
        self._window.inspect.show_neighbourhood(result.neighbourhood)
        self._choose_colour(result.telling)
        axes, scale = walk_axes(result.projection, result.points, self._model.latent())
        self._window.stage.show_walk(axes, scale)
        self._show_quality(key, result)

    def _show_quality(self, key: Key, result: Fitted) -> None:
        """Measured when the map is on show already."""
        samples = self._model.samples()
        if key in self._qualities or samples is None:
            self._window.map.show_quality(self._qualities.get(key))
            return
        self._window.map.show_quality(None)
        self._jobs.run(
            "quality of the map",
            measured,
            samples,
            result.points,
            result.projection.axes if isinstance(result.projection, Plane) else None,
            done=lambda found: self._take_quality(key, found),
        )

    def _take_quality(self, key: Key, found: Quality | None) -> None:
        self._qualities[key] = found
        if key == self._shown:
            self._window.map.show_quality(found)

    def _choose_colour(self, telling: str) -> None:
        """At the first sight of a model: the label that tells most on this map. No step of undo."""
        if not self._model.has_choice and not self._store.state.colour:
            self._model.has_choice = True
            self._store.restart(replace(self._store.state, colour=telling))

    def _key(self) -> Key | None:
        """What the state wants to see; None without a model."""
        opened, state = self._model.opened, self._store.state
        if opened is None:
            return None
        concepts = self._concepts() if state.projection.kind == "concepts" else ()
        told = tuple((one.name, one.direction.tobytes(), one.sigma, one.centre) for one in concepts)
        return opened.key, state.place.space, state.projection, (state.brought, *told)

    def _fitting(self, samples: LatentSet) -> ProjectionChoice:
        """The choice of the state; the usual one, said aloud, where this space lacks what that needs."""
        choice = self._store.state.projection
        reason = projections.lack(choice.kind, samples, self._concepts())
        if not reason:
            return choice
        instead = usual(samples)
        kinds = projections.KINDS
        self._window.messages.show_note(
            f"{reason} Instead of {kinds[choice.kind].name} you see {kinds[instead.kind].name}."
        )
        return instead

    def _concepts(self) -> tuple[Concept, ...]:
        opened = self._model.opened
        state = self._store.state
        return opened.concepts_of(state.place.space, *state.studio.known) if opened is not None else ()


class _NotKept(Exception):  # noqa: N818 - no error: a long fit would begin
    pass


def at_once(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], *, step: Step) -> Fitted | None:
    """What is fitted quickly, or was fitted before; None for a fit that is long: it says so before it begins."""

    def refuse(*_told: object, **_named: object) -> None:
        raise _NotKept

    step(0, 2, "Projecting")
    try:
        projection = projections.fit(samples, choice, concepts, refuse)
        points = projections.points_of(projection, samples, refuse)
    except _NotKept:
        return None
    return _around(projection, points, samples)


def fitted(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], *, step: Step) -> Fitted:
    """Fit and place, however long it takes."""
    projection = projections.fit(samples, choice, concepts, step)
    return _around(projection, projections.points_of(projection, samples, step), samples)


def measured(samples: LatentSet, points: Points, axes: NDArray[np.float64] | None, *, step: Step) -> Quality | None:
    """How far the map can be believed; `axes` (d, 2) are those of a flat view."""
    step(0, 1, "Measuring the map")
    found = quality(samples.latents, points)
    if found is None or axes is None:
        return found
    return replace(found, seen=variance_seen(samples.latents, axes))


def _around(projection: Projection, points: Points, samples: LatentSet) -> Fitted:
    telling = most_telling(samples, points)
    return Fitted(
        projection,
        points,
        PointGrid(points),
        Neighbourhood(samples.latents, log_variances=samples.log_variances),
        telling.name if telling else "",
    )


def walk_axes(
    projection: Projection, points: Points, current: np.ndarray
) -> tuple[np.ndarray | None, tuple[float, float]]:
    """The unit directions that a drag on the picture walks along, float32 (2, d), and the samples' spread on each.

    None where the map has no straight directions.
    """
    if projection.lift_error:
        return None, (1.0, 1.0)
    steps = np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float32)
    lifted = projection.lift(steps, current)
    axes = lifted[1:] - lifted[0]
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    if not np.all(lengths > 0):
        return None, (1.0, 1.0)
    spread = points.std(axis=0) * lengths[:, 0]
    return (axes / lengths).astype(np.float32), (float(spread[0]), float(spread[1]))
