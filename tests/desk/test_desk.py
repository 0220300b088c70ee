"""The whole window with its engine process, on models that need no torch: driven by deeds, keys and clicks."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk_scene import WAIT, joined, opens
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session import preferences
from explorer.session.preferences import Preferences
from explorer.session.state import frozen
from explorer.ui.map.canvas import MapCanvas


def shows(qtbot: QtBot, desk: Desk, shade: Callable[[], float]) -> None:
    """Wait until the stage shows the shade that belongs to the state."""

    def check() -> None:
        shown = desk.window.stage.picture_shown
        assert shown is not None
        assert int(shown[0, 0, 0]) == int(np.clip(100 + 10 * shade(), 0, 255))

    qtbot.waitUntil(check, timeout=WAIT)


def test_the_first_model_shows_its_most_typical_sample(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    place = desk.store.state.place
    assert np.array_equal(place.base, samples.latents[place.sample])
    assert desk.store.undo_title is None
    shows(qtbot, desk, lambda: desk.model.latent()[0])


def test_a_moved_concept_shows_its_picture_and_undo_brings_the_old_one_back(qtbot: QtBot, desk: Desk) -> None:
    before = desk.model.latent()[0]
    desk.store.move("Move smile", strengths={"smile": 3.0})
    shows(qtbot, desk, lambda: before + 3)
    desk.do("undo")
    shows(qtbot, desk, lambda: before)
    desk.do("redo")
    shows(qtbot, desk, lambda: before + 3)


def test_a_hover_shows_its_picture_and_leaving_returns(qtbot: QtBot, desk: Desk) -> None:
    before = desk.model.latent()[0]
    desk.store.show_preview(frozen(np.full(4, 9.0, dtype=np.float32)))
    shows(qtbot, desk, lambda: 9)
    desk.store.show_preview(None)
    shows(qtbot, desk, lambda: before)
    assert desk.store.undo_title is None


def test_random_gives_a_latent_that_its_seed_brings_back(qtbot: QtBot, desk: Desk) -> None:
    old = desk.store.state.place
    with qtbot.waitSignal(desk.engine.sampled, timeout=WAIT):
        qtbot.keyClick(desk.window, Qt.Key.Key_R)
    place = desk.store.state.place
    assert place.seed is not None
    assert np.array_equal(place.base, np.random.default_rng(place.seed).standard_normal((1, 4)).astype(np.float32)[0])
    desk.do("undo")
    assert desk.store.state.place is old


def test_home_is_the_zero_latent(qtbot: QtBot, desk: Desk) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_Home)
    assert not desk.store.state.place.base.any()
    shows(qtbot, desk, lambda: 0)


def test_another_model_is_one_step_that_undo_takes_back(qtbot: QtBot, desk: Desk) -> None:
    desk.store.move("Move smile", strengths={"smile": 2.0})
    mine = desk.store.state
    opens(qtbot, desk, "two")
    assert desk.store.state.place.base.shape == (6,)
    with qtbot.waitSignal(
        desk.model.changed, timeout=WAIT, check_params_cb=lambda opened: opened is not None and opened.path == "one"
    ):
        desk.do("undo")
    assert desk.store.state is mine
    shows(qtbot, desk, lambda: desk.model.latent()[0])


def test_a_model_that_does_not_open_leaves_everything_as_it_was(qtbot: QtBot, desk: Desk) -> None:
    before = desk.store.state
    with qtbot.waitSignal(desk.engine.failed, timeout=WAIT):
        desk.model.switch("nowhere")
    assert "no model 'nowhere'" in desk.window.messages.text
    assert desk.store.state is before
    desk.store.move("Move smile", strengths={"smile": 1.0})
    shows(qtbot, desk, lambda: desk.model.latent()[0])


def test_the_state_travels_as_text(qtbot: QtBot, desk: Desk) -> None:
    desk.store.move("Move smile", strengths={"smile": 1.25, "bold": -0.5})
    qtbot.keyClick(desk.window, Qt.Key.Key_S)
    mine = desk.store.state
    desk.do("copy")
    desk.do("zero")
    desk.do("paste")
    pasted = desk.store.state
    assert np.array_equal(pasted.place.base, mine.place.base)
    assert dict(pasted.place.strengths) == dict(mine.place.strengths)
    assert len(pasted.shelf) == 1


def test_text_that_is_no_state_gets_a_message(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("hello")
    before = desk.store.state
    desk.do("paste")
    assert desk.window.messages.text
    assert desk.store.state is before


def test_a_snapshot_restores_exactly_what_was_there(qtbot: QtBot, desk: Desk) -> None:
    desk.store.move("Move smile", strengths={"smile": 2.0})
    kept = desk.store.state.place
    desk.do("snapshot")
    desk.do("zero")
    assert desk.store.state.shelf[0].place is kept


def test_two_pins_make_a_film_that_plays_on_the_stage(qtbot: QtBot, desk: Desk) -> None:
    desk.do("pin")
    desk.do("random")
    qtbot.waitUntil(lambda: desk.store.state.place.seed is not None, timeout=WAIT)
    desk.do("pin")
    first, last = (pin.latent[0] for pin in desk.store.state.path.waypoints)
    qtbot.waitUntil(lambda: desk.window.path.film is not None, timeout=WAIT)
    desk.do("step_on")
    shows(qtbot, desk, lambda: first)
    desk.store.show_position(1.0)
    shows(qtbot, desk, lambda: last)


def test_a_dropped_picture_becomes_the_current_latent(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    Image.new("RGB", (10, 10), (200, 0, 0)).save(tmp_path / "mine.png")
    with qtbot.waitSignal(desk.engine.encoded, timeout=WAIT):
        desk.window.dropped.emit(str(tmp_path / "mine.png"))
    assert desk.store.state.place.base[0] == 10


def test_going_to_the_other_space_keeps_the_sample(qtbot: QtBot, desk: Desk) -> None:
    opens(qtbot, desk, "gan")
    assert desk.store.state.place.space == "w"
    index = desk.store.state.place.sample
    desk.window.map.space_wanted.emit("z")
    place = desk.store.state.place
    assert (place.space, place.sample) == ("z", index)
    assert desk.model.opened is not None
    assert np.array_equal(place.base, desk.model.opened.samples["z"].latents[index])


def test_the_device_is_remembered(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.engine.device_changed, timeout=WAIT):
        desk.window.tool_bar.device_wanted.emit("gpu")
    desk.window.close()
    assert preferences.load().device == "gpu"
    assert preferences.load().recent == ("one",)


def test_the_map_of_each_model_is_remembered(qtbot: QtBot, desk: Desk) -> None:
    desk.store.change("Colour", colour="size")
    desk.store.change("Axes", projection=replace(desk.store.state.projection, first=2, second=3))
    opens(qtbot, desk, "two")
    qtbot.waitUntil(lambda: desk.store.state.colour == "kind", timeout=WAIT)
    opens(qtbot, desk, "one")
    assert desk.store.state.colour == "size"
    assert desk.store.state.projection.first == 2


def test_a_click_on_the_map_chooses_what_is_there(qtbot: QtBot, desk: Desk) -> None:
    before = desk.store.state.place
    canvas = desk.window.map.findChild(MapCanvas)
    qtbot.waitUntil(lambda: desk.window.stage.screen_part.walkable, timeout=WAIT)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() // 3, canvas.height() // 2))
    qtbot.waitUntil(lambda: desk.store.state.place is not before, timeout=WAIT)
    assert desk.store.undo_title is not None


def test_a_crashed_engine_comes_back_with_everything(qtbot: QtBot, desk: Desk) -> None:
    desk.store.move("Move smile", strengths={"smile": 3.0})
    mine = desk.store.state
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        assert desk.engine.pid is not None
        os.kill(desk.engine.pid, signal.SIGKILL)
    assert desk.store.state is mine
    desk.store.move("Move smile", strengths={"smile": 4.0})
    shows(qtbot, desk, lambda: desk.model.latent()[0])


def comes(qtbot: QtBot, desk: Desk, path: str) -> None:
    """Wait until the model at a path is open and shown."""
    qtbot.waitUntil(lambda: desk.model.opened is not None and desk.model.opened.path == path, timeout=WAIT)


def test_undo_and_redo_at_once_across_models_end_where_they_should(qtbot: QtBot, desk: Desk) -> None:
    opens(qtbot, desk, "two")
    qtbot.waitUntil(lambda: desk.store.state.colour == "kind", timeout=WAIT)  # the map has come
    desk.store.move("Move smile", strengths={"smile": 1.0})
    mine = desk.store.state
    desk.do("undo")
    desk.do("undo")  # leads to the other model, which has to be opened
    assert desk.store.state.model == "one"
    desk.do("redo")
    desk.do("redo")
    comes(qtbot, desk, "two")
    assert desk.store.state is mine
    assert desk.store.redo_title is None
    shows(qtbot, desk, lambda: desk.model.latent()[0])


def test_undo_to_a_model_that_is_gone_stays_where_it_was(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(qtbot, desk, "two")
    mine = desk.store.state
    gone = replace(desk.store.state, model="gone")
    desk.store.restart(gone)  # as undo would
    qtbot.waitUntil(lambda: desk.store.state.model == "two", timeout=WAIT)
    assert desk.store.state.place is gone.place
    assert desk.model.opened is not None
    assert desk.store.state.shelf == mine.shelf
    assert "no model 'gone'" in desk.window.messages.text


def test_nothing_lies_before_the_first_model(qtbot: QtBot) -> None:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    for deed in ("zero", "snapshot", "reset", "pin", "random"):
        desk.do(deed)
    opens(qtbot, desk, "one")
    try:
        assert desk.store.undo_title is None
        assert desk.store.state.shelf == ()
    finally:
        desk.close()


def test_a_first_model_that_does_not_open_says_so_and_leaves_a_window_that_can_open_others(qtbot: QtBot) -> None:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    try:
        desk.model.switch("nowhere")
        qtbot.waitUntil(lambda: desk.window.tool_bar.model_text.startswith("No model"), timeout=WAIT)
        assert desk.window.messages.text
        opens(qtbot, desk, "one")
        shows(qtbot, desk, lambda: desk.model.latent()[0])
    finally:
        desk.close()


def test_a_paste_that_failed_does_not_strike_later(qtbot: QtBot, desk: Desk) -> None:
    opens(qtbot, desk, "two")
    desk.do("copy")
    text = QGuiApplication.clipboard().text().replace('"print of two"', '"print of another"')
    opens(qtbot, desk, "one")
    QGuiApplication.clipboard().setText(text.replace('"two"', '"toonfaces-vae"'))
    with qtbot.waitSignal(desk.engine.failed, timeout=WAIT):
        desk.do("paste")
    before = desk.store.state.place
    desk.store.move("Move smile", strengths={"smile": 1.0})
    opens(qtbot, desk, "gan")
    desk.do("undo")
    comes(qtbot, desk, "one")
    assert desk.store.state.place.base is before.base


def test_each_model_keeps_its_shelf(qtbot: QtBot, desk: Desk) -> None:
    desk.do("snapshot")
    kept = desk.store.state.shelf
    opens(qtbot, desk, "two")
    assert desk.store.state.shelf == ()
    opens(qtbot, desk, "one")
    assert desk.store.state.shelf is kept


def test_the_progress_of_a_job_outlives_the_one_it_replaced(qtbot: QtBot, desk: Desk) -> None:
    done: list[object] = []
    gates = [threading.Event(), threading.Event()]
    for gate in gates:
        desk.jobs.run("slot", waits, gate, done=done.append, title="Working")
    gates[0].set()
    qtbot.waitUntil(lambda: desk.window.status.is_working, timeout=WAIT)
    gates[1].set()
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)
    assert not desk.window.status.is_working


def waits(gate: threading.Event, *, step: object) -> str:
    gate.wait(30)
    return "done"
