"""Paths that are searched for: the engine searches, the path settles, undo brings it back."""

from __future__ import annotations

import numpy as np
import pytest
from desk_scene import joined
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.models import folder
from explorer.session.preferences import Preferences
from explorer.session.state import Pin, frozen
from explorer.work.orders import SearchOrder
from explorer.work.source import FolderSource

WAIT = 60_000


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    """The window on the smallest of our models, as torch runs it."""
    made = joined(Preferences(welcome_seen=True), greet=False, source=FolderSource)
    qtbot.addWidget(made.window)
    made.model.switch(str(folder.resolve("digits-vae-2d")))
    qtbot.waitUntil(lambda: made.model.opened is not None, timeout=WAIT)
    yield made
    made.close()


def test_a_geodesic_settles_and_undo_brings_it_back_at_once(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    store, courses = desk.store, []
    store.listen(lambda old, new: courses.append(new.path.course) if new.path.course is not old.path.course else None)
    pins = tuple(Pin(frozen(samples.latents[index]), index) for index in (3, 40))
    store.change_path("Pins", waypoints=pins, kind="geodesic")
    qtbot.waitUntil(lambda: len(courses) > 10, timeout=WAIT)
    qtbot.waitUntil(lambda: not desk.window.status.is_working, timeout=WAIT)
    settled = store.state.path.course
    assert settled is not None
    assert settled([0.0, 1.0]).tolist() == [pin.latent.tolist() for pin in pins]
    store.change_path("Straight", kind="linear")
    assert store.state.path.course is None
    store.undo()
    assert store.state.path.course is settled
    store.change_path("Through the data", kind="through the data")
    qtbot.waitUntil(lambda: store.state.path.course is not None, timeout=WAIT)
    assert len(store.state.path.course.latents) > 2


def test_another_truncation_has_a_geodesic_of_its_own(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[SearchOrder] = []
    monkeypatch.setattr(desk.engine, "search", orders.append)
    pins = tuple(Pin(frozen(np.full(2, value, np.float32))) for value in (0.0, 1.0))
    desk.store.change_path("Pins", waypoints=pins, kind="geodesic")
    desk.store.move("Truncate", truncation=0.5)
    assert [order.truncation for order in orders if order.kind] == [1.0, 0.5]
