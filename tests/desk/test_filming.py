"""The path leaves the window as a film, and what is done is recorded."""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from desk_scene import joined
from PIL import Image
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.export.pictures import state_in
from explorer.export.reels import FORMS
from explorer.session.demo import from_text
from explorer.session.preferences import Preferences
from explorer.session.state import Keyframe, Pin, frozen
from explorer.ui.path.export_dialog import ExportDialog, Wish

WAIT = 20_000


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    """On a path from a dark picture to a bright one."""
    made = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(made.window)
    made.model.switch("one")
    qtbot.waitUntil(lambda: made.model.opened is not None, timeout=WAIT)
    pins = tuple(Pin(frozen(np.full(4, value, np.float32))) for value in (-8.0, 14.0))
    made.store.change_path("Pins", waypoints=pins, frames=7, kind="linear", mode="once")
    qtbot.waitUntil(lambda: made.window.path.film is not None, timeout=WAIT)
    yield made
    made.close()


def shades(path: Path) -> list[float]:
    if path.suffix == ".webp":
        with Image.open(path) as film:
            found = []
            for index in range(film.n_frames):
                film.seek(index)
                found.append(float(np.asarray(film.convert("RGB")).mean()))
            return found
    with av.open(str(path)) as film:
        return [float(frame.to_ndarray(format="rgb24").mean()) for frame in film.decode(video=0)]


@pytest.mark.parametrize("ending", [".mp4", ".gif", ".webp"])
def test_the_film_has_every_frame_in_the_order_it_is_played(
    qtbot: QtBot, desk: Desk, tmp_path: Path, ending: str
) -> None:
    desk.store.change_path("There and back", mode="ping-pong")
    target = tmp_path / f"film{ending}"
    desk.filming.export(target, Wish(ending, 64))
    qtbot.waitUntil(target.exists, timeout=WAIT)
    there = np.linspace(100 - 80, 100 + 140, 7)
    assert shades(target) == pytest.approx([*there, *there[-2:0:-1]], abs=6)


@pytest.mark.parametrize("ending", [*FORMS, ".npy", ".json"])
def test_the_path_is_written_in_every_form(qtbot: QtBot, desk: Desk, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"path{ending}"
    desk.filming.export(target, Wish(ending, 32))
    qtbot.waitUntil(target.exists, timeout=WAIT)
    assert [file.name for file in tmp_path.iterdir()] == [target.name]
    if ending == ".npy":
        assert np.load(target)[:, 0] == pytest.approx(np.linspace(-8, 14, 7), abs=1e-5)


def test_a_long_film_comes_in_parts_and_a_cross_fade_of_its_waypoints(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    for kind in ("linear", "crossfade"):
        desk.store.change_path("Long", frames=150, kind=kind)
        target = tmp_path / f"{kind}.mp4"
        desk.filming.export(target, Wish(".mp4", 64))
        qtbot.waitUntil(target.exists, timeout=WAIT)
        assert shades(target) == pytest.approx(np.linspace(20, 240, 150), abs=6)


def test_the_map_stands_beside_the_picture(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: desk.window.map.shown is not None, timeout=WAIT)
    target = tmp_path / "film.webp"
    desk.filming.export(target, Wish(".webp", 64, with_map=True))
    qtbot.waitUntil(target.exists, timeout=WAIT)
    with Image.open(target) as film:
        assert (film.size, film.n_frames) == ((1000, 480), 7)


def test_an_export_that_is_cancelled_leaves_what_was_there(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"the one before")
    desk.store.change_path("Long", frames=10_000)
    desk.filming.export(target, Wish(".mp4", 256))
    qtbot.waitUntil(lambda: len(list(tmp_path.iterdir())) == 2, timeout=WAIT)
    desk.window.status.cancel_wanted.emit()
    qtbot.waitUntil(lambda: len(list(tmp_path.iterdir())) == 1, timeout=WAIT)
    assert target.read_bytes() == b"the one before"


@pytest.mark.skipif(os.name == "nt", reason="a process is killed otherwise there")
def test_an_export_goes_on_after_the_engine_was_killed(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    desk.store.change_path("Long", frames=2_000)
    desk.filming.export(target, Wish(".mp4", 64))
    qtbot.waitUntil(lambda: len(list(tmp_path.iterdir())) == 1, timeout=WAIT)
    assert desk.engine.pid is not None
    os.kill(desk.engine.pid, signal.SIGKILL)
    qtbot.waitUntil(target.exists, timeout=2 * WAIT)
    assert len(shades(target)) == 2_000


def test_what_is_done_live_is_recorded(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    target, now = tmp_path / "live.mp4", [10.0]
    desk.filming.clock = lambda: now[0]
    desk.filming.record(target)
    assert desk.window.path.controls.record.isChecked()
    for value in (-8.0, 14.0):
        desk.store.move("Move", base=frozen(np.full(4, value, np.float32)))
        with qtbot.waitSignal(desk.live.shown, timeout=WAIT):
            pass
        now[0] += 0.5
    desk.do("record")
    qtbot.waitUntil(target.exists, timeout=WAIT)
    seen = shades(target)
    assert len(seen) == 30  # of each picture half a second
    assert seen[0] == pytest.approx(20, abs=6)
    assert seen[-1] == pytest.approx(240, abs=6)
    assert not desk.window.path.controls.record.isChecked()


@pytest.mark.parametrize("keyframes", [(), (Keyframe(0.5, {"smile": 2.0}),)])
def test_the_path_as_python_decodes_exactly_its_frames(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, keyframes: tuple[Keyframe, ...]
) -> None:
    desk.store.change_path("Keyframes", keyframes=keyframes)
    desk.do("copy_path")
    decoded: list[np.ndarray] = []

    class Recorder:
        def decode(self, latents: np.ndarray, **settings: object) -> np.ndarray:
            decoded.append(latents)
            return np.zeros((len(latents), 4, 4, 3), np.uint8)

    monkeypatch.setattr("explorer.open", lambda _path: Recorder())
    monkeypatch.setattr("explorer.export.film.save_film", lambda *_told, **_named: True)
    exec(compile(QGuiApplication.clipboard().text(), "script", "exec"), {})
    np.testing.assert_array_equal(decoded[0], desk.window.path.latents)


def test_the_dialog_offers_what_means_something(qtbot: QtBot) -> None:
    dialog = ExportDialog(Wish(".mp4", 640, True), 48, 24.0, has_map=True)
    qtbot.addWidget(dialog)
    assert dialog.wish == Wish(".mp4", 640, True)
    dialog.form.setCurrentIndex(dialog.form.findData(".npy"))
    assert not dialog.longest.isEnabled()
    dialog.form.setCurrentIndex(dialog.form.findData(".gif"))
    dialog.with_map.setChecked(True)
    assert not dialog.longest.isEnabled()
    assert dialog.wish.with_map


@pytest.mark.parametrize("kind", ["linear", "crossfade"])
def test_every_still_carries_the_state_that_leads_back_to_it(
    qtbot: QtBot, desk: Desk, tmp_path: Path, kind: str
) -> None:
    desk.store.change_path("Kind", kind=kind)
    qtbot.waitUntil(lambda: desk.window.path.film is not None, timeout=WAIT)
    for ending in (".zip", ".png"):
        target = tmp_path / f"path{ending}"
        desk.filming.export(target, Wish(ending, 32))
        qtbot.waitUntil(target.exists, timeout=WAIT)
    zipfile.ZipFile(tmp_path / "path.zip").extractall(tmp_path / "frames")
    demo = from_text(state_in(tmp_path / "frames" / "frame_00003.png"))
    shown = demo.document.state
    if kind == "linear":
        assert shown.path.position is None
        assert shown.place.base == pytest.approx(np.full(4, -8 + 22 / 3), abs=1e-5)
    else:
        assert shown.path.position == pytest.approx(1 / 3)
    whole = from_text(state_in(tmp_path / "path.png")).document.state
    assert len(whole.path.waypoints) == 2
