"""The first second of the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk_scene import joined
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences

WAIT = 60_000


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(), greet=True)
    qtbot.addWidget(desk.window)
    desk.window.show()
    yield desk
    desk.close()


def smile(desk: Desk) -> float:
    return desk.store.state.place.strengths.get("smile", 0.0)


def test_the_smile_moves_once_and_leaves_no_step_of_undo(qtbot: QtBot, desk: Desk) -> None:
    strengths: list[float] = []
    desk.store.listen(lambda _old, new: strengths.append(new.place.strengths.get("smile", 0.0)))
    desk.model.switch("one")
    qtbot.waitUntil(lambda: len(strengths) > 3 and strengths[-1] == 0, timeout=WAIT)
    assert max(strengths) > 0.5
    assert desk.store.undo_title is None


def test_the_first_gesture_ends_the_greeting(qtbot: QtBot, desk: Desk) -> None:
    desk.model.switch("one")
    qtbot.waitUntil(lambda: smile(desk) > 0, timeout=WAIT)
    desk.store.move("Move bold", strengths={"bold": 1.0})
    mine = desk.store.state.place
    with qtbot.waitSignal(desk.engine.sampled, timeout=WAIT):  # some turns of the loop later
        desk.engine.sample(1, 0, "z")
    assert desk.store.state.place.base is not mine.base
    desk.do("undo")
    assert desk.store.state.place is mine
