"""Two maps side by side: each its own projection, one selection, one cursor, one view where the axes agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from desk_scene import joined
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.latents.selections import chosen
from explorer.models.quantities import DISTANCE, LOST
from explorer.projections import ProjectionChoice
from explorer.session.preferences import Preferences
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


def test_what_one_map_lost_does_not_colour_the_other(desk: Desk, second: MapPanel) -> None:
    ones = np.ones(30, np.float32)
    desk.window.maps.show_values(LOST, ones)
    desk.window.maps.show_values(DISTANCE, ones * 2)
    shown = desk.window.map._chart.measured, second._chart.measured
    assert [one and one.name for one in shown] == [DISTANCE, DISTANCE]
    desk.window.maps.show_values(LOST, ones)
    shown = desk.window.map._chart.measured, second._chart.measured
    assert [one and one.name for one in shown] == [LOST, DISTANCE]
