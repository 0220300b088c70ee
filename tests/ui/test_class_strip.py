"""The row of classes under the picture: follows the latent, and a click, a key or a typed name chooses a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from panel_scene import mouse, opened, pictures, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.latents.edits import edited
from explorer.latents.samples import LatentSet
from explorer.models.base import Part, Space
from explorer.models.scope import WHOLE, Scope
from explorer.session.state import Pin, frozen
from explorer.session.store import Store
from explorer.ui.classes import ClassStrip
from explorer.ui.sliders import SlidersPanel
from explorer.work.messages import Opened

BIRDS = ("wren", "rook", "kite", "crow", "swan")
STYLE = 6


def conditional(names: Sequence[str] = BIRDS, *more: Part) -> Opened:
    """A model with six numbers and a class."""
    count = len(names)
    parts = (Part("style", STYLE, "normal"), Part("bird", count, "one-hot", tuple(names)), *more)
    dim = sum(part.dim for part in parts)
    random = np.random.default_rng(0)
    latents = random.normal(size=(40, dim)).astype(np.float32)
    latents[:, STYLE : STYLE + count] = np.eye(count)[np.arange(40) % count]
    model = opened(dim=dim, samples_=LatentSet("z", latents))
    return replace(model, card=replace(model.card, spaces=(Space("z", dim, (dim,), "", parts),)))


MODEL = conditional()


class Scene:
    """The strip, and what it asked for."""

    def __init__(self, qtbot: QtBot, model: Opened, sample: int | None = 3) -> None:
        self.store = store_at(model, sample)
        self.strip = ClassStrip(self.store)
        self.asked: list[tuple[np.ndarray, list[int]]] = []
        self.strip.pictures_wanted.connect(lambda latents, codes: self.asked.append((latents, codes)))
        qtbot.addWidget(self.strip)
        self.strip.resize(360, 120)
        self.strip.show()
        self.strip.show_model(model)

    def click(self, code: int) -> None:
        at = QPointF(self.strip.row.cell(code).center())
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            mouse(self.strip.row.viewport(), kind, at)

    def hover(self, code: int) -> None:
        at = QPointF(self.strip.row.cell(code).center())
        mouse(self.strip.row.viewport(), QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene(qtbot, MODEL)


def weights(store: Store) -> np.ndarray:
    place = store.state.place
    return edited(place.base, MODEL.concepts, place.strengths)[STYLE : STYLE + 5]


def test_one_latent_is_asked_for_under_every_class(scene: Scene) -> None:
    latents, codes = scene.asked[-1]
    assert codes == [0, 1, 2, 3, 4]
    assert np.array_equal(latents[:, STYLE:], np.eye(5))
    assert np.array_equal(latents[:, :STYLE], np.tile(MODEL.samples["z"].latents[3, :STYLE], (5, 1)))
    scene.strip.show_pictures(codes, pictures(5))
    assert sorted(scene.strip.row.images) == codes
    assert (scene.strip.row.current, scene.strip.words.text()) == (3, "Bird crow")


def test_a_click_is_the_class_of_the_latent_and_one_step_of_undo(scene: Scene) -> None:
    scene.store.move("Move smile", strengths={"smile": 1.0})
    before = scene.store.state.place
    scene.click(1)
    place = scene.store.state.place
    np.testing.assert_allclose(weights(scene.store), np.eye(5)[1], atol=1e-6)
    assert np.array_equal(place.base[:STYLE], before.base[:STYLE])
    assert (dict(place.strengths), place.sample) == ({"smile": 1.0}, 3)
    assert (steps(scene.store), scene.store.undo_title) == (2, "Bird rook")
    assert scene.strip.row.current == 1
    scene.store.undo()
    assert scene.store.state.place is before


def test_a_click_on_the_class_it_has_changes_nothing(scene: Scene) -> None:
    scene.click(3)
    assert steps(scene.store) == 0


def test_steps_by_keys_merge_and_go_round_the_ends(scene: Scene, qtbot: QtBot) -> None:
    for _ in range(3):
        qtbot.keyClick(scene.strip.row, Qt.Key.Key_Right)
    assert scene.strip.row.current == 1
    qtbot.keyClick(scene.strip.row, Qt.Key.Key_Left)
    assert (scene.strip.row.current, steps(scene.store), scene.store.undo_title) == (0, 1, "Step to another bird")


def test_the_same_pictures_are_not_asked_for_twice(scene: Scene) -> None:
    count = len(scene.asked)
    scene.click(2)
    assert len(scene.asked) == count  # they differ in their class alone
    scene.store.move("Move", base=frozen(MODEL.samples["z"].latents[5]))
    assert len(scene.asked) == count + 1
    scene.strip.show_model(replace(MODEL, key=2))
    assert len(scene.asked) == count + 2


def test_hover_shows_the_latent_under_a_class_and_leaves_the_row_alone(scene: Scene) -> None:
    count = len(scene.asked)
    scene.hover(2)
    assert scene.store.preview is not None
    assert np.array_equal(scene.store.preview[STYLE:], np.eye(5)[2])
    assert (scene.strip.row.current, len(scene.asked)) == (3, count)
    mouse(scene.strip.row.viewport(), QEvent.Type.MouseMove, QPointF(355, 5), Qt.MouseButton.NoButton)
    assert scene.store.preview is None


def test_the_row_follows_the_map_and_says_what_a_blend_is(scene: Scene) -> None:
    latent = MODEL.samples["z"].latents[7].copy()
    latent[STYLE:] = 0, 0.25, 0, 0.75, 0
    scene.store.show_preview(latent)
    assert np.array_equal(scene.asked[-1][0][:, :STYLE], np.tile(latent[:STYLE], (5, 1)))
    assert scene.strip.row.current is None
    assert scene.strip.words.text() == "Bird between crow and rook (75 : 25)"


def test_between_two_pinned_classes_the_bead_is_a_blend_and_a_click_takes_its_frame(scene: Scene) -> None:
    pins = [Pin(frozen(MODEL.samples["z"].latents[index])) for index in (0, 1)]
    scene.store.change_path("Pin", waypoints=tuple(pins), kind="linear", position=0.5)
    assert scene.strip.words.text() == "Bird between wren and rook (50 : 50)"
    scene.click(4)
    middle = MODEL.samples["z"].latents[:2].mean(axis=0)
    np.testing.assert_allclose(scene.store.state.place.base[:STYLE], middle[:STYLE], atol=1e-6)
    assert np.array_equal(weights(scene.store), np.eye(5)[4])
    assert scene.store.state.path.position is None


def test_a_thousand_classes_ask_for_those_in_view_and_are_found_by_typing(qtbot: QtBot) -> None:
    scene = Scene(qtbot, conditional([f"bird {number}" for number in range(1000)]))
    _latents, codes = scene.asked[-1]
    assert len(codes) < 20
    assert 3 in codes
    field = scene.strip.field
    assert field.isVisible()
    edit = field.lineEdit()
    edit.setText("D 777")  # what keys would leave, without the list that they open
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (scene.strip.row.current, edit.text()) == (777, "bird 777")
    assert 777 in scene.asked[-1][1]
    assert scene.strip.row.viewport().rect().contains(scene.strip.row.cell(777))


def test_a_few_classes_stand_in_one_view(scene: Scene) -> None:
    row = scene.strip.row
    assert all(row.viewport().rect().contains(row.cell(code).center()) for code in range(5))
    assert not scene.strip.field.isVisible()


def test_several_classes_in_a_latent_are_chosen_one_after_the_other(qtbot: QtBot) -> None:
    scene = Scene(qtbot, conditional(BIRDS, Part("sky", 2, "one-hot", ("day", "night"))))
    which = scene.strip.which
    assert which.isVisible()
    qtbot.keyClick(which, Qt.Key.Key_Down)
    which.activated.emit(which.currentIndex())
    assert scene.strip.row.names == ("day", "night")
    scene.click(1)
    base = scene.store.state.place.base
    assert np.array_equal(base[-2:], [0, 1])
    assert np.array_equal(base[STYLE:-2], np.eye(5)[3])


def test_a_model_without_classes_has_no_row(qtbot: QtBot) -> None:
    scene = Scene(qtbot, opened())
    assert not scene.strip.isVisible()
    scene.strip.step(1)
    assert (scene.asked, steps(scene.store)) == ([], 0)


def test_where_the_class_is_chosen_in_another_space_the_strip_leads_there(qtbot: QtBot) -> None:
    model = conditional()
    spaces = (*model.card.spaces, Space("w", 11, (11,), "mapped"))
    model = replace(model, card=replace(model.card, spaces=spaces), samples={"w": model.samples["z"], **model.samples})
    scene = Scene(qtbot, model)
    scene.store.move("To w", space="w")
    assert scene.strip.elsewhere.isVisible()
    assert not scene.strip.row.isVisible()
    with qtbot.waitSignal(scene.strip.space_wanted) as heard:
        qtbot.mouseClick(scene.strip.elsewhere, Qt.MouseButton.LeftButton)
    assert heard.args == ["z"]


def test_the_numbers_of_a_class_are_no_sliders(qtbot: QtBot) -> None:
    store = store_at(MODEL)
    panel = SlidersPanel(store)
    qtbot.addWidget(panel)
    panel.show_model(MODEL)
    assert sorted(panel.dimensions.rows) == list(range(STYLE))
    row = panel.dimensions.rows[0]
    row.moved.emit(1.5)
    assert store.state.place.base[0] == pytest.approx(1.5)
    assert np.array_equal(store.state.place.base[STYLE:], np.eye(5)[3])


def test_the_class_can_be_kept_and_let_go_and_that_is_state(scene: Scene, qtbot: QtBot) -> None:
    hold = scene.strip.hold
    qtbot.mouseClick(hold, Qt.MouseButton.LeftButton)
    assert scene.store.state.scope == Scope("z", (0,))
    assert (hold.isChecked(), hold.glyph, scene.store.undo_title) == (True, "lock", "Keep the bird")
    scene.store.undo()
    assert (hold.isChecked(), hold.glyph) == (False, "lock-open")
    scene.strip.toggle_hold()
    scene.strip.toggle_hold()
    assert scene.store.state.scope == WHOLE
    assert scene.store.undo_title == "Let the bird change"
