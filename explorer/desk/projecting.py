"""The map's projection: fitted in the background, kept while the model is open. One for each seat of a map."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from explorer import projections
from explorer.desk.background import Background
from explorer.desk.fits import Fitted, at_once, axes_of, fitted, measured, places, stopped, walk_axes
from explorer.desk.open_model import OpenModel, usual
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import Partial, ProjectionChoice
from explorer.projections.part import Part
from explorer.projections.quality import Quality
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.map.panel import MapPanel
from explorer.work.messages import Opened

Key = tuple[int, str, ProjectionChoice, tuple[object, ...]]  # the last: the concepts, where they matter


class Projecting(QObject):
    """Asks for a fit when the model, the space or the choice of its seat changed."""

    def __init__(
        self, store: Store, model: OpenModel, window: MainWindow, jobs: Background, seat: Seat = "first"
    ) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._seat: Seat = seat
        self._slot = f"projection of the {seat} map"
        self._kept: dict[Key, Fitted] = {}
        self._qualities: dict[Key, Quality | None] = {}
        self._asked: Key | None = None  # what is on show, or being made
        self._shown: Key | None = None
        self._turn = 0  # of the wishes: what an earlier job says of itself no longer counts
        self._partial: Partial | None = None
        window.maps.stop_wanted.connect(lambda which: self._stop() if which == seat else None)
        window.maps.cancel_wanted.connect(lambda which: jobs.cancel(self._slot) if which == seat else None)
        store.listen(self._follow)
        model.changed.connect(self._show_model)

    def _show_model(self, opened: Opened | None) -> None:
        self._kept.clear()
        self._qualities.clear()
        self._shown = None
        self._drop()
        if opened is not None:
            self._ask()

    def _follow(self, old: State, new: State) -> None:
        asked = new.choice(self._seat) != old.choice(self._seat) or new.place.space != old.place.space
        if asked or new.studio is not old.studio:
            self._ask()
        if new.scope != old.scope and self._seat == "first":
            self._show_walk()

    def _ask(self) -> None:
        samples, key = self._model.samples(), self._key()
        if key == self._asked and key is not None:
            return
        self._drop()
        if key is None or samples is None or not len(samples):
            self._shown = None
            return
        self._asked = key
        if key == self._shown:
            self._rest()
        elif key in self._kept:
            self._show(key, self._kept[key])
        else:
            self._fit(key, samples)

    def _drop(self) -> None:
        """Nothing is being made any more: the map before is on show."""
        self._end()
        self._rest()

    def _end(self) -> None:
        self._turn += 1
        self._asked = self._partial = None
        self._jobs.cancel(self._slot)

    def _rest(self) -> None:
        if self._panel is not None:
            self._panel.show_settled()

    def _fit(self, key: Key, samples: LatentSet) -> None:
        """At once where that is quick, or was done before."""
        given, turn = (samples, self._fitting(samples, key[2]), self._concepts(), self._part(key[2])), self._turn
        self._jobs.run(
            self._slot,
            at_once,
            *given,
            done=lambda result: self._take(key, result) if result else self._fit_long(key, given),
            given_up=lambda: self._give_up(key, turn),
        )

    def _fit_long(self, key: Key, given: tuple[LatentSet, ProjectionChoice, tuple[Concept, ...], Part | None]) -> None:
        """In a process of its own: it can be ended at any time, and its imports do not stall the window."""
        if key != self._asked:
            return
        turn, title = self._turn, f"{projections.KINDS[given[1].kind].name} of {len(given[0]):,} samples"
        self._tell(title, 0, 0)
        self._jobs.run(
            self._slot,
            fitted,
            *given,
            done=lambda result: self._take(key, result),
            given_up=lambda: self._give_up(key, turn),
            told=lambda *told: self._tell(*told) if turn == self._turn else None,
            seen=lambda partial: self._see(partial, len(given[0])) if turn == self._turn else None,
            title=title,
            apart=True,
        )

    def _tell(self, text: str, done: int, total: int) -> None:
        if self._panel is not None:
            self._panel.settling.show_progress(text, done, total)

    def _see(self, partial: Partial, count: int) -> None:
        self._partial = partial
        if self._panel is not None:
            self._panel.show_settling(places(partial, count))

    def _stop(self) -> None:
        """Keep what is to be seen. The choice says where it was stopped, so that the same map can be made again."""
        key, partial, samples = self._asked, self._partial, self._model.samples()
        if key is None or partial is None or samples is None:
            return
        self._end()
        self._tell("Keeping the map", 0, 0)
        choice = replace(key[2], stopped=partial.iteration)
        self._asked = there = (*key[:2], choice, key[3])
        self._store.restart(replace(self._store.state, **self._store.state.choosing(self._seat, choice)))  # type: ignore[arg-type]
        turn = self._turn
        self._jobs.run(
            self._slot,
            stopped,
            samples,
            choice,
            partial,
            self._part(choice),
            done=lambda result: self._take(there, result),
            given_up=lambda: self._give_up(there, turn),
            title="Keeping the map",
            apart=partial.rows is not None,
        )

    def _take(self, key: Key, result: Fitted) -> None:
        self._kept[key] = result
        if key == self._key():
            self._show(key, result)

    def _give_up(self, key: Key, turn: int) -> None:
        """Failed or cancelled, and nothing else was asked since: the choice is again what the map shows."""
        if turn != self._turn:
            return
        samples, shown, choice = self._model.samples(), self._shown, self._store.state.choice(self._seat)
        self._drop()
        kept = shown[2] if shown is not None and shown[:2] == key[:2] else usual(samples)
        if choice is not None and kept != choice:
            self._store.change("Keep the map as it was", **self._store.state.choosing(self._seat, kept))

    def _show(self, key: Key, result: Fitted) -> None:
        self._shown = self._asked = key
        panel, self._partial = self._panel, None
        if panel is None:
            return
        panel.settling.show_rest()
        panel.show_projection(result.projection, result.points, result.index)
        panel.show_neighbourhood(result.neighbourhood)
        if self._seat == "first":
            self._window.inspect.show_neighbourhood(result.neighbourhood)
            self._choose_colour(result.telling)
            self._show_walk()
        self._show_quality(key, result)

    def _show_walk(self) -> None:
        """What a drag on the picture does: along the axes of the map, in what of a latent gestures change."""
        opened, samples, state = self._model.opened, self._model.samples(), self._store.state
        result = self._kept.get(self._shown) if self._shown is not None else None
        if opened is not None and samples is not None and result is not None:
            moving = opened.moving(state.place.space, state.scope)
            told = walk_axes(result.projection, result.points, self._model.latent(), samples, moving)
            self._window.stage.show_walk(*told)

    def _show_quality(self, key: Key, result: Fitted) -> None:
        """Measured when the map is on show already."""
        samples, panel = self._model.samples(), self._panel
        if panel is None:
            return
        if key in self._qualities or samples is None:
            panel.show_quality(self._qualities.get(key))
            return
        panel.show_quality(None)
        part = self._part(key[2])
        self._jobs.run(
            f"quality of the {self._seat} map",
            measured,
            samples if part is None else part.of(samples),
            result.points,
            axes_of(result.projection, part),
            done=lambda found: self._take_quality(key, found),
        )

    def _take_quality(self, key: Key, found: Quality | None) -> None:
        self._qualities[key] = found
        if key == self._shown and self._panel is not None:
            self._panel.show_quality(found)

    def _choose_colour(self, telling: str) -> None:
        """At the first sight of a model: the label that tells most on this map. No step of undo."""
        if not self._model.has_choice and not self._store.state.colour:
            self._model.has_choice = True
            self._store.restart(replace(self._store.state, colour=telling))

    @property
    def _panel(self) -> MapPanel | None:
        return self._window.maps.panel(self._seat)

    def _key(self) -> Key | None:
        """What the state wants to see; None without a model, or a map in this seat."""
        opened, state = self._model.opened, self._store.state
        choice = state.choice(self._seat)
        if opened is None or choice is None:
            return None
        concepts = self._concepts() if choice.kind == "concepts" else ()
        told = tuple((one.name, one.direction.tobytes(), one.sigma, one.centre) for one in concepts)
        return opened.key, state.place.space, choice, (self._model.on_show, *told)

    def _fitting(self, samples: LatentSet, choice: ProjectionChoice) -> ProjectionChoice:
        """The choice of the state; the usual one, said aloud, where this space lacks what that needs."""
        reason = projections.lack(choice.kind, samples, self._concepts())
        if not reason:
            return choice
        instead = usual(samples)
        kinds = projections.KINDS
        self._window.messages.show_note(
            f"{reason} Instead of {kinds[choice.kind].name} you see {kinds[instead.kind].name}."
        )
        return instead

    def _part(self, choice: ProjectionChoice) -> Part | None:
        """What of a latent a map is of; None for the whole, and for kinds that have no map of a part."""
        opened, space = self._model.opened, self._store.state.place.space
        numbers = opened.moving(space, choice.scope) if opened is not None else None
        if opened is None or numbers is None or numbers.sum() < 2 or not projections.KINDS[choice.kind].has_parts:
            return None
        return Part(numbers, opened.scope_words(space, choice.scope))

    def _concepts(self) -> tuple[Concept, ...]:
        opened = self._model.opened
        state = self._store.state
        return opened.concepts_of(state.place.space, *state.studio.known) if opened is not None else ()
