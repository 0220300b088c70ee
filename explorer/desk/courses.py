"""The courses that are searched for: sent to the engine when the path wants one, shown as they settle."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.latents.paths import KINDS, Knots
from explorer.session.route import waypoints_of
from explorer.session.state import PathSetting, Pin, State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Found, Opened
from explorer.work.orders import SearchOrder

Key = tuple[int, tuple[Pin, ...], str, bool, str, float]
MOST_KEPT = 64
_NOTHING = np.zeros((0, 0), np.float32)


class Courses(QObject):
    """Keeps what was found while the model is open, so that undo brings it back at once."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        self._kept: dict[Key, Knots] = {}
        self._asked: Key | None = None
        store.listen(self._follow)
        engine.found.connect(self._take)
        model.changed.connect(self._show_model)
        window.status.cancel_wanted.connect(self._cancel)

    def _show_model(self, _opened: Opened | None) -> None:
        self._asked = None
        self._look()

    def _follow(self, old: State, new: State) -> None:
        if new.path is not old.path or new.place.space != old.place.space:
            self._look()

    def _look(self) -> None:
        """Ask for what lacks; end what is not wanted any more."""
        key, course = self._key(self._store.state), self._store.state.path.course
        if key is not None and key in self._kept:
            if course is not self._kept[key]:
                self._store.show_course(self._kept[key])
        elif key is not None and key != self._asked:
            self._ask(key)
        if self._asked is not None and key != self._asked:
            self._end()

    def _ask(self, key: Key) -> None:
        model, pins, kind, closed, space, truncation = key
        self._asked = key
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
        course = self._store.state.path.course
        if self._asked is not None and course is not None:
            self._kept[self._asked] = course
            self._end()

    def _take(self, found: Found) -> None:
        asked = self._asked
        if asked is None or found.mark != id(asked):
            return
        if found.is_last:
            self._kept[asked] = found.course
            for oldest in list(self._kept)[:-MOST_KEPT]:
                del self._kept[oldest]
            self._asked = None
            self._window.status.show_rest()
        if self._key(self._store.state) == asked:
            self._store.show_course(found.course)

    def _key(self, state: State) -> Key | None:
        """What has to be searched for; None for a path that needs no search."""
        path, opened = state.path, self._model.opened
        if opened is None or not _is_searched(path) or waypoints_of(path, state.place.base.size) is None:
            return None
        return opened.key, path.waypoints, path.kind, path.closed, state.place.space, state.place.truncation


def _is_searched(path: PathSetting) -> bool:
    return KINDS[path.kind].search is not None and len(path.waypoints) > 1
