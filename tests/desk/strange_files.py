"""Checkpoints of others for the desk's tests, and how a user comes to explore one."""

from __future__ import annotations

from pathlib import Path

import torch
from desk_scene import WAIT
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.desk.desk import Desk


def mlp_vae(path: Path) -> None:
    """The example VAE of PyTorch, small: no file tells its prior."""
    layers = {"fc1": (64, 9), "fc21": (9, 3), "fc22": (9, 3), "fc3": (3, 9), "fc4": (9, 64)}
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(*sizes) for name, sizes in layers.items()})
    torch.save(net.state_dict(), path)


def explored(desk: Desk, qtbot: QtBot, path: Path) -> None:
    """Drop a file on the window, wait for its card, and explore it."""
    desk.window.dropped.emit(str(path))
    card = desk.papers.arriving.card
    assert card is not None
    qtbot.waitUntil(lambda: card.ready, timeout=WAIT)
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        card.leave()
