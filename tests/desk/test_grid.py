"""The decoded grid of the whole window: asked of the engine, shown on the map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from desk_scene import joined
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences

WAIT = 60_000


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    desk.model.switch("one")
    qtbot.waitUntil(lambda: desk.store.state.colour == "kind", timeout=WAIT)  # the map has come
    yield desk
    desk.close()


def test_g_shows_the_pictures_that_a_hover_would_show(qtbot: QtBot, desk: Desk) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    grid = desk.window.map._canvas.grid
    assert grid.setting.on
    qtbot.waitUntil(lambda: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)
    tile, centre = grid.tile_at(*desk.window.map._canvas.layers.points[7].tolist())
    desk.window.map._canvas.hovered.emit(centre)
    latent = desk.store.preview
    assert latent is not None
    picture = grid._layer.image(tile)
    assert picture.pixelColor(1, 1).red() == int(np.clip(100 + 10 * latent[0], 0, 255))

    def shows() -> None:
        shown = desk.window.stage.picture_shown
        assert shown is not None
        assert int(shown[1, 1, 0]) == picture.pixelColor(1, 1).red()

    qtbot.waitUntil(shows, timeout=WAIT)
    assert desk.store.undo_title is None


def test_another_model_has_a_grid_of_its_own(qtbot: QtBot, desk: Desk) -> None:
    grid = desk.window.map._canvas.grid
    failures: list[object] = []
    desk.engine.failed.connect(failures.append)
    desk.do("grid")
    qtbot.waitUntil(lambda: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)
    before = grid._epoch
    desk.model.switch("two")
    qtbot.waitUntil(
        lambda: desk.window.map._chart.shown is not None and desk.store.state.place.base.shape == (6,), timeout=WAIT
    )
    qtbot.waitUntil(lambda: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)
    assert grid._epoch > before
    assert failures == []
