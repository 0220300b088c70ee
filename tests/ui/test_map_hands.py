"""The map under a hand: hover, click, drag, wheel, keys."""

from __future__ import annotations

import numpy as np
import pytest
from map_scene import MapScene, mouse_move
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.carried import Carried, unpacked
from explorer.ui.map import gestures


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot)


# hover


def test_hover_previews_the_latent_under_the_cursor(scene: MapScene) -> None:
    scene.hover(QPoint(200, 150))
    preview = scene.store.preview
    assert preview is not None
    there = scene.canvas.camera.to_screen(scene.projection.place(preview[None]))[0]
    assert there == pytest.approx([200, 150], abs=0.01)


def test_hover_over_a_sample_rings_it_and_its_words_can_be_read(scene: MapScene) -> None:
    sample = scene.lonely()
    scene.hover(scene.at(sample))
    assert scene.canvas.ringed == sample
    assert scene.panel._chart.describe(sample).splitlines()[0] == f"Sample {sample}"
    assert f"smile: {scene.samples.labels[0].text(sample)}" in scene.panel._chart.describe(sample)
    scene.hover(scene.nothing())
    assert scene.canvas.ringed is None


def test_of_many_moves_in_one_turn_only_the_newest_is_previewed(scene: MapScene) -> None:
    seen: list[object] = []
    scene.store.listen_preview(seen.append)
    for x in range(200, 240):
        QApplication.sendEvent(scene.canvas, mouse_move(scene.canvas, QPoint(x, 150)))
    QApplication.processEvents()
    assert len(seen) == 1
    assert scene.canvas.camera.to_screen(scene.projection.place(seen[0][None]))[0, 0] == pytest.approx(239, abs=0.01)


@pytest.mark.parametrize("away", ["leave", "escape"])
def test_leaving_the_map_or_escape_returns_to_what_was_committed(scene: MapScene, away: str) -> None:
    scene.hover(QPoint(200, 150))
    if away == "leave":
        QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    else:
        scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert scene.store.preview is None
    assert scene.store.undo_title is None


# click


def test_a_click_on_a_sample_chooses_exactly_its_latent(scene: MapScene) -> None:
    sample = scene.lonely()
    scene.store.move("Smile", strengths={"smile": 1.0})
    scene.click(scene.at(sample) + QPoint(2, 2))
    place = scene.store.state.place
    assert np.array_equal(place.base, scene.samples.latents[sample])
    assert (place.sample, place.seed, dict(place.strengths)) == (sample, None, {})
    assert scene.store.undo_title == f"Choose sample {sample}"


def test_a_click_takes_the_stage_back_from_the_path_in_the_same_step(scene: MapScene) -> None:
    scene.store.show_position(0.5)
    scene.click(scene.at(scene.lonely()))
    assert scene.store.state.path.position is None
    scene.store.undo()
    assert scene.store.undo_title is None


def test_a_click_on_nothing_goes_to_the_latent_of_that_place(scene: MapScene) -> None:
    at = scene.nothing()
    scene.click(at)
    scene.hover(at + QPoint(30, 0))  # no second click can follow any more
    place = scene.store.state.place
    assert scene.store.undo_title == "Go to this point"
    assert place.sample is None
    there = scene.canvas.camera.to_screen(scene.projection.place(place.base[None]))[0]
    assert there == pytest.approx([at.x(), at.y()], abs=0.01)


def test_a_lone_click_on_nothing_needs_no_further_move(scene: MapScene) -> None:
    scene.click(scene.nothing())
    scene.qtbot.waitUntil(lambda: scene.store.undo_title == "Go to this point")


def test_a_double_click_on_nothing_shows_everything_and_moves_nothing(scene: MapScene) -> None:
    whole = scene.canvas.camera
    scene.canvas.zoom(3.0, QPointF(100, 100))
    at = scene.nothing()
    scene.click(at)
    scene.qtbot.mouseDClick(scene.canvas, Qt.MouseButton.LeftButton, pos=at)
    QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    assert scene.canvas.camera == whole
    assert scene.store.undo_title is None


# the view


def test_a_drag_pans_and_chooses_nothing(scene: MapScene) -> None:
    before = scene.canvas.camera
    start = scene.at(scene.lonely())
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=start)
    scene.qtbot.mouseMove(scene.canvas, start + QPoint(30, 10))
    scene.qtbot.mouseMove(scene.canvas, start + QPoint(50, -20))
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(50, -20))
    moved = scene.canvas.camera.to_screen(scene.points[0]) - before.to_screen(scene.points[0])
    assert moved == pytest.approx([50, -20])
    assert scene.store.undo_title is None
    assert scene.store.preview is None


def test_the_wheel_zooms_at_the_cursor(scene: MapScene) -> None:
    at = QPointF(200, 150)
    fixed = scene.canvas.plane_at(at)
    event = QWheelEvent(
        at,
        QPointF(scene.canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = scene.canvas.camera.scale
    QApplication.sendEvent(scene.canvas, event)
    assert scene.canvas.camera.scale > 1.3 * before
    assert scene.canvas.plane_at(at) == pytest.approx(fixed)


def test_keys_pan_zoom_and_reset_the_view(scene: MapScene) -> None:
    whole = scene.canvas.camera
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Left)
    assert scene.canvas.camera == whole.panned(gestures.STEP, 0)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Plus)
    assert scene.canvas.camera.scale == pytest.approx(whole.scale * gestures.KEY_ZOOM)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Minus)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_0)
    assert scene.canvas.camera == whole


def test_return_goes_to_the_middle_of_the_view(scene: MapScene) -> None:
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Return)
    assert scene.store.undo_title is not None


def test_keys_of_the_window_are_left_to_it(scene: MapScene) -> None:
    pressed: list[int] = []
    scene.panel.keyPressEvent = lambda event: pressed.append(event.key())  # type: ignore[method-assign]
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Space)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_R)
    assert pressed == [Qt.Key.Key_Space, Qt.Key.Key_R]


def test_the_reset_button_shows_everything(scene: MapScene) -> None:
    whole = scene.canvas.camera
    scene.canvas.pan(300, 0)
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Show the whole map"), Qt.MouseButton.LeftButton)
    assert scene.canvas.camera == whole


def test_a_view_that_shows_everything_still_does_after_a_resize(scene: MapScene) -> None:
    scene.panel.resize(900, 700)
    scene.panel.grab()
    seen = scene.canvas.camera.to_screen(scene.points)
    assert (seen > 0).all()
    assert (seen < (scene.canvas.width(), scene.canvas.height())).all()


def test_a_zoom_ends_somewhere(scene: MapScene) -> None:
    for factor in (1e9, 1e-9):
        scene.canvas.zoom(factor)
        assert np.isfinite(scene.canvas.camera.to_screen(scene.points)).all()
        scene.panel.grab()


def test_a_drag_of_a_selected_sample_carries_the_selection(scene: MapScene, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[object] = []
    monkeypatch.setattr(gestures.QDrag, "exec", lambda drag, _action: carried.append(unpacked(drag.mimeData())))
    sample = scene.lonely()
    scene.store.change("Select", selection=np.array(sorted({3, sample})))
    at = scene.at(sample)
    QTest.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=at)
    QApplication.sendEvent(scene.canvas, mouse_move(scene.canvas, at + QPoint(30, 10)))
    assert carried == [Carried(tuple(sorted({3, sample})))]
