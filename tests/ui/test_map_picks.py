"""Samples chosen by hand: lasso, box and brush with real drags, and the exactness of what lies inside."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from map_scene import MapScene
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from explorer.ui.map import outlines

ROUND = [QPoint(120, 120), QPoint(420, 110), QPoint(430, 330), QPoint(240, 210), QPoint(110, 300)]
BOX = [QPoint(150, 100), QPoint(240, 180), QPoint(400, 320)]
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
places = st.floats(-50, 50, width=32)


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot)


def drag(scene: MapScene, way: list[QPoint], modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, modifiers, way[0])
    for at in way[1:]:
        scene.qtbot.mouseMove(scene.canvas, at)
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, modifiers, way[-1])


def inside(scene: MapScene, way: list[QPoint]) -> set[int]:
    """What a plain test of every sample says."""
    corners = np.array([[at.x(), at.y()] for at in way], float)
    found = outlines.winds_around(scene.canvas.camera.to_screen(scene.points), corners)
    return set(np.flatnonzero(found).tolist())


def boxed(scene: MapScene, way: list[QPoint]) -> set[int]:
    x, y = scene.canvas.camera.to_screen(scene.points).T
    low, high = way[0], way[-1]
    return set(np.flatnonzero((x >= low.x()) & (x <= high.x()) & (y >= low.y()) & (y <= high.y())).tolist())


def selected(scene: MapScene) -> set[int]:
    return set(scene.store.state.selection.tolist())


def test_a_lasso_selects_what_it_goes_around_as_one_step(scene: MapScene) -> None:
    scene.panel.take_tool("lasso")
    drag(scene, ROUND)
    assert selected(scene) == inside(scene, ROUND)
    assert len(selected(scene)) > 10
    assert scene.store.undo_title == f"Select {len(selected(scene))} samples"
    scene.store.undo()
    assert selected(scene) == set()
    assert scene.store.undo_title is None


def test_shift_adds_and_alt_takes_away(scene: MapScene) -> None:
    scene.panel.take_tool("box")
    drag(scene, BOX)
    assert selected(scene) == boxed(scene, BOX)
    more = [QPoint(300, 60), QPoint(500, 250)]
    drag(scene, more, SHIFT)
    assert selected(scene) == boxed(scene, BOX) | boxed(scene, more)
    drag(scene, BOX, ALT)
    assert selected(scene) == boxed(scene, more) - boxed(scene, BOX)


def test_without_a_tool_shift_and_a_drag_draw_a_lasso(scene: MapScene) -> None:
    camera = scene.canvas.camera
    drag(scene, ROUND, SHIFT)
    assert selected(scene) == inside(scene, ROUND)
    assert scene.canvas.camera == camera


def test_the_brush_selects_on_its_way_and_its_stroke_is_one_step(scene: MapScene) -> None:
    scene.panel.take_tool("brush")
    way = [QPoint(200, 240), QPoint(260, 240), QPoint(420, 250)]
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=way[0])
    scene.qtbot.mouseMove(scene.canvas, way[1])
    scene.qtbot.waitUntil(lambda: bool(selected(scene)))
    first = selected(scene)
    scene.qtbot.mouseMove(scene.canvas, way[2])
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, pos=way[2])
    assert selected(scene) > first
    scene.store.undo()
    assert selected(scene) == set()


def test_a_click_selects_one_sample_shift_adds_alt_takes_away(scene: MapScene) -> None:
    one = scene.lonely()
    other = next(i for i in range(300) if i != one and scene.canvas.sample_at(scene.at(i).toPointF()) == i)
    scene.click(scene.at(one))
    assert selected(scene) == {one}
    place = scene.store.state.place
    scene.qtbot.mouseClick(scene.canvas, Qt.MouseButton.LeftButton, SHIFT, scene.at(other))
    assert selected(scene) == {one, other}
    scene.qtbot.mouseClick(scene.canvas, Qt.MouseButton.LeftButton, ALT, scene.at(one))
    assert selected(scene) == {other}
    assert scene.store.state.place is place


def test_escape_leaves_the_drawing_then_the_tool_then_the_selection(scene: MapScene) -> None:
    drag(scene, ROUND, SHIFT)
    before = selected(scene)
    scene.panel.take_tool("lasso")
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=BOX[0])
    scene.qtbot.mouseMove(scene.canvas, BOX[1])
    assert scene.canvas.picking.running
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    scene.qtbot.mouseMove(scene.canvas, BOX[2])
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, pos=BOX[2])
    assert selected(scene) == before
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert scene.canvas.picking.tool == "pan"
    assert selected(scene) == before
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert selected(scene) == set()


def test_the_switch_shows_and_gives_the_tool_and_the_cursor_says_it(scene: MapScene) -> None:
    button = scene.part(QAbstractButton, "Lasso: draw around samples")
    assert isinstance(button, QAbstractButton)
    scene.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert scene.canvas.picking.tool == "lasso"
    assert scene.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert not button.isChecked()
    assert scene.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_with_a_tool_the_middle_button_pans(scene: MapScene) -> None:
    scene.panel.take_tool("box")
    camera = scene.canvas.camera
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.MiddleButton, pos=BOX[0])
    scene.qtbot.mouseMove(scene.canvas, BOX[1])
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.MiddleButton, pos=BOX[1])
    assert scene.canvas.camera != camera
    assert selected(scene) == set()


def test_what_is_selected_stands_out(scene: MapScene) -> None:
    plain = scene.canvas.layers.dots.colour_of
    before = [plain(sample) for sample in (3, 4)]
    scene.store.change("Select", selection=np.array([3, 5]))
    assert plain(3) == before[0]
    assert plain(4) >> 24 < before[1] >> 24
    scene.panel.grab()


@settings(max_examples=60)
@given(points=arrays(np.float32, (40, 2), elements=places), corners=arrays(np.float64, (7, 2), elements=places))
def test_a_lasso_is_exact(points: np.ndarray, corners: np.ndarray) -> None:
    found = set(outlines.in_lasso(points, corners).tolist())
    assert found == set(np.flatnonzero(outlines.winds_around(points.astype(float), corners)).tolist())


def test_a_lasso_as_thin_as_a_hair_keeps_its_tip() -> None:
    points, corners = np.zeros((3, 2), np.float32), np.array([[-1.0, 0], [0, 0], [1e-38, 0], [0, 1e-38]])
    assert set(outlines.in_lasso(points, corners).tolist()) == {0, 1, 2}


@given(points=arrays(np.float32, (40, 2), elements=places), track=arrays(np.float64, (4, 2), elements=places))
def test_the_brush_takes_what_is_near_its_track(points: np.ndarray, track: np.ndarray) -> None:
    steps = np.concatenate([np.linspace(a, b, 400) for a, b in pairwise(track)])
    distances = np.hypot(*(points[:, None] - steps).transpose(2, 0, 1)).min(axis=1)
    found = set(outlines.under_brush(points, track, 5.0).tolist())
    assert set(np.flatnonzero(distances < 4.99).tolist()) <= found <= set(np.flatnonzero(distances < 5.2).tolist())


def test_samples_without_a_place_are_never_picked() -> None:
    points = np.array([[0, 0], [np.nan, np.nan]], np.float32)
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    assert outlines.in_lasso(points, square).tolist() == [0]
    assert outlines.in_box(points, square[0], square[2]).tolist() == [0]
    assert outlines.under_brush(points, square[:1], 9.0).tolist() == [0]
