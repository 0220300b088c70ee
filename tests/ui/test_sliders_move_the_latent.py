"""The sliders panel: concepts, truncation, dimensions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import DIM, NAMES, drag, mouse, opened, samples, steps, store_at
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.latents.edits import edited
from explorer.latents.measures import by_effect
from explorer.latents.priors import drawn
from explorer.latents.samples import LatentSet
from explorer.models.base import Part, Space
from explorer.session.state import frozen
from explorer.session.store import Store
from explorer.ui.sliders import SlidersPanel
from explorer.ui.sliders.concepts import told
from explorer.ui.widgets.row import SliderRow
from explorer.work.messages import Opened

MODEL = opened()


def panel_of(qtbot: QtBot, store: Store, model: Opened) -> SlidersPanel:
    panel = SlidersPanel(store)
    qtbot.addWidget(panel)
    panel.resize(460, 900)
    panel.show_model(model)
    panel.show()
    return panel


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> SlidersPanel:
    return panel_of(qtbot, store, MODEL)


def pull(row: SliderRow, *values: float) -> None:
    """Drag the hand of a row over values."""
    slider = row.slider
    drag(slider, (slider.x_of(row.value), 12), *((slider.x_of(value), 12) for value in values))


def right_click(row: SliderRow) -> None:
    mouse(row.slider, QEvent.Type.MouseButtonPress, QPointF(9, 9), Qt.MouseButton.RightButton)


def test_a_concept_starts_at_the_samples_own_coordinate(panel: SlidersPanel, store: Store) -> None:
    for concept in MODEL.concepts:
        own = float(concept.coordinate(store.state.place.base))
        row = panel.concepts.rows[concept.name]
        assert row.value == pytest.approx(own)
        assert row.slider.tick == pytest.approx(own)
        assert not row.is_changed


def test_a_drag_of_a_concept_is_one_step_of_undo(panel: SlidersPanel, store: Store) -> None:
    row = panel.concepts.rows["smile"]
    own = row.value
    pull(row, own + 0.2, own + 0.6, own + 1.0)
    assert store.state.place.strengths["smile"] == pytest.approx(1.0, abs=0.01)
    assert (steps(store), store.undo_title) == (1, "Move smile")
    store.undo()
    assert row.value == pytest.approx(own)
    assert not row.is_changed


def test_two_drags_are_two_steps(panel: SlidersPanel, store: Store) -> None:
    for _ in range(2):
        pull(panel.concepts.rows["smile"], panel.concepts.rows["smile"].value + 0.5)
    assert steps(store) == 2


def test_a_typed_number_is_where_the_concept_stands(qtbot: QtBot, panel: SlidersPanel, store: Store) -> None:
    number = panel.concepts.rows["beard"].number
    number.selectAll()
    qtbot.keyClicks(number, "2.5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    place = store.state.place
    concept = next(concept for concept in MODEL.concepts if concept.name == "beard")
    assert float(concept.coordinate(edited(place.base, [concept], place.strengths))) == pytest.approx(2.5, abs=1e-4)
    assert steps(store) == 1


def test_a_right_click_resets_one_concept_and_leaves_the_others(panel: SlidersPanel, store: Store) -> None:
    store.move("Move", strengths={"smile": 1.0, "beard": -1.0})
    right_click(panel.concepts.rows["smile"])
    assert dict(store.state.place.strengths) == {"beard": -1.0}
    right_click(panel.concepts.rows["smile"])
    assert steps(store) == 2


def test_reset_all_is_grey_until_a_concept_moved(panel: SlidersPanel, store: Store) -> None:
    reset = panel.concepts.reset
    assert not reset.isEnabled()
    store.move("Move", strengths={"smile": 1.0, "beard": -1.0})
    assert reset.isEnabled()
    reset.click()
    assert not store.state.place.strengths
    assert not reset.isEnabled()
    panel.reset_all()
    assert steps(store) == 2


def test_sliders_set_by_the_store_ask_for_nothing(panel: SlidersPanel, store: Store) -> None:
    store.move("Another sample", base=frozen(MODEL.samples["z"].latents[7]), sample=7, strengths={"smile": 1.0})
    assert steps(store) == 1
    row = panel.concepts.rows["smile"]
    assert row.value == pytest.approx(row.slider.tick + 1.0)


def test_a_concept_says_its_unit_and_where_it_came_from() -> None:
    assert told(MODEL.concepts[0]) == (
        "+1 = one standard deviation of the samples along this direction; made by mean difference, "
        "1018 with / 7996 without, held-out AUC 0.97."
    )


def test_a_model_without_concepts_says_what_a_concept_is(qtbot: QtBot) -> None:
    model = opened(count=0)
    panel = panel_of(qtbot, store_at(model), model)
    assert panel.concepts.empty.isVisible()
    assert "concept" in panel.concepts.empty.text()
    assert not panel.concepts.search.isVisible()


def test_many_concepts_can_be_searched(qtbot: QtBot) -> None:
    model = opened(count=15)
    panel = panel_of(qtbot, store_at(model), model)
    assert panel.concepts.search.isVisible()
    panel.concepts.search.setText("HAIR")
    assert [name for name, row in panel.concepts.rows.items() if row.isVisible()] == ["long hair"]
    panel.concepts.search.clear()
    assert all(row.isVisible() for row in panel.concepts.rows.values())


def test_a_few_concepts_need_no_search(panel: SlidersPanel) -> None:
    assert list(panel.concepts.rows) == list(NAMES)
    assert not panel.concepts.search.isVisible()


def test_dimensions_stand_in_the_order_of_their_effect(panel: SlidersPanel) -> None:
    assert list(panel.dimensions.rows) == by_effect(MODEL.samples["z"])[:12].tolist()


def test_more_dimensions_come_by_the_page(qtbot: QtBot) -> None:
    model = opened(dim=784)
    panel = panel_of(qtbot, store_at(model), model)
    assert len(panel.dimensions.rows) == 12
    panel.dimensions.more.click()
    assert len(panel.dimensions.rows) == 36
    assert panel.dimensions.more.text() == "Show 24 more of 748"


def test_the_last_page_takes_its_button_away(panel: SlidersPanel) -> None:
    panel.dimensions.more.click()
    assert len(panel.dimensions.rows) == DIM
    assert not panel.dimensions.more.isVisible()


def test_a_dimension_moves_the_edited_latent_to_its_value(panel: SlidersPanel, store: Store) -> None:
    store.move("Move", strengths={"smile": 1.5})
    dim, row = next(iter(panel.dimensions.rows.items()))
    pull(row, 0.5, 1.25)
    place = store.state.place
    assert edited(place.base, MODEL.concepts, place.strengths)[dim] == pytest.approx(1.25, abs=0.02)
    assert place.sample == 3
    assert (steps(store), store.undo_title) == (2, f"Move dimension {dim + 1}")


def test_a_moved_dimension_resets_to_the_samples_own_value(panel: SlidersPanel, store: Store) -> None:
    dim, row = next(iter(panel.dimensions.rows.items()))
    own = float(MODEL.samples["z"].latents[3, dim])
    assert row.slider.tick == pytest.approx(own)
    assert not row.is_changed
    pull(row, own + 1)
    assert row.is_changed
    right_click(row)
    assert store.state.place.base[dim] == np.float32(own)
    assert not row.is_changed


def test_a_concept_makes_no_dimension_look_changed(panel: SlidersPanel, store: Store) -> None:
    store.move("Move", strengths={"smile": 1.5})
    assert not any(row.is_changed for row in panel.dimensions.rows.values())
    assert not panel.dimensions.reset.isEnabled()


def test_without_a_sample_dimensions_reset_to_where_they_were_moved_from(qtbot: QtBot) -> None:
    store = store_at(MODEL, sample=None)
    panel = panel_of(qtbot, store, MODEL)
    made = frozen(np.full(DIM, 0.7, dtype=np.float32))
    store.move("Random", base=made, seed=4)
    first, second = list(panel.dimensions.rows.values())[:2]
    assert not panel.dimensions.reset.isEnabled()
    pull(first, 1.0, 1.5)
    pull(second, 2.0)
    store.undo()
    pull(second, -1.0)
    panel.dimensions.reset.click()
    assert np.array_equal(store.state.place.base, made)
    store.undo()
    assert panel.dimensions.reset.isEnabled()


def test_reset_all_takes_concepts_and_dimensions_back_in_one_step(panel: SlidersPanel, store: Store) -> None:
    pull(panel.concepts.rows["smile"], 2.0)
    pull(next(iter(panel.dimensions.rows.values())), 1.0)
    panel.reset_all()
    place = store.state.place
    assert not place.strengths
    assert np.array_equal(place.base, MODEL.samples["z"].latents[3])
    assert (place.sample, steps(store), store.undo_title) == (3, 3, "Reset all sliders")
    panel.reset_all()
    assert steps(store) == 3


def test_the_same_model_once_more_leaves_the_hand_on_its_slider(panel: SlidersPanel, store: Store) -> None:
    rows = dict(panel.concepts.rows), dict(panel.dimensions.rows)
    slider = panel.concepts.rows["smile"].slider
    mouse(slider, QEvent.Type.MouseButtonPress, QPointF(slider.x_of(slider.value), 12))
    mouse(slider, QEvent.Type.MouseMove, QPointF(slider.x_of(1.0), 12))
    panel.show_model(replace(MODEL, key=2))
    mouse(slider, QEvent.Type.MouseMove, QPointF(slider.x_of(2.0), 12))
    mouse(slider, QEvent.Type.MouseButtonRelease, QPointF(slider.x_of(2.0), 12))
    assert (panel.concepts.rows, panel.dimensions.rows) == rows
    assert panel.concepts.rows["smile"].value == pytest.approx(2.0, abs=0.05)
    assert steps(store) == 1


def test_another_model_begins_at_the_top_of_the_list(panel: SlidersPanel) -> None:
    panel.resize(460, 200)
    QApplication.processEvents()
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(100)
    panel.show_model(replace(MODEL, key=2))
    assert bar.value() == 100
    panel.show_model(replace(MODEL, path="another"))
    assert bar.value() == 0


def test_the_longest_name_fits_and_all_sliders_begin_together(panel: SlidersPanel) -> None:
    QApplication.processEvents()
    rows = [*panel.concepts.rows.values(), *panel.dimensions.rows.values()]
    assert len({row.slider.geometry().x() for row in rows}) == 1
    assert rows[0].slider.geometry().x() >= max(row.name_width for row in rows)


def test_a_name_that_does_not_fit_is_told_in_full(qtbot: QtBot) -> None:
    row = SliderRow("a very long name of a concept", -1.0, 1.0)
    qtbot.addWidget(row)
    row.show_hint("The hint.")
    label = row.findChild(QLabel)
    row.show_name_width(1000)
    assert label.toolTip() == "The hint."
    row.show_name_width(30)
    assert label.toolTip() == "a very long name of a concept\nThe hint."


def test_the_range_of_a_dimension_holds_every_sample(panel: SlidersPanel) -> None:
    for dim, row in panel.dimensions.rows.items():
        low, high = row.slider.range
        assert low <= -3 <= 3 <= high
        assert low <= MODEL.samples["z"].latents[:, dim].min()


def test_only_a_gan_has_a_truncation(qtbot: QtBot, panel: SlidersPanel) -> None:
    assert not panel.truncation.isVisible()
    model = opened("GAN")
    store = store_at(model)
    gan = panel_of(qtbot, store, model)
    assert gan.truncation.isVisible()
    pull(gan.truncation.row, 0.7, 0.5)
    assert store.state.place.truncation == pytest.approx(0.5, abs=0.02)
    assert steps(store) == 1
    right_click(gan.truncation.row)
    assert store.state.place.truncation == 1.0


def test_a_temperature_cools_a_draw_with_the_hand_and_leaves_what_was_moved_since(qtbot: QtBot) -> None:
    draws = LatentSet("z", drawn(40, [("normal", DIM)], 0), seed=0)
    model = opened("flow", samples_=draws)
    store = store_at(model, sample=7)
    panel = panel_of(qtbot, store, model)
    row = panel.temperature.row
    assert panel.temperature.y() < panel.concepts.y()  # of a flow it comes first
    for value in (0.5, 0.25):  # the second begins where the first ended
        pull(row, 0.9, value)
        at = store.state.place.temperature
        assert at == pytest.approx(value, abs=0.02)
        np.testing.assert_array_equal(store.state.place.base, draws.latents[7] * np.float32(at))
    assert steps(store) == 2
    right_click(row)
    np.testing.assert_array_equal(store.state.place.base, draws.latents[7])
    edited_ = frozen(draws.latents[7] + np.float32(1))
    store.move("Edit", base=edited_)
    pull(row, 0.9, 0.5)
    assert store.state.place.base is edited_


def test_no_temperature_where_a_mapping_network_makes_the_latents(qtbot: QtBot) -> None:
    model = opened("GAN")
    assert not panel_of(qtbot, store_at(model), model).temperature.isVisible()


def test_a_number_of_a_latent_of_parts_is_called_by_its_part(qtbot: QtBot) -> None:
    model = opened()
    parts = (Part("4 x 4", 2, "mapped"), Part("colours", DIM - 2, "mapped"))
    card = replace(model.card, spaces=(Space("z", DIM, (DIM,), "", parts),))
    panel = panel_of(qtbot, store_at(model), replace(model, card=card))
    for dim, row in panel.dimensions.rows.items():
        assert row.name == (f"4 x 4 · {dim + 1}" if dim < 2 else f"colours · {dim - 1}")


def test_another_model_brings_its_own_rows(panel: SlidersPanel, store: Store) -> None:
    other = opened(dim=2, count=2)
    latents = other.samples["z"].latents
    store.move("Open", base=frozen(latents[0]), sample=0)
    panel.show_model(other)
    assert list(panel.concepts.rows) == ["smile", "glasses"]
    assert len(panel.dimensions.rows) == 2
    panel.show_model(None)
    assert panel.empty.isVisible()


def test_a_space_without_samples_still_has_its_dimensions(qtbot: QtBot) -> None:
    model = opened(samples_=samples(0))
    panel = panel_of(qtbot, store_at(model, sample=None), model)
    assert len(panel.dimensions.rows) == 12


def test_every_control_is_reached_by_tab_and_named(panel: SlidersPanel) -> None:
    for row in (*panel.concepts.rows.values(), *panel.dimensions.rows.values()):
        for part in (row.slider, row.number, row.reset):
            assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert part.accessibleName()


def test_while_another_model_is_on_its_way_the_old_rows_move_nothing(panel: SlidersPanel, store: Store) -> None:
    store.move("Open", base=frozen(np.zeros(5, dtype=np.float32)), sample=None)
    pull(panel.concepts.rows["smile"], 2.0)
    assert steps(store) == 1
