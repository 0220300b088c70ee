"""What a file does to the process that reads it does not touch the window: crash, hang, greed, endless work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import reading_jobs
from desk_scene import WAIT
from pytestqt.qtbot import QtBot

from explorer.desk import arriving
from explorer.desk.desk import Desk


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """A window without a model."""
    return on_folders


def dropped(desk: Desk, folder: Path, reading: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, dropped on the window, that is read by `reading`."""
    monkeypatch.setattr(arriving, "keep", reading)
    (folder / "model.pkl").write_bytes(b"\x80\x02}X\x01\x00\x00\x00aK\x01s.")
    desk.window.dropped.emit(str(folder / "model.pkl"))


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (reading_jobs.crash, "crashed"),
        pytest.param(reading_jobs.devour, "memory", marks=pytest.mark.skipif(sys.platform != "linux", reason="limits")),
        pytest.param(reading_jobs.spin, "time", marks=pytest.mark.skipif(sys.platform == "win32", reason="limits")),
    ],
    ids=["crash", "memory", "time"],
)
def test_a_reading_that_goes_wrong_is_told_and_the_window_goes_on(
    reading: Callable[..., None],
    said: str,
    desk: Desk,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped(desk, tmp_path, reading, monkeypatch)
    qtbot.waitUntil(lambda: said in desk.window.messages.text, timeout=WAIT)
    assert desk.papers.arriving.card is None
    assert desk.window.isEnabled()
    dropped(desk, tmp_path, reading_jobs.hang, monkeypatch)  # and the next file is read
    qtbot.waitUntil((tmp_path / "pid").exists, timeout=WAIT)


def test_a_reading_that_hangs_is_ended_with_its_card(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped(desk, tmp_path, reading_jobs.hang, monkeypatch)
    qtbot.waitUntil(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "", timeout=WAIT)
    pid = int((tmp_path / "pid").read_text())
    assert is_alive(pid)
    card = desk.papers.arriving.card
    assert card is not None
    card.reject()
    qtbot.waitUntil(lambda: not is_alive(pid), timeout=WAIT)
    assert desk.papers.arriving.card is None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
