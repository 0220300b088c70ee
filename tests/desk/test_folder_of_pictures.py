"""A user's folder of pictures, dropped on the window with a real model: encoded and mapped, or left half-way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import encoding_jobs
import numpy as np
import pytest
from desk_scene import WAIT
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.models import bringing


@pytest.fixture
def digits(qtbot: QtBot, on_folders: Desk) -> Desk:
    on_folders.begin("digits-vae-2d")
    qtbot.waitUntil(lambda: on_folders.window.map.shown is not None, timeout=WAIT)
    return on_folders


def pictures(folder: Path, count: int) -> Path:
    random = np.random.default_rng(0)
    for kind in ("dark", "light"):
        (folder / kind).mkdir(parents=True)
        for number in range(count // 2):
            shade = random.integers(0, 120, (28, 28)) + (120 if kind == "light" else 0)
            Image.fromarray(shade.astype(np.uint8)).save(folder / kind / f"{number}.png")
    return folder


def test_a_folder_is_encoded_and_mapped_with_its_subfolders_as_labels(
    qtbot: QtBot, digits: Desk, tmp_path: Path
) -> None:
    digits.window.dropped.emit(str(pictures(tmp_path / "mine", 12)))
    qtbot.waitUntil(lambda: len(digits.window.map.canvas.layers.points) == 12, timeout=WAIT)
    samples = digits.model.samples()
    assert samples is not None
    folder = samples.label("folder")
    assert folder is not None
    assert sorted(folder.names) == ["dark", "light"]
    assert "12 pictures of mine" in digits.window.messages.text


def test_a_folder_that_is_cancelled_half_way_leaves_all_as_it_was_and_says_so(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "encoded_folder", encoding_jobs.half)
    before, points = desk.store.state, desk.window.map.canvas.layers.points
    desk.window.dropped.emit(str(pictures(tmp_path / "mine", 64)))
    cancel = next(button for button in desk.window.status.findChildren(QToolButton) if button.text() == "Cancel")
    qtbot.waitUntil(lambda: desk.window.status.progress == ("Encoding 64 pictures", 50), timeout=WAIT)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert desk.window.messages.text == "Encoding the pictures of mine: cancelled. Nothing was changed."
    qtbot.waitUntil(lambda: not cancel.isVisible(), timeout=WAIT)
    if sys.platform != "win32":
        qtbot.waitUntil(lambda: is_gone(int((tmp_path / "pid").read_text())), timeout=WAIT)
    assert desk.store.state is before
    assert desk.window.map.canvas.layers.points is points
    assert desk.store.undo_title is None


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
