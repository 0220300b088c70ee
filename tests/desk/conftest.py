"""The window that most tests of the desk begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk_scene import WAIT, joined, opens
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences
from explorer.work.source import FolderSource


@pytest.fixture
def on_folders(qtbot: QtBot) -> Iterator[Desk]:
    """On real model folders, none of them open."""
    desk = joined(Preferences(welcome_seen=True), greet=False, source=FolderSource)
    qtbot.addWidget(desk.window)
    desk.window.show()
    yield desk
    desk.close()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    """On the model 'one', its map in place. A test file with a beginning of its own has a fixture of this name."""
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    opens(qtbot, desk, "one")
    qtbot.waitUntil(lambda: desk.store.state.colour == "kind", timeout=WAIT)  # the map has come
    yield desk
    desk.close()
