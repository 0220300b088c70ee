"""The card of a checkpoint asks for its prior by rows of samples, and for pictures where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from desk_scene import WAIT
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from strange_files import mlp_vae
from torch import nn

from explorer.desk.desk import Desk
from explorer.models.prior_files import kept_prior
from explorer.ui.arrival import Arrival


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


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


def autoencoder(path: Path, dim: int = 5, width: int = 4) -> None:
    """The autoencoder of the UvA tutorials, narrow: pictures of 32 x 32 without a prior."""
    torch.manual_seed(0)
    down = ((3, 2), (width, 1), (width, 2), (2 * width, 1), (2 * width, 2))
    ends = [width, width, 2 * width, 2 * width, 2 * width]
    encoder = [
        layer
        for (channels, stride), out in zip(down, ends, strict=True)
        for layer in (nn.Conv2d(channels, out, 3, stride, 1), nn.GELU())
    ]
    w = 2 * width
    up = (nn.ConvTranspose2d(w, w, 3, 2, 1, 1), nn.Conv2d(w, w, 3, 1, 1), nn.ConvTranspose2d(w, width, 3, 2, 1, 1),
          nn.Conv2d(width, width, 3, 1, 1), nn.ConvTranspose2d(width, 3, 3, 2, 1, 1))  # fmt: skip
    net = nn.Module()
    net.encoder, net.decoder = nn.Module(), nn.Module()
    net.encoder.net = nn.Sequential(*encoder, nn.Flatten(), nn.Linear(w * 16, dim))
    net.decoder.linear = nn.Sequential(nn.Linear(dim, w * 16), nn.GELU())
    net.decoder.net = nn.Sequential(*(layer for one in up for layer in (one, nn.GELU())))
    torch.save(net.state_dict(), path)


def test_an_autoencoder_says_why_its_samples_are_noise_and_opens_on_the_pictures_that_are_chosen(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    autoencoder(tmp_path / "ae.ckpt")
    (tmp_path / "mine").mkdir()
    for number in range(20):
        noise = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / "mine" / f"{number}.png")
    card = shown(desk, qtbot, tmp_path / "ae.ckpt")
    assert card.pictures.isVisible()
    assert not card.priors.isVisible()
    qtbot.waitUntil(lambda: "Nothing pulled its latents to a known distribution" in card.text, timeout=WAIT)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_told: str(tmp_path / "mine"))
    qtbot.mouseClick(card.pictures, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (known := desk.model.samples()) is not None and len(known) == 20, timeout=WAIT)
    assert desk.store.state.brought == "mine"
