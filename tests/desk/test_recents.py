"""The menu of recent files: foreign ones under their own name; what has gone opens as the kept copy, or is told."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest
import strange_files
from desk_scene import WAIT, opens
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot
from strange_files import mlp_vae

from explorer.commands import copies as copies_command
from explorer.desk.desk import Desk
from explorer.models.foreign.copies import copies, copy_of
from explorer.session import preferences


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


@pytest.fixture
def explored(desk: Desk, qtbot: QtBot, tmp_path: Path) -> Path:
    """A checkpoint of others that was dropped and explored."""
    mlp_vae(tmp_path / "vae.pth")
    strange_files.explored(desk, qtbot, tmp_path / "vae.pth")
    return tmp_path / "vae.pth"


def entry(desk: Desk, name: str) -> QAction:
    return next(action for action in desk.window.recent.actions() if action.text().startswith(name))


def test_a_foreign_file_is_recent_under_its_own_name_with_its_kind_and_path(desk: Desk, explored: Path) -> None:
    assert entry(desk, "vae.pth").text() == "vae.pth\ttorch zip file"
    assert entry(desk, "vae.pth").toolTip() == str(explored)
    assert preferences.load().kinds[str(explored)] == "torch zip file"


def test_a_recent_file_opens_again_without_its_card(desk: Desk, qtbot: QtBot, explored: Path) -> None:
    opens(qtbot, desk, str(Path("pretrained/digits-vae-2d").resolve()))
    entry(desk, "vae.pth").trigger()
    qtbot.waitUntil(lambda: desk.model.opened is not None and desk.model.opened.card.origin != "", timeout=WAIT)
    assert desk.papers.arriving.card is None


def test_a_file_that_has_gone_opens_as_the_copy_that_was_kept(desk: Desk, qtbot: QtBot, explored: Path) -> None:
    opens(qtbot, desk, str(Path("pretrained/digits-vae-2d").resolve()))
    explored.unlink()
    entry(desk, "vae.pth").trigger()
    qtbot.waitUntil(lambda: desk.model.opened is not None and desk.model.opened.card.origin != "", timeout=WAIT)
    assert "copy that was kept" in desk.window.messages.text
    assert entry(desk, "vae.pth").toolTip() == str(explored)  # and not the copy


def test_what_has_gone_without_a_copy_is_told_and_taken_off_the_list(desk: Desk, explored: Path) -> None:
    explored.unlink()
    shutil.rmtree(Path(copy_of(str(explored))).parent)
    entry(desk, "vae.pth").trigger()
    assert "vae.pth is no longer in" in desk.window.messages.text
    assert str(explored) not in preferences.load().recent
    assert not desk.window.recent.isEnabled()


def test_the_list_can_be_cleared(desk: Desk, explored: Path) -> None:
    entry(desk, "Clear list").trigger()
    assert preferences.load().recent == ()
    assert explored.is_file()


def test_kept_copies_are_removed_but_the_open_one(
    desk: Desk, qtbot: QtBot, explored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.do("drop_copies")
    qtbot.waitUntil(lambda: "No other copies" in desk.window.messages.text, timeout=WAIT)
    assert [one.source for one in copies()] == [str(explored)]
    opens(qtbot, desk, str(Path("pretrained/digits-vae-2d").resolve()))
    desk.do("drop_copies")
    qtbot.waitUntil(lambda: "Removed 1 kept" in desk.window.messages.text, timeout=WAIT)
    assert not copies()
    copies_command.run(argparse.Namespace(json=False, remove=False))
    assert "at most 21 copies" in capsys.readouterr().out


def test_a_folder_given_by_a_short_path_is_found_from_elsewhere(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Path("pretrained/digits-vae-2d").resolve()
    shutil.copytree(ours, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    opens(qtbot, desk, "mine")
    assert preferences.load().recent[0] == str(tmp_path / "mine")
    assert entry(desk, "mine").text() == "mine\tmodel folder"
