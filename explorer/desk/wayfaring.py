"""The path and the map: waypoints dragged over it, curves drawn on it, the bead scrubbed along it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Latents
from explorer.latents.paths.wander import resampled
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.path.itinerary import FREE_HAND, Itinerary
from explorer.ui.widgets.picture import image_of
from explorer.work.engine import Engine
from explorer.work.messages import Decoded


class Wayfaring(QObject):
    """Turns what the hand does on the map into wishes to the store."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._model, self._window = store, model, window
        self._itinerary = Itinerary(store)
        hand, tool = window.map.hand, window.way
        hand.dragged.connect(self._drag)
        hand.scrubbed.connect(self._scrub)
        hand.drawn.connect(self._lay_drawn)
        hand.let_go.connect(store.end_gesture)
        tool.draw_wanted.connect(hand.draw_next)
        tool.pictures_wanted.connect(self._ask_pictures)
        engine.decoded.connect(self._show_pictures)

    def _drag(self, index: int, place: NDArray[np.float64], stroke: int) -> None:
        latents = self._window.map.lifted(place[None])
        if latents is not None and index < len(self._itinerary.pins):
            self._itinerary.drag(index, latents[0], stroke)

    def _scrub(self, position: float) -> None:
        self._window.path.pause()
        self._store.show_position(position)

    def _lay_drawn(self, curve: NDArray[np.float64]) -> None:
        """A curve (n, 2) over the map: waypoints evenly along it."""
        self._window.way.show_drawing(False)
        latents = self._window.map.lifted(resampled(curve, FREE_HAND))
        if latents is not None:
            self._itinerary.lay("Draw a path", list(latents), kind="catmull-rom", closed=False)

    def _ask_pictures(self, latents: Latents) -> None:
        self._model.ask_pictures("waypoints", latents, range(len(latents)))

    def _show_pictures(self, decoded: Decoded) -> None:
        if decoded.purpose == "waypoints":
            self._window.way.show_pictures(decoded.latents, [image_of(image) for image in decoded.images])
