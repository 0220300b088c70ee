"""From the hand on the map to the waypoints of the state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from desk_scene import joined
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences
from explorer.session.state import Pin, frozen

WAIT = 20_000


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(made.window)
    made.model.switch("one")
    qtbot.waitUntil(lambda: made.window.map.shown is not None, timeout=WAIT)
    pins = tuple(Pin(frozen(np.full(4, value, np.float32))) for value in (-1.0, 0.0, 1.0))
    made.store.change_path("Pins", waypoints=pins)
    yield made
    made.close()


def test_a_dragged_waypoint_is_one_step_of_undo(desk: Desk) -> None:
    hand, store = desk.window.map.hand, desk.store
    before = store.state.path.waypoints
    for x in (0.5, 0.8):
        hand.dragged.emit(1, np.array([x, 0.2]), 7)
    placed = desk.window.map.shown.place(store.state.path.waypoints[1].latent[None])[0]
    assert placed == pytest.approx([0.8, 0.2], abs=1e-4)
    hand.let_go.emit()
    store.undo()
    assert store.state.path.waypoints == before


def test_a_drawn_curve_becomes_waypoints_evenly_along_it(desk: Desk) -> None:
    desk.window.way.parts.draw.click()
    assert desk.window.map.hand.is_drawing
    desk.window.map.hand.drawn.emit(np.array([[-1.0, 0.0], [-0.9, 0.0], [1.0, 0.0]]))
    path = desk.store.state.path
    placed = desk.window.map.shown.place(np.stack([pin.latent for pin in path.waypoints]))
    assert placed[:, 0] == pytest.approx(np.linspace(-1, 1, 16), abs=1e-4)
    assert not desk.window.way.parts.draw.isChecked()
    assert not desk.window.map.hand.is_drawing


def test_scrubbing_on_the_map_moves_the_bead(desk: Desk) -> None:
    desk.window.map.hand.scrubbed.emit(0.25)
    assert desk.store.state.path.position == 0.25


def test_the_waypoints_of_the_list_get_their_pictures(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: len(desk.window.way._images) == 3, timeout=WAIT)
