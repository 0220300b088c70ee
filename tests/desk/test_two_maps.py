"""Two maps side by side: each its own projection, one selection, one cursor, one view where the axes agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk_scene import joined
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.errors import InputError
from explorer.latents.selections import chosen
from explorer.latents.surroundings import lost
from explorer.models.quantities import DISTANCE, LOST, STRETCH
from explorer.projections import ProjectionChoice
from explorer.session.preferences import PointsLook, Preferences
from explorer.ui.map.panel import MapPanel

WAIT = 60_000  # ms


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    desk.model.switch("one")
    qtbot.waitUntil(lambda: desk.window.map.shown is not None, timeout=WAIT)
    yield desk
    desk.close()


@pytest.fixture
def second(qtbot: QtBot, desk: Desk) -> MapPanel:
    press(desk, "A second map beside this one")
    panel = desk.window.maps.panel("second")
    assert panel is not None
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT)
    for one in (desk.window.map, panel):
        one.canvas.motion = False
    return panel


def press(desk: Desk, name: str) -> None:
    buttons = desk.window.maps.findChildren(QAbstractButton)
    next(b for b in buttons if b.accessibleName() == name and b.isVisible()).click()


def choose(qtbot: QtBot, desk: Desk, **fields: ProjectionChoice) -> None:
    desk.store.change("Change the projection", **fields)
    for seat, choice in {"first": desk.store.state.projection, "second": desk.store.state.second}.items():
        panel = desk.window.maps.panel(seat)  # type: ignore[arg-type]
        qtbot.waitUntil(
            lambda panel=panel, choice=choice: panel is None or (panel.shown and panel.shown.choice == choice),  # type: ignore[misc]
            timeout=WAIT,
        )


def test_a_second_map_shows_another_projection_of_the_same_samples(desk: Desk, second: MapPanel) -> None:
    assert desk.store.state.second == ProjectionChoice("axes")
    assert second.isVisible()
    assert second.shown is not None
    assert desk.window.map.shown is not None
    assert second.shown.axis_names != desk.window.map.shown.axis_names
    trust = [label for label in second.findChildren(QLabel) if label.accessibleName().startswith("How far this map")]
    assert trust


def test_opening_and_closing_the_second_map_can_be_undone(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    press(desk, "Close the second map")
    assert desk.window.maps.panel("second") is None
    assert not second.isVisible()
    desk.store.undo()
    qtbot.waitUntil(lambda: second.isVisible() and second.shown is not None, timeout=WAIT)
    desk.store.undo()
    assert desk.store.state.second is None


def test_the_key_two_opens_and_closes_it(qtbot: QtBot, desk: Desk) -> None:
    for is_there in (True, False):
        qtbot.keyClick(desk.window, Qt.Key.Key_2)
        assert (desk.window.maps.panel("second") is not None) == is_there


def test_each_map_keeps_its_own_projection(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    choose(qtbot, desk, second=ProjectionChoice("axes", 2, 3))
    assert desk.store.state.projection == ProjectionChoice("pca")
    assert second.shown is not None
    assert second.shown.axis_names == ("z 3", "z 4")
    choose(qtbot, desk, projection=ProjectionChoice("lda"))
    assert second.shown.axis_names == ("z 3", "z 4")


def test_a_sample_under_the_cursor_is_ringed_on_both(desk: Desk, second: MapPanel) -> None:
    desk.window.map.canvas.telling.ring(7)
    assert second.canvas.twin == 7
    desk.window.map.canvas.telling.ring(None)
    assert second.canvas.twin is None
    second.canvas.telling.ring(3)
    assert desk.window.map.canvas.twin == 3


def test_a_selection_is_seen_on_both(desk: Desk, second: MapPanel) -> None:
    desk.store.change("Select", selection=chosen([1, 4]))
    assert desk.window.map.canvas.selection.tolist() == second.canvas.selection.tolist() == [1, 4]


def test_a_click_on_the_second_map_goes_to_the_sample_there(desk: Desk, second: MapPanel) -> None:
    points = second.canvas.layers.points
    second.canvas.chosen.emit(points[5].astype(np.float64), 5)
    assert desk.store.state.place.sample == 5


def test_the_view_of_one_is_that_of_the_other_along_the_axes_that_both_have(
    qtbot: QtBot, desk: Desk, second: MapPanel
) -> None:
    choose(qtbot, desk, second=ProjectionChoice("pca", 0, 2))
    one, other = desk.window.map.canvas, second.canvas
    height = other.camera.y
    one.zoom(2.0)
    one.pan(30, 20)
    assert other.camera.x == pytest.approx(one.camera.x)
    assert other.camera.scale == pytest.approx(one.camera.scale)
    assert other.camera.y == pytest.approx(height)
    press(desk, "Move both maps together, along the axes that they have in common")
    one.pan(30, 20)
    assert other.camera.x != pytest.approx(one.camera.x)


def test_maps_without_a_common_axis_are_looked_at_apart(desk: Desk, second: MapPanel) -> None:
    before = second.canvas.camera
    desk.window.map.canvas.zoom(2.0)
    assert second.canvas.camera == before


def test_the_second_map_is_remembered_with_its_model(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    choose(qtbot, desk, second=ProjectionChoice("pca", 1, 2))
    kept = desk.habits._kept.model_choices[desk.store.state.model]
    assert kept.beside is not None
    assert (kept.beside.kind, kept.beside.first, kept.beside.second) == ("pca", 1, 2)
    desk.model.switch("two")
    qtbot.waitUntil(lambda: desk.store.state.model == "two" and desk.window.map.shown is not None, timeout=WAIT)
    assert desk.store.state.second is None
    desk.model.switch("one")
    qtbot.waitUntil(lambda: desk.store.state.second == ProjectionChoice("pca", 1, 2), timeout=WAIT)
    qtbot.waitUntil(lambda: second.shown is not None, timeout=WAIT)


def test_both_maps_fit_a_small_window(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    desk.window.resize(1280, 800)
    tuned = replace(ProjectionChoice("tsne"), stopped=10)
    for panel in (desk.window.map, second):
        panel.bar.show_subject(tuned, None, ())
    assert desk.window.minimumSizeHint().width() <= 1280


def test_each_map_is_coloured_by_the_neighbours_that_it_lost_itself(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    desk.store.change("Colour", colour=LOST)
    samples = desk.model.samples()
    assert samples is not None
    for panel in (desk.window.map, second):
        true = lost(samples.latents, panel.canvas.layers.points, np.arange(len(samples)))

        def is_known(panel: MapPanel = panel, true: np.ndarray = true) -> None:
            known = panel._chart.measured
            assert known is not None
            np.testing.assert_allclose(known.values, true)

        qtbot.waitUntil(is_known, timeout=WAIT)
    desk.store.change("Colour", colour=DISTANCE)
    qtbot.waitUntil(
        lambda: second._chart.measured is not None and second._chart.measured.name == DISTANCE, timeout=WAIT
    )


def test_each_map_has_a_grid_of_its_own_decoded_at_its_own_places(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    for panel in (desk.window.map, second):
        grid = panel.canvas.grid
        qtbot.waitUntil(lambda grid=grid: bool(grid._fresh) and grid._missing() == [], timeout=WAIT)  # type: ignore[misc]
        assert panel.bar.grid.isVisible()
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    assert not desk.window.map.grid_setting.on
    assert not second.grid_setting.on


def test_the_numbers_of_tiles_come_to_both_maps(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    for name in (DISTANCE, STRETCH):
        desk.store.change("Colour", colour=name)
        if not second.grid_setting.on:
            desk.do("grid")
        for panel in (desk.window.map, second):
            heat = panel.canvas.heat
            qtbot.waitUntil(lambda heat=heat: bool(heat._fresh) and heat._missing() == [], timeout=WAIT)  # type: ignore[misc]


def test_a_tile_of_the_second_map_is_pinned_and_its_grid_saved(
    qtbot: QtBot, desk: Desk, second: MapPanel, tmp_path: Path
) -> None:
    pins = len(desk.store.state.path.waypoints)
    second.canvas.pinned.emit(np.array([0.2, 0.1]))
    assert len(desk.store.state.path.waypoints) == pins + 1
    with pytest.raises(InputError):
        desk.grid_paper.save(tmp_path / "grid.png", "second")
    desk.do("grid")
    qtbot.waitUntil(lambda: second.grid_view() is not None, timeout=WAIT)
    desk.grid_paper.save(tmp_path / "grid.png", "second")
    qtbot.waitUntil((tmp_path / "grid.png").exists, timeout=WAIT)


def test_the_true_neighbours_of_a_sample_are_tied_on_both_maps(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    second.canvas.chosen.emit(second.canvas.layers.points[5].astype(np.float64), 5)
    for panel in (desk.window.map, second):
        qtbot.waitUntil(lambda panel=panel: panel._marks.ties is not None, timeout=WAIT)  # type: ignore[misc]


def test_the_hand_holds_the_same_tool_on_both_maps(qtbot: QtBot, desk: Desk, second: MapPanel) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    assert [one.canvas.picking.tool for one in (desk.window.map, second)] == ["lasso", "lasso"]
    second.canvas.picking.take("box")
    assert desk.window.map.canvas.picking.tool == "box"


def test_a_second_map_begins_with_the_look_the_grid_and_the_tool_of_the_first(qtbot: QtBot, desk: Desk) -> None:
    desk.do("grid")
    desk.do("tool_brush")
    desk.window.map.bar.look.wanted.emit(PointsLook(contours=True))
    desk.do("second_map")
    second = desk.window.maps.panel("second")
    assert second is not None
    assert (second.grid_setting.on, second.canvas.picking.tool, second.look.contours) == (True, "brush", True)
