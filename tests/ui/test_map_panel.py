"""The map as a hand and an eye meet it: hover, click, drag, wheel, keys, legend, path, concept, pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.latents.concepts import Concept
from explorer.latents.measures import Neighbourhood
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Space
from explorer.projections import axes, pca
from explorer.projections.base import Projection, ProjectionChoice
from explorer.session.state import Pin, Place, State, frozen
from explorer.session.store import Store
from explorer.ui.map import gestures
from explorer.ui.map.legend import EntryButton, Legend
from explorer.ui.map.panel import NO_MODEL, MapPanel
from explorer.work.messages import Opened

DIM = 5


def sample_set(count: int = 300, space: str = "z") -> LatentSet:
    rng = np.random.default_rng(7)
    latents = (rng.normal(size=(count, DIM)) * (3, 2, 1, 0.5, 0.2)).astype(np.float32)
    labels = (
        Labels("smile", (latents[:, 0] > 0).astype(np.int64), ("no", "yes")),
        Labels("age", latents[:, 1].copy()),
    )
    return LatentSet(space, latents, labels=labels, effects=np.array([0.1, 0.2, 0.9, 0.8, 0.3], np.float32))


def opened_with(*sets: LatentSet) -> Opened:
    spaces = tuple(Space(samples.space, DIM, (DIM,), "N(0, I)") for samples in sets)
    card = Card("toy", "vae", "toy", 1, spaces, (8, 8, 3), (0.0, 1.0), "", "", "none")
    direction = np.eye(DIM, dtype=np.float32)[1]
    concepts = (Concept("smile", direction, 2.0), Concept("hat", np.eye(DIM, dtype=np.float32)[3], 1.0))
    return Opened(1, "toy", card, {samples.space: samples for samples in sets}, concepts, "cpu", ("cpu",), "float32")


class Scene:
    """A map of 300 samples on the screen, its store, and words for the hand."""

    def __init__(self, qtbot: QtBot, count: int = 300) -> None:
        self.qtbot = qtbot
        self.samples = sample_set(count)
        place = Place("z", frozen(np.full(DIM, 0.3)))
        self.store = Store(State("toy", place))
        self.panel = MapPanel(self.store)
        self.canvas = self.panel._canvas
        self.canvas.motion = False
        qtbot.addWidget(self.panel)
        self.panel.resize(640, 480)
        self.panel.show_model(opened_with(self.samples))
        self.show(pca.fit(self.samples, ProjectionChoice()))
        self.panel.show()
        self.panel.grab()

    def show(self, projection: Projection) -> None:
        self.projection = projection
        self.points = projection.place(self.samples.latents)
        self.panel.show_projection(projection, self.points)

    def at(self, sample: int) -> QPoint:
        return QPointF(*self.canvas.camera.to_screen(self.points[sample]).tolist()).toPoint()

    def lonely(self) -> int:
        """A sample with nobody near it, and in the view."""
        screen = self.canvas.camera.to_screen(self.points)
        apart = np.hypot(*(screen[:, None] - screen[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(screen))
        return int(apart.min(axis=1).argmax())

    def nothing(self) -> QPoint:
        """A place of the view without a sample near it."""
        for x in range(60, self.canvas.width() - 20, 10):
            if self.canvas.sample_at(QPointF(x, 60)) is None:
                return QPoint(x, 60)
        raise AssertionError

    def hover(self, at: QPoint) -> None:
        self.qtbot.mouseMove(self.canvas, at)
        QApplication.processEvents()

    def click(self, at: QPoint) -> None:
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=at)

    def part(self, kind: type[QWidget], name: str) -> QWidget:
        return next(part for part in self.panel.findChildren(kind) if part.accessibleName() == name)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene(qtbot)


def heard(store: Store) -> list[State]:
    changes: list[State] = []
    store.listen(lambda _, new: changes.append(new))
    return changes


# hover


def test_hover_previews_the_latent_under_the_cursor(scene: Scene) -> None:
    scene.hover(QPoint(200, 150))
    preview = scene.store.preview
    assert preview is not None
    there = scene.canvas.camera.to_screen(scene.projection.place(preview[None]))[0]
    assert there == pytest.approx([200, 150], abs=0.01)


def test_hover_over_a_sample_rings_it_and_its_words_can_be_read(scene: Scene) -> None:
    sample = scene.lonely()
    scene.hover(scene.at(sample))
    assert scene.canvas.ringed == sample
    assert scene.panel._describe(sample).splitlines()[0] == f"Sample {sample}"
    assert f"smile: {scene.samples.labels[0].text(sample)}" in scene.panel._describe(sample)
    scene.hover(scene.nothing())
    assert scene.canvas.ringed is None


def test_of_many_moves_in_one_turn_only_the_newest_is_previewed(scene: Scene) -> None:
    seen: list[object] = []
    scene.store.listen_preview(seen.append)
    for x in range(200, 240):
        QApplication.sendEvent(scene.canvas, mouse(scene.canvas, QPoint(x, 150)))
    QApplication.processEvents()
    assert len(seen) == 1
    assert scene.canvas.camera.to_screen(scene.projection.place(seen[0][None]))[0, 0] == pytest.approx(239, abs=0.01)


def mouse(widget: QWidget, at: QPoint) -> QEvent:
    place = QPointF(at)
    return QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )


@pytest.mark.parametrize("away", ["leave", "escape"])
def test_leaving_the_map_or_escape_returns_to_what_was_committed(scene: Scene, away: str) -> None:
    scene.hover(QPoint(200, 150))
    if away == "leave":
        QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    else:
        scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert scene.store.preview is None
    assert scene.store.undo_title is None


# click


def test_a_click_on_a_sample_chooses_exactly_its_latent(scene: Scene) -> None:
    sample = scene.lonely()
    scene.store.move("Smile", strengths={"smile": 1.0})
    scene.click(scene.at(sample) + QPoint(2, 2))
    place = scene.store.state.place
    assert np.array_equal(place.base, scene.samples.latents[sample])
    assert (place.sample, place.seed, dict(place.strengths)) == (sample, None, {})
    assert scene.store.undo_title == f"Choose sample {sample}"


def test_a_click_takes_the_stage_back_from_the_path_in_the_same_step(scene: Scene) -> None:
    scene.store.show_position(0.5)
    scene.click(scene.at(scene.lonely()))
    assert scene.store.state.path.position is None
    scene.store.undo()
    assert scene.store.undo_title is None


def test_a_click_on_nothing_goes_to_the_latent_of_that_place(scene: Scene) -> None:
    at = scene.nothing()
    scene.click(at)
    scene.hover(at + QPoint(30, 0))  # no second click can follow any more
    place = scene.store.state.place
    assert scene.store.undo_title == "Go to this point"
    assert place.sample is None
    there = scene.canvas.camera.to_screen(scene.projection.place(place.base[None]))[0]
    assert there == pytest.approx([at.x(), at.y()], abs=0.01)


def test_a_lone_click_on_nothing_needs_no_further_move(scene: Scene) -> None:
    scene.click(scene.nothing())
    scene.qtbot.waitUntil(lambda: scene.store.undo_title == "Go to this point")


def test_a_double_click_on_nothing_shows_everything_and_moves_nothing(scene: Scene) -> None:
    whole = scene.canvas.camera
    scene.canvas.zoom(3.0, QPointF(100, 100))
    at = scene.nothing()
    scene.click(at)
    scene.qtbot.mouseDClick(scene.canvas, Qt.MouseButton.LeftButton, pos=at)
    QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    assert scene.canvas.camera == whole
    assert scene.store.undo_title is None


# the view


def test_a_drag_pans_and_chooses_nothing(scene: Scene) -> None:
    before = scene.canvas.camera
    start = scene.at(scene.lonely())
    scene.qtbot.mousePress(scene.canvas, Qt.MouseButton.LeftButton, pos=start)
    scene.qtbot.mouseMove(scene.canvas, start + QPoint(30, 10))
    scene.qtbot.mouseMove(scene.canvas, start + QPoint(50, -20))
    scene.qtbot.mouseRelease(scene.canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(50, -20))
    moved = scene.canvas.camera.to_screen(scene.points[0]) - before.to_screen(scene.points[0])
    assert moved == pytest.approx([50, -20])
    assert scene.store.undo_title is None
    assert scene.store.preview is None


def test_the_wheel_zooms_at_the_cursor(scene: Scene) -> None:
    at = QPointF(200, 150)
    fixed = scene.canvas.plane_at(at)
    event = QWheelEvent(
        at,
        QPointF(scene.canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = scene.canvas.camera.scale
    QApplication.sendEvent(scene.canvas, event)
    assert scene.canvas.camera.scale > 1.3 * before
    assert scene.canvas.plane_at(at) == pytest.approx(fixed)


def test_keys_pan_zoom_and_reset_the_view(scene: Scene) -> None:
    whole = scene.canvas.camera
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Left)
    assert scene.canvas.camera == whole.panned(gestures.STEP, 0)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Plus)
    assert scene.canvas.camera.scale == pytest.approx(whole.scale * gestures.KEY_ZOOM)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Minus)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_0)
    assert scene.canvas.camera == whole


def test_return_goes_to_the_middle_of_the_view(scene: Scene) -> None:
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Return)
    assert scene.store.undo_title is not None


def test_keys_of_the_window_are_left_to_it(scene: Scene) -> None:
    pressed: list[int] = []
    scene.panel.keyPressEvent = lambda event: pressed.append(event.key())  # type: ignore[method-assign]
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Space)
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_R)
    assert pressed == [Qt.Key.Key_Space, Qt.Key.Key_R]


def test_the_reset_button_shows_everything(scene: Scene) -> None:
    whole = scene.canvas.camera
    scene.canvas.pan(300, 0)
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Show the whole map"), Qt.MouseButton.LeftButton)
    assert scene.canvas.camera == whole


def test_a_view_that_shows_everything_still_does_after_a_resize(scene: Scene) -> None:
    scene.panel.resize(900, 700)
    scene.panel.grab()
    seen = scene.canvas.camera.to_screen(scene.points)
    assert (seen > 0).all()
    assert (seen < (scene.canvas.width(), scene.canvas.height())).all()


def test_a_zoom_ends_somewhere(scene: Scene) -> None:
    for factor in (1e9, 1e-9):
        scene.canvas.zoom(factor)
        assert np.isfinite(scene.canvas.camera.to_screen(scene.points)).all()
        scene.panel.grab()


# the bar


def test_every_control_can_be_reached_by_tab_and_has_a_name(scene: Scene) -> None:
    kinds = (QComboBox, QSpinBox, QAbstractButton)
    controls = [part for kind in kinds for part in scene.panel.findChildren(kind) if part.isVisible()]
    assert len(controls) >= 5
    for control in [*controls, scene.canvas]:
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_a_click_leaves_no_frame_but_tab_shows_where_the_keyboard_is(scene: Scene) -> None:
    scene.panel.activateWindow()
    scene.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    corner = scene.canvas.grab().toImage().pixelColor(1, 1)
    assert corner == scene.canvas.palette().color(QPalette.ColorRole.Highlight)
    scene.click(scene.nothing())
    corner = scene.canvas.grab().toImage().pixelColor(1, 1)
    assert corner != scene.canvas.palette().color(QPalette.ColorRole.Highlight)


def test_two_dimensions_begin_with_the_two_that_change_the_picture_most(scene: Scene) -> None:
    pick(scene, scene.part(QComboBox, "Projection"), "Two dimensions")
    assert scene.store.state.projection == ProjectionChoice("axes", 2, 3)


def test_a_component_that_the_other_axis_has_is_exchanged(scene: Scene) -> None:
    first = scene.part(QSpinBox, "Across: component")
    first.setFocus()
    scene.qtbot.keyClick(first, Qt.Key.Key_Up)
    assert scene.store.state.projection == ProjectionChoice("pca", 1, 0)


def test_the_colour_is_asked_of_the_store(scene: Scene) -> None:
    pick(scene, scene.part(QComboBox, "Colour"), "age")
    assert scene.store.state.colour == "age"
    pick(scene, scene.part(QComboBox, "Colour"), "none")
    assert scene.store.state.colour == ""


def pick(scene: Scene, combo: QWidget, text: str) -> None:
    """Open, walk to the entry by the keyboard, as a person would."""
    assert isinstance(combo, QComboBox)
    key = Qt.Key.Key_Down if combo.findText(text) > combo.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(combo.findText(text) - combo.currentIndex())):
        scene.qtbot.keyClick(combo, key)
    assert combo.currentText() == text


def test_a_model_with_several_spaces_offers_them(scene: Scene) -> None:
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
def test_what_is_set_by_code_asks_nothing(scene: Scene, setting: Callable[[Scene], None]) -> None:
    changes = heard(scene.store)
    spaces: list[str] = []
    scene.panel.space_wanted.connect(spaces.append)
    setting(scene)
    QApplication.processEvents()
    assert len(changes) <= 1  # the one that the test made
    assert spaces == []


# colours and legend


def test_the_legend_explains_the_classes_and_lets_one_stand_out(scene: Scene) -> None:
    legend = scene.panel.findChild(Legend)
    assert legend.isHidden()
    scene.store.change("colour", colour="smile")
    entries = legend.findChildren(EntryButton)
    assert legend.isVisible()
    assert [entry.accessibleName().split(",")[0] for entry in entries] == ["no", "yes"]
    scene.qtbot.mouseClick(entries[1], Qt.MouseButton.LeftButton)
    assert scene.panel._highlight == 1
    assert scene.canvas._layer.colour_of(int(np.flatnonzero(scene.samples.latents[:, 0] <= 0)[0])) >> 24 < 60
    scene.qtbot.mouseClick(entries[1], Qt.MouseButton.LeftButton)
    assert scene.panel._highlight is None
    assert scene.store.undo_title == "colour"  # a way of looking is no step


def test_numbers_have_a_bar_with_its_two_ends(scene: Scene) -> None:
    scene.store.change("colour", colour="age")
    bars = [part for part in scene.panel.findChildren(QWidget) if part.accessibleName().startswith("Colours from")]
    assert len(bars) == 1
    scene.panel.grab()


def test_the_legend_can_be_folded(scene: Scene) -> None:
    scene.store.change("colour", colour="smile")
    legend = scene.panel.findChild(Legend)
    tall = legend.height()
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Fold the legend"), Qt.MouseButton.LeftButton)
    assert legend.height() < tall
    scene.qtbot.mouseClick(scene.part(QAbstractButton, "Unfold the legend"), Qt.MouseButton.LeftButton)
    assert legend.height() == tall


def test_another_palette_recolours_the_map(scene: Scene) -> None:
    ground = scene.canvas.grab().toImage().pixelColor(3, 3)
    dark = QPalette(scene.panel.palette())
    dark.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.black)
    dark.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.white)
    scene.panel.setPalette(dark)
    QApplication.processEvents()
    assert scene.canvas.grab().toImage().pixelColor(3, 3) != ground


# marks


def test_the_moved_concept_has_an_arrow_that_says_how_much_of_it_is_visible(scene: Scene) -> None:
    scene.store.move("Smile", strengths={"smile": 1.5})
    arrow = scene.panel._marks.arrow
    assert arrow is not None
    share = scene.projection.share(np.eye(DIM, dtype=np.float32)[1])
    assert arrow.text.startswith("smile +1.5")
    assert f"{100 * share:.0f} % visible here" in arrow.text
    base = scene.store.state.place.base
    moved = base + np.float32(3.0) * np.eye(DIM, dtype=np.float32)[1]
    assert arrow.tail == pytest.approx(scene.projection.place(base[None])[0], abs=1e-5)
    assert arrow.head == pytest.approx(scene.projection.place(moved[None])[0], abs=1e-5)
    scene.store.move("Smile", strengths={"smile": 0.0})
    assert scene.panel._marks.arrow is None


def test_the_trail_holds_where_the_latent_was_and_is_short(scene: Scene) -> None:
    for step in range(40):
        scene.store.move("go", gesture="drag", base=frozen(np.full(DIM, step / 10)))
    trail = scene.panel._marks.trail
    assert trail is not None
    assert len(trail) == 21
    assert trail[-1] == pytest.approx(scene.panel._marks.current)


def test_a_path_is_a_line_from_pin_to_pin_with_its_bead_on_it(scene: Scene) -> None:
    a, b = scene.samples.latents[0], scene.samples.latents[1]
    scene.store.change_path("Pin A", a=Pin(a))
    assert scene.panel._marks.route.line is None
    scene.store.change_path("Pin B", b=Pin(b), kind="linear", position=0.5)
    route = scene.panel._marks.route
    assert route.line[[0, -1]] == pytest.approx(scene.points[[0, 1]], abs=1e-5)
    assert route.bead == pytest.approx(scene.points[:2].mean(axis=0), abs=1e-5)
    scene.store.show_position(1.0)
    assert scene.panel._marks.route.bead == pytest.approx(scene.points[1], abs=1e-5)


def test_the_footer_says_how_a_place_becomes_a_latent_and_what_it_is_worth(scene: Scene) -> None:
    lift, count, worth = scene.panel._footer.words
    assert (lift, count, worth) == (scene.projection.lift_name, "300 samples", "")
    scene.panel.show_neighbourhood(Neighbourhood(scene.samples.latents))
    assert scene.panel._footer.words[2] == "inside the data"
    scene.store.show_preview(frozen(np.full(DIM, 50.0)))
    assert scene.panel._footer.words[2] == "outside the data"
    scene.store.show_preview(None)
    assert scene.panel._footer.words[2] == "inside the data"


# pictures


def test_pictures_are_wanted_when_near_and_asked_for_once(scene: Scene) -> None:
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


def test_a_picture_is_drawn_where_its_sample_is_and_can_be_clicked(scene: Scene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    sample = scene.canvas.pictures_shown[0]
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 250, np.uint8))
    at = scene.at(sample) + QPoint(12, -12)
    scene.click(at)
    assert scene.store.state.place.sample == sample


def test_pictures_of_another_model_are_forgotten(scene: Scene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    sample = scene.canvas.pictures_shown[0]
    scene.panel.show_thumbnails((sample,), np.full((1, 8, 8, 3), 250, np.uint8))
    scene.panel.show_model(opened_with(scene.samples))
    assert scene.canvas.pictures_shown == ()


# models, projections, and what can be wrong with them


def test_without_a_model_the_map_says_so_and_asks_nothing(scene: Scene) -> None:
    changes = heard(scene.store)
    scene.panel.show_model(None)
    assert scene.canvas._notice == NO_MODEL
    scene.hover(QPoint(200, 150))
    scene.click(QPoint(200, 150))
    scene.qtbot.keyClick(scene.canvas, Qt.Key.Key_Return)
    scene.panel.grab()
    assert changes == []
    assert scene.store.preview is None


def test_points_of_other_samples_come_too_late(scene: Scene) -> None:
    scene.panel.show_projection(scene.projection, scene.points[:10])
    assert len(scene.canvas._points) == 300


def test_samples_without_a_place_are_left_out(scene: Scene) -> None:
    points = scene.points.copy()
    points[::3] = np.nan
    scene.panel.show_projection(scene.projection, points)
    scene.panel.grab()
    assert scene.canvas._layer.in_raster == 200


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


def test_a_latent_of_another_model_is_not_drawn(scene: Scene) -> None:
    scene.store.restart(State("other", Place("z", frozen(np.zeros(DIM + 3)))))
    assert scene.panel._marks.current is None
    scene.hover(QPoint(200, 150))
    scene.panel.grab()
    assert scene.store.preview is None


def test_points_glide_to_another_projection_and_arrive_exactly(scene: Scene) -> None:
    scene.canvas.motion = True
    before = scene.canvas._layer._points
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 3, 4)))
    assert scene.canvas._glide.running
    assert scene.canvas._layer._points is not scene.points
    assert np.abs(scene.canvas._layer._points - before).max() < np.abs(scene.points - before).max()
    scene.canvas._glide.finish()
    assert np.array_equal(scene.canvas._layer._points, scene.points)
    assert scene.canvas.camera == scene.canvas._fit


def test_another_number_of_points_does_not_glide(scene: Scene) -> None:
    scene.canvas.motion = True
    samples = sample_set(50)
    scene.panel.show_model(opened_with(samples))
    projection = pca.fit(samples, ProjectionChoice())
    scene.panel.show_projection(projection, projection.place(samples.latents))
    assert not scene.canvas._glide.running
