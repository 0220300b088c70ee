"""The shelf: snapshots that restore the exact place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import mouse, opened, pictures, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.latents.edits import edited
from explorer.latents.paths import points
from explorer.session.state import Pin, frozen
from explorer.session.store import Store
from explorer.ui.shelf import Shelf

MODEL = opened()
LATENTS = MODEL.samples["z"].latents


@pytest.fixture
def store() -> Store:
    return store_at(MODEL, smile=1.5)


@pytest.fixture
def shelf(qtbot: QtBot, store: Store) -> Shelf:
    widget = Shelf(store)
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show_model(MODEL)
    widget.show()
    return widget


def choose(store: Store, sample: int) -> None:
    store.move("Choose", base=frozen(LATENTS[sample]), sample=sample, strengths={}, truncation=0.5)


def click(shelf: Shelf, row: int) -> None:
    at = QPointF(shelf.tiles.visualItemRect(shelf.tiles.item(row)).center())
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        mouse(shelf.tiles.viewport(), kind, at)


def test_a_snapshot_restores_the_very_same_place(shelf: Shelf, store: Store) -> None:
    place = store.state.place
    shelf.snapshot()
    choose(store, 9)
    click(shelf, 0)
    assert store.state.place is place
    assert store.undo_title == "Restore snapshot 1"


def test_return_restores_and_delete_removes(qtbot: QtBot, shelf: Shelf, store: Store) -> None:
    place = store.state.place
    shelf.snapshot()
    choose(store, 9)
    shelf.tiles.setCurrentRow(0)
    qtbot.keyClick(shelf.tiles, Qt.Key.Key_Return)
    assert store.state.place is place
    qtbot.keyClick(shelf.tiles, Qt.Key.Key_Delete)
    assert store.state.shelf == ()


def test_a_snapshot_is_a_step_of_undo(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    assert (steps(store), store.undo_title) == (1, "Snapshot")
    store.undo()
    assert store.state.shelf == ()
    assert shelf.empty.isVisible()


def test_numbers_never_repeat(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    shelf.snapshot()
    shelf.remove(2)
    shelf.snapshot()
    assert [kept.number for kept in store.state.shelf] == [1, 3]


def test_pictures_are_wanted_once_and_shown_by_number(shelf: Shelf, store: Store) -> None:
    wanted: list[list[int]] = []
    shelf.pictures_wanted.connect(lambda missing: wanted.append([number for number, _ in missing]))
    shelf.snapshot()
    shelf.show_pictures([1], pictures(21)[20:])
    choose(store, 9)
    shelf.snapshot()
    assert wanted == [[1], [2]]
    icon = shelf.tiles.item(0).icon().pixmap(64, 64).toImage()
    assert icon.pixelColor(30, 30).red() == 100


def test_a_lock_asks_anew_for_the_pictures_that_it_changes(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    choose(store, 5)
    shelf.snapshot()
    shelf.show_pictures((1, 2), pictures(2))
    wanted: list[list[int]] = []
    shelf.pictures_wanted.connect(lambda missing: wanted.append([number for number, _ in missing]))
    store.change("Lock", studio=replace(store.state.studio, locked=("beard",)))
    assert wanted == [[1]]
    shelf.show_pictures((1,), pictures(1))
    choose(store, 6)
    assert wanted == [[1]]


def test_the_snapshot_one_stands_at_is_the_chosen_one(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    choose(store, 9)
    assert not shelf.tiles.item(0).isSelected()
    shelf.restore(1)
    assert shelf.tiles.item(0).isSelected()


def test_a_snapshot_becomes_a_waypoint_of_the_path(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    choose(store, 9)
    shelf.menu(1).actions()[1].trigger()
    (pin,) = store.state.path.waypoints
    assert np.array_equal(pin.latent, edited(LATENTS[3], MODEL.concepts, {"smile": 1.5}))


def test_a_snapshot_of_another_space_is_no_waypoint_of_this_path(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    store.move("Another space", space="w")
    assert [action.isEnabled() for action in shelf.menu(1).actions()[:2]] == [True, False]


def test_the_menu_removes(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    shelf.menu(1).actions()[-1].trigger()
    assert store.state.shelf == ()


def test_letters_on_the_shelf_belong_to_the_window(qtbot: QtBot, shelf: Shelf) -> None:
    shelf.snapshot()
    got: list[int] = []
    shelf.keyPressEvent = lambda event: got.append(event.key())  # type: ignore[method-assign]
    for key in (Qt.Key.Key_S, Qt.Key.Key_Space):
        qtbot.keyClick(shelf.tiles, key)
    assert got == [Qt.Key.Key_S, Qt.Key.Key_Space]


def test_a_snapshot_says_what_it_is(shelf: Shelf) -> None:
    shelf.snapshot()
    assert shelf.tiles.item(0).toolTip() == "Snapshot 1: sample 3, smile +1.5. Click to go back to it."


def test_an_empty_shelf_says_what_to_do(shelf: Shelf) -> None:
    assert shelf.empty.isVisible()
    assert shelf.empty.text() == "Press S to keep this picture here."


def test_without_a_model_nothing_is_kept(shelf: Shelf, store: Store) -> None:
    shelf.show_model(None)
    shelf.snapshot()
    assert store.state.shelf == ()


def test_under_a_bead_the_frame_that_is_shown_is_kept(shelf: Shelf, store: Store) -> None:
    store.move("Less", truncation=0.7)
    store.change_path("Pins", waypoints=(Pin(LATENTS[1]), Pin(LATENTS[2])), kind="linear", position=0.25)
    shelf.snapshot()
    kept = store.state.shelf[0].place
    assert np.array_equal(kept.base, points("linear", LATENTS[1:3], [0.25])[0])
    assert (dict(kept.strengths), kept.sample, kept.truncation) == ({}, None, 0.7)


def test_going_back_takes_the_bead_off_the_stage(shelf: Shelf, store: Store) -> None:
    shelf.snapshot()
    store.change_path("Pins", waypoints=(Pin(LATENTS[1]), Pin(LATENTS[2])), position=0.25)
    shelf.restore(1)
    assert store.state.path.position is None


def test_the_same_model_once_more_keeps_the_pictures(shelf: Shelf) -> None:
    shelf.snapshot()
    shelf.show_pictures([1], pictures(21)[20:])
    wanted: list[object] = []
    shelf.pictures_wanted.connect(wanted.append)
    shelf.show_model(replace(MODEL, key=2))
    assert wanted == []
    shelf.show_model(replace(MODEL, path="another"))
    assert len(wanted) == 1


def test_without_a_model_the_shelf_says_so(shelf: Shelf) -> None:
    shelf.show_model(None)
    assert shelf.empty.text() == "Open a model to keep its pictures here."
