"""The studio in the whole window: keys, the engine's strips, the background's numbers, the library on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from desk_scene import opens
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.models import library
from explorer.session.state import frozen
from explorer.ui.studio.import_dialog import ImportDialog

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


@pytest.mark.parametrize(("model", "how"), [("one", "encoded again"), ("gan", "read by a probe")])
def test_pictures_say_whether_a_concept_acts_and_how_far_it_reaches(
    qtbot: QtBot, desk: Desk, model: str, how: str
) -> None:
    """The model paints the first number alone: what is read of it is what was asked of it."""
    if model != "one":
        opens(qtbot, desk, model)
    samples = desk.model.samples()
    assert samples is not None
    order = np.argsort(samples.latents[:, 0])
    for low, high in zip(order[:6].tolist(), order[-6:].tolist(), strict=True):
        example(desk, low, Qt.Key.Key_N)
        example(desk, high, Qt.Key.Key_Y)
    panel = desk.window.studio
    qtbot.waitUntil(lambda: "acts" in panel._tested, timeout=WAIT)
    acts, reach = panel._tested["acts"], panel._tested["safe_range"]
    assert panel._tested["safe_range_of"] == acts["how"] == how  # type: ignore[index]
    assert acts["up"] > 0.9  # type: ignore[index]
    assert reach[0] < 0 < reach[1]  # type: ignore[index]
    assert desk.window.studio.parts.slider.slider.bounds is not None


def test_once_on_show_side_effects_follow_every_other_draft(qtbot: QtBot, desk: Desk) -> None:
    parts = desk.window.studio.parts
    for sample in range(0, 12, 3):  # kind a against kind b
        example(desk, sample, Qt.Key.Key_Y)
        example(desk, sample + 1, Qt.Key.Key_N)
    told: list[object] = []
    desk.window.studio.show_effects = lambda *args, **_more: told.append(args)  # type: ignore[method-assign]
    QTest.mouseClick(parts.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(told) == 1, timeout=WAIT)
    example(desk, 12, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT)


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


def importing(qtbot: QtBot, desk: Desk, path: Path) -> ImportDialog:
    """The dialog that asks what +1 shall mean, its strip on show."""
    desk.studio.take(path)
    qtbot.waitUntil(lambda: desk.studio.importing is not None, timeout=WAIT)
    asked = desk.studio.importing
    assert asked is not None
    qtbot.waitUntil(lambda: len(asked.strip.images) == 5, timeout=WAIT)
    return asked


def test_a_file_of_directions_is_imported_and_undone_as_one_step(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    np.save(tmp_path / "age.npy", np.array([[0, 0, 3.0, 0]]))
    asked = importing(qtbot, desk, tmp_path / "age.npy")
    QTest.mouseClick(asked.accept_button, Qt.MouseButton.LeftButton)
    assert [one.name for one in desk.store.state.studio.own] == ["age"]
    assert "age" in desk.window.sliders.concepts.rows
    desk.store.undo()
    assert desk.store.state.studio.own == ()


@pytest.mark.parametrize(("unit", "moves"), [("file", 3.0), ("unit", 1.0)])
def test_what_plus_one_means_of_a_foreign_vector_is_asked(
    qtbot: QtBot, desk: Desk, tmp_path: Path, unit: str, moves: float
) -> None:
    np.save(tmp_path / "age.npy", np.array([[0, 0, 3.0, 0], [0, 1.0, 0, 0]]))
    asked = importing(qtbot, desk, tmp_path / "age.npy")
    asked.units[unit].click()
    asked.names.item(1).setCheckState(Qt.CheckState.Unchecked)
    QTest.mouseClick(asked.accept_button, Qt.MouseButton.LeftButton)
    (age,) = desk.store.state.studio.own
    np.testing.assert_allclose(age.sigma * age.direction, [0, 0, moves, 0], atol=1e-6)
    assert desk.studio.importing is None


def test_an_import_that_is_given_up_changes_nothing(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    np.save(tmp_path / "age.npy", np.array([0, 0, 3.0, 0]))
    importing(qtbot, desk, tmp_path / "age.npy").reject()
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


def test_the_library_shows_a_strip_of_every_concept_once_it_is_seen(qtbot: QtBot, desk: Desk) -> None:
    desk.window.tools.setCurrentWidget(desk.window.studio)
    names = desk.window.studio.parts.library.names
    assert names.count() == 2
    qtbot.waitUntil(lambda: not any(names.item(row).icon().isNull() for row in range(2)), timeout=WAIT)
    example(desk, 1, Qt.Key.Key_Y)
    QTest.mouseClick(desk.window.studio.parts.keep, Qt.MouseButton.LeftButton)
    assert names.item(0).data(Qt.ItemDataRole.UserRole) == "new concept"
