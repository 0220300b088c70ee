"""The decoded grid of the whole window: asked of the engine, shown on the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk_scene import joined
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer import places
from explorer.desk.desk import Desk
from explorer.export.grid_sheet import GridContent, _Plan
from explorer.session.preferences import load
from explorer.ui.map.lattice import GridSetting
from explorer.work.messages import Decoded

WAIT = 60_000


def test_g_shows_the_pictures_that_a_hover_would_show(qtbot: QtBot, desk: Desk) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    grid = desk.window.map.canvas.grid
    assert grid.setting.on
    qtbot.waitUntil(lambda: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)
    tile, centre = grid.tile_at(*desk.window.map.canvas.layers.points[7].tolist())
    desk.window.map.canvas.hovered.emit(centre)
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
    grid = desk.window.map.canvas.grid
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


def test_the_grid_is_saved_as_it_is_seen_with_its_axes(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    failures: list[object] = []
    desk.engine.failed.connect(failures.append)
    desk.do("grid")
    grid = desk.window.map.canvas.grid
    qtbot.waitUntil(lambda: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)
    view = desk.window.map.grid_view()
    assert view is not None
    assert len(view.across) >= 3
    desk.grid_paper.save(tmp_path / "grid.png")
    qtbot.waitUntil(lambda: desk.window.messages.text == "Saved grid.png.", timeout=WAIT)
    with Image.open(tmp_path / "grid.png") as drawn:
        assert max(drawn.size) >= 2900
        content = GridContent(np.zeros((view.columns * view.rows, 4, 4, 3), np.uint8), view.columns, view.rows)
        step = round(3000 / (4 * max(view.columns, view.rows)))
        size = (view.columns * 4 * step, view.rows * 4 * step)
        words = {"title": "x", "subtitle": "x", "axis_names": view.projection.axis_names}
        plan = _Plan(replace(content, **words, across=view.across, up=view.up), Image.new("RGB", size))
        for index in (0, view.columns - 1, len(view.places) - 1, len(view.places) // 2):
            row, column = divmod(index, view.columns)
            latent = view.projection.lift(view.places[index : index + 1].astype(np.float32), view.current)[0]
            shade = int(np.clip(100 + 10 * latent[0], 0, 255))
            assert drawn.getpixel((round(plan.x(column)), round(plan.y(row)))) == (shade,) * 3
    assert failures == []
    assert not desk.window.status.is_working


def test_a_sheet_that_is_cancelled_is_never_written(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.do("grid")
    parts: list[int] = []

    def cancel(decoded: Decoded) -> None:
        if decoded.purpose == "sheet":
            parts.append(len(decoded.images))
            desk.window.status.cancel_wanted.emit()

    desk.engine.decoded.connect(cancel)
    desk.grid_paper.save(tmp_path / "grid.png")
    qtbot.waitUntil(lambda: bool(parts), timeout=WAIT)
    assert desk.grid_paper._sheet is None
    assert not desk.window.status.is_working
    assert not (tmp_path / "grid.png").exists()


def test_without_a_grid_there_is_nothing_to_save_and_it_is_said(desk: Desk) -> None:
    desk.do("save_grid")
    assert "no grid" in desk.window.messages.text.lower()


def test_how_the_grid_is_shown_is_remembered_and_not_that_it_is(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "config", lambda: tmp_path)
    desk.do("grid")
    desk.window.map.show_grid_setting(replace(desk.window.map.grid_setting, side=24, tint=0.25))
    desk.window.close()
    again = joined(load(), greet=False)
    qtbot.addWidget(again.window)
    assert again.window.map.grid_setting == GridSetting(on=False, side=24, tint=0.25)
    again.close()
