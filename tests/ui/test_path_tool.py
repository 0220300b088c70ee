"""The path tool: order, makers, keyframes, blend pad, what is dropped."""

from __future__ import annotations

import numpy as np
import pytest
from panel_scene import DIM, drag, opened, pictures, steps, store_at
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.session.state import Pin, frozen
from explorer.session.store import Store
from explorer.ui.carried import Carried
from explorer.ui.path.tool import PathTool
from explorer.ui.widgets.picture import image_of

MODEL = opened()
LATENTS = MODEL.samples["z"].latents


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def tool(qtbot: QtBot, store: Store) -> PathTool:
    widget = PathTool(store)
    qtbot.addWidget(widget)
    widget.resize(420, 900)
    widget.show_model(MODEL)
    widget.show()
    return widget


def lay(store: Store, *samples: int) -> None:
    store.change_path("Pins", waypoints=tuple(Pin(frozen(LATENTS[index]), index) for index in samples))


def order(store: Store) -> list[int | None]:
    return [pin.sample for pin in store.state.path.waypoints]


def test_waypoints_are_put_into_another_order_and_one_step_takes_it_back(tool: PathTool, store: Store) -> None:
    lay(store, 1, 2, 3)
    view = tool.parts.waypoints
    assert [view.item(row).text() for row in range(3)] == ["A", "B", "C"]
    view.drop_row(0, view.visualItemRect(view.item(2)).center())
    assert order(store) == [2, 3, 1]
    store.undo()
    assert order(store) == [1, 2, 3]


def test_the_menu_moves_replaces_inserts_and_removes(tool: PathTool, store: Store) -> None:
    lay(store, 1, 2, 5)
    actions = {action.text(): action for action in tool.parts.waypoints.menu(1).actions()}
    actions["Move one on"].trigger()
    assert order(store) == [1, 5, 2]
    for name, wanted in (("Replace by what is shown", [1, 3, 2]), ("Insert what is shown before it", [1, 3, 3, 2])):
        next(one for one in tool.parts.waypoints.menu(1).actions() if one.text() == name).trigger()
        assert order(store) == wanted
    assert not tool.parts.waypoints.menu(0).actions()[3].isEnabled()


def test_delete_removes_the_chosen_waypoint(qtbot: QtBot, tool: PathTool, store: Store) -> None:
    lay(store, 1, 2, 3)
    tool.parts.waypoints.setCurrentRow(1)
    qtbot.keyClick(tool.parts.waypoints, Qt.Key.Key_Delete)
    assert order(store) == [1, 3]


def test_samples_and_snapshots_that_are_dropped_become_waypoints(tool: PathTool, store: Store) -> None:
    tool.parts.waypoints.dropped.emit(Carried((7, 8), ()))
    tool.parts.waypoints.dropped.emit(Carried((10_000,), (99,)))
    assert order(store) == [7, 8]


def test_pictures_of_waypoints_are_asked_for_once(qtbot: QtBot, tool: PathTool, store: Store) -> None:
    with qtbot.waitSignal(tool.pictures_wanted) as wanted:
        lay(store, 1, 2)
    tool.show_pictures(wanted.args[0], [image_of(image) for image in pictures(2)])
    with qtbot.waitSignal(tool.pictures_wanted) as wanted:
        lay(store, 2, 1, 4)
    assert np.array_equal(wanted.args[0], LATENTS[[4]])


def test_a_noise_loop_is_closed_around_what_is_shown_and_once_more_is_another_one(tool: PathTool, store: Store) -> None:
    tool.parts.radius.setValue(3.0)
    tool.parts.loop.click()
    path = store.state.path
    first = np.stack([pin.latent for pin in path.waypoints])
    assert (path.closed, path.kind, path.mode) == (True, "catmull-rom", "loop")
    assert np.linalg.norm(first - LATENTS[3], axis=1) == pytest.approx(np.full(len(first), 3.0), abs=1e-3)
    tool.parts.loop.click()
    assert not np.allclose(first, np.stack([pin.latent for pin in store.state.path.waypoints]))
    assert steps(store) == 2


def test_a_random_walk_begins_at_what_is_shown(tool: PathTool, store: Store) -> None:
    tool.parts.walk.click()
    assert np.array_equal(store.state.path.waypoints[0].latent, LATENTS[3])
    assert not store.state.path.closed


def test_a_keyframe_is_added_changed_and_removed(qtbot: QtBot, tool: PathTool, store: Store) -> None:
    lay(store, 1, 2)
    store.move("Smile", strengths={"smile": 2.0})
    store.show_position(0.75)
    tool.parts.add_keyframe.click()
    told = [(one.at, dict(one.strengths)) for one in store.state.path.keyframes]
    assert told == [(0.0, {"smile": 0.0}), (0.75, {"smile": 2.0}), (1.0, {"smile": 0.0})]
    assert len(tool.parts.keyframes.rows) == 3
    tool.parts.keyframes.edited.emit(1, None)
    assert len(store.state.path.keyframes) == 2
    store.undo()
    assert len(store.state.path.keyframes) == 3


def test_the_puck_blends_four_waypoints_and_a_drag_is_one_step(tool: PathTool, store: Store) -> None:
    lay(store, 1, 2, 5)
    assert not tool.parts.pad.isVisible()
    lay(store, 1, 2, 5, 9)
    pad = tool.parts.pad
    before, box = steps(store), pad.box()
    corners = (box.topLeft(), box.center(), box.bottomRight())
    drag(pad, *((at.x(), at.y()) for at in corners))
    assert np.array_equal(store.state.place.base, LATENTS[9])
    assert steps(store) == before + 1
    drag(pad, (box.left(), box.top()))
    assert np.array_equal(store.state.place.base, LATENTS[1])
    tool.parts.flat.setChecked(True)
    drag(pad, (box.center().x(), box.center().y()))
    assert store.state.place.base == pytest.approx(LATENTS[[1, 2, 5, 9]].mean(axis=0), abs=1e-2)
    assert store.state.place.base.shape == (DIM,)


def test_the_puck_moves_by_keys(qtbot: QtBot, tool: PathTool, store: Store) -> None:
    lay(store, 1, 2, 5, 9)
    qtbot.keyClick(tool.parts.pad, Qt.Key.Key_Right)
    assert tool.parts.pad.puck == pytest.approx((0.55, 0.5))
    assert store.undo_title == "Blend"


def test_the_button_asks_for_a_drawing_and_is_up_again_when_it_is_there(qtbot: QtBot, tool: PathTool) -> None:
    with qtbot.waitSignal(tool.draw_wanted, check_params_cb=lambda on: on):
        tool.parts.draw.click()
    tool.show_drawing(False)
    assert not tool.parts.draw.isChecked()
