"""The card beside the cursor."""

from __future__ import annotations

import numpy as np
import pytest
from map_scene import MapScene
from PySide6.QtCore import QPoint, QRect
from pytestqt.qtbot import QtBot


@pytest.fixture
def scene(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MapScene:
    scene = MapScene(qtbot)
    monkeypatch.setattr(scene.canvas, "underMouse", lambda: True)  # the cursor of this screen is nowhere
    return scene


def dwell(scene: MapScene, at: QPoint) -> None:
    """The cursor comes here and stays."""
    scene.hover(at)
    scene.canvas.telling._dwell.timeout.emit()


def test_after_a_while_a_sample_tells_its_labels_and_wants_its_picture(scene: MapScene) -> None:
    sample, card = scene.lonely(), scene.canvas.telling.card
    scene.hover(scene.at(sample))
    assert not card.isVisible()
    with scene.qtbot.waitSignal(scene.panel.glance_wanted) as wanted:
        dwell(scene, scene.at(sample))
    assert wanted.args == [sample]
    assert card.isVisible()
    assert card.lines[0] == f"Sample {sample}"
    assert card.picture is None
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 200, np.uint8))
    assert card.picture is not None
    assert card.picture.toImage().pixelColor(4, 4).red() == 200
    assert card.grab().toImage().pixelColor(card.rect().center().x() // 4, card.height() // 2).red() == 200


def test_a_picture_that_is_there_is_not_asked_for_again(scene: MapScene) -> None:
    sample = scene.lonely()
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 200, np.uint8))
    with scene.qtbot.assertNotEmitted(scene.panel.glance_wanted):
        dwell(scene, scene.at(sample))
    assert scene.canvas.telling.card.picture is not None


def test_the_card_goes_with_the_cursor_and_late_pictures_do_not_bring_it_back(scene: MapScene) -> None:
    sample = scene.lonely()
    dwell(scene, scene.at(sample))
    scene.hover(scene.nothing())
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 200, np.uint8))
    assert not scene.canvas.telling.card.isVisible()


def test_the_card_lies_within_the_map_and_beside_its_sample(scene: MapScene) -> None:
    screen = scene.canvas.camera.to_screen(scene.points)
    for sample in {*screen.argmin(axis=0).tolist(), *screen.argmax(axis=0).tolist()}:
        scene.canvas.telling.ringed = sample
        scene.canvas.telling._dwell.timeout.emit()
        card = scene.canvas.telling.card
        assert scene.canvas.rect().contains(card.geometry())
        assert not QRect(card.geometry()).contains(scene.at(sample))
