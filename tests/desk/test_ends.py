"""The ends of the path stand beside it as the model reads and paints them again."""

from __future__ import annotations

import numpy as np
import pytest
from desk_scene import WAIT, opens
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.state import Pin, frozen


def lay(desk: Desk, *values: float) -> None:
    dim = desk.store.state.place.base.size
    pins = tuple(Pin(frozen(np.full(dim, value, np.float32))) for value in values)
    desk.store.change_path("Pins", waypoints=pins, frames=5, mode="once")


def test_both_ends_are_read_back_and_decoded_again(qtbot: QtBot, desk: Desk) -> None:
    lay(desk, -8.0, 2.0, 14.0)
    left, right = desk.window.path.ends
    qtbot.waitUntil(lambda: left.image is not None and right.image is not None, timeout=WAIT)
    assert [cell.image.pixelColor(0, 0).red() for cell in (left, right) if cell.image] == pytest.approx(
        [20, 240], abs=2
    )
    assert "A read by the encoder" in left.toolTip()
    assert "C read by the encoder" in right.toolTip()
    assert left.isVisible()


def test_another_end_has_another_reconstruction_and_without_a_path_there_is_none(qtbot: QtBot, desk: Desk) -> None:
    lay(desk, -8.0, 14.0)
    right = desk.window.path.ends[1]
    qtbot.waitUntil(lambda: right.image is not None, timeout=WAIT)
    lay(desk, -8.0, 0.0)
    qtbot.waitUntil(lambda: right.image is not None and right.image.pixelColor(0, 0).red() == 100, timeout=WAIT)
    lay(desk, -8.0)
    assert not right.isVisible()


def test_a_model_without_an_encoder_says_why_there_is_none(qtbot: QtBot, desk: Desk) -> None:
    opens(qtbot, desk, "gan")
    lay(desk, -1.0, 1.0)
    left = desk.window.path.ends[0]
    assert left.image is None
    assert "no encoder" in left.toolTip()
