"""The first second: a face is there and its smile moves once, so that the first thing seen is what the program does."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from explorer.desk.open_model import OpenModel, with_strength
from explorer.latents.concepts import Concept
from explorer.session.state import Place
from explorer.session.store import Store
from explorer.work.messages import Opened

LENGTH_MS = 2600
REACH = 2.2  # sigma
TICK_MS = 16


class Greeting(QObject):
    """Moves the first concept up and back, once, without a step of undo. Any gesture of the user ends it."""

    def __init__(self, store: Store, model: OpenModel) -> None:
        super().__init__()
        self._store = store
        self._concept: Concept | None = None
        self._rest: Place | None = None
        self._shown: Place | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._move)
        self._model = model
        model.changed.connect(self._start)

    def _start(self, opened: Opened | None) -> None:
        concepts = opened.concepts_of(self._store.state.place.space) if opened else ()
        self._model.changed.disconnect(self._start)
        if concepts:
            self._concept = next((c for c in concepts if c.name == "smile"), concepts[0])
            self._rest = self._shown = self._store.state.place
            self._clock.start()
            self._timer.start()

    def _move(self) -> None:
        share = self._clock.elapsed() / LENGTH_MS
        rest, concept = self._rest, self._concept
        if rest is None or concept is None or self._store.state.place is not self._shown:
            self._end(None)
        elif share >= 1 or self._store.preview is not None:
            self._end(rest)
        else:
            strength = REACH * math.sin(math.pi * share)
            self._show(replace(rest, strengths=with_strength(rest, concept.name, strength)))

    def _show(self, place: Place) -> None:
        self._shown = place
        self._store.restart(replace(self._store.state, place=place))

    def _end(self, place: Place | None) -> None:
        self._timer.stop()
        self._rest = None
        if place is not None:
            self._show(place)
