"""The sliders of concepts in the user's own order, groups and colours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from panel_scene import drag, opened, store_at
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.models.base import Part, Space
from explorer.session.store import Store
from explorer.ui.sliders import SlidersPanel
from explorer.ui.sliders.concept_row import ConceptRow
from explorer.ui.sliders.concepts import told

MODEL = opened()
NAMES = [concept.name for concept in MODEL.concepts]


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> SlidersPanel:
    made = SlidersPanel(store)
    qtbot.addWidget(made)
    made.resize(460, 900)
    made.show_model(MODEL)
    made.show()
    return made


def standing(panel: SlidersPanel) -> list[str]:
    """Names of rows and heads as they are seen, from above."""
    QApplication.processEvents()
    seen = [one for one in panel.concepts._shown() if one.isVisible()]
    assert seen == sorted(seen, key=lambda one: one.y())
    return [one.name if isinstance(one, ConceptRow) else f"[{one.name}]" for one in seen]


def choose(menu: QMenu, *words: str) -> None:
    """Trigger an entry of a menu, or of a menu in it."""
    entry = next(action for action in menu.actions() if action.text().split("\t")[0].startswith(words[0]))
    if len(words) > 1:
        choose(entry.menu(), *words[1:])  # type: ignore[arg-type]
    else:
        entry.trigger()


def carry(panel: SlidersPanel, name: str, height: int) -> None:
    """Drag a row by its dot to a height of the section."""
    dot = panel.concepts.rows[name].dot
    ends = [dot.mapToGlobal(QPoint(4, 4)), panel.concepts.mapToGlobal(QPoint(4, height))]
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)
    for kind, at in zip(kinds, (ends[0], ends[1], ends[1]), strict=True):
        left, held = Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton
        where = QPointF(dot.mapFromGlobal(at))
        QApplication.sendEvent(dot, QMouseEvent(kind, where, QPointF(at), left, held, Qt.KeyboardModifier.NoModifier))


def test_alt_and_an_arrow_key_move_a_slider_as_one_step_of_undo(panel: SlidersPanel, store: Store) -> None:
    row = panel.concepts.rows["glasses"]
    QTest.keyClick(row.slider, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert standing(panel)[:2] == ["glasses", "smile"]
    assert not store.state.place.strengths
    assert panel.concepts.rows["glasses"] is row
    store.undo()
    assert standing(panel)[:2] == ["smile", "glasses"]


def test_a_row_is_dragged_by_its_dot_before_another_one(panel: SlidersPanel) -> None:
    standing(panel)
    carry(panel, "bold", panel.concepts.rows["glasses"].y() + 2)
    assert standing(panel)[:3] == ["smile", "bold", "glasses"]
    carry(panel, "smile", panel.concepts.height() + 20)
    assert standing(panel)[-1] == "smile"


def test_a_group_is_made_folded_and_opened(panel: SlidersPanel, store: Store) -> None:
    section = panel.concepts
    section.arranging.group("beard", "hair")
    section.arranging.group("long hair", "hair")
    assert standing(panel) == ["smile", "glasses", "earrings", "bold", "[hair]", "beard", "long hair"]
    QTest.mouseClick(section.heads["hair"], Qt.MouseButton.LeftButton)
    assert standing(panel) == ["smile", "glasses", "earrings", "bold", "[hair]"]
    assert store.undo_title == "Fold hair"
    section.heads["hair"].setFocus()
    QTest.keyClick(section.heads["hair"], Qt.Key.Key_Space)
    assert standing(panel)[-1] == "long hair"


def test_a_row_is_dragged_into_a_group_and_out_again(panel: SlidersPanel) -> None:
    panel.concepts.arranging.group("beard", "hair")
    standing(panel)
    carry(panel, "smile", panel.concepts.rows["beard"].y() + 2)
    assert standing(panel)[-3:] == ["[hair]", "smile", "beard"]
    carry(panel, "smile", panel.concepts.rows["bold"].y() + 2)
    assert "smile" in standing(panel)[: standing(panel).index("[hair]")]


def test_a_search_finds_what_is_folded_away(panel: SlidersPanel) -> None:
    panel.concepts.arranging.group("beard", "hair")
    panel.concepts.arranging.fold("hair")
    panel.concepts.search.setText("bear")
    assert panel.concepts.rows["beard"].isVisible()


def test_the_menu_gives_a_colour_to_the_dot_and_the_track(panel: SlidersPanel, store: Store) -> None:
    choose(panel.concepts.arranging.menu("smile"), "Colour", "Green")
    row = panel.concepts.rows["smile"]
    assert store.state.studio.arrangement.colours == {"smile": "#009e73"}
    store.move("Move", strengths={"smile": 3.0})
    image = row.slider.grab().toImage()
    middle = round((row.slider.x_of(row.slider.tick or 0) + row.slider.x_of(row.value)) / 2)
    assert image.pixelColor(middle, row.slider.height() // 2).name() == "#009e73"
    choose(panel.concepts.arranging.menu("smile"), "Colour", "The program's")
    assert not store.state.studio.arrangement.colours


def test_the_menu_moves_and_groups_and_asks_for_locks(qtbot: QtBot, panel: SlidersPanel) -> None:
    choose(panel.concepts.arranging.menu("glasses"), "Move up")
    assert standing(panel)[0] == "glasses"
    panel.concepts.arranging.group("bold", "letters")
    choose(panel.concepts.arranging.menu("smile"), "Group", "letters")
    assert standing(panel)[-3:] == ["[letters]", "bold", "smile"]
    with qtbot.waitSignal(panel.concepts.asked) as heard:
        choose(panel.concepts.arranging.menu("smile"), "Lock")
    assert heard.args == ["lock", "smile"]
    choose(panel.concepts.arranging.group_menu("letters"), "Dissolve")
    assert "[letters]" not in standing(panel)


def test_a_click_on_the_dot_and_the_menu_key_open_the_menu(
    panel: SlidersPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: opened_menus.append(menu))
    row = panel.concepts.rows["smile"]
    QTest.mouseClick(row.dot, Qt.MouseButton.LeftButton)
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(3, 3), QPoint(3, 3)))
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), QPoint(3, 3)))
    assert len(opened_menus) == 2


def test_an_order_does_not_disturb_the_hand_on_a_slider(panel: SlidersPanel, store: Store) -> None:
    row = panel.concepts.rows["beard"]
    stands = store.state.studio.arrangement.stepped("bold", -1, MODEL.concepts)
    drag(row.slider, (row.slider.x_of(row.value), 12), (row.slider.x_of(row.value) + 9, 12))
    store.change("Move", studio=replace(store.state.studio, arrangement=stands))
    assert panel.concepts.rows["beard"] is row
    assert row.is_changed


def test_where_a_space_has_layers_the_menu_lets_a_concept_act_on_some(qtbot: QtBot) -> None:
    parts = tuple(Part(f"layer {number + 1}", 8, "normal") for number in range(4))
    model = replace(MODEL, card=replace(MODEL.card, spaces=(Space("z", 32, (4, 8), "N(0, I)", parts),)))
    store = store_at(model)
    panel = SlidersPanel(store)
    qtbot.addWidget(panel)
    panel.show_model(model)
    choose(panel.concepts.arranging.menu("smile"), "Layers", "From", "layer 2")
    choose(panel.concepts.arranging.menu("smile"), "Layers", "To", "layer 3")
    assert store.state.studio.arrangement.layers == {"smile": (1, 2)}
    smile = next(one for one in panel.concepts._concepts if one.name == "smile")
    assert not smile.direction[:8].any()
    assert not smile.direction[24:].any()
    assert "acts on layer 2 to layer 3 alone" in told(smile)
    store.undo()
    store.undo()
    assert not store.state.studio.arrangement.layers


def test_a_space_without_layers_offers_none(panel: SlidersPanel) -> None:
    assert "Layers" not in [action.text() for action in panel.concepts.arranging.menu("smile").actions()]
