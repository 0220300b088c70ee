"""The path panel: pins, film, scrubbing and the clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import DIM, Clock, drag, mouse, opened, pictures, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.latents.edits import edited
from explorer.latents.paths import points
from explorer.session.state import frozen
from explorer.session.store import Store
from explorer.ui.path.panel import PathPanel
from explorer.ui.path.playing import Player, frame_of

MODEL = opened()
LATENTS = MODEL.samples["z"].latents


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def panel(qtbot: QtBot, store: Store, clock: Clock) -> PathPanel:
    widget = PathPanel(store, clock=clock)
    qtbot.addWidget(widget)
    widget.resize(900, 160)
    widget.show_model(MODEL)
    widget.show()
    return widget


def choose(store: Store, sample: int) -> None:
    store.move("Choose", base=frozen(LATENTS[sample]), sample=sample, strengths={})


@pytest.fixture
def film(panel: PathPanel, store: Store, qtbot: QtBot) -> PathPanel:
    """A path of 48 frames whose pictures are there."""
    panel.pin()
    choose(store, 9)
    with qtbot.waitSignal(panel.film_wanted):
        panel.pin()
    panel.show_frames(range(48), pictures(48))
    return panel


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("once", [0, 1, 2, 3, 3, 3, 3, 3]),
        ("loop", [0, 1, 2, 3, 0, 1, 2, 3]),
        ("ping-pong", [0, 1, 2, 3, 2, 1, 0, 1]),
    ],
)
def test_the_modes_show_the_frames_in_their_order(mode: str, shown: list[int]) -> None:
    assert [frame_of(phase, 4, mode) for phase in range(8)] == shown  # type: ignore[arg-type]


def test_p_pins_one_waypoint_after_the_other(panel: PathPanel, store: Store) -> None:
    panel.pin()
    choose(store, 9)
    panel.pin()
    pins = store.state.path.waypoints
    assert [pin.sample for pin in pins] == [3, 9]
    assert np.array_equal(pins[1].latent, LATENTS[9])


def test_a_pin_holds_the_latent_with_its_concepts(panel: PathPanel, store: Store) -> None:
    store.move("Move smile", strengths={"smile": 1.5})
    panel.pin()
    assert np.array_equal(store.state.path.waypoints[0].latent, edited(LATENTS[3], MODEL.concepts, {"smile": 1.5}))
    assert not store.state.path.waypoints[0].latent.flags.writeable


def test_the_film_wanted_is_the_path(panel: PathPanel, store: Store, qtbot: QtBot) -> None:
    panel.pin()
    choose(store, 9)
    with qtbot.waitSignal(panel.film_wanted) as wanted:
        panel.pin()
    latents = wanted.args[0]
    assert np.array_equal(latents, points("spherical", LATENTS[[3, 9]], np.linspace(0, 1, 48)))


def test_one_pin_alone_wants_its_own_picture(panel: PathPanel, store: Store, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.film_wanted) as wanted:
        panel.controls.pin.click()
    assert wanted.args[0].shape == (1, DIM)
    panel.show_frames([0], pictures(1))
    assert list(panel.strip.images) == [0]


def test_many_changes_in_a_row_want_one_film(film: PathPanel, qtbot: QtBot) -> None:
    wanted: list[object] = []
    film.film_wanted.connect(wanted.append)
    for count in (10, 11, 12):
        film.controls.frames.setValue(count)
    qtbot.waitUntil(lambda: bool(wanted))
    assert [latents.shape for latents in wanted] == [(12, DIM)]


def test_frames_of_an_older_film_are_refused(film: PathPanel, store: Store) -> None:
    older = film.latents
    assert older is not None
    store.change_path("Straight", kind="linear")
    film.show_frames(range(48), pictures(48), older)
    assert not film.strip.images
    film.ask_film()
    film.show_frames(range(48), pictures(48), older)
    assert list(film.strip.images) == [0, 47]  # the ends are the same latents


def test_play_follows_the_clock_and_drops_late_frames(film: PathPanel, store: Store, clock: Clock) -> None:
    shown: list[int] = []
    film.frame_shown.connect(lambda _image, frame: shown.append(frame))
    film.play()
    for seconds in (1 / 24, 2 / 24, 10 / 24, 10.4 / 24):
        clock.now = 100.0 + seconds
        film.player.tick()
    assert shown == [0, 1, 2, 10]
    assert store.state.path.position == pytest.approx(10 / 47)
    assert film.is_playing


def test_playing_makes_no_steps_of_undo(film: PathPanel, store: Store, clock: Clock) -> None:
    film.play()
    clock.now += 0.5
    film.player.tick()
    film.pause()
    assert store.state.path.position is not None
    assert steps(store) == 3  # two pins and a sample


def test_a_film_played_once_stops_at_its_end_and_starts_anew(film: PathPanel, store: Store, clock: Clock) -> None:
    store.change_path("Once", mode="once")
    film.play()
    clock.now += 60
    film.player.tick()
    assert not film.is_playing
    assert store.state.path.position == 1.0
    film.play()
    assert store.state.path.position == 0.0
    film.pause()


def test_ping_pong_goes_on_backwards_after_a_pause(film: PathPanel, clock: Clock) -> None:
    film.play()
    clock.now += 50 / 24
    film.player.tick()
    assert film.frame == 44
    film.pause()
    film.play()
    clock.now += 2 / 24
    film.player.tick()
    assert film.frame == 42
    film.pause()


def test_a_change_of_rate_goes_on_from_the_frame_that_is_shown(film: PathPanel, store: Store, clock: Clock) -> None:
    film.play()
    clock.now += 10 / 24
    film.player.tick()
    store.change_path("Slow", rate=6.0)
    assert film.frame == 10
    clock.now += 1 / 6
    film.player.tick()
    assert film.frame == 11
    film.pause()


def test_the_player_wakes_by_itself(qtbot: QtBot) -> None:
    player = Player()
    player.show_film(3, 200.0, "once")
    frames: list[int] = []
    player.due.connect(frames.append)
    with qtbot.waitSignal(player.playing, check_params_cb=lambda playing: not playing):
        player.play(0)
    assert frames[0] == 0
    assert frames[-1] == 2


def test_steps_stop_at_the_ends_and_go_round_in_a_loop(film: PathPanel, store: Store) -> None:
    film.step(1)
    assert film.frame == 0
    film.step(-1)
    assert film.frame == 0
    film.step(1)
    assert film.frame == 1
    store.change_path("Loop", mode="loop")
    film.step(-2)
    assert film.frame == 47


def test_scrubbing_moves_the_bead_without_steps_and_shows_the_frame(film: PathPanel, store: Store) -> None:
    shown: list[tuple[int, int]] = []
    film.frame_shown.connect(lambda image, frame: shown.append((frame, int(image[0, 0, 0]))))
    strip = film.strip
    drag(strip, (strip.x_of(5), 20), (strip.x_of(20), 20))
    assert shown == [(5, 25), (20, 100)]
    assert strip.current == 20
    assert steps(store) == 3  # two pins and a sample


def test_a_frame_that_is_not_decoded_is_missing(film: PathPanel, store: Store) -> None:
    assert film.missing_frame() is None
    store.show_position(0.5)
    assert np.array_equal(film.missing_frame(), points("spherical", LATENTS[[3, 9]], [0.5])[0])
    film.step(1)
    assert film.missing_frame() is None
    film.forget_frames()
    assert film.missing_frame() is not None


def test_a_double_click_takes_the_frame(film: PathPanel, store: Store) -> None:
    latents = film.latents
    assert latents is not None
    mouse(film.strip, QEvent.Type.MouseButtonDblClick, QPointF(film.strip.x_of(11), 20))
    assert np.array_equal(store.state.place.base, latents[11])
    assert store.state.path.position is None
    assert store.state.place.sample is None
    assert store.undo_title == "Take frame 12"


def test_moving_the_latent_leaves_the_path(film: PathPanel, store: Store) -> None:
    film.play()
    choose(store, 12)
    QApplication.processEvents()
    assert not film.is_playing
    assert store.state.path.position is None


def test_the_path_is_turned_round_and_cleared(film: PathPanel, store: Store) -> None:
    a, b = store.state.path.waypoints
    film.controls.reverse.click()
    assert store.state.path.waypoints == (b, a)
    film.play()
    film.controls.clear.click()
    assert (store.state.path.waypoints, store.state.path.position) == ((), None)
    assert not film.is_playing
    store.undo()
    assert store.state.path.waypoints == (b, a)


def test_undoing_a_pin_ends_the_film(film: PathPanel, store: Store) -> None:
    film.play()
    store.undo()
    QApplication.processEvents()
    assert len(store.state.path.waypoints) == 1
    assert not film.is_playing
    assert store.state.path.position is None


def test_controls_set_by_the_store_ask_for_nothing(film: PathPanel, store: Store) -> None:
    store.change_path("All", kind="linear", frames=12, rate=5.0, mode="once")
    controls = film.controls
    assert (controls.kind.currentData(), controls.frames.value()) == ("linear", 12)
    assert (controls.rate.value(), controls.mode.currentData()) == (5, "once")
    assert steps(store) == 4  # this one, two pins and a sample


def test_a_chosen_kind_is_a_step(film: PathPanel, store: Store) -> None:
    film.controls.kind.setCurrentIndex(0)
    film.controls.kind.activated.emit(0)
    assert store.state.path.kind == "linear"
    assert store.undo_title == "Path: straight"


def test_without_pins_the_panel_says_what_to_do(panel: PathPanel) -> None:
    assert panel.strip.accessibleDescription() == "Choose a sample and press P to pin A, another for B."
    for button in (panel.play_button, panel.back, panel.forward, panel.controls.export, panel.controls.clear):
        assert not button.isEnabled()
    panel.toggle()
    panel.step(1)
    assert not panel.is_playing


def test_pins_of_another_space_are_said_to_be_so(film: PathPanel, store: Store) -> None:
    film.play()
    store.move("Another space", base=frozen(np.zeros(DIM + 1, dtype=np.float32)), space="w", sample=None)
    QApplication.processEvents()
    assert not film.is_playing
    assert film.latents is None
    assert "another latent space" in film.strip.accessibleDescription()


def test_a_model_that_goes_stops_the_film(film: PathPanel) -> None:
    film.play()
    film.show_model(None)
    assert not film.is_playing
    assert not film.controls.pin.isEnabled()


def test_the_film_is_one_round_of_what_is_played(film: PathPanel, store: Store) -> None:
    shown = film.film
    assert shown is not None
    assert shown[:, 0, 0, 0].tolist() == [*range(0, 240, 5), *range(230, 0, -5)]
    film.forget_frames()
    film.show_frames(range(47), pictures(47))
    assert film.film is None
    store.change_path("Once", mode="once")
    film.show_frames([47], pictures(48)[47:])
    assert film.film is not None
    assert len(film.film) == 48


def test_return_on_the_strip_takes_the_current_frame(qtbot: QtBot, film: PathPanel, store: Store) -> None:
    store.show_position(11 / 47)
    qtbot.keyClick(film.strip, Qt.Key.Key_Return)
    assert store.undo_title == "Take frame 12"


def test_under_a_bead_the_frame_that_is_shown_is_pinned_and_stays_on_the_stage(film: PathPanel, store: Store) -> None:
    latents = film.latents
    assert latents is not None
    film.step(0)
    film.step(20)
    film.pin()
    path = store.state.path
    assert path.waypoints[2].latent == pytest.approx(latents[20], abs=1e-6)
    assert (path.waypoints[2].sample, path.position) == (None, 1.0)
    store.undo()
    assert film.frame == 20


def test_the_same_model_once_more_plays_on(film: PathPanel) -> None:
    film.play()
    film.show_model(replace(MODEL, key=2))
    assert film.is_playing
    assert film.film is not None


def test_the_same_model_once_more_is_asked_for_the_frames_that_lack(film: PathPanel, qtbot: QtBot) -> None:
    film.forget_frames()
    film.show_frames(range(3), pictures(3))
    with qtbot.waitSignal(film.film_wanted):
        film.show_model(replace(MODEL, key=2))
    assert len(film.strip.images) == 3


def test_a_path_of_one_frame_has_both_its_ends(film: PathPanel, store: Store) -> None:
    store.change_path("Pasted", frames=1)
    film.play()
    film.step(1)
    assert film.frame == 1
    assert film.latents is not None
    assert len(film.latents) == 2


def test_without_a_model_the_path_says_so(panel: PathPanel) -> None:
    panel.show_model(None)
    assert panel.strip.accessibleDescription() == "Open a model to make a film of its latents."
