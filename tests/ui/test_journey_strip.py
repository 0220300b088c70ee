"""The letters under the strip, and what is dropped on it: by real mouse and drag events."""

from __future__ import annotations

import numpy as np
import pytest
from panel_scene import Clock, drag, opened, steps, store_at
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.session.state import Pin, Snapshot, frozen
from explorer.session.store import Store
from explorer.ui.carried import packed
from explorer.ui.path.panel import PathPanel
from explorer.ui.path.tool import PathTool
from explorer.ui.studio.bucket import BucketView

MODEL = opened()
LATENTS = MODEL.samples["z"].latents


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> PathPanel:
    """On a path A, B, C over the samples 3, 9 and 14."""
    made = PathPanel(store, clock=Clock())
    qtbot.addWidget(made)
    made.resize(900, 160)
    made.show_model(MODEL)
    made.show()
    pins = tuple(Pin(frozen(LATENTS[one]), one) for one in (3, 9, 14))
    store.change_path("Pins", waypoints=pins, mode="once", frames=21)
    return made


def order(store: Store) -> list[int | None]:
    return [pin.sample for pin in store.state.path.waypoints]


def point(at: QPointF) -> tuple[float, float]:
    return at.x(), at.y()


def drop(widget: QWidget, data: QMimeData, at: QPointF) -> QDropEvent:
    """A drag enters and is let go, as the platform sends it."""
    told = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(at.toPoint(), *told)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    let_go = QDropEvent(at, *told)
    QApplication.sendEvent(widget, let_go)
    return let_go


def test_a_letter_that_is_dragged_behind_another_one_changes_places_in_one_step(panel: PathPanel, store: Store) -> None:
    strip, before = panel.strip, steps(store)
    a, b = strip.disc(0).center(), strip.disc(1).center()
    drag(strip, point(a), point((a + b) / 2), (b.x() + 20, b.y()))
    assert order(store) == [9, 3, 14]
    assert steps(store) == before + 1
    store.undo()
    assert order(store) == [3, 9, 14]


def test_a_letter_that_is_let_go_before_the_first_one_becomes_the_first(panel: PathPanel, store: Store) -> None:
    a, c = panel.strip.disc(0).center(), panel.strip.disc(2).center()
    drag(panel.strip, point(c), (a.x() - 6, 5))
    assert order(store) == [14, 3, 9]


def test_a_letter_that_goes_back_where_it_was_changes_nothing_and_a_click_goes_there(
    panel: PathPanel, store: Store
) -> None:
    before, b = steps(store), panel.strip.disc(1).center()
    drag(panel.strip, point(b), (b.x() + 40, b.y()), point(b))
    assert steps(store) == before
    drag(panel.strip, point(b))
    assert panel.frame == 10
    assert steps(store) == before


def test_beside_the_letters_the_strip_is_scrubbed_as_ever(panel: PathPanel, store: Store) -> None:
    strip = panel.strip
    drag(strip, (strip.x_of(2), 5), (strip.x_of(6), 5))
    assert panel.frame == 6
    assert order(store) == [3, 9, 14]


def test_a_sample_that_is_dropped_between_two_letters_is_inserted_there(panel: PathPanel, store: Store) -> None:
    a, b = panel.strip.disc(0).center(), panel.strip.disc(1).center()
    drop(panel.strip, packed([20, 21]), (a + b) / 2)
    assert order(store) == [3, 20, 21, 9, 14]
    assert np.array_equal(store.state.path.waypoints[1].latent, LATENTS[20])


def test_a_snapshot_of_the_shelf_becomes_a_waypoint_with_its_concepts(panel: PathPanel, store: Store) -> None:
    store.move("Move smile", strengths={"smile": 1.0})
    store.change("Snapshot", shelf=(Snapshot(7, store.state.place),))
    drop(panel.strip, packed(snapshots=[7]), QPointF(panel.strip.width() - 1, 5))
    assert len(store.state.path.waypoints) == 4
    assert not np.array_equal(store.state.path.waypoints[3].latent, LATENTS[3])


def test_on_an_empty_strip_the_first_waypoint_is_dropped(panel: PathPanel, store: Store) -> None:
    panel.itinerary.clear()
    drop(panel.strip, packed([5]), QPointF(200, 10))
    assert order(store) == [5]


def test_what_is_nothing_of_ours_is_not_taken(panel: PathPanel, store: Store) -> None:
    data = QMimeData()
    data.setText("hello")
    told = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(10, 10), *told)
    enter.ignore()
    QApplication.sendEvent(panel.strip, enter)
    assert not enter.isAccepted()
    assert order(store) == [3, 9, 14]


def test_a_drop_on_the_list_of_waypoints_adds_them_at_the_end(qtbot: QtBot, store: Store) -> None:
    tool = PathTool(store)
    qtbot.addWidget(tool)
    tool.show_model(MODEL)
    drop(tool.parts.waypoints.viewport(), packed([8, 9]), QPointF(5, 5))
    assert order(store) == [8, 9]


def test_a_drop_on_a_bucket_of_the_studio_is_taken(qtbot: QtBot) -> None:
    view = BucketView("with", "Y", "")
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.dropped) as dropped:
        drop(view.tiles.viewport(), packed([8, 9]), QPointF(5, 5))
    assert dropped.args[0].samples == (8, 9)
