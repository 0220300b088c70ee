"""The courses that are searched for: sent to the engine when the path wants one, shown as they settle."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.desk.open_model import OpenModel
from explorer.latents.paths import KINDS, Knots
from explorer.session.route import waypoints_of
from explorer.session.state import Pin, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Found, Opened
from explorer.work.orders import SearchOrder

Key = tuple[int, tuple[Pin, ...], str, bool, str, float]
MOST_KEPT = 64
_NOTHING = np.zeros((0, 0), np.float32)


class Courses(QObject):
    """Keeps what was found while the model is open: undo brings it back at once. `settled`: a search is over."""

    settled = Signal()

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        self._kept: dict[Key, Knots] = {}
        self._asked: Key | None = None
        self._best: Knots | None = None
        store.listen(self._follow)
        engine.found.connect(self._take)
        model.changed.connect(self._show_model)
        window.status.cancel_wanted.connect(self._cancel)

    def _show_model(self, _opened: Opened | None) -> None:
        self._asked = None
        self.look()

    def _follow(self, old: State, new: State) -> None:
        before, now = old.place, new.place
        if new.path is not old.path or (before.space, before.truncation) != (now.space, now.truncation):
            self.look()

    def of(self, kind: str) -> Knots | None:
        """What was found for the waypoints of the state by another kind; None where nothing was yet."""
        key = self._key(self._store.state, kind)
        return None if key is None else self._kept.get(key)

    def look(self) -> None:
        """Ask for what lacks, the path itself first; end what is not wanted any more."""
        state = self._store.state
        own = self._key(state, state.path.kind)
        if own is not None and own in self._kept and state.path.course is not self._kept[own]:
            self._store.show_course(self._kept[own])
            return
        keys = [own, *(self._key(state, kind) for kind in state.path.compared)]
        missing = [key for key in keys if key is not None and key not in self._kept]
        if self._asked is not None and self._asked not in missing[:1]:
            self._end()
        if missing and missing[0] != self._asked:
            self._ask(missing[0])

    def _ask(self, key: Key) -> None:
        model, pins, kind, closed, space, truncation = key
        self._asked, self._best = key, None
        latents = np.stack([pin.latent for pin in pins])
        self._engine.search(SearchOrder(model, kind, latents, closed, space, truncation, id(key)))
        self._window.status.show_progress(f"Searching for a path: {KINDS[kind].title.lower()}", -1, can_cancel=True)

    def _end(self) -> None:
        self._asked = None
        opened = self._model.opened
        if opened is not None:
            self._engine.search(SearchOrder(opened.key, "", _NOTHING, False, "", 1.0, None))
        self._window.status.show_rest()

    def _cancel(self) -> None:
        """What was found so far is good enough."""
        if self._asked is not None and self._best is not None:
            self._kept[self._asked] = self._best
            self.look()

    def _take(self, found: Found) -> None:
        asked, state = self._asked, self._store.state
        if asked is None or found.mark != id(asked):
            return
        self._best = found.course
        if self._key(state, state.path.kind) == asked:
            self._store.show_course(found.course)
        if found.is_last and asked == self._asked:
            self._keep(asked, found.course)

    def _keep(self, key: Key, course: Knots) -> None:
        self._kept[key] = course
        for oldest in list(self._kept)[:-MOST_KEPT]:
            del self._kept[oldest]
        self._asked = None
        self._window.status.show_rest()
        self.look()
        self.settled.emit()

    def _key(self, state: State, kind: str) -> Key | None:
        """What has to be searched for; None for a kind that needs no search."""
        path, opened = state.path, self._model.opened
        if opened is None or KINDS[kind].search is None or len(path.waypoints) < 2:
            return None
        if waypoints_of(path, state.place.base.size) is None:
            return None
        return opened.key, path.waypoints, kind, path.closed, state.place.space, state.place.truncation
