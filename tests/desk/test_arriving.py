"""A checkpoint of others is dropped on the window: the card comes, then the model; what is none is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from desk_scene import WAIT, opens
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.desk.desk import Desk
from explorer.models.config import read_card
from explorer.models.foreign.copies import source_of


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


def mlp_vae(path: Path) -> None:
    """The example VAE of PyTorch, small."""
    layers = {"fc1": (64, 9), "fc21": (9, 3), "fc22": (9, 3), "fc3": (3, 9), "fc4": (9, 64)}
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(*sizes) for name, sizes in layers.items()})
    torch.save(net.state_dict(), path)


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
