"""Samples that are shown alone: the others are neither seen nor found, until the chip brings them back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from map_scene import MapScene, opened_with
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from explorer.latents.selections import Only, chosen, to_mask
from explorer.session.document import from_text, to_text
from explorer.ui.map.nearest import PointGrid
from explorer.ui.samples import SamplesPanel


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot)


def half(scene: MapScene) -> Only:
    only = Only(chosen(np.flatnonzero(scene.samples.labels[0].values == 1)), "smile = yes")
    scene.store.change("Show only smile = yes", only=only)
    scene.panel.grab()
    return only


def test_a_hidden_sample_is_not_found_and_comes_back_with_a_click_on_the_chip(scene: MapScene) -> None:
    hidden = next(one for one in range(300) if scene.samples.labels[0].values[one] == 0 and alone(scene, one))
    at = scene.at(hidden)
    half(scene)
    assert scene.canvas.sample_at(QPointF(at)) != hidden
    assert scene.panel.chip.words == f"{len(scene.store.state.only.indices)} of 300: smile = yes"  # type: ignore[union-attr]
    close = scene.panel.chip.findChild(QAbstractButton)
    scene.qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert scene.store.state.only is None
    assert not scene.panel.chip.isVisible()
    assert scene.canvas.sample_at(QPointF(at)) == hidden
    scene.store.undo()
    assert scene.panel.chip.isVisible()


def alone(scene: MapScene, sample: int) -> bool:
    return scene.canvas.sample_at(QPointF(scene.at(sample))) == sample


@pytest.mark.parametrize("tool", ["lasso", "box", "brush"])
def test_no_tool_picks_what_is_hidden(scene: MapScene, tool: str) -> None:
    only = half(scene)
    scene.panel.take_tool(tool)  # type: ignore[arg-type]
    way = [QPoint(60, 100), QPoint(600, 110), QPoint(80, 380), QPoint(590, 400)]
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=way[0])
    for at in way[1:]:
        scene.qtbot.mouseMove(scene.canvas, at)
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, pos=way[-1])
    picked = scene.store.state.selection
    assert len(picked) > 3
    assert set(picked.tolist()) <= set(only.indices.tolist())


def test_hidden_points_leave_no_trace_in_the_picture(scene: MapScene) -> None:
    def inked() -> int:
        scene.panel.grab()
        return scene.canvas.layers.dots.in_raster

    before = inked()
    only = half(scene)
    assert before == 300
    assert inked() == len(only.indices)


def test_the_gallery_shows_what_the_map_shows(qtbot: QtBot, scene: MapScene) -> None:
    panel = SamplesPanel(scene.store)
    qtbot.addWidget(panel)
    panel.show_model(opened_with(scene.samples))
    panel.show()
    panel.source.setCurrentIndex(panel.source.findText("All samples"))
    panel.source.activated.emit(panel.source.currentIndex())
    qtbot.keyClicks(panel.query, "smile = yes")
    qtbot.mouseClick(panel.alone, Qt.MouseButton.LeftButton)
    smiling = np.flatnonzero(scene.samples.labels[0].values == 1)
    only = scene.store.state.only
    assert only is not None
    assert (only.words, only.indices.tolist()) == ("smile = yes", smiling.tolist())
    panel.query.clear()
    assert panel.gallery.samples.tolist() == smiling.tolist()
    scene.store.undo()
    assert len(panel.gallery.samples) == 300


def test_the_text_of_a_state_carries_what_is_shown_alone(scene: MapScene) -> None:
    only = half(scene)
    back = from_text(to_text(scene.store.state, "toy", "f")).state
    assert back.only is not None
    assert (back.only.words, back.only.indices.tolist()) == (only.words, only.indices.tolist())
    assert back.within(3).only is None or max(back.within(3).only.indices) < 3  # type: ignore[union-attr]


@given(arrays(np.float32, (60, 2), elements=st.floats(-9, 9, width=32)), st.sets(st.integers(0, 59)), st.floats(-9, 9))
def test_a_sifted_grid_answers_as_one_that_was_built_of_these_points(
    points: np.ndarray, there: set[int], x: float
) -> None:
    mask = to_mask(chosen(there), 60)
    sifted, built = PointGrid(points).only(mask), PointGrid(np.where(mask[:, None], points, np.float32(np.nan)))
    assert sifted.nearest(x, x / 2, 3.0) == built.nearest(x, x / 2, 3.0)
    assert sifted.inside(x - 2, -3, x + 1, 4).tolist() == built.inside(x - 2, -3, x + 1, 4).tolist()
