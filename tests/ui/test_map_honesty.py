"""What the map says of itself: neighbours it lost, where a click landed, what its marks mean, how far to believe it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from map_scene import DIM, MapScene
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.latents.measures import Neighbourhood
from explorer.latents.surroundings import kin
from explorer.models.quantities import DISTANCE, QUANTITIES
from explorer.projections import pca
from explorer.projections.base import ProjectionChoice
from explorer.projections.neighbours import NeighbourMap, lift_error
from explorer.projections.plane import Plane
from explorer.projections.quality import Quality, quality, variance_seen
from explorer.session.preferences import PointsLook
from explorer.ui.map.caution import GISTS
from explorer.ui.map.honesty import OF_NEIGHBOUR_MAPS, looks
from explorer.ui.map.legend import ColourBar
from explorer.ui.map.marks import LOST, Marks
from explorer.ui.map.marks_legend import MEANINGS, MarksLegend


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    return MapScene(qtbot)


def bend(scene: MapScene) -> NeighbourMap:
    """A map by hand of neighbours, on which most places are an estimate."""
    latents = scene.samples.latents
    points = np.sign(latents[:, :2]) * 8 + latents[:, :2]
    choice = ProjectionChoice("tsne")
    bent = NeighbourMap(choice, ("", ""), lift_error(latents, points), latents, points.astype(np.float32))
    scene.show(bent)
    return bent


def ties(scene: MapScene) -> Marks:
    sample = 7
    scene.canvas.chosen.emit(scene.points[sample].astype(np.float64), sample)
    scene.panel.show_kin(kin(scene.samples.latents, scene.points, sample))
    return scene.panel._marks


def test_a_chosen_sample_is_tied_to_its_true_neighbours_and_says_how_many_are_near(scene: MapScene) -> None:
    marks = ties(scene)
    assert marks.ties is not None
    known = kin(scene.samples.latents, scene.points, 7)
    assert len(marks.ties.kept) == known.kept.sum()
    assert len(marks.ties.kept) + len(marks.ties.lost) == 15
    assert {tuple(row) for row in marks.ties.kept.tolist()} <= {tuple(row) for row in scene.points.tolist()}
    assert marks.ties.text == known.sentence


def test_lost_neighbours_are_drawn_in_a_colour_of_their_own(scene: MapScene) -> None:
    marks = ties(scene)
    assert marks.ties is not None
    assert len(marks.ties.lost)
    painted = scene.canvas.grab().toImage()
    shades = {painted.pixelColor(x, y).name() for x in range(painted.width()) for y in range(painted.height())}
    assert LOST in shades


def test_the_ties_go_when_the_sample_is_edited_or_left(scene: MapScene) -> None:
    assert ties(scene).ties is not None
    scene.store.move("Smile", strengths={"smile": 1.0})
    assert scene.panel._marks.ties is None
    scene.store.undo()
    assert scene.panel._marks.ties is not None
    scene.canvas.chosen.emit(np.array([1.0, 1.0]), None)
    assert scene.panel._marks.ties is None


def test_a_click_on_a_map_of_neighbours_shows_where_it_was_and_where_it_landed(scene: MapScene) -> None:
    bent = bend(scene)
    place = np.array([0.0, 0.0])  # between all clumps
    scene.canvas.chosen.emit(place, None)
    asked = scene.panel._marks.asked
    assert asked is not None
    assert asked.at == pytest.approx(place)
    assert asked.landed == pytest.approx(bent.place(scene.store.state.place.base[None])[0])
    assert scene.panel._marks.current == pytest.approx(asked.landed)
    assert "ring" in asked.text
    scene.store.undo()
    assert scene.panel._marks.asked is None
    scene.store.redo()
    assert scene.panel._marks.asked is not None


def test_the_cursor_on_a_map_of_neighbours_is_tied_to_what_it_would_give(scene: MapScene) -> None:
    scene.canvas.hovered.emit(np.array([0.5, 0.5]))
    assert scene.panel._marks.reach is None  # on a plane both are one
    bent = bend(scene)
    scene.canvas.hovered.emit(np.array([0.0, 0.0]))
    reach, preview = scene.panel._marks.reach, scene.store.preview
    assert reach is not None
    assert preview is not None
    assert reach.landed == pytest.approx(bent.place(preview[None])[0])
    assert scene.panel._marks.preview == pytest.approx(reach.landed)
    scene.canvas.hovered.emit(None)
    assert scene.panel._marks.reach is None


def test_a_click_on_a_plane_lands_where_it_was(scene: MapScene) -> None:
    scene.canvas.chosen.emit(np.array([0.5, 0.5]), None)
    assert scene.panel._marks.asked is None
    assert scene.panel._marks.current == pytest.approx([0.5, 0.5], abs=1e-4)


def test_an_arrow_says_its_share_of_the_view_and_on_a_map_that_bends_that_it_does(scene: MapScene) -> None:
    scene.store.move("Smile", strengths={"smile": 2.0})
    assert scene.panel._marks.arrow is not None
    assert "% visible here" in scene.panel._marks.arrow.text
    bend(scene)
    assert scene.panel._marks.arrow is not None
    assert scene.panel._marks.arrow.text.endswith("bent by this map")


def test_the_legend_explains_every_mark_that_is_there_and_no_other(scene: MapScene) -> None:
    legend = scene.panel._marks_legend
    assert legend.isVisibleTo(scene.panel)
    plain = legend.lines
    marks = ties(scene)
    for meaning in MEANINGS:
        assert (meaning.words in legend.lines) == meaning.is_there(marks)
    assert len(legend.lines) > len(plain)
    bend(scene)
    assert legend.lines[-3:] == OF_NEIGHBOUR_MAPS
    scene.panel.show_model(None)
    assert not legend.isVisibleTo(scene.panel)


def test_every_field_of_the_marks_has_a_meaning() -> None:
    there = {name: value for meaning in MEANINGS if meaning.example for name, value in vars(meaning.example).items()}
    empty = Marks()
    explained = {
        name
        for name in there
        if any(
            meaning.example is not None and getattr(meaning.example, name) is not getattr(empty, name)
            for meaning in MEANINGS
        )
    }
    assert explained == set(vars(empty)) - {"reach"}  # it leads from the cursor itself


def test_the_legend_of_marks_unfolds_within_the_map(scene: MapScene) -> None:
    legend: MarksLegend = scene.panel._marks_legend
    ties(scene)
    folded = legend.height()
    legend.toggle()
    assert legend.height() > folded + 60
    assert scene.canvas.rect().contains(legend.geometry())
    bend(scene)  # other lines while it is open
    assert legend.height() > folded + 60
    legend.toggle()
    assert legend.height() == folded


def test_trust_continuity_and_variance_are_always_on_show(scene: MapScene) -> None:
    footer = scene.panel._footer
    assert footer.trust == "trust \N{HORIZONTAL ELLIPSIS}"
    found = quality(scene.samples.latents, scene.points)
    assert found is not None
    scene.panel.show_quality(found)
    assert footer.trust.startswith("trust .")
    assert "continuity ." in footer.trust


def test_the_variance_seen_is_the_sum_of_both_components_and_whole_in_two_dimensions(scene: MapScene) -> None:
    plane = pca.fit(scene.samples, ProjectionChoice())
    assert isinstance(plane, Plane)
    latents = scene.samples.latents.astype(np.float64)
    values = np.sort(np.linalg.eigvalsh(np.cov(latents.T)))[::-1]
    assert variance_seen(scene.samples.latents, plane.axes) == pytest.approx(values[:2].sum() / values.sum())
    assert variance_seen(scene.samples.latents[:, :2], np.array([[1.0, 2.0], [0.0, 1.0]])) == pytest.approx(1)


def test_the_word_for_the_cursor_comes_with_distance_and_percentile(scene: MapScene) -> None:
    near = Neighbourhood(scene.samples.latents)
    scene.panel.show_neighbourhood(near)
    scene.canvas.hover(QPointF(200.0, 150.0))
    latent = scene.store.preview
    assert latent is not None
    assert latent.shape == (DIM,)
    known = near.nearness(latent)
    assert f"{known.distance:.2f} away" in scene.panel._footer.words[2]
    assert f"{known.percentile:.0f} %" in scene.panel._footer.words[2]


def test_the_colour_bar_of_a_measure_has_its_unit_and_says_how_many_are_known(scene: MapScene) -> None:
    scene.store.change("Colour", colour=DISTANCE)
    values = np.linspace(0, 1, len(scene.samples)).astype(np.float32)
    values[10:] = np.nan
    scene.panel.show_values(DISTANCE, values)
    words = [label.text() for label in scene.panel._legend.findChildren(QLabel) if label.isVisibleTo(scene.panel)]
    assert f"{QUANTITIES[DISTANCE].unit} (10 of 300 measured)" in words
    bar = scene.panel._legend.findChildren(ColourBar)[-1]
    assert QUANTITIES[DISTANCE].formula in bar.toolTip()
    scene.panel.show_values(DISTANCE, np.linspace(0, 1, len(scene.samples)).astype(np.float32))
    words = [label.text() for label in scene.panel._legend.findChildren(QLabel) if label.isVisibleTo(scene.panel)]
    assert QUANTITIES[DISTANCE].unit in words


def test_a_list_of_colours_that_is_open_is_not_filled_anew_by_numbers_that_come(scene: MapScene) -> None:
    filled: list[None] = []
    scene.panel.bar.colour.model().rowsInserted.connect(lambda *_told: filled.append(None))
    for share in (0.1, 0.2):
        scene.panel.show_values(DISTANCE, np.full(len(scene.samples), share, np.float32))
        scene.store.change("Colour", colour=DISTANCE)
        scene.store.change("Colour", colour="smile")
    assert filled == []


def test_a_map_of_neighbours_says_without_a_click_that_clumps_mislead_and_no_other_map_does(scene: MapScene) -> None:
    caution = scene.panel._caution
    assert not caution.isVisible()
    bend(scene)
    assert caution.isVisible()
    assert caution.toolTip() == "\n".join(OF_NEIGHBOUR_MAPS)
    said = set()
    for width in (1600, 900, 430, 250):
        scene.panel.resize(width, 500)
        assert scene.canvas.rect().contains(caution.geometry())
        said.add(caution.words)
    assert said == {" ".join(OF_NEIGHBOUR_MAPS), *GISTS}
    scene.panel.show_settling(scene.points)  # nothing can be said of a map that is not done
    assert not caution.isVisible()
    scene.panel.show_settled()
    assert caution.isVisible()
    scene.show(pca.fit(scene.samples, ProjectionChoice()))
    assert not caution.isVisible()


def test_beside_a_second_map_trust_continuity_and_variance_are_still_on_show(scene: MapScene) -> None:
    footer = scene.panel._footer
    scene.panel.show_quality(Quality(0.94, 0.885, 15, 300, 0.134))
    scene.panel.resize(450, 500)
    assert footer.trust == "trust .94, cont. .89, var. 13 %"
    scene.panel.resize(800, 500)
    assert footer.trust == "trust .94  \N{MIDDLE DOT}  continuity .89  \N{MIDDLE DOT}  13 % of variance"


def test_the_footer_says_how_many_samples_made_the_map_where_they_were_not_all(scene: MapScene) -> None:
    bent = bend(scene)
    assert scene.panel._footer.words[1] == "300 samples"
    part = replace(bent, latents=bent.latents[:100], points=bent.points[:100], count=300)
    scene.panel.show_projection(part, scene.points)
    assert scene.panel._footer.words[1] == "100 of them fitted"  # here is no room for more
    scene.panel.resize(1200, 500)
    assert scene.panel._footer.words[1] == "300 samples,  100 of them fitted"
    scene.show(pca.fit(scene.samples, ProjectionChoice()))
    assert scene.panel._footer.words[1] == "300 samples"


def test_shade_and_contours_are_explained_where_there_are_any() -> None:
    assert looks(PointsLook(), 1000) == ()
    assert len(looks(PointsLook(), 100_000)) == 1
    assert looks(PointsLook(shaded=False, contours=True), 100_000)[0].startswith("Contours")


def test_of_a_latent_that_is_a_sample_the_footer_says_so(scene: MapScene) -> None:
    scene.panel.resize(900, 480)
    scene.panel.show_neighbourhood(Neighbourhood(scene.samples.latents))
    scene.canvas.chosen.emit(scene.points[7].astype(np.float64), 7)
    assert scene.panel._footer.words[2].endswith("a sample itself")
