"""How the points look: contours around shares of them, and the small window that wishes for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from map_scene import MapScene
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QCheckBox, QSlider
from pytestqt.qtbot import QtBot

from explorer.session.preferences import PointsLook
from explorer.ui.map.contour_layer import _path
from explorer.ui.map.contours import SHARES, contours, lines_of

fields = arrays(np.float64, (7, 9), elements=st.integers(0, 6).map(float))


@settings(deadline=None)
@given(fields, st.floats(0.25, 5.75).filter(lambda level: level != round(level)))
def test_a_line_lies_where_the_field_has_its_value(field: np.ndarray, level: float) -> None:
    for column, row in lines_of(field, level).reshape(-1, 2).tolist():
        left, low = int(column), int(row)
        assert column == left or row == low  # on a side of a square
        right, high = min(left + (column > left), 8), min(low + (row > low), 6)
        share = column - left + row - low
        assert field[low, left] * (1 - share) + field[high, right] * share == pytest.approx(level)


@settings(deadline=None)
@given(fields, st.floats(0.25, 5.75).filter(lambda level: level != round(level)))
def test_lines_end_only_at_the_border(field: np.ndarray, level: float) -> None:
    pieces = lines_of(field, level)
    begins, ends = (sorted(map(tuple, pieces[:, side].tolist())) for side in (0, 1))
    loose = set(begins) ^ set(ends)
    assert all(column in (0, 8) or row in (0, 6) for column, row in loose)


def path_of(pieces: np.ndarray) -> QPainterPath:
    return _path(pieces.reshape(-1, 4).tolist())


@pytest.mark.parametrize("count", [300, 5000])
def test_within_a_line_lies_its_share_of_the_samples(count: int) -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(count, 2)), rng.normal(size=(count, 2)) * 0.3 + (7, 2)])
    points = points.astype(np.float32)
    for share, pieces in zip(SHARES, contours(points[:, 0], points[:, 1]), strict=True):
        path = path_of(pieces)
        within = sum(path.contains(QPointF(x, y)) for x, y in points.tolist()) / len(points)
        assert within == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.zeros((1, 2)), np.ones((50, 2)), np.eye(2)])
def test_samples_without_a_spread_have_no_contours(points: np.ndarray) -> None:
    assert all(not len(pieces) for pieces in contours(*points.astype(np.float32).T))


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot, 3000)


def test_a_tick_draws_contours_and_is_told_to_be_remembered(scene: MapScene) -> None:
    before = scene.canvas.grab().toImage()
    popup = scene.panel.bar.look.popup
    box = next(box for box in popup.findChildren(QCheckBox) if box.text() == "Contours")
    with scene.qtbot.waitSignal(scene.panel.look_changed) as told:
        box.click()
    assert told.args == [PointsLook(contours=True)]
    assert scene.canvas.grab().toImage() != before
    scene.panel.show_look(PointsLook())
    assert not box.isChecked()
    assert scene.canvas.grab().toImage() == before


def test_points_take_the_size_that_is_wished(scene: MapScene) -> None:
    scene.canvas.grab()
    fitting = scene.canvas.layers.dots.radius
    scene.panel.bar.look.popup.findChild(QSlider).setValue(200)
    scene.canvas.grab()
    assert scene.canvas.layers.dots.radius == pytest.approx(2 * fitting)
