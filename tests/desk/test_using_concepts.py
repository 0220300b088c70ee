"""Concepts in use: side by side, analogies, and the untouched picture while a key is held."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.state import frozen

WAIT = 60_000  # ms, for what takes a fraction of a second on a free machine


def shade(image: object) -> int:
    return int(image.pixelColor(0, 0).red())  # type: ignore[attr-defined]


def test_selected_samples_stand_side_by_side_before_and_after_live(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    desk.store.change("Select", selection=np.arange(5))
    desk.do("side_by_side")
    window = desk.using.beside
    assert window is not None
    images = window.pairs.images
    qtbot.waitUntil(lambda: len(images) == 10, timeout=WAIT)
    desk.store.move("Move smile", strengths={"smile": 3.0})
    first = [int(np.clip(100 + 10 * value, 0, 255)) for value in samples.latents[:5, 0]]
    after = [int(np.clip(100 + 10 * (value + 3), 0, 255)) for value in samples.latents[:5, 0]]
    qtbot.waitUntil(lambda: [shade(images["after", i]) for i in range(5)] == after, timeout=WAIT)
    assert [shade(images["before", i]) for i in range(5)] == first
    above, below = window.pairs.cells()[0]
    assert above.bottom() + 1 == below.top()
    window.close()
    assert desk.using.beside is None


def test_an_analogy_shows_its_answer_and_leads_there(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    desk.do("analogy")
    window = desk.using.analogy
    assert window is not None
    for sample, key in ((1, Qt.Key.Key_A), (2, Qt.Key.Key_B), (3, Qt.Key.Key_C)):
        desk.store.move("Choose", base=frozen(samples.latents[sample]), sample=sample)
        QTest.keyClick(window, key)
    wanted = samples.latents[3] + samples.latents[2] - samples.latents[1]
    qtbot.waitUntil(lambda: not window.pictures["?"].image.isNull(), timeout=WAIT)
    assert not {1, 2, 3} & set(window.near.tolist())
    QTest.mouseClick(window.go, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(desk.store.state.place.base, wanted, atol=1e-6)
    QTest.mouseClick(window.keep, Qt.MouseButton.LeftButton)
    (kept,) = desk.store.state.studio.own
    way = samples.latents[2] - samples.latents[1]
    np.testing.assert_allclose(kept.direction, way / np.linalg.norm(way), atol=1e-6)
    window.close()


def test_while_o_is_held_the_picture_is_the_one_without_sliders(qtbot: QtBot, desk: Desk) -> None:
    desk.store.move("Move smile", strengths={"smile": 3.0})
    QTest.keyPress(desk.window, Qt.Key.Key_O)
    assert desk.store.preview is desk.store.state.place.base
    QTest.keyRelease(desk.window, Qt.Key.Key_O)
    assert desk.store.preview is None
