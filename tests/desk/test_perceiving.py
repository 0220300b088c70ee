"""A network that the user brings measures the path and the rows beside it."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from desk_scene import WAIT
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.desk.perceiving import perceptual_path_length
from explorer.session.state import Pin, frozen


@pytest.fixture
def network(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    stream, net = io.BytesIO(), torch.nn.Conv2d(3, 4, 3, stride=8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = (torch.zeros(2, 3, 64, 64),)
        torch.onnx.export(
            net, given, stream, input_names=["pictures"], dynamic_axes={"pictures": {0: "n"}}, dynamo=False
        )
    path = tmp_path / "net.onnx"
    path.write_bytes(stream.getvalue())
    return path


def lay(qtbot: QtBot, desk: Desk, **fields: object) -> None:
    pins = tuple(Pin(frozen(np.full(4, value, np.float32))) for value in (-8.0, 14.0))
    desk.store.change_path("Pins", waypoints=pins, frames=9, kind="linear", mode="once", **fields)
    qtbot.waitUntil(lambda: len(desk.window.path.lanes.bad) == 9, timeout=WAIT)


def test_a_network_that_is_brought_measures_the_path_and_the_kinds_beside_it(
    qtbot: QtBot, desk: Desk, network: Path
) -> None:
    lay(qtbot, desk, compared=("spherical",))
    rows = desk.window.path.rows
    qtbot.waitUntil(lambda: all(rows.told("spherical")[:4]), timeout=WAIT)
    desk.perceiving.bring(network)
    qtbot.waitUntil(lambda: all(rows.told("linear")) and all(rows.told("spherical")), timeout=WAIT)
    images = desk.window.path.images
    assert images is not None
    value = perceptual_path_length(str(network), images, desk.window.path.timing, step=lambda *_told: None)
    assert rows.told("linear")[4] == f"{value:.3g}"
    assert value > 0


def test_without_rows_the_path_alone_has_one_and_a_new_path_is_measured_anew(
    qtbot: QtBot, desk: Desk, network: Path
) -> None:
    lay(qtbot, desk)
    desk.perceiving.bring(network)
    rows = desk.window.path.rows
    qtbot.waitUntil(lambda: rows.isVisible() and bool(rows.told("linear")[4]), timeout=WAIT)
    before = rows.told("linear")[4]
    desk.store.change_path("Shorter", waypoints=tuple(Pin(frozen(np.full(4, one, np.float32))) for one in (0.0, 2.0)))
    qtbot.waitUntil(lambda: rows.told("linear")[4] not in ("", before), timeout=WAIT)


def test_a_file_that_is_no_network_is_said_to_be_so(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    lay(qtbot, desk)
    (tmp_path / "net.onnx").write_bytes(b"no graph")
    desk.perceiving.bring(tmp_path / "net.onnx")
    qtbot.waitUntil(desk.window.messages.isVisible, timeout=WAIT)
    assert "net.onnx" in desk.window.messages.text
