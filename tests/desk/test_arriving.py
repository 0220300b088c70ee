"""A checkpoint of others is dropped on the window: the card comes, then the model; what is none is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import reading_jobs
from desk_scene import WAIT, opens
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from strange_files import explored, mlp_vae

from explorer.desk import arriving
from explorer.desk.desk import Desk
from explorer.models.base import Fact
from explorer.models.config import read_card
from explorer.models.foreign.copies import source_of
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.manifest import write_manifest
from explorer.models.foreign.opening import read
from explorer.ui.about import About
from explorer.ui.arrival import Arrival


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


def test_a_dropped_checkpoint_shows_its_card_and_opens_on_explore(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    mlp_vae(tmp_path / "vae_epoch_25.pth")
    desk.window.dropped.emit(str(tmp_path / "vae_epoch_25.pth"))
    card = desk.papers.arriving.card
    assert card is not None
    assert card.isVisible()
    qtbot.waitUntil(lambda: card.ready, timeout=WAIT)
    assert "Fully connected VAE" in card.text
    assert "3 latents" in card.text
    assert "Inferred" in card.text
    qtbot.waitUntil(lambda: "3 latents change the picture" in card.text, timeout=WAIT)
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        card.leave()
    opened = desk.model.opened
    assert opened is not None
    assert opened.card.container == "torch zip file"
    assert len(opened.samples["z"]) == 2000
    assert source_of(opened.path) == str((tmp_path / "vae_epoch_25.pth").resolve())
    assert read_card(opened.path).facts
    assert any("vae_epoch_25.pth" in action.text() for action in desk.window.recent.actions())


def test_what_is_no_model_is_told_and_the_open_model_stays(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    opens(qtbot, desk, str(Path("pretrained/digits-vae-2d").resolve()))
    (tmp_path / "generator.pth").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    desk.window.dropped.emit(str(tmp_path / "generator.pth"))
    qtbot.waitUntil(lambda: "git lfs pull" in desk.window.messages.text, timeout=WAIT)
    qtbot.waitUntil(lambda: desk.papers.arriving.card is None, timeout=WAIT)
    assert desk.model.opened is not None
    assert desk.model.opened.card.name == "digits-vae-2d"


def test_giving_up_leaves_everything_as_it_was(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    opens(qtbot, desk, str(Path("pretrained/digits-vae-2d").resolve()))
    mlp_vae(tmp_path / "vae.pth")
    desk.window.dropped.emit(str(tmp_path / "vae.pth"))
    card = desk.papers.arriving.card
    assert card is not None
    card.reject()
    assert desk.papers.arriving.card is None
    assert desk.model.opened is not None
    assert desk.model.opened.card.name == "digits-vae-2d"


def test_a_model_that_was_explored_before_can_still_be_drafted(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    mlp_vae(tmp_path / "vae.pth")
    explored(desk, qtbot, tmp_path / "vae.pth")
    desk.do("about_model")
    (about,) = desk.window.findChildren(About)
    (button,) = (one for one in about.findChildren(QPushButton) if "Draft" in one.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.papers.arriving.drafting.dialog is not None, timeout=WAIT)
    assert desk.papers.arriving.card is None


def test_a_slow_model_can_be_explored_before_its_samples_are_there(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "keep", reading_jobs.keep_slowly)
    mlp_vae(tmp_path / "vae.pth")
    desk.window.dropped.emit(str(tmp_path / "vae.pth"))
    card = desk.papers.arriving.card
    assert card is not None
    qtbot.waitUntil(lambda: "1 of 8 so far" in card.text, timeout=WAIT)
    assert "takes 3.0 s on this CPU" in card.text
    assert card.ready
    (explore,) = (one for one in card.findChildren(QPushButton) if one.text() == "Explore")
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        qtbot.mouseClick(explore, Qt.MouseButton.LeftButton)


def test_what_a_measure_warns_of_is_marked(qtbot: QtBot) -> None:
    card = Arrival("vae.pth")
    qtbot.addWidget(card)
    card.show_contents("", [Fact("some numbers are none", "measured", warns=True), Fact("all is well", "measured")], ())
    marks = [label for label in card.findChildren(QLabel) if label.accessibleName() == "Warning"]
    assert len(marks) == 1
    assert "Some numbers are none" in card.text


def test_the_card_of_a_model_without_a_prior_says_why_its_samples_are_noise(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    mlp_vae(tmp_path / "vae.pth")
    write_manifest(draft(read(tmp_path / "vae.pth"), {"prior": "none"}).manifest, tmp_path / "vae.latent.json")
    desk.window.dropped.emit(str(tmp_path / "vae.pth"))
    card = desk.papers.arriving.card
    assert card is not None
    qtbot.waitUntil(lambda: "decode to noise" in card.text, timeout=WAIT)
    assert card.pictures.isVisible()
