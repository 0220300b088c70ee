"""The map as an eye meets it: bar, legend, marks, pictures, and what can be wrong with a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from map_scene import DIM, MapScene, heard, opened_with, sample_set
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.latents.measures import Neighbourhood
from explorer.projections import axes, pca
from explorer.projections.base import ProjectionChoice
from explorer.session.state import Pin, Place, State, frozen
from explorer.session.store import Store
from explorer.ui.map.chart import NO_MODEL
from explorer.ui.map.legend import EntryButton, Legend
from explorer.ui.map.panel import MapPanel


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot)


# the bar


def test_every_control_can_be_reached_by_tab_and_has_a_name(scene: MapScene) -> None:
    kinds = (QComboBox, QSpinBox, QAbstractButton)
    controls = [part for kind in kinds for part in scene.panel.findChildren(kind) if part.isVisible()]
    assert len(controls) >= 5
    for control in [*controls, scene.canvas]:
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_a_click_leaves_no_frame_but_tab_shows_where_the_keyboard_is(scene: MapScene) -> None:
    scene.panel.activateWindow()
    scene.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    corner = scene.canvas.grab().toImage().pixelColor(1, 1)
    assert corner == scene.canvas.palette().color(QPalette.ColorRole.Highlight)
    scene.click(scene.nothing())
    corner = scene.canvas.grab().toImage().pixelColor(1, 1)
    assert corner != scene.canvas.palette().color(QPalette.ColorRole.Highlight)


def test_two_dimensions_begin_with_the_two_that_change_the_picture_most(scene: MapScene) -> None:
    pick(scene, scene.part(QComboBox, "Projection"), "Two dimensions")
    assert scene.store.state.projection == ProjectionChoice("axes", 2, 3)


def test_a_component_that_the_other_axis_has_is_exchanged(scene: MapScene) -> None:
    first = scene.part(QSpinBox, "Across: component")
    first.setFocus()
    scene.qtbot.keyClick(first, Qt.Key.Key_Up)
    assert scene.store.state.projection == ProjectionChoice("pca", 1, 0)


def test_the_colour_is_asked_of_the_store(scene: MapScene) -> None:
    pick(scene, scene.part(QComboBox, "Colour"), "age")
    assert scene.store.state.colour == "age"
    pick(scene, scene.part(QComboBox, "Colour"), "none")
    assert scene.store.state.colour == ""


def pick(scene: MapScene, combo: QWidget, text: str) -> None:
    """Open, walk to the entry by the keyboard, as a person would."""
    assert isinstance(combo, QComboBox)
    key = Qt.Key.Key_Down if combo.findText(text) > combo.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(combo.findText(text) - combo.currentIndex())):
        scene.qtbot.keyClick(combo, key)
    assert combo.currentText() == text


def test_a_model_with_several_spaces_offers_them(scene: MapScene) -> None:
    spaces = scene.part(QComboBox, "Latent space")
    assert spaces.isHidden()
    scene.panel.show_model(opened_with(sample_set(space="z"), sample_set(space="w")))
    assert not spaces.isHidden()
    with scene.qtbot.waitSignal(scene.panel.space_wanted) as asked:
        pick(scene, spaces, "w")
    assert asked.args == ["w"]


@pytest.mark.parametrize(
    "setting",
    [
        lambda scene: scene.store.change("colour", colour="smile"),
        lambda scene: scene.store.change("axes", projection=ProjectionChoice("axes", 3, 1)),
        lambda scene: scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 3, 1))),
        lambda scene: scene.panel.show_model(opened_with(sample_set(50), sample_set(50, "w"))),
        lambda scene: scene.panel.show_model(None),
        lambda scene: scene.store.move("go", base=frozen(np.ones(DIM))),
    ],
)
def test_what_is_set_by_code_asks_nothing(scene: MapScene, setting: Callable[[MapScene], None]) -> None:
    changes = heard(scene.store)
    spaces: list[str] = []
    scene.panel.space_wanted.connect(spaces.append)
    setting(scene)
    QApplication.processEvents()
    assert len(changes) <= 1  # the one that the test made
    assert spaces == []


# colours and legend


def test_the_legend_explains_the_classes_and_lets_one_stand_out(scene: MapScene) -> None:
    legend = scene.panel.findChild(Legend)
    assert legend.isHidden()
    scene.store.change("colour", colour="smile")
    entries = legend.findChildren(EntryButton)
    assert legend.isVisible()
    assert [entry.accessibleName().split(",")[0] for entry in entries] == ["no", "yes"]
    scene.qtbot.mouseClick(entries[1], Qt.MouseButton.LeftButton)
    assert scene.panel._highlight == 1
    assert scene.canvas.layers.dots.colour_of(int(np.flatnonzero(scene.samples.latents[:, 0] <= 0)[0])) >> 24 < 60
    scene.qtbot.mouseClick(entries[1], Qt.MouseButton.LeftButton)
    assert scene.panel._highlight is None
    assert scene.store.undo_title == "colour"  # a way of looking is no step


def test_numbers_have_a_bar_with_its_two_ends(scene: MapScene) -> None:
    scene.store.change("colour", colour="age")
    bars = [part for part in scene.panel.findChildren(QWidget) if part.accessibleName().startswith("Colours from")]
    assert len(bars) == 1
    scene.panel.grab()


def test_the_legend_can_be_folded(scene: MapScene) -> None:
    scene.store.change("colour", colour="smile")
    legend = scene.panel.findChild(Legend)
    tall = legend.height()
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Fold the legend"), Qt.MouseButton.LeftButton)
    assert legend.height() < tall
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Unfold the legend"), Qt.MouseButton.LeftButton)
    assert legend.height() == tall


def test_another_palette_recolours_the_map(scene: MapScene) -> None:
    ground = scene.canvas.grab().toImage().pixelColor(3, 3)
    dark = QPalette(scene.panel.palette())
    dark.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.black)
    dark.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.white)
    scene.panel.setPalette(dark)
    QApplication.processEvents()
    assert scene.canvas.grab().toImage().pixelColor(3, 3) != ground


# marks


def test_the_moved_concept_has_an_arrow_that_says_how_much_of_it_is_visible(scene: MapScene) -> None:
    scene.store.move("Smile", strengths={"smile": 1.5})
    arrow = scene.panel._marks.arrow
    assert arrow is not None
    share = scene.projection.share(np.eye(DIM, dtype=np.float32)[1])
    assert arrow.text.startswith("smile moved +1.5")
    assert f"{100 * share:.0f} % visible here" in arrow.text
    base = scene.store.state.place.base
    moved = base + np.float32(3.0) * np.eye(DIM, dtype=np.float32)[1]
    assert arrow.tail == pytest.approx(scene.projection.place(base[None])[0], abs=1e-5)
    assert arrow.head == pytest.approx(scene.projection.place(moved[None])[0], abs=1e-5)
    scene.store.move("Smile", strengths={"smile": 0.0})
    assert scene.panel._marks.arrow is None


def test_the_trail_holds_where_the_latent_was_and_is_short(scene: MapScene) -> None:
    for step in range(40):
        scene.store.move("go", gesture="drag", base=frozen(np.full(DIM, step / 10)))
    trail = scene.panel._marks.trail
    assert trail is not None
    assert len(trail) == 21
    assert trail[-1] == pytest.approx(scene.panel._marks.current)


def test_a_path_is_a_line_from_pin_to_pin_with_its_bead_on_it(scene: MapScene) -> None:
    a, b = scene.samples.latents[0], scene.samples.latents[1]
    scene.store.change_path("Pin A", waypoints=(Pin(a),))
    assert scene.panel._marks.route.line is None
    scene.store.change_path("Pin B", waypoints=(Pin(a), Pin(b)), kind="linear", position=0.5)
    route = scene.panel._marks.route
    assert route.line[[0, -1]] == pytest.approx(scene.points[[0, 1]], abs=1e-5)
    assert route.bead == pytest.approx(scene.points[:2].mean(axis=0), abs=1e-5)
    scene.store.show_position(1.0)
    assert scene.panel._marks.route.bead == pytest.approx(scene.points[1], abs=1e-5)


def test_the_footer_says_how_a_place_becomes_a_latent_and_what_it_is_worth(scene: MapScene) -> None:
    lift, count, worth = scene.panel._footer.words
    assert (lift, count, worth) == (scene.projection.lift_name, "300 samples", "")
    scene.panel.show_neighbourhood(Neighbourhood(scene.samples.latents))
    near = Neighbourhood(scene.samples.latents).nearness(scene.panel._chart.current)
    told = f"{near.distance:.2f} away  \N{MIDDLE DOT}  {near.percentile:.0f} %"
    assert scene.panel._footer.words[2] == f"inside the data  \N{MIDDLE DOT}  {told}"
    scene.store.show_preview(frozen(np.full(DIM, 50.0)))
    assert scene.panel._footer.words[2].startswith("outside the data")
    scene.store.show_preview(None)
    assert scene.panel._footer.words[2] == f"inside the data  \N{MIDDLE DOT}  {told}"


# pictures


def test_pictures_are_wanted_when_near_and_asked_for_once(scene: MapScene) -> None:
    wanted: list[list[int]] = []
    scene.panel.thumbnails_wanted.connect(wanted.append)
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    scene.qtbot.waitUntil(lambda: bool(wanted))
    first = wanted[0]
    middle = np.array([scene.canvas.width() / 2, scene.canvas.height() / 2])
    distances = np.hypot(*(scene.canvas.camera.to_screen(scene.points[first]) - middle).T)
    assert (np.diff(distances) >= 0).all()
    scene.panel.show_thumbnails(tuple(first), np.full((len(first), 8, 8, 3), 250, np.uint8))
    scene.canvas.pan(40, 0)
    scene.panel.grab()
    scene.canvas._settle.stop()
    scene.canvas._ask_pictures()
    asked = [index for indices in wanted for index in indices]
    assert len(asked) == len(set(asked))


def test_after_a_pan_the_pictures_are_those_of_the_new_view(scene: MapScene) -> None:
    scene.canvas.zoom(6.0)
    scene.panel.grab()
    scene.canvas.pan(400, 0)
    scene.panel.grab()
    seen = scene.canvas.camera.to_screen(scene.points[list(scene.canvas.pictures_shown)])
    assert len(seen)
    assert (seen > -100).all()
    assert (seen[:, 0] < 300).any()  # what the pan brought in
    assert (seen < np.array([scene.canvas.width(), scene.canvas.height()]) + 100).all()


def test_a_picture_is_drawn_where_its_sample_is_and_can_be_clicked(scene: MapScene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    sample = scene.canvas.pictures_shown[0]
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 250, np.uint8))
    at = scene.at(sample) + QPoint(12, -12)
    scene.click(at)
    assert scene.store.state.place.sample == sample


def test_pictures_of_another_model_are_forgotten(scene: MapScene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    sample = scene.canvas.pictures_shown[0]
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 250, np.uint8))
    other = replace(opened_with(scene.samples), path="other")  # two GANs may have the same samples of the same prior
    scene.panel.show_model(other)
    assert scene.canvas.pictures_shown == ()


# models, projections, and what can be wrong with them


def test_without_a_model_the_map_says_so_and_asks_nothing(scene: MapScene) -> None:
    changes = heard(scene.store)
    scene.panel.show_model(None)
    assert scene.canvas.vacancy.text == NO_MODEL
    scene.hover(QPoint(200, 150))
    scene.click(QPoint(200, 150))
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Return)
    scene.panel.grab()
    assert changes == []
    assert scene.store.preview is None


def test_points_of_other_samples_come_too_late(scene: MapScene) -> None:
    scene.panel.show_projection(scene.projection, scene.points[:10])
    assert len(scene.canvas.layers.points) == 300


def test_samples_without_a_place_are_left_out(scene: MapScene) -> None:
    points = scene.points.copy()
    points[::3] = np.nan
    scene.panel.show_projection(scene.projection, points)
    scene.panel.grab()
    assert scene.canvas.layers.dots.in_raster == 200


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_map_of_hardly_any_samples_is_drawn(qtbot: QtBot, count: int) -> None:
    samples = replace(sample_set(), latents=sample_set().latents[:count], labels=(), effects=None)
    store = Store(State("toy", Place("z", frozen(np.zeros(DIM)))))
    panel = MapPanel(store)
    qtbot.addWidget(panel)
    panel.show_model(opened_with(samples))
    if count:
        projection = axes.fit(samples, ProjectionChoice("axes", 0, 1))
        panel.show_projection(projection, projection.place(samples.latents))
    panel.show()
    assert not panel.grab().isNull()


def test_a_latent_of_another_model_is_not_drawn(scene: MapScene) -> None:
    scene.store.restart(State("other", Place("z", frozen(np.zeros(DIM + 3)))))
    assert scene.panel._marks.current is None
    scene.hover(QPoint(200, 150))
    scene.panel.grab()
    assert scene.store.preview is None


def test_points_glide_to_another_projection_and_arrive_exactly(scene: MapScene) -> None:
    scene.canvas.motion = True
    before = scene.canvas.layers.dots._points
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 3, 4)))
    assert scene.canvas._glide.running
    assert scene.canvas.layers.dots._points is not scene.points
    assert np.abs(scene.canvas.layers.dots._points - before).max() < np.abs(scene.points - before).max()
    scene.canvas._glide.finish()
    assert np.array_equal(scene.canvas.layers.dots._points, scene.points)
    assert scene.canvas.camera == scene.canvas._fit


def test_another_number_of_points_does_not_glide(scene: MapScene) -> None:
    scene.canvas.motion = True
    samples = sample_set(50)
    scene.panel.show_model(opened_with(samples))
    projection = pca.fit(samples, ProjectionChoice())
    scene.panel.show_projection(projection, projection.place(samples.latents))
    assert not scene.canvas._glide.running


def test_the_same_model_on_another_device_changes_nothing_that_can_be_seen(scene: MapScene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    sample = scene.canvas.pictures_shown[0]
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 250, np.uint8))
    camera = scene.canvas.camera
    asked: list[list[int]] = []
    scene.canvas._ask_pictures()
    scene.panel.thumbnails_wanted.connect(asked.append)
    scene.panel.show_model(replace(opened_with(sample_set()), key=2, device="cuda"))
    scene.show(pca.fit(scene.samples, ProjectionChoice()))
    assert scene.canvas.camera == camera
    assert scene.canvas.layers.pictures._thumbnails.has(sample)
    scene.qtbot.waitUntil(lambda: bool(asked))
    assert sample not in asked[0]
