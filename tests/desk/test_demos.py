"""Demo files and pictures that carry their state, in the whole window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desk_scene import WAIT, joined, opens
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences
from explorer.session.state import frozen
from explorer.ui.demo_dialog import DemoDialog, DemoWords


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    opens(qtbot, desk, "one")
    yield desk
    desk.close()


def saved(qtbot: QtBot, desk: Desk, path: Path) -> Path:
    desk.demos.save(path, DemoWords("A smile", "Move it."))
    qtbot.waitUntil(path.exists, timeout=WAIT)
    return path


def test_a_demo_file_brings_back_the_model_and_the_place(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.store.move("Move", strengths={"smile": 1.25})
    mine = desk.model.latent()
    file = saved(qtbot, desk, tmp_path / "mine.latent")
    opens(qtbot, desk, "two")
    (tmp_path / "one").mkdir()  # where the demo finds its model: beside it
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        desk.window.dropped.emit(str(file))
    assert desk.model.opened is not None
    assert desk.model.opened.card.name == "one"
    assert desk.model.latent().tobytes() == mine.tobytes()
    assert desk.store.state.place.strengths["smile"] == 1.25
    assert "A smile" in desk.window.messages.text
    assert desk.store.undo_title == "Open mine.latent"


def test_a_demo_without_its_model_says_where_to_put_it(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    file = saved(qtbot, desk, tmp_path / "mine.latent")
    opens(qtbot, desk, "two")
    before = desk.store.state
    desk.window.dropped.emit(str(file))
    assert "'one' is not on this machine" in desk.window.messages.text
    assert desk.store.state is before


def test_a_saved_picture_dropped_on_the_window_restores_what_made_it(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.store.move("Move", strengths={"bold": 2.0})
    mine = desk.model.latent()
    qtbot.waitUntil(lambda: desk.window.stage.picture_shown is not None, timeout=WAIT)
    target = tmp_path / "kept.png"
    monkeypatch.setattr("explorer.desk.papers.QFileDialog.getSaveFileName", staticmethod(lambda *_a: (str(target), "")))
    desk.do("save_picture")
    qtbot.waitUntil(target.exists, timeout=WAIT)
    desk.do("zero")
    desk.window.dropped.emit(str(target))
    qtbot.waitUntil(lambda: desk.store.undo_title == "Open the demo", timeout=WAIT)
    assert desk.model.latent().tobytes() == mine.tobytes()


def test_what_a_hover_showed_is_what_its_picture_restores(desk: Desk) -> None:
    from explorer.session import demo

    hovered = np.full(4, 0.75, dtype=np.float32)
    desk.store.show_preview(hovered)
    read = demo.from_text(desk.demos.text()).document.state.place
    assert read.base.tobytes() == hovered.tobytes()
    assert dict(read.strengths) == {}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'{"format": "other"}'])
def test_a_damaged_demo_gets_a_message_and_changes_nothing(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.latent").write_bytes(content)
    before = desk.store.state
    desk.window.dropped.emit(str(tmp_path / "bad.latent"))
    assert desk.window.messages.text
    assert desk.store.state is before


def test_the_words_are_asked_for_and_kept(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "asked"
    monkeypatch.setattr("explorer.desk.demos.QFileDialog.getSaveFileName", staticmethod(lambda *_a: (str(target), "")))

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, DemoDialog)
        qtbot.keyClicks(dialog.title, "Two moods")
        dialog.accept()

    QTimer.singleShot(0, fill)
    desk.do("save_demo")
    qtbot.waitUntil((tmp_path / "asked.latent").exists, timeout=WAIT)
    assert '"title": "Two moods"' in (tmp_path / "asked.latent").read_text(encoding="utf-8")


def test_a_picture_of_others_carries_no_state(tmp_path: Path) -> None:
    from explorer.export.pictures import save_png, state_in

    Image.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    save_png(Image.new("RGB", (4, 4)), tmp_path / "ours.png", "told")
    (tmp_path / "cut.png").write_bytes((tmp_path / "ours.png").read_bytes()[:40])
    assert [state_in(tmp_path / name) for name in ("plain.png", "ours.png", "cut.png", "none.png")] == [
        "",
        "told",
        "",
        "",
    ]


def test_the_program_can_begin_with_a_demo(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.store.move("Move", strengths={"smile": 0.5})
    mine = desk.model.latent()
    file = saved(qtbot, desk, tmp_path / "mine.latent")
    (tmp_path / "one").mkdir()
    second = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(second.window)
    try:
        with qtbot.waitSignal(second.model.changed, timeout=WAIT):
            second.begin(str(file))
        assert second.model.latent().tobytes() == mine.tobytes()
    finally:
        second.close()


def test_a_demo_holds_samples_that_were_brought_and_brings_them_where_they_are_not(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    random = np.random.default_rng(5)
    np.savez(tmp_path / "mine.npz", latents=random.standard_normal((12, 4)).astype(np.float32))
    desk.bringing.take([tmp_path / "mine.npz"])
    qtbot.waitUntil(lambda: desk.store.state.brought != "", timeout=WAIT)
    mine = desk.model.samples()
    assert mine is not None
    desk.store.move("Choose", base=frozen(mine.latents[7]), sample=7)
    file = saved(qtbot, desk, tmp_path / "mine.latent")
    other = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(other.window)
    opens(qtbot, other, "one")
    other.window.dropped.emit(str(file))
    qtbot.waitUntil(lambda: other.store.state.brought != "", timeout=WAIT)
    theirs = other.model.samples()
    assert theirs is not None
    np.testing.assert_array_equal(theirs.latents, mine.latents)
    assert [(one.name, one.names) for one in theirs.labels] == [(one.name, one.names) for one in mine.labels]
    assert other.store.state.place.sample == 7
    other.close()
