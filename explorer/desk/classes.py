"""The latent under every class, decoded for the row of classes: one row at a time, the newest wish waits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QObject, QTimer

from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents
from explorer.models.base import Choice
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Decoded

LONGEST_PAUSE = 150  # ms: the last row of a drag does not wait for longer
SIDE = 160  # pixels of a picture: the largest in the row, on a dense screen


class Classes(QObject):
    """`table` maps the name of a deed to what is done.

    A row that was begun is finished before the next one begins: else a drag on a slow model would show the first
    classes alone. Then the live picture has as long for itself as the row took.
    """

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._model, self._strip = store, model, window.classes
        self._missing = 0  # pictures of the row that is being decoded
        self._waiting: tuple[Latents, Sequence[int]] | None = None
        self._begun = 0.0  # perf_counter of the row that is being decoded
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._go_on)
        self.table = {
            "class_back": lambda: self._strip.step(-1),
            "class_on": lambda: self._strip.step(1),
            "class_hold": self._strip.toggle_hold,
        }
        self._actions = [window.actions_by_name[name] for name in self.table]
        self._show_choice(self._strip.choice)
        self._strip.choice_changed.connect(self._show_choice)
        self._strip.pictures_wanted.connect(self._ask)
        self._strip.space_wanted.connect(window.map.space_wanted)
        engine.decoded.connect(self._show)
        engine.failed.connect(lambda _failed: self._go_on())
        model.changed.connect(lambda _opened: self._go_on())

    def _show_choice(self, choice: Choice | None) -> None:
        for action in self._actions:
            action.setEnabled(choice is not None)

    def _ask(self, latents: Latents, codes: Sequence[int]) -> None:
        self._waiting = latents, codes
        if not self._missing and not self._pause.isActive():
            self._go_on()

    def _go_on(self) -> None:
        """Whatever was asked for is done, or will not come: what waits is asked for now."""
        self._missing = 0
        self._pause.stop()
        waiting, self._waiting = self._waiting, None
        if waiting is None or self._model.opened is None:
            return
        latents, codes = waiting
        if latents.shape[1:] == self._store.state.place.base.shape:  # else it waited while another model came
            self._missing, self._begun = len(codes), time.perf_counter()
            self._model.ask_pictures("classes", latents, codes, side=SIDE)

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if decoded.purpose != "classes" or opened is None or decoded.key != opened.key:
            return
        self._strip.show_pictures(cast(tuple[int, ...], decoded.marks), decoded.images)
        self._missing = max(0, self._missing - len(decoded.marks))
        if not self._missing:
            self._pause.start(round(min(1e3 * (time.perf_counter() - self._begun), LONGEST_PAUSE)))
