"""The hand on a path of the map: waypoints dragged, the bead scrubbed, a curve drawn."""

from __future__ import annotations

import numpy as np
import pytest
from map_scene import MapScene
from panel_scene import drag
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from explorer.session.state import Pin


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    made = MapScene(qtbot)
    pins = tuple(Pin(made.samples.latents[index], index) for index in (0, 1))
    made.store.change_path("Pins", waypoints=pins, kind="linear")
    return made


def xy(point: QPoint) -> tuple[float, float]:
    return float(point.x()), float(point.y())


def test_a_waypoint_is_dragged_and_nothing_else_happens(scene: MapScene) -> None:
    dragged: list[tuple[int, np.ndarray, int]] = []
    scene.panel.hand.dragged.connect(lambda *told: dragged.append(told))
    camera, start = scene.canvas.camera, scene.at(1)
    drag(scene.canvas, xy(start), (start.x() + 20, start.y()), (start.x() + 40, start.y() - 10))
    assert [index for index, _place, _stroke in dragged] == [1, 1]
    assert len({stroke for _index, _place, stroke in dragged}) == 1
    wanted = camera.to_plane(np.array([start.x() + 40, start.y() - 10], float))
    assert dragged[-1][1] == pytest.approx(wanted)
    assert scene.canvas.camera is camera
    assert scene.store.state.place.sample is None
    assert scene.panel.lifted(wanted[None]).shape == (1, 5)


def test_the_bead_is_scrubbed_along_the_line(scene: MapScene) -> None:
    scene.store.show_position(0.5)
    scrubbed: list[float] = []
    scene.panel.hand.scrubbed.connect(scrubbed.append)
    bead = scene.canvas.camera.to_screen(scene.panel._marks.route.bead)
    drag(scene.canvas, tuple(bead.tolist()), xy(scene.at(1)), xy(scene.at(0)))
    assert scrubbed[0] == pytest.approx(1.0, abs=0.03)
    assert scrubbed[-1] == pytest.approx(0.0, abs=0.03)


def test_a_curve_is_drawn_once_and_the_map_does_not_move(scene: MapScene) -> None:
    drawn: list[np.ndarray] = []
    scene.panel.hand.drawn.connect(drawn.append)
    camera = scene.canvas.camera
    scene.panel.hand.draw_next(True)
    drag(scene.canvas, (100, 100), (150, 120), (200, 100), (260, 140))
    assert scene.canvas.camera is camera
    assert drawn[0].shape == (4, 2)
    assert drawn[0][0] == pytest.approx(camera.to_plane(np.array([100.0, 100.0])))
    drag(scene.canvas, (100, 100), (150, 120))
    assert len(drawn) == 1
    assert scene.canvas.camera is not camera


def test_a_click_beside_the_path_chooses_a_sample_as_ever(scene: MapScene) -> None:
    sample = scene.lonely()
    scene.click(scene.at(sample))
    assert scene.store.state.place.sample == sample
