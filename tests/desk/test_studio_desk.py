"""The studio in the whole window: keys, the engine's strips, the background's numbers, the library on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.models import library
from explorer.session.state import frozen

WAIT = 60_000  # ms, for what takes a fraction of a second on a free machine


def example(desk: Desk, sample: int, key: Qt.Key) -> None:
    samples = desk.model.samples()
    assert samples is not None
    desk.store.move("Choose", base=frozen(samples.latents[sample]), sample=sample)
    QTest.keyClick(desk.window, key)


def test_y_and_n_make_a_concept_with_a_strip_numbers_and_side_effects(qtbot: QtBot, desk: Desk) -> None:
    parts = desk.window.studio.parts
    for sample in range(0, 6):
        example(desk, sample, Qt.Key.Key_Y)
        example(desk, sample + 10, Qt.Key.Key_N)
    making = desk.store.state.studio.making
    assert (making.with_.samples, making.without.samples) == (tuple(range(6)), tuple(range(10, 16)))
    qtbot.waitUntil(lambda: len(parts.strip.images) == 5, timeout=WAIT)
    qtbot.waitUntil(lambda: "held_out_auc" in desk.window.studio._tested, timeout=WAIT)
    with qtbot.waitSignal(desk.engine.decoded, timeout=WAIT):
        QTest.mouseClick(parts.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: parts.measure.text() == "Effects" and parts.measure.isEnabled(), timeout=WAIT)


def test_the_library_on_disk_follows_keep_and_undo_and_comes_back_with_the_model(qtbot: QtBot, desk: Desk) -> None:
    example(desk, 1, Qt.Key.Key_Y)
    QTest.mouseClick(desk.window.studio.parts.keep, Qt.MouseButton.LeftButton)
    opened = desk.model.opened
    assert opened is not None
    qtbot.waitUntil(lambda: [one.name for one in library.kept(opened.card)] == ["new concept"], timeout=WAIT)
    desk.store.undo()
    qtbot.waitUntil(lambda: library.kept(opened.card) == (), timeout=WAIT)
    desk.store.redo()
    qtbot.waitUntil(lambda: len(library.kept(opened.card)) == 1, timeout=WAIT)


def test_a_file_of_directions_is_imported_and_undone_as_one_step(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    np.save(tmp_path / "age.npy", np.array([[0, 0, 3.0, 0]]))
    desk.studio.take(tmp_path / "age.npy")
    qtbot.waitUntil(lambda: [one.name for one in desk.store.state.studio.own] == ["age"], timeout=WAIT)
    assert "age" in desk.window.sliders.concepts.rows
    desk.store.undo()
    assert desk.store.state.studio.own == ()


def test_found_directions_are_kept_and_dropped_by_keys(qtbot: QtBot, desk: Desk) -> None:
    desk.window.studio.discovery_wanted.emit()
    page = desk.discovery.page
    assert page is not None
    qtbot.waitUntil(lambda: len(page.rows) == 4, timeout=WAIT)
    qtbot.waitUntil(lambda: all(len(row.strip.images) == 5 for row in page.rows), timeout=WAIT)
    second = page.rows[1].concept
    QTest.keyClick(page, Qt.Key.Key_D)
    page.rows[0].name.setText("age")
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_K)
    (kept,) = desk.store.state.studio.own
    assert (kept.name, kept.direction is second.direction, len(page.rows)) == ("age", True, 2)
    page.close()
    assert desk.discovery.page is None
