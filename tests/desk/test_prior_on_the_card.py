"""The card of a checkpoint asks for its prior by rows of samples, and for pictures where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from desk_scene import WAIT
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.desk.desk import Desk
from explorer.models.prior_files import kept_prior
from explorer.ui.arrival import Arrival


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


def mlp_vae(path: Path) -> None:
    """The example VAE of PyTorch, small: no file tells its prior."""
    layers = {"fc1": (64, 9), "fc21": (9, 3), "fc22": (9, 3), "fc3": (3, 9), "fc4": (9, 64)}
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(*sizes) for name, sizes in layers.items()})
    torch.save(net.state_dict(), path)


def shown(desk: Desk, qtbot: QtBot, path: Path) -> Arrival:
    """The card of a file, when it has been read."""
    desk.window.dropped.emit(str(path))
    card = desk.papers.arriving.card
    assert card is not None
    qtbot.waitUntil(lambda: card.ready and bool(card.priors.rows or card.pictures.isVisible()), timeout=WAIT)
    return card


def test_a_click_on_a_row_of_samples_is_the_prior_the_model_opens_with(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    mlp_vae(tmp_path / "vae.pth")
    card = shown(desk, qtbot, tmp_path / "vae.pth")
    assert list(card.priors.rows) == ["normal", "uniform", "sphere"]
    assert card.priors.rows["normal"][0].isChecked()
    row = card.priors.rows["uniform"][1]
    assert row.count == 8
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert card.priors.rows["uniform"][0].isChecked()
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        card.leave()
    opened = desk.model.opened
    assert opened is not None
    assert np.abs(opened.samples["z"].latents).max() <= 1
    chosen = kept_prior(opened.card)
    assert chosen is not None
    assert chosen.kind == "uniform"


def test_the_row_that_stands_there_already_changes_nothing(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    mlp_vae(tmp_path / "vae.pth")
    card = shown(desk, qtbot, tmp_path / "vae.pth")
    qtbot.mouseClick(card.priors.rows["sphere"][0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.priors.rows["normal"][0], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        card.leave()
    assert desk.model.opened is not None
    assert kept_prior(desk.model.opened.card) is None
