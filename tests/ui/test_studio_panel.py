"""The studio: buckets filled by hand, and what comes of them, each as one step of undo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import mouse, opened, pictures, steps, store_at
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.latents.concepts import Concept
from explorer.latents.concepts.effects import Count, Effect
from explorer.latents.edits import edited
from explorer.models.base import Part, Space
from explorer.session.document import from_text, to_text
from explorer.session.drafts import draft, free_name
from explorer.session.state import Snapshot, frozen
from explorer.session.store import Store
from explorer.ui.carried import MIME, Carried, packed, unpacked
from explorer.ui.studio import StudioPanel

MODEL = opened()
SAMPLES = MODEL.samples["z"]


@pytest.fixture
def store() -> Store:
    return store_at(MODEL)


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> StudioPanel:
    widget = StudioPanel(store)
    qtbot.addWidget(widget)
    widget.resize(420, 900)
    widget.show_model(MODEL)
    widget.show()
    return widget


def put(panel: StudioPanel, side: str, *samples: int) -> None:
    panel.wishes.put(side, Carried(samples))  # type: ignore[arg-type]


def press(panel: StudioPanel, button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def drop(panel: StudioPanel, side: str, carried: Carried) -> None:
    tiles = dict(panel.buckets)[side].tiles  # type: ignore[index]
    data = packed(carried.samples, carried.snapshots)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enters = QDragEnterEvent(QPoint(5, 5), action, data, button, plain)
    tiles.dragEnterEvent(enters)
    assert enters.isAccepted()
    tiles.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, plain))


def test_dropped_thumbnails_make_a_draft_from_the_first_one(panel: StudioPanel, store: Store) -> None:
    drop(panel, "with", Carried((4, 5)))
    studio = store.state.studio
    assert studio.making.with_.samples == (4, 5)
    assert studio.draft is not None
    rest = np.setdiff1d(np.arange(60), [4, 5])
    way = SAMPLES.latents[[4, 5]].mean(0) - SAMPLES.latents[rest].mean(0)
    np.testing.assert_allclose(studio.draft.direction, way / np.linalg.norm(way), atol=1e-5)
    assert studio.draft.provenance["against"] == "all others"
    drop(panel, "without", Carried((5, 6)))
    assert (store.state.studio.making.with_.samples, store.state.studio.making.without.samples) == ((4,), (5, 6))
    assert steps(store) == 2


def test_the_picture_on_the_stage_becomes_an_example(panel: StudioPanel, store: Store) -> None:
    press(panel, panel.parts.with_.put)
    assert store.state.studio.making.with_.samples == (3,)
    store.move("Move", strengths={"smile": 1.0})
    press(panel, panel.parts.without.put)
    (latent,) = store.state.studio.making.without.latents
    np.testing.assert_allclose(latent, edited(SAMPLES.latents[3], MODEL.concepts, {"smile": 1.0}))


def test_the_selection_and_snapshots_become_examples(panel: StudioPanel, store: Store) -> None:
    assert not panel.parts.with_.selected.isEnabled()
    store.change("Select", selection=np.array([7, 9]))
    press(panel, panel.parts.with_.selected)
    assert store.state.studio.making.with_.samples == (7, 9)
    store.change("Snapshot", shelf=(Snapshot(1, store.state.place),))
    drop(panel, "without", Carried((), (1,)))
    np.testing.assert_array_equal(store.state.studio.making.without.latents[0], SAMPLES.latents[3])


def test_a_label_fills_both_buckets(panel: StudioPanel, store: Store) -> None:
    panel.parts.label.setCurrentText("smile")
    assert panel.parts.class_.currentText() == "yes"
    press(panel, panel.parts.fill)
    making, has = store.state.studio.making, SAMPLES.labels[0].values == 1
    assert making.with_.samples == tuple(np.flatnonzero(has))
    assert making.without.samples == tuple(np.flatnonzero(~has))
    assert (making.name, steps(store)) == ("smile", 1)


def test_arrow_keys_decide_while_flipping(panel: StudioPanel, store: Store) -> None:
    with_pictures: list[object] = []
    panel.pictures_wanted.connect(lambda marks, _latents: with_pictures.extend(marks))
    flip = panel.begin_flipping()
    assert flip is not None
    first = [flip.sample]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(flip, key)
        first.append(flip.sample)
    making = store.state.studio.making
    assert (making.with_.samples, making.without.samples) == ((first[0],), (first[1],))
    assert set(first) <= set(with_pictures)
    flip.close()


def test_delete_takes_an_example_out(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 4, 5, 6)
    panel.parts.with_.tiles.item(1).setSelected(True)
    QTest.keyClick(panel.parts.with_.tiles, Qt.Key.Key_Delete)
    assert store.state.studio.making.with_.samples == (4, 6)
    press(panel, panel.parts.clear)
    assert store.state.studio.making.is_empty
    assert store.state.studio.draft is None
    store.undo()
    assert store.state.studio.making.with_.samples == (4, 6)


def test_the_strip_is_the_latent_of_now_in_the_middle_and_steps_to_both_sides(panel: StudioPanel, store: Store) -> None:
    asked: list[np.ndarray] = []
    panel.strip_wanted.connect(asked.append)
    put(panel, "with", 4, 5)
    concept = store.state.studio.draft
    assert concept is not None
    np.testing.assert_allclose(asked[-1][2], SAMPLES.latents[3], atol=1e-6)
    np.testing.assert_allclose((asked[-1][4] - asked[-1][2]) @ concept.direction, 2 * concept.sigma, rtol=1e-4)
    count = len(asked)
    store.move("Go", base=frozen(SAMPLES.latents[8]), sample=8)
    assert len(asked) == count + 1


def test_a_drag_of_the_slider_moves_along_the_draft_as_one_step(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 4, 5)
    row = panel.parts.slider
    before = steps(store)
    row.slider.pressed.emit()
    for value in (0.5, 1.0, 1.5):
        row.slider.moved.emit(value)
    row.slider.released.emit()
    concept = store.state.studio.draft
    assert concept is not None
    now = edited(store.state.place.base, [concept], store.state.place.strengths)
    assert concept.coordinate(now) == pytest.approx(1.5, abs=1e-4)
    assert steps(store) == before + 1


def test_a_kept_concept_joins_the_others_with_its_strength_and_numbers(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 4, 5)
    panel.parts.name.setText("grin")
    panel.parts.name.setModified(True)
    panel.parts.name.editingFinished.emit()
    store.move("Move", strengths={"grin": 1.0})
    found = draft(store.state.studio.making, SAMPLES)
    assert found is not None
    assert store.state.studio.draft is not None
    panel.show_numbers(replace(found, concept=store.state.studio.draft), {"held_out_auc": 0.9})
    press(panel, panel.parts.keep)
    (kept,) = store.state.studio.own
    assert (kept.name, kept.provenance["held_out_auc"], store.state.place.strengths) == ("grin", 0.9, {"grin": 1.0})
    assert store.state.studio.making.is_empty
    assert kept in MODEL.concepts_of("z", *store.state.studio.known)
    store.undo()
    assert store.state.studio.own == ()
    assert store.state.studio.making.with_.samples == (4, 5)


def own(store: Store, panel: StudioPanel) -> Concept:
    put(panel, "with", 4, 5)
    panel.wishes.make("Name", replace(store.state.studio.making, name="grin"))
    press(panel, panel.parts.keep)
    return store.state.studio.own[0]


def latent_of(store: Store, panel: StudioPanel) -> np.ndarray:
    return panel.wishes.latent(store.state.place)


def test_renaming_inverting_and_muting_leave_the_picture_or_bring_it_back(panel: StudioPanel, store: Store) -> None:
    own(store, panel)
    store.move("Move", strengths={"grin": 1.5, "smile": 0.5})
    before = latent_of(store, panel)
    panel.wishes.rename("grin", "smirk")
    np.testing.assert_allclose(latent_of(store, panel), before, atol=1e-6)
    panel.wishes.invert("smirk")
    np.testing.assert_allclose(latent_of(store, panel), before, atol=1e-5)
    assert store.state.place.strengths["smirk"] == -1.5
    panel.wishes.toggle_mute("smirk")
    assert "smirk" not in store.state.place.strengths
    panel.wishes.toggle_mute("smirk")
    np.testing.assert_allclose(latent_of(store, panel), before, atol=1e-5)


def test_a_removed_concept_leaves_what_it_moved(panel: StudioPanel, store: Store) -> None:
    own(store, panel)
    store.move("Move", strengths={"grin": 1.5, "smile": 0.5})
    before = latent_of(store, panel)
    panel.wishes.drop("grin")
    np.testing.assert_allclose(latent_of(store, panel), before, atol=1e-5)
    assert dict(store.state.place.strengths) == {"smile": 0.5}
    assert store.state.studio.own == ()


def test_combined_sliders_lead_the_same_way_as_one(panel: StudioPanel, store: Store) -> None:
    store.move("Move", strengths={"smile": 1.0, "glasses": -0.5})
    way = latent_of(store, panel) - store.state.place.base
    panel.wishes.combine()
    (one,) = store.state.studio.own
    assert one.direction @ way == pytest.approx(np.linalg.norm(way), rel=1e-5)
    assert one.name == "smile + glasses"


def test_a_locked_concept_is_left_alone_by_the_others(panel: StudioPanel, store: Store) -> None:
    panel.wishes.toggle_lock("smile")
    before = MODEL.concepts[0].coordinate(latent_of(store, panel))
    store.move("Move", strengths={"glasses": 3.0, "beard": -2.0})
    assert MODEL.concepts[0].coordinate(latent_of(store, panel)) == pytest.approx(before, abs=1e-4)
    assert "locked" in panel.parts.library.names.item(0).text()


def test_pairs_that_do_not_fit_say_why_and_leave_no_draft(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 1, 2)
    put(panel, "without", 3, 4, 5)
    panel.parts.method_chosen.emit("paired")
    assert store.state.studio.draft is None
    assert "2 examples with and 3 without" in panel.parts.why.text()


def test_under_five_examples_numbers_are_grey_and_say_so(panel: StudioPanel) -> None:
    put(panel, "with", 1, 2)
    put(panel, "without", 3, 4, 5)
    lines = panel.parts._lines
    texts = [lines.itemAtPosition(row, 1).widget() for row in range(2)]  # type: ignore[union-attr]
    assert not texts[0].isEnabled()
    assert "under 5 examples" in texts[0].text()  # type: ignore[union-attr]


def test_side_effects_are_told_in_words_with_those_before_the_mend(panel: StudioPanel) -> None:
    put(panel, "with", 1, 2)
    now = [Effect("smile", "smile", 0.9, 1.0), Effect("glasses", "glasses", -0.1, 0.2)]
    panel.show_effects(now, [Effect("glasses", "glasses", 0.62, 0.9)], (), "encoded again")
    rows = panel.parts.effects.bars.rows
    assert rows[0][0] == "smile: +0.90, up in 100 %"
    assert rows[1] == ("also removes glasses: −0.10", -0.1, 0.62)


def test_the_table_of_counts_explains_a_side_effect_and_a_click_mends_it(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 1, 2, 3)
    put(panel, "without", 4, 5, 6)
    found = [Effect("glasses", "glasses", 0.9, 1.0), Effect("smile", "smile", 0.5, 0.9)]
    counts = [Count("glasses", "glasses", 9, 10, 0, 10), Count("smile", "smile", 8, 10, 2, 10)]
    panel.show_effects(found, (), counts, "read by a probe")
    view = panel.parts.effects
    texts = [label.text() for label in view.table.findChildren(QLabel)]
    assert "8 of 10" in texts
    assert "2 of 10" in texts
    assert view.why.text().startswith("80 % of the examples with have smile, and 20 % of those without")
    assert "no encoder" in view.how.text()
    press(panel, view.balance)
    assert store.state.studio.making.balance == ("smile",)


def test_the_library_is_searched(panel: StudioPanel) -> None:
    panel.parts.library.search.setText("gla")
    names = panel.parts.library.names
    assert [
        names.item(row).data(Qt.ItemDataRole.UserRole) for row in range(names.count()) if not names.item(row).isHidden()
    ] == ["glasses"]


def test_what_is_dragged_is_read_back_and_nonsense_is_nothing() -> None:
    assert unpacked(packed([1, 2], [3])) == Carried((1, 2), (3,))
    for text in (b"", b"[]", b'{"samples": [-1], "snapshots": []}', b'{"samples": "x"}'):
        data = packed()
        data.setData(MIME, text)
        assert unpacked(data) is None


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("a", ["b"]) == "a"
    assert free_name("a", ["a", "a 2"]) == "a 3"


def test_a_click_on_a_step_goes_there(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 4, 5)
    cell = panel.parts.strip.cells()[4]
    mouse(panel.parts.strip, QEvent.Type.MouseButtonPress, QPointF(cell.center()))
    concept = store.state.studio.draft
    assert concept is not None
    assert store.state.place.strengths[concept.name] == 2.0


def test_snapshots_are_dragged_from_the_shelf(qtbot: QtBot, store: Store) -> None:
    from explorer.ui.shelf import Shelf

    shelf = Shelf(store)
    qtbot.addWidget(shelf)
    shelf.show_model(MODEL)
    shelf.snapshot()
    data = shelf.tiles.mimeData([shelf.tiles.item(0)])
    assert unpacked(data) == Carried((), (1,))


def test_a_mend_shows_the_strip_without_it_above(panel: StudioPanel, store: Store) -> None:
    asked: list[np.ndarray] = []
    panel.strip_wanted.connect(asked.append)
    put(panel, "with", *range(0, 20))
    put(panel, "without", *range(20, 40))
    assert len(asked[-1]) == 5
    assert not panel.parts.strip_before.isVisibleTo(panel)
    panel.parts.mends.balanced.emit(("smile",))
    assert panel.parts.strip_before.isVisibleTo(panel)
    assert len(asked[-1]) == 10
    panel.show_strip(tuple(range(10)), np.zeros((10, 8, 8, 3), np.uint8))
    assert len(panel.parts.strip_before.images) == 5
    panel.parts.mends.removed.emit(("glasses",))
    concept = store.state.studio.draft
    assert concept is not None
    assert concept.direction @ MODEL.concepts[1].direction == pytest.approx(0, abs=1e-5)


def test_the_safe_range_is_marked_on_the_slider(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 1, 2)
    found = draft(store.state.studio.making, SAMPLES)
    assert found is not None
    assert store.state.studio.draft is not None
    panel.show_numbers(replace(found, concept=store.state.studio.draft), {"safe_range": [-2.0, 1.5]})
    own = float(store.state.studio.draft.coordinate(SAMPLES.latents[3]))
    assert panel.parts.slider.slider.bounds == pytest.approx((own - 2.0, own + 1.5))


def test_a_draft_never_takes_the_name_of_another_concept(panel: StudioPanel, store: Store) -> None:
    put(panel, "with", 1, 2)
    panel.parts.name.setText("smile")
    panel.parts.name.setModified(True)
    panel.parts.name.editingFinished.emit()
    known = MODEL.concepts_of("z", *store.state.studio.known)
    assert [concept.name for concept in known][-1] == "smile 2"
    assert known[0] is MODEL.concepts[0]


def test_in_a_space_with_layers_the_draft_acts_on_those_that_are_chosen(panel: StudioPanel, store: Store) -> None:
    parts = tuple(Part(f"layer {number + 1}", 8, "normal") for number in range(4))
    assert not panel.parts.layers.isVisible()
    panel.show_model(replace(MODEL, card=replace(MODEL.card, spaces=(Space("z", 32, (4, 8), "N(0, I)", parts),))))
    put(panel, "with", 1, 2)
    put(panel, "without", 3, 4)
    panel.parts.layers.last.activated.emit(1)
    drafted = store.state.studio.draft
    assert drafted is not None
    assert drafted.direction[:16].any()
    assert not drafted.direction[16:].any()
    assert store.undo_title == "Choose layers"
    assert from_text(to_text(store.state, "m", "f")).state.studio.making.layers == (0, 1)


def test_a_kept_concept_holds_its_strip_and_examples_which_come_back_and_undo_brings_it_back(
    panel: StudioPanel, store: Store
) -> None:
    put(panel, "with", 1, 2)
    panel.wishes.put_current("without")
    panel.show_strip(range(5), pictures(5))
    press(panel, panel.parts.keep)
    (kept,) = store.state.studio.own
    assert kept.record is not None
    assert kept.record.strip is not None
    names = panel.parts.library.names
    row = next(row for row in range(names.count()) if names.item(row).data(Qt.ItemDataRole.UserRole) == kept.name)
    assert not names.item(row).icon().isNull()
    panel.parts.library.asked.emit("again", kept.name)
    making = store.state.studio.making
    assert (making.with_.samples, making.without.samples) == ((1, 2), (3,))
    panel.parts.library.asked.emit("remove", kept.name)
    assert store.state.studio.own == ()
    store.undo()
    assert store.state.studio.own[0].record is kept.record
