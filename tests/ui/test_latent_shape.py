"""A latent in its own shape: parts in rows, channels in tiles; what is chosen there is all that gestures change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import drag, mouse, opened, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.latents.samples import LatentSet
from explorer.models.base import Part, Space
from explorer.models.scope import WHOLE, Scope
from explorer.projections import ProjectionChoice
from explorer.session.store import Store
from explorer.ui.sliders import SlidersPanel
from explorer.work.messages import Opened

CTRL = Qt.KeyboardModifier.ControlModifier
LAYERS = tuple(Part(name, 3, "normal") for name in ("coarse", "middle", "fine"))


def shaped(space: Space) -> Opened:
    latents = np.random.default_rng(0).normal(size=(40, space.dim)).astype(np.float32)
    model = opened(dim=space.dim, count=0, samples_=LatentSet("z", latents))
    return replace(model, card=replace(model.card, spaces=(space,)))


PARTED = shaped(Space("z", 9, (3, 3), "", LAYERS))
SPATIAL = shaped(Space("z", 40, (2, 4, 5), "", (Part("z", 40, "none"),)))


class Scene:
    def __init__(self, qtbot: QtBot, model: Opened) -> None:
        self.store: Store = store_at(model)
        self.panel = SlidersPanel(self.store)
        qtbot.addWidget(self.panel)
        self.panel.resize(420, 700)
        self.panel.show_model(model)
        self.panel.show()
        self.shape = self.panel.shape

    def click(self, row: int, how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = QPointF(self.shape.rows.line(row).center())
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            mouse(self.shape.rows, kind, at, modifiers=how)


@pytest.fixture
def parted(qtbot: QtBot) -> Scene:
    return Scene(qtbot, PARTED)


@pytest.fixture
def spatial(qtbot: QtBot) -> Scene:
    return Scene(qtbot, SPATIAL)


def test_a_click_on_a_part_lets_it_alone_change_and_another_one_lets_all(parted: Scene) -> None:
    assert parted.shape.isVisible()
    parted.click(1)
    assert parted.store.state.scope == Scope("z", (1,))
    assert parted.shape.hint.text() == "Only middle may change, the rest stays as it is."
    assert (steps(parted.store), parted.store.undo_title) == (1, "Change middle alone")
    parted.click(1)
    assert parted.store.state.scope == WHOLE
    assert not parted.shape.reset.isEnabled()


def test_parts_are_added_and_the_sliders_are_those_of_what_may_change(parted: Scene, qtbot: QtBot) -> None:
    assert len(parted.panel.dimensions.rows) == 9
    parted.click(0)
    parted.click(2, CTRL)
    assert parted.store.state.scope.parts == (0, 2)
    qtbot.waitUntil(lambda: sorted(parted.panel.dimensions.rows) == [0, 1, 2, 6, 7, 8])
    parted.click(0, CTRL)
    qtbot.waitUntil(lambda: sorted(parted.panel.dimensions.rows) == [6, 7, 8])
    parted.store.undo()
    parted.store.undo()
    qtbot.waitUntil(lambda: sorted(parted.panel.dimensions.rows) == [0, 1, 2])
    parted.shape.reset.click()
    qtbot.waitUntil(lambda: len(parted.panel.dimensions.rows) == 9)


def test_keys_choose_and_draw_parts(parted: Scene, qtbot: QtBot) -> None:
    rows = parted.shape.rows
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert parted.store.state.scope == Scope("z", (1,))
    with qtbot.waitSignal(parted.shape.draw_wanted) as heard:
        qtbot.keyClick(rows, Qt.Key.Key_R)
    assert heard.args == [Scope("z", (1,))]


def test_the_die_of_a_part_draws_it_alone_and_chooses_nothing(parted: Scene, qtbot: QtBot) -> None:
    with qtbot.waitSignal(parted.shape.draw_wanted) as heard:
        qtbot.mouseClick(parted.shape.rows, Qt.MouseButton.LeftButton, pos=parted.shape.rows.die(2).center())
    assert heard.args == [Scope("z", (2,))]
    assert parted.store.state.scope == WHOLE


def test_few_parts_stand_above_the_concepts_and_a_grid_below(parted: Scene, spatial: Scene, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: parted.shape.y() < parted.panel.concepts.y() < parted.panel.dimensions.y())
    qtbot.waitUntil(lambda: spatial.panel.concepts.y() < spatial.shape.y() < spatial.panel.dimensions.y())


def test_cells_under_the_hand_may_change_in_all_channels_and_one_drag_is_one_step(spatial: Scene) -> None:
    tiles = spatial.shape.tiles
    tile = tiles.tile(1)

    def at(row: int, column: int) -> tuple[float, float]:
        return tile.left() + (column + 0.5) * tile.width() / 5, tile.top() + (row + 0.5) * tile.height() / 4

    drag(tiles, at(2, 4), at(1, 3), at(1, 1))
    assert spatial.store.state.scope == Scope("z", cells=(1, 1, 2, 4))
    assert (steps(spatial.store), spatial.store.undo_title) == (1, "Choose cells")
    assert spatial.shape.hint.text() == "Only rows 2 to 3, columns 2 to 5 may change, the rest stays as it is."
    drag(tiles, at(0, 0), at(3, 4))  # all of them
    assert spatial.store.state.scope == WHOLE


def test_a_channel_is_chosen_by_its_number_within_the_chosen_cells(spatial: Scene, qtbot: QtBot) -> None:
    tiles = spatial.shape.tiles
    tiles.cells_chosen.emit(0, 0, 1, 1, 1)
    qtbot.mouseClick(tiles, Qt.MouseButton.LeftButton, pos=tiles.label(1).center())
    assert spatial.store.state.scope == Scope("z", channels=(1,), cells=(0, 0, 1, 1))
    qtbot.waitUntil(lambda: sorted(spatial.panel.dimensions.rows) == [20, 21, 25, 26])
    assert {row.name for row in spatial.panel.dimensions.rows.values()} == {
        f"2 \N{MIDDLE DOT} {row}, {column}" for row in (1, 2) for column in (1, 2)
    }


def test_arrows_move_the_cells_and_stretch_them(spatial: Scene, qtbot: QtBot) -> None:
    tiles = spatial.shape.tiles
    qtbot.keyClick(tiles, Qt.Key.Key_Right)
    qtbot.keyClick(tiles, Qt.Key.Key_Right)
    qtbot.keyClick(tiles, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert spatial.store.state.scope.cells == (0, 1, 1, 1)
    for _ in range(9):
        qtbot.keyClick(tiles, Qt.Key.Key_Right)
    assert spatial.store.state.scope.cells == (0, 4, 1, 4)


def test_an_unusual_number_is_seen_and_follows_the_map(parted: Scene) -> None:
    mean, deviation = (PARTED.samples["z"].latents.mean(axis=0), PARTED.samples["z"].latents.std(axis=0))
    parted.store.show_preview((mean + deviation * np.array([9, -9, 0] * 3)).astype(np.float32))
    picture = parted.shape.rows._strips[0]
    high, low, usual = (picture.pixelColor(column, 0) for column in range(3))
    assert high.red() > high.blue() + 100
    assert low.blue() > low.red() + 100
    assert abs(usual.red() - usual.blue()) < 12


def test_a_latent_of_one_part_has_no_such_section(qtbot: QtBot) -> None:
    assert not Scene(qtbot, opened()).shape.isVisible()


def test_a_map_of_what_may_change_is_asked_for_and_left_again(parted: Scene, qtbot: QtBot) -> None:
    button = parted.shape.map
    assert not button.isVisible()
    parted.click(1)
    assert button.text() == "Map of middle"
    button.click()
    assert parted.store.state.projection.scope == Scope("z", (1,))
    assert (parted.store.undo_title, button.text()) == ("Map of middle", "Map of whole latents")
    parted.click(2)
    assert button.text() == "Map of fine"
    parted.shape.reset.click()
    assert button.text() == "Map of whole latents"
    button.click()
    assert parted.store.state.projection.scope == WHOLE
    assert not button.isVisible()


def test_a_kind_of_map_that_has_none_of_a_part_says_so(parted: Scene) -> None:
    parted.store.change("Two dimensions", projection=ProjectionChoice("axes"))
    parted.click(0)
    assert not parted.shape.map.isEnabled()
    assert parted.shape.map.toolTip() == "Two dimensions: a map of whole latents. Choose another kind."
