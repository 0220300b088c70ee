"""The row of classes in the whole window: decoded behind the live picture, whole rows, on models with a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from desk_models import DeskModel, DeskSource
from desk_scene import WAIT, joined, opens
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.latents.arrays import Images, Latents
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Part, Space
from explorer.models.scope import WHOLE, Scope
from explorer.session.preferences import Preferences
from explorer.session.state import frozen
from explorer.work.source import drawn

NAMES = ("wren", "rook", "kite")
PARTS = (Part("style", 2, "normal"), Part("bird", 3, "one-hot", NAMES))


class BirdModel(DeskModel):
    """Paints 50 for each class, and the first number of the style on top."""

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:
        shades = np.clip(50 * (latents[:, 2:] @ [0, 1, 2] + 1) + 10 * latents[:, 0], 0, 255).astype(np.uint8)
        return np.repeat(shades[:, None], 48, axis=1).reshape(-1, 4, 4, 3)

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:
        random = np.random.default_rng(seed)
        return np.hstack([random.standard_normal((n, 2)), np.eye(3)[random.integers(3, size=n)]]).astype(np.float32)


class BirdSource(DeskSource):
    """The model 'one' with a class, and 'two' without."""

    def card(self, path: str) -> Card:
        plain = super().card(path)
        return plain if path != "one" else replace(plain, spaces=(Space("z", 5, (5,), "", PARTS),), encodes=False)

    def samples(self, path: str, card: Card) -> Mapping[str, LatentSet]:
        return super().samples(path, card) if path != "one" else drawn(BirdModel(card, "cpu"), 30)  # type: ignore[arg-type]

    def model(self, path: str, device: str) -> tuple[DeskModel, str]:
        return (BirdModel if path == "one" else DeskModel)(self.card(path), device or "cpu"), ""


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False, source=BirdSource)
    qtbot.addWidget(desk.window)
    desk.window.show()
    opens(qtbot, desk, "one")
    yield desk
    desk.close()


def shades(desk: Desk) -> list[int]:
    images = desk.window.classes.row.images
    return [images[code].pixelColor(0, 0).red() if code in images else -1 for code in range(3)]


def wanted(desk: Desk) -> list[int]:
    return [int(np.float32(50 * (code + 1)) + 10 * desk.store.state.place.base[0]) for code in range(3)]


def test_the_row_shows_the_latent_under_every_class_and_follows_it(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: shades(desk) == wanted(desk), timeout=WAIT)
    for value in (0.5, 1.0, 1.5, 2.0):  # faster than they are decoded: the newest comes, whatever lay between
        base = desk.store.state.place.base.copy()
        base[0] = value
        desk.store.move("Move", base=frozen(base))
    qtbot.waitUntil(lambda: shades(desk) == [70, 120, 170], timeout=WAIT)


def test_keys_step_through_the_classes_and_the_map_is_coloured_by_them(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: desk.store.state.colour == "bird", timeout=WAIT)
    code = desk.window.classes.row.current
    assert code is not None
    QTest.keyClick(desk.window, Qt.Key.Key_Period)
    assert desk.window.classes.row.current == (code + 1) % 3
    QTest.keyClick(desk.window, Qt.Key.Key_Comma)
    assert desk.window.classes.row.current == code
    shade = wanted(desk)[code]
    qtbot.waitUntil(lambda: desk.window.stage.image.pixelColor(0, 0).red() == shade, timeout=WAIT)


def test_zero_keeps_the_class(qtbot: QtBot, desk: Desk) -> None:
    code = desk.window.classes.row.current
    desk.do("zero")
    assert np.array_equal(desk.store.state.place.base, [0, 0, *np.eye(3)[code]])


def test_a_model_without_classes_takes_the_row_away(qtbot: QtBot, desk: Desk) -> None:
    opens(qtbot, desk, "two")
    assert not desk.window.classes.isVisible()
    assert not desk.window.actions_by_name["class_on"].isEnabled()
    desk.do("class_on")
    desk.store.undo()
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT, check_params_cb=lambda opened: opened is not None):
        pass
    qtbot.waitUntil(lambda: shades(desk) == wanted(desk), timeout=WAIT)


def test_a_kept_class_stays_through_random_latents_samples_and_the_map(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    code = desk.window.classes.row.current
    QTest.keyClick(desk.window, Qt.Key.Key_K)
    before = desk.store.state.place
    for _ in range(6):  # one of three would come by chance
        held = desk.store.state.place
        desk.do("random")
        qtbot.waitUntil(lambda held=held: desk.store.state.place is not held, timeout=WAIT)
        assert np.array_equal(desk.store.state.place.base[2:], np.eye(3)[code])
    assert (desk.store.undo_title or "").endswith(": all but bird")
    assert desk.store.state.place.seed is None
    other = next(index for index in range(30) if samples.latents[index, 2:].argmax() != code)
    desk.window.samples.gallery.chosen.emit(other)
    place = desk.store.state.place
    assert np.array_equal(place.base, [*samples.latents[other, :2], *np.eye(3)[code]])
    assert place.sample is None
    qtbot.waitUntil(lambda: desk.window.map.shown is not None, timeout=WAIT)
    lifted = desk.window.map.lifted(np.array([[1.0, -1.0], [0.0, 2.0]]))
    assert lifted is not None
    assert np.array_equal(lifted[:, 2:], np.tile(np.eye(3)[code], (2, 1)))
    assert not np.allclose(lifted[0, :2], lifted[1, :2])
    desk.do("class_hold")
    assert not np.array_equal(desk.window.map.lifted(np.array([[1.0, -1.0]]))[0, 2:], np.eye(3)[code])
    assert before.space == "z"


def test_a_drag_on_the_picture_walks_in_what_may_change(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: desk.window.map.shown is not None, timeout=WAIT)
    desk.do("class_hold")
    base, stage = desk.store.state.place.base, desk.window.stage
    stage._begin_walk()
    stage._ask_walk(0.3, 0.2)
    stage._end_walk()
    moved = desk.store.state.place.base
    assert np.array_equal(moved[2:], base[2:])
    assert not np.allclose(moved[:2], base[:2], atol=0.05)


def test_one_part_alone_is_drawn_anew(qtbot: QtBot, desk: Desk) -> None:
    before = desk.store.state.place.base
    desk.window.sliders.shape.draw_wanted.emit(Scope("z", (0,)))
    qtbot.waitUntil(lambda: desk.store.state.place.base is not before, timeout=WAIT)
    place = desk.store.state.place
    assert np.array_equal(place.base[2:], before[2:])
    assert not np.array_equal(place.base[:2], before[:2])
    assert (desk.store.undo_title or "").endswith(": all but bird")
    assert desk.store.state.scope == WHOLE


def test_a_map_of_one_part_moves_in_that_part(qtbot: QtBot, desk: Desk) -> None:
    desk.store.change("Change style alone", scope=Scope("z", (0,)))
    desk.window.sliders.shape.map.click()
    qtbot.waitUntil(
        lambda: desk.window.map.shown is not None and "all but bird" in desk.window.map.shown.lift_name, timeout=WAIT
    )
    desk.store.change("Change everything", scope=WHOLE)
    lifted = desk.window.map.lifted(np.array([[1.0, -1.0]]))
    assert lifted is not None
    np.testing.assert_allclose(lifted[0, 2:], desk.store.state.place.base[2:], atol=1e-6)
