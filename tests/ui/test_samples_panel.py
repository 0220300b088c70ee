"""The samples panel with real clicks and keys: query, gallery, subsets, the nearest."""

from __future__ import annotations

import numpy as np
import pytest
from map_scene import opened_with, sample_set
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.latents.near import nearest
from explorer.latents.selections import Subset, chosen
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.ui.carried import unpacked
from explorer.ui.map.subset_colours import subset_colouring
from explorer.ui.samples import SamplesPanel, sources
from explorer.ui.samples.gallery import Gallery

SAMPLES = sample_set()
SMILING = np.flatnonzero(SAMPLES.labels[0].values == 1)


class Scene:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.store = Store(State("toy", Place("z", frozen(SAMPLES.latents[4]), sample=4)))
        self.panel = SamplesPanel(self.store)
        self.asked: list[list[int]] = []
        self.panel.pictures_wanted.connect(self.asked.append)
        qtbot.addWidget(self.panel)
        self.panel.resize(420, 500)
        self.panel.show()
        self.panel.show_model(opened_with(SAMPLES))

    @property
    def gallery(self) -> Gallery:
        return self.panel.gallery

    def take(self, title: str) -> None:
        """Choose an entry of the list by the keyboard, as a person."""
        box = self.panel.source
        box.setCurrentIndex(box.findText(title))
        box.activated.emit(box.currentIndex())

    def type(self, text: str) -> None:
        self.panel.query.clear()
        self.qtbot.keyClicks(self.panel.query, text)

    def click(self, place: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = self.gallery.cell(place).center()
        self.qtbot.mouseClick(self.gallery.viewport(), Qt.MouseButton.LeftButton, modifiers, at)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene(qtbot)


def test_the_gallery_follows_the_selection(scene: Scene) -> None:
    scene.store.change("Select", selection=chosen([3, 5, 9]))
    assert scene.gallery.samples.tolist() == [3, 5, 9]
    assert scene.panel.count.text() == "3 of 300 samples"
    scene.store.undo()
    assert len(scene.gallery.samples) == 0


def test_while_typing_it_counts_and_return_selects_as_one_step(scene: Scene) -> None:
    scene.type("smile = yes")
    assert scene.panel.count.text() == f"{len(SMILING)} of 300 samples"
    assert scene.store.undo_title is None
    scene.qtbot.keyClick(scene.panel.query, Qt.Key.Key_Return)
    assert scene.store.state.selection.tolist() == SMILING.tolist()
    assert scene.store.undo_title == "Select smile = yes"


def test_a_mistake_says_where_and_what_there_is(scene: Scene) -> None:
    scene.type("smil = yes")
    assert scene.panel._mistake.text().startswith("At 1: There is no label 'smil'. Did you mean smile?")
    assert not scene.panel.select.isEnabled()
    scene.type("smile = yes")
    assert not scene.panel._mistake.isVisible()


def test_names_and_values_are_completed(scene: Scene) -> None:
    scene.type("sm")
    assert scene.panel.query.offered[0] == "smile"
    scene.qtbot.keyClick(scene.panel.query, Qt.Key.Key_Down)
    scene.qtbot.keyClick(scene.panel.query, Qt.Key.Key_Return)
    scene.qtbot.keyClicks(scene.panel.query, "= y")
    assert scene.panel.query.offered == ("yes",)
    scene.qtbot.keyClick(scene.panel.query, Qt.Key.Key_Tab)
    assert scene.panel.query.text() == "smile = yes "


def test_the_nearest_of_the_current_latent_come_with_their_distances(scene: Scene) -> None:
    scene.take(sources.TITLES[sources.NEAR_LATENT])
    expected = nearest(SAMPLES.latents, SAMPLES.latents[4], sources.NEAREST)
    assert scene.gallery.samples.tolist() == expected.samples.tolist()
    assert scene.gallery.caption_of is not None
    assert scene.gallery.caption_of(1) == f"{expected.distances[1]:.3g}"
    scene.click(3)
    assert scene.store.state.place.sample == expected.samples[3]
    scene.qtbot.waitUntil(lambda: scene.gallery.samples[0] == expected.samples[3])


def test_the_nearest_of_the_mean_by_cosine(scene: Scene) -> None:
    scene.store.change("Select", selection=chosen([1, 2, 3]))
    scene.take(sources.TITLES[sources.NEAR_MEAN])
    scene.panel.distance.setCurrentIndex(1)
    scene.panel.distance.activated.emit(1)
    expected = nearest(SAMPLES.latents, SAMPLES.latents[1:4].mean(axis=0), sources.NEAREST, "cosine")
    assert scene.gallery.samples.tolist() == expected.samples.tolist()


def test_a_click_goes_to_a_sample_and_the_selection_stays(scene: Scene) -> None:
    scene.store.change("Select", selection=chosen([3, 5, 9]))
    scene.click(1)
    assert scene.store.state.place.sample == 5
    assert np.array_equal(scene.store.state.place.base, SAMPLES.latents[5])
    assert scene.store.state.selection.tolist() == [3, 5, 9]


def test_pictures_begin_where_the_search_begins(scene: Scene) -> None:
    scene.take("All samples")
    scene.panel.grab()
    first = scene.gallery.viewport().mapTo(scene.panel, scene.gallery.cell(0).topLeft())
    assert first.x() == scene.panel.query.mapTo(scene.panel, QPoint(0, 0)).x()


def test_pictures_are_asked_for_where_they_are_seen_and_only_once(scene: Scene) -> None:
    scene.take("All samples")
    scene.qtbot.waitUntil(lambda: bool(scene.asked))
    wanted = scene.asked[-1]
    assert wanted == list(scene.gallery.seen())
    assert len(wanted) < 100
    scene.panel.show_pictures(wanted, np.zeros((len(wanted), 8, 8, 3), np.uint8))
    scene.gallery._ask()
    assert scene.asked[-1] is wanted
    scene.gallery.verticalScrollBar().setValue(scene.gallery.verticalScrollBar().maximum())
    scene.qtbot.waitUntil(lambda: scene.asked[-1] is not wanted)
    assert scene.asked[-1][-1] == 299


def test_a_million_samples_cost_what_is_seen(qtbot: QtBot) -> None:
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.resize(400, 300)
    gallery.show_samples(np.arange(1_000_000))
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    assert gallery.seen().stop == 1_000_000
    assert len(gallery.seen()) < 100
    gallery.grab()


def test_marked_pictures_are_dragged_together(scene: Scene) -> None:
    scene.store.change("Select", selection=chosen([3, 5, 9, 12]))
    scene.click(1, Qt.KeyboardModifier.ControlModifier)
    scene.click(3, Qt.KeyboardModifier.ShiftModifier)
    assert scene.gallery.dragged(2) == [5, 9, 12]
    assert scene.gallery.dragged(0) == [3]


def test_a_drag_carries_the_samples_for_others_to_take(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[object] = []
    monkeypatch.setattr(
        "explorer.ui.samples.gallery.QDrag.exec", lambda drag, *_way: carried.append(unpacked(drag.mimeData()))
    )
    scene.store.change("Select", selection=chosen([3, 5, 9]))
    start = scene.gallery.cell(1).center()
    scene.qtbot.mousePress(scene.gallery.viewport(), Qt.MouseButton.LeftButton, pos=start)
    scene.qtbot.mouseMove(scene.gallery.viewport(), start + QPoint(40, 0))
    QApplication.processEvents()
    assert [one.samples for one in carried] == [(5,)]  # type: ignore[attr-defined]


def test_a_found_set_becomes_a_subset_with_a_name_and_a_colour_of_its_own(scene: Scene) -> None:
    scene.type("smile = yes")
    scene.qtbot.mouseClick(scene.panel.keep, Qt.MouseButton.LeftButton)
    scene.store.change("Select", selection=chosen([1, 2]))
    scene.panel.query.clear()
    scene.qtbot.mouseClick(scene.panel.keep, Qt.MouseButton.LeftButton)
    first, second = scene.store.state.subsets
    assert (first.name, first.indices.tolist()) == ("smile = yes", SMILING.tolist())
    assert (second.name, second.indices.tolist()) == ("group A", [1, 2])
    assert first.colour != second.colour
    assert len(scene.panel.subsets.chips) == 2
    scene.store.undo()
    assert len(scene.panel.subsets.chips) == 1


@pytest.mark.parametrize(("deed", "left"), [("replace", {2, 3}), ("add", {1, 2, 3}), ("subtract", {1}), ("keep", {2})])
def test_a_subset_is_selected_added_taken_away_or_shared(scene: Scene, deed: str, left: set[int]) -> None:
    subset = Subset("a b", "#0072b2", chosen([2, 3]))
    scene.store.change("Begin", selection=chosen([1, 2]), subsets=(subset,))
    scene.panel.subsets.wanted.emit(deed, "a b")
    assert set(scene.store.state.selection.tolist()) == left


def test_subsets_can_be_asked_for(scene: Scene) -> None:
    subset = Subset("a b", "#0072b2", chosen(range(50)))
    scene.store.change("Begin", subsets=(subset,))
    scene.type('"a b" and not smile = yes')
    assert scene.gallery.samples.tolist() == sorted(set(range(50)) - set(SMILING.tolist()))


def test_the_map_is_coloured_by_subsets_and_the_later_one_shows() -> None:
    subsets = (Subset("a", "#0072b2", chosen([0, 1])), Subset("b", "#e69f00", chosen([1, 9])))
    colouring = subset_colouring(4, subsets, "#808080")
    assert colouring.codes.tolist() == [0, 1, 2, 2]
    assert [entry.name for entry in colouring.entries] == ["a", "b", "in none"]


def test_without_a_model_there_is_nothing_to_do(qtbot: QtBot) -> None:
    panel = SamplesPanel(Store(State("", Place("z", frozen(np.zeros(0))))))
    qtbot.addWidget(panel)
    panel.show()
    assert not panel._head.isEnabled()
    panel.grab()
