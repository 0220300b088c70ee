"""Weights that nobody knows are dropped on the window: a draft comes, answers change its pictures, it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from desk_scene import WAIT
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.desk.desk import Desk
from explorer.latents.priors import ChosenPrior
from explorer.models.config import read_card
from explorer.models.foreign.hashes import file_hash
from explorer.models.foreign.manifest import manifest_path, read_manifest
from explorer.models.prior_files import keep_prior
from explorer.ui.draft.dialog import DraftDialog
from explorer.ui.main_window import MainWindow


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


def unknown(path: Path) -> Path:
    torch.manual_seed(0)
    net = nn.Module()
    net.squeeze = nn.Sequential(nn.Linear(64, 20), nn.Tanh(), nn.Linear(20, 4))
    net.widen = nn.Sequential(nn.Linear(4, 20), nn.Tanh(), nn.Linear(20, 64))
    torch.save(net.state_dict(), path)
    return path


def drop(window: MainWindow, path: Path) -> None:
    """What a hand does that lets a file go over the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), copy, data, button, key))


def drafted(desk: Desk, qtbot: QtBot, path: Path) -> DraftDialog:
    drop(desk.window, path)
    drafting = desk.papers.arriving.drafting
    qtbot.waitUntil(lambda: drafting.dialog is not None and drafting.dialog.keep.isEnabled(), timeout=WAIT)
    assert drafting.dialog is not None
    return drafting.dialog


def choose(dialog: DraftDialog, name: str, value: str) -> None:
    """As a hand does: pick an entry of a drop-down."""
    box = dialog.answers.boxes[name]
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_a_draft_is_answered_watched_kept_and_opens_without_questions_then(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = unknown(tmp_path / "mine.pth")
    before = replace(read_card("digits-vae-2d"), origin=file_hash(path))
    keep_prior(before, ChosenPrior("sphere"))
    dialog = drafted(desk, qtbot, path)
    assert 2 <= dialog.mosaic.count <= 16  # a slow machine shows fewer
    assert dialog.answers.marks["activation"].text() == "guessed"
    choose(dialog, "activation", "tanh")
    qtbot.waitUntil(lambda: dialog.answers.marks["activation"].text() == "yours", timeout=WAIT)
    choose(dialog, "prior", "normal")
    qtbot.waitUntil(lambda: dialog.answers.marks["prior"].text() == "yours", timeout=WAIT)
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    assert read_manifest(manifest_path(path)).choices == {"activation": "tanh", "prior": "normal"}
    assert desk.model.opened is not None
    assert desk.model.opened.card.encodes
    assert desk.store.state.prior is None  # the draft has the last word, not a choice of before
    kept = desk.model.opened.path
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):  # no question any more
        drop(desk.window, path)
    assert desk.papers.arriving.drafting.dialog is None
    assert desk.model.opened.path == kept


def test_an_answer_that_leads_nowhere_says_why_and_cannot_be_kept(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    net = nn.Sequential(nn.Linear(5, 64), nn.ReLU(), nn.Unflatten(1, (4, 4, 4)), nn.Conv2d(4, 1, 5))
    named = {f"top.{key}": value for key, value in net.state_dict().items()}
    torch.save({"top.odd": torch.ones(1), **named}, tmp_path / "a.pth")
    dialog = drafted(desk, qtbot, tmp_path / "a.pth")
    box = dialog.layers.boxes["way:top.3"]
    box.setCurrentIndex(box.findData("1,0"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: not dialog.keep.isEnabled(), timeout=WAIT)
    assert "cannot be drafted" in dialog.told.text()
    qtbot.mouseClick(dialog.guesses, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.keep.isEnabled, timeout=WAIT)


def test_a_draft_that_is_given_up_leaves_nothing_beside_the_file(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = drafted(desk, qtbot, unknown(tmp_path / "mine.pth"))
    dialog.reject()
    assert desk.papers.arriving.drafting.dialog is None
    assert [one.name for one in tmp_path.iterdir()] == ["mine.pth"]
