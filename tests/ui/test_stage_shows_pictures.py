"""The stage: what it shows, what it keeps alive, and how a drag on it walks."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest
from panel_scene import DIM, drag, opened, pictures, steps, store_at
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session.state import Pin
from explorer.session.store import Store
from explorer.ui.comparison import difference
from explorer.ui.stage import WALK_SIGMA, Stage

MODEL = opened()


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def stage(qtbot: QtBot, store: Store) -> Stage:
    widget = Stage(store)
    qtbot.addWidget(widget)
    widget.resize(400, 520)
    widget.show_model(MODEL)
    widget.show()
    return widget


def screen_colour(stage: Stage) -> int:
    image = stage.grab().toImage()
    return image.pixelColor(stage.screen_part.geometry().center()).red()


def test_a_picture_outlives_the_array_it_came_from(stage: Stage) -> None:
    picture = np.full((8, 8, 3), 200, dtype=np.uint8)
    stage.show_picture(picture)
    picture[:] = 0
    del picture
    gc.collect()
    assert screen_colour(stage) == 200


def test_painted_tells_the_birth_of_each_picture_once(qtbot: QtBot, stage: Stage) -> None:
    born: list[float] = []
    stage.painted.connect(born.append)
    stage.show_picture(pictures(1)[0], born=12.5)
    stage.grab()
    stage.grab()
    assert born == [12.5]


def test_a_drag_across_the_picture_walks_the_two_directions_as_one_step(stage: Stage, store: Store) -> None:
    stage.show_picture(pictures(1)[0])
    axes = np.eye(2, DIM, dtype=np.float32)
    stage.show_walk(axes, (1.0, 0.5))
    QApplication.processEvents()
    before, side = store.state.place.base, stage.screen_part.target().width()
    drag(stage.screen_part, (50, 50), (60, 55), (50 + side / 2, 50 + side / 4))
    moved = store.state.place.base - before
    assert moved[:2] == pytest.approx([WALK_SIGMA / 2, -0.5 * WALK_SIGMA / 4], abs=1e-5)
    assert not moved[2:].any()
    assert store.state.place.sample is None
    assert (steps(store), store.undo_title) == (1, "Walk")


def test_two_walks_are_two_steps(stage: Stage, store: Store) -> None:
    stage.show_walk(np.eye(2, DIM, dtype=np.float32))
    for _ in range(2):
        drag(stage.screen_part, (50, 50), (90, 50), (120, 50))
    assert steps(store) == 2


def test_a_click_on_the_picture_walks_nowhere(stage: Stage, store: Store) -> None:
    stage.show_walk(np.eye(2, DIM, dtype=np.float32))
    drag(stage.screen_part, (50, 50), (51, 50))
    assert steps(store) == 0


def test_without_directions_a_drag_does_nothing(stage: Stage, store: Store) -> None:
    stage.show_walk(None)
    drag(stage.screen_part, (50, 50), (150, 50))
    assert steps(store) == 0


def test_directions_of_another_space_walk_nowhere(stage: Stage, store: Store) -> None:
    stage.show_walk(np.eye(2, DIM + 1, dtype=np.float32))
    drag(stage.screen_part, (50, 50), (150, 50))
    assert steps(store) == 0


def test_an_unedited_sample_is_compared_with_nothing(stage: Stage) -> None:
    stage.show_picture(pictures(2)[0])
    stage.show_reconstruction(pictures(2)[1])
    assert stage.comparison.captions == ("reconstruction",)


def test_an_edited_sample_is_shown_beside_its_edit_and_their_difference(stage: Stage, store: Store) -> None:
    stage.show_reconstruction(pictures(2)[1])
    store.move("Move smile", strengths={"smile": 1.0})
    stage.show_picture(pictures(2)[0])
    assert stage.comparison.captions == ("reconstruction", "edited", "difference")
    store.undo()
    assert stage.comparison.captions == ("reconstruction",)


def test_a_moved_dimension_is_an_edit_too(stage: Stage, store: Store) -> None:
    stage.show_picture(pictures(2)[0])
    stage.show_reconstruction(pictures(2)[1])
    store.move("Move dimension 1", base=store.state.place.base + 1)
    assert len(stage.comparison.captions) == 3


def test_hover_is_no_edit(stage: Stage, store: Store) -> None:
    store.move("Move smile", strengths={"smile": 1.0})
    stage.show_picture(pictures(2)[0])
    stage.show_reconstruction(pictures(2)[1])
    store.show_preview(store.state.place.base)
    assert len(stage.comparison.captions) == 1
    store.show_preview(None)
    assert len(stage.comparison.captions) == 3


def test_a_family_without_a_posterior_shows_the_sample_and_no_reconstruction(qtbot: QtBot) -> None:
    model = opened("GAN")
    stage = Stage(store_at(model))
    qtbot.addWidget(stage)
    stage.show_model(model)
    stage.show_reconstruction(pictures(1)[0])
    assert stage.comparison.captions == ("the sample",)


def test_the_difference_has_no_sign() -> None:
    one, other = np.full((2, 2, 3), 10, dtype=np.uint8), np.full((2, 2, 3), 30, dtype=np.uint8)
    assert (difference(one, other) == 20).all()
    assert (difference(other, one) == 20).all()


def test_soft_pixels_are_told_when_chosen_and_silent_when_set(stage: Stage) -> None:
    told: list[bool] = []
    stage.smooth_changed.connect(told.append)
    stage.smooth = True
    assert told == []
    stage.sharpness.click()
    assert told == [False]
    assert not stage.smooth


def test_the_picture_is_copied_in_its_own_size(stage: Stage) -> None:
    stage.show_picture(pictures(3)[2])
    stage.copy_picture()
    image = QApplication.clipboard().image()
    assert (image.width(), image.pixelColor(0, 0).red()) == (8, 10)


def test_another_model_clears_the_stage(stage: Stage) -> None:
    stage.show_picture(pictures(1)[0], "caption")
    stage.show_model(None)
    assert stage.image.isNull()
    assert stage.picture_shown is None
    stage.grab()


def test_the_stage_paints_at_any_size(stage: Stage) -> None:
    stage.show_picture(pictures(1)[0])
    for size in ((1, 1), (60, 900), (1900, 120)):
        stage.resize(*size)
        stage.grab()


@pytest.mark.parametrize(("width", "height", "least"), [(420, 380, 300), (400, 560, 384), (900, 300, 284)])
def test_the_picture_takes_the_room_there_is(stage: Stage, width: int, height: int, least: int) -> None:
    stage.show_picture(pictures(1)[0])
    stage.resize(width, height)
    QApplication.processEvents()
    assert stage.screen_part.target().width() >= least
    stage.show_reconstruction(pictures(1)[0])
    QApplication.processEvents()
    assert stage.screen_part.target().width() >= least


def test_the_same_model_once_more_leaves_the_stage_as_it_is(stage: Stage, store: Store) -> None:
    stage.show_walk(np.eye(2, DIM, dtype=np.float32))
    stage.show_picture(pictures(2)[1])
    stage.show_model(replace(MODEL, key=2))
    assert stage.picture_shown is not None
    drag(stage.screen_part, (50, 50), (90, 50), (120, 50))
    assert steps(store) == 1
    stage.show_model(replace(MODEL, path="another"))
    assert stage.picture_shown is None


def test_under_a_bead_a_drag_walks_from_the_frame_that_is_shown(stage: Stage, store: Store) -> None:
    latents = MODEL.samples["z"].latents
    store.move("Move smile", strengths={"smile": 1.0})
    store.change_path("Pins", waypoints=(Pin(latents[1]), Pin(latents[2])), position=1.0)
    stage.show_walk(np.eye(2, DIM, dtype=np.float32))
    drag(stage.screen_part, (50, 50), (90, 50), (120, 50))
    assert store.state.place.base[2:] == pytest.approx(latents[2][2:])
    assert not store.state.place.strengths


@pytest.mark.parametrize(("width", "height"), [(900, 300), (650, 480), (1200, 500)])
def test_beside_the_picture_the_small_ones_begin_at_its_edges(stage: Stage, width: int, height: int) -> None:
    stage.show_picture(pictures(1)[0])
    stage.resize(width, height)
    QApplication.processEvents()
    screen, small = stage.screen_part, stage.comparison
    assert screen.y() + screen.target().top() == small.y()
    assert small.x() - (screen.x() + screen.target().right()) <= 2 * 8
