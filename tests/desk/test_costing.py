"""The costs under the strip, and kinds side by side, on a model without torch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from desk_scene import joined
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences
from explorer.session.state import Pin, frozen

WAIT = 20_000


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(made.window)
    made.window.resize(1200, 800)
    made.window.show()
    made.model.switch("one")
    qtbot.waitUntil(lambda: made.model.opened is not None, timeout=WAIT)
    ends = (np.zeros(4, np.float32), np.array([14, 30, 0, 0], np.float32))
    pins = tuple(Pin(frozen(latent)) for latent in ends)
    made.store.change_path("Pins", waypoints=pins, frames=9, kind="linear")
    qtbot.waitUntil(lambda: len(made.window.path.lanes.bad) == 9, timeout=WAIT)
    yield made
    made.close()


def test_lanes_tell_change_distance_and_length_and_shade_what_is_far_from_the_data(desk: Desk) -> None:
    lanes = desk.window.path.lanes
    names = {lane.name: lane.values for lane in lanes.lanes}
    assert list(names) == ["change", "distance", "length"]
    assert names["change"] == pytest.approx(np.full(8, 140 / 255 / 8), abs=0.005)
    assert names["length"] == pytest.approx(np.linspace(0, np.hypot(14, 30), 9), abs=1e-3)
    assert not lanes.bad[0]
    assert lanes.bad[-1]
    assert "a bad stretch" in lanes.told(8)
    assert "picture length" in lanes.told(0)


def test_a_changed_path_shows_no_costs_of_the_one_before(qtbot: QtBot, desk: Desk) -> None:
    desk.store.change_path("Fewer", frames=5)
    assert len(desk.window.path.lanes.bad) == 0
    qtbot.waitUntil(lambda: len(desk.window.path.lanes.bad) == 5, timeout=WAIT)


def test_kinds_stand_side_by_side_in_step_with_what_each_costs(qtbot: QtBot, desk: Desk) -> None:
    controls, rows = desk.window.path.controls, desk.window.path.rows
    for action in controls.compare.menu().actions():
        if action.data() in ("spherical", "crossfade"):
            action.trigger()
    assert desk.store.state.path.compared == ("spherical", "crossfade")
    qtbot.waitUntil(lambda: all(all(rows.told(kind)) for kind in rows.kinds) and rows.isVisible(), timeout=WAIT)
    assert rows.kinds == ("linear", "spherical", "crossfade")
    assert float(rows.told("linear")[0]) == pytest.approx(np.hypot(14, 30), rel=0.01)
    assert all(len(strip.images) == 9 for strip in rows.strips.values())
    desk.store.show_position(0.5)
    assert {strip.current for strip in rows.strips.values()} == {4}
    desk.store.undo()
    assert desk.store.state.path.compared == ("spherical",)


def test_the_selected_samples_travel_as_far_as_the_path_does_in_rows_in_step(qtbot: QtBot, desk: Desk) -> None:
    controls, rows, samples = desk.window.path.controls, desk.window.path.rows, desk.model.samples()
    assert samples is not None
    desk.store.change("Select", selection=np.array([3, 8]))
    next(action for action in controls.compare.menu().actions() if action.data() == "company").trigger()
    assert desk.store.state.path.company
    assert desk.store.state.path.compared == ()
    qtbot.waitUntil(lambda: all(all(rows.told(row)) for row in rows.kinds) and rows.isVisible(), timeout=WAIT)
    assert rows.kinds == ("linear", "sample 3", "sample 8")
    for sample in (3, 8):
        images = rows.strips[f"sample {sample}"].images
        there = 100 + 10 * (samples.latents[sample, 0] + np.linspace(0, 14, 9))
        shades = [images[frame].pixelColor(0, 0).red() for frame in range(9)]
        assert shades == pytest.approx(np.clip(there, 0, 255), abs=1.5)
        assert float(rows.told(f"sample {sample}")[0]) == pytest.approx(np.hypot(14, 30), rel=0.01)
    desk.store.show_position(0.5)
    assert {strip.current for strip in rows.strips.values()} == {4}
    desk.store.change("Select", selection=np.array([5]))
    qtbot.waitUntil(lambda: rows.kinds == ("linear", "sample 5"), timeout=WAIT)
    desk.store.change_path("Alone", company=False)
    qtbot.waitUntil(lambda: rows.kinds == (), timeout=WAIT)


def test_even_speed_spaces_the_frames_by_the_change_of_the_picture(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.window.path
    ends = (np.full(4, 0, np.float32), np.full(4, 30, np.float32))  # white long before the end
    desk.store.change_path("Bright", waypoints=tuple(Pin(frozen(latent)) for latent in ends))
    qtbot.waitUntil(lambda: len(panel.lanes.bad) == 9, timeout=WAIT)
    QTest.mouseClick(panel.controls.even, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.timing[1] < 0.1 and panel.film is not None, timeout=WAIT)
    steps = np.diff(panel.film[:9].astype(float).mean(axis=(1, 2, 3)))
    assert steps[:-1].max() < 1.3 * steps[:-1].min()
    assert panel.strip.frame_at(QPointF(panel.strip.x_of(4), 0).x()) == 4
