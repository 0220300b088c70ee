"""Riding a path: films too long for memory, the speed, and a word for dropped frames."""

from __future__ import annotations

import numpy as np
import pytest
from panel_scene import Clock, mouse, opened, pictures, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.session.state import Pin, frozen
from explorer.session.store import Store
from explorer.ui.path.panel import PathPanel

MODEL = opened()
LATENTS = MODEL.samples["z"].latents


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def film(qtbot: QtBot, store: Store, clock: Clock) -> PathPanel:
    """A path of 48 frames whose pictures are there."""
    widget = PathPanel(store, clock=clock)
    qtbot.addWidget(widget)
    widget.resize(900, 160)
    widget.show_model(MODEL)
    widget.show()
    with qtbot.waitSignal(widget.film_wanted):
        store.change_path("Pins", waypoints=tuple(Pin(frozen(LATENTS[index]), index) for index in (3, 9)))
    widget.show_frames(range(48), pictures(48))
    return widget


def test_of_a_film_too_long_for_memory_the_strip_and_some_frames_ahead_are_held(
    film: PathPanel, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.path.darkroom.BUDGET", 1000 * 8 * 8 * 3)
    asked: list[np.ndarray] = []
    film.film_wanted.connect(asked.append)
    store.change_path("Long", frames=5000)
    film.ask_film()
    assert len(asked[-1]) < 200
    film.show_frames(range(len(asked[-1])), np.zeros((len(asked[-1]), 8, 8, 3), np.uint8), asked[-1])
    held = film.darkroom.film.frames
    assert set(range(96)) <= set(held)
    assert {0, 4999} <= set(held)
    store.show_position(float(film.timing[40]))
    assert len(asked) == 1  # enough is there for the time being
    store.show_position(float(film.timing[60]))
    assert len(asked[-1]) < 70  # what is held is not decoded again
    film.show_frames(range(len(asked[-1])), np.zeros((len(asked[-1]), 8, 8, 3), np.uint8), asked[-1])
    assert 155 in film.darkroom.film.frames
    assert len(film.darkroom.film.frames) < 200
    assert film.images is None


def test_the_speed_is_the_cube_of_the_slider_and_a_right_click_takes_it_back(
    film: PathPanel, store: Store, clock: Clock
) -> None:
    slider = film.pace.slider
    slider.setValue(126)
    assert film.pace.speed == pytest.approx(2.0, abs=0.01)
    film.play()
    clock.now += 10 / 24
    film.player.tick()
    assert film.frame == 20
    film.pause()
    mouse(slider, QEvent.Type.MouseButtonPress, QPointF(5, 5), Qt.MouseButton.RightButton)
    assert film.pace.speed == 1
    assert steps(store) == 1  # the pins


def test_where_frames_have_to_be_dropped_it_says_so_and_else_is_silent(film: PathPanel, clock: Clock) -> None:
    film.play()
    for _ in range(20):
        clock.now += 1 / 24
        film.player.tick()
    assert film.pace.word.text() == ""
    for _ in range(20):
        clock.now += 3 / 24
        film.player.tick()
    assert "of 24 fps" in film.pace.word.text()
    film.pause()
    assert film.pace.word.text() == ""
