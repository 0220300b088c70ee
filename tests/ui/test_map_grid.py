"""The decoded grid on the map: what is asked for and when, and what is seen of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from grid_scene import GridScene, decoded
from map_scene import DIM, heard, opened_with, sample_set
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.latents.arrays import Latents
from explorer.latents.palette import number_range, ramp
from explorer.latents.selections import chosen
from explorer.models.quantities import DISTANCE, LOST, QUANTITIES
from explorer.projections import axes, pca
from explorer.projections.base import ProjectionChoice
from explorer.session.state import frozen
from explorer.ui.map import grid
from explorer.ui.map.colours import argb
from explorer.ui.map.lattice import is_coarse
from explorer.ui.map.legend import is_dark


@pytest.fixture
def scene(qtbot: QtBot) -> GridScene:
    return GridScene(qtbot)


def test_nothing_is_asked_while_the_grid_is_off(scene: GridScene) -> None:
    scene.canvas.pan(40, 0)
    scene.canvas.zoom(2.0)
    scene.store.move("go", base=frozen(np.ones(DIM)))
    assert scene.rests()
    assert scene.asked == []
    scene.toggle_grid()
    scene.settle()
    scene.toggle_grid()
    assert scene.asked[-1] == (None, ())
    scene.canvas.pan(40, 0)
    assert scene.rests()


def test_a_tile_is_what_a_hover_at_its_centre_shows(scene: GridScene) -> None:
    for projection in (
        pca.fit(scene.samples, ProjectionChoice()),
        axes.fit(scene.samples, ProjectionChoice("axes", 3, 1)),
    ):
        scene.show(projection)
        if not scene.grid.setting.on:
            scene.toggle_grid()
        scene.settle()
        scene.answer()
        latents, marks = scene.asked[-1]
        assert len(latents) >= 16 * 16
        for latent, (_epoch, tile) in list(zip(latents, marks, strict=True))[::37]:
            centre = scene.grid._lattice.centres([tile])[0]
            scene.canvas.hovered.emit(centre)
            assert scene.store.preview == pytest.approx(latent, abs=1e-5)
            assert scene.shade(tile) == int(decoded(scene.store.preview[None])[0, 0, 0, 0])
            assert scene.projection.place(latent[None])[0] == pytest.approx(centre, abs=1e-4)


def test_where_lifting_takes_long_the_first_tiles_are_asked_for_at_once(
    scene: GridScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "BUDGET_S", 0.0)
    scene.toggle_grid()
    scene.settle()
    scene.qtbot.waitUntil(lambda: not scene.grid._unlifted)
    first, last = (latents for latents, _marks in scene.asked)
    assert first is not None
    assert last is not None
    assert len(first) == grid.PORTION
    assert np.array_equal(last[: len(first)], first)  # they had not come, and a newer wish replaces an older one
    scene.answer()
    assert scene.grid._missing() == []


@pytest.mark.parametrize("zoom", [1.0, 1.2])
def test_a_tile_is_drawn_where_it_stands_during_a_zoom_too(scene: GridScene, zoom: float) -> None:
    scene.toggle_grid()
    latents, marks = scene.settle()
    scene.answer()
    scene.canvas.grab()
    scene.canvas.zoom(zoom)
    painted = scene.canvas.grab().toImage()
    seen = 0
    for latent, (_epoch, tile) in zip(latents, marks, strict=True):
        at = scene.canvas.camera.to_screen(scene.grid._lattice.centres([tile]))[0]
        place = QPoint(*at.astype(int).tolist())
        inside = scene.canvas.rect().adjusted(80, 40, -160, -40).contains(place)
        if inside and all(abs(scene.canvas.camera.to_screen(scene.points) - at).max(axis=1) > 12):
            seen += painted.pixelColor(place).red() == int(decoded(latent[None])[0, 0, 0, 0])
    assert seen > 30


def test_a_moved_view_forgets_what_is_on_its_way_and_asks_when_it_rests(scene: GridScene) -> None:
    scene.toggle_grid()
    scene.settle()
    count = len(scene.asked)
    scene.canvas.pan(300, 0)
    scene.canvas.pan(5, 0)
    assert scene.asked[count:] == [(None, ())]
    latents, marks = scene.settle()
    assert len(latents) == len(marks)


def test_after_a_pan_only_the_tiles_that_came_into_view_are_asked_for(scene: GridScene) -> None:
    scene.toggle_grid()
    _, first = scene.settle()
    scene.answer()
    scene.canvas.pan(100, 0)
    _, second = scene.settle()
    assert len(second) < len(first) / 2
    assert not {tile for _, tile in first} & {tile for _, tile in second}


def test_twice_as_near_a_quarter_of_the_tiles_is_there(scene: GridScene) -> None:
    scene.toggle_grid()
    _, first = scene.settle()
    scene.answer()
    scene.canvas.zoom(2.0)
    _, second = scene.settle()
    assert 0.5 * len(first) < len(second) < 0.85 * len(first)
    scene.answer()
    scene.canvas.reset_view()
    assert scene.grid._missing() == []


def test_a_step_within_the_map_keeps_every_tile_and_a_step_out_of_it_asks_anew(scene: GridScene) -> None:
    scene.toggle_grid()
    scene.settle()
    scene.answer()
    scene.canvas.chosen.emit(np.array([1.5, -0.5]), None)
    assert scene.rests()
    count = len(scene.asked)
    scene.store.move("Smile", strengths={"hat": 2.0})
    latents, _ = scene.settle()
    assert len(scene.asked) == count + 1
    current = scene.panel._chart.traces.current
    assert latents[0] == pytest.approx(scene.projection.lift(scene.projection.place(latents[:1]), current)[0], abs=1e-4)


def test_what_changed_while_the_grid_was_off_is_not_shown_when_it_is_on_again(scene: GridScene) -> None:
    scene.toggle_grid()
    _, first = scene.settle()
    scene.answer()
    scene.toggle_grid()
    scene.store.move("Smile", strengths={"hat": 2.0})
    scene.toggle_grid()
    assert not scene.grid._layer.has(first[0][1])
    _, second = scene.settle()
    assert {tile for _, tile in second} == {tile for _, tile in first}


def test_tiles_of_another_latent_come_too_late(scene: GridScene) -> None:
    scene.toggle_grid()
    latents, marks = scene.settle()
    scene.answer()
    scene.store.move("Smile", strengths={"hat": 2.0})
    before = scene.shade(marks[0][1])
    scene.panel.show_tiles(marks, np.full((len(latents), 8, 8, 3), 250, np.uint8))
    assert scene.shade(marks[0][1]) == before


def test_another_truncation_asks_anew(scene: GridScene) -> None:
    scene.toggle_grid()
    _, first = scene.settle()
    scene.answer()
    scene.store.move("Truncation", truncation=0.5)
    _, second = scene.settle()
    assert {tile for _, tile in second} == {tile for _, tile in first}


def test_another_projection_or_model_drops_every_tile(scene: GridScene) -> None:
    scene.toggle_grid()
    _, marks = scene.settle()
    scene.answer()
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 3, 4)))
    assert not scene.grid._layer.has(marks[0][1])
    scene.settle()
    scene.answer()
    scene.panel.show_model(opened_with(sample_set(50)))
    assert not scene.grid._layer.has(marks[0][1])
    scene.canvas.grab()


def test_the_grid_is_no_step_of_undo_and_its_controls_say_what_is(scene: GridScene) -> None:
    changes = heard(scene.store)
    button = scene.part(QAbstractButton, "Grid")
    scene.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert scene.grid.setting.on
    scene.part(QSpinBox, "Tiles a side").setValue(9)
    assert scene.grid.setting.side == 9
    scene.toggle_grid()
    assert not button.isChecked()
    assert changes == []


def test_equal_probability_is_offered_only_on_numbers_of_a_gaussian_prior(scene: GridScene) -> None:
    spacing = scene.part(QComboBox, "Spacing of the tiles")
    assert not spacing.isEnabled()
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 0, 1)))
    assert spacing.isEnabled()
    scene.toggle_grid()
    scene.qtbot.keyClick(spacing, Qt.Key.Key_Down)
    assert scene.grid.setting.equal
    latents, _ = scene.settle()
    assert np.isfinite(latents).all()
    assert np.abs(latents[:, :2]).max() < 2.4
    scene.show(pca.fit(scene.samples, ProjectionChoice()))
    assert not scene.grid.setting.equal
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 0, 1)))
    assert scene.grid.setting.equal  # the wish was kept


def test_on_the_grid_the_rims_are_pale_where_the_points_are(scene: GridScene) -> None:
    scene.toggle_grid()
    scene.store.change("Select", selection=chosen([3, 4]))
    rims = scene.canvas.layers.rims
    alone, others = rims.colour_of(3) >> 24, rims.colour_of(5) >> 24
    assert alone == 255
    assert others < 64
    scene.store.change("Select nothing", selection=chosen([]))
    assert rims.colour_of(5) >> 24 == 255


def test_pictures_of_samples_make_room_for_the_grid(scene: GridScene) -> None:
    scene.canvas.zoom(12.0)
    scene.panel.grab()
    assert scene.canvas.pictures_shown
    scene.toggle_grid()
    scene.panel.grab()
    assert scene.canvas.pictures_shown == ()
    scene.toggle_grid()
    scene.panel.grab()
    assert scene.canvas.pictures_shown


def test_a_tile_tells_its_two_numbers(scene: GridScene) -> None:
    scene.show(axes.fit(scene.samples, ProjectionChoice("axes", 0, 1)))
    scene.toggle_grid()
    for setting in (scene.panel._grid, replace(scene.panel._grid, equal=True)):
        scene.panel.show_grid_setting(setting)
        scene.canvas.hover(scene.canvas.rect().center().toPointF())
        while scene.canvas.ringed is not None:
            scene.canvas.pan(7, 5)
            scene.canvas.hover(scene.canvas.rect().center().toPointF())
        _tile, centre = scene.canvas.telling.tile
        latent = scene.panel._chart.lifted_all(centre[None])[0]
        assert scene.canvas.telling.describe_place(centre) == f"z 1: {latent[0]:.2f}\nz 2: {latent[1]:.2f}".replace(
            "-", "\N{MINUS SIGN}"
        )


class HeatScene(GridScene):
    """Coloured by a measure of places; numbers are asked for and answered as pictures are."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.values: list[tuple[Latents | None, tuple[Any, ...]]] = []
        self.panel.values_wanted.connect(lambda latents, marks: self.values.append((latents, marks)))
        self.store.change("Colour", colour=DISTANCE)

    def settle_values(self) -> tuple[Latents, tuple[Any, ...]]:
        before = len(self.values)
        self.qtbot.waitUntil(lambda: len(self.values) > before and self.values[-1][0] is not None)
        latents, marks = self.values[-1]
        assert latents is not None
        return latents, marks


@pytest.fixture
def heat(qtbot: QtBot) -> HeatScene:
    return HeatScene(qtbot)


def test_numbers_are_asked_for_tile_by_tile_and_only_under_a_measure(heat: HeatScene) -> None:
    heat.toggle_grid()
    latents, marks = heat.settle_values()
    assert len(latents) == len(marks) >= 16 * 16
    heat.panel.show_tile_values(marks, latents[:, 0])
    heat.store.change("Colour", colour="smile")
    assert not heat.canvas.heat.setting.on
    heat.store.change("Colour", colour=LOST)  # of samples only
    assert not heat.canvas.heat.setting.on
    heat.store.undo()
    heat.store.undo()
    assert heat.canvas.heat.setting.on
    assert heat.canvas.heat_layer.value(marks[0][1]) is None  # what it was told is of another colour's time


def test_a_tile_is_tinted_in_the_colours_of_the_samples(heat: HeatScene) -> None:
    heat.toggle_grid()
    heat.panel.show_grid_setting(replace(heat.panel._grid, tint=1.0))
    _latents, marks = heat.settle_values()
    numbers = np.linspace(0, 1, len(heat.samples)).astype(np.float32)
    heat.panel.show_values(DISTANCE, numbers)
    low, high = number_range(numbers)
    values = np.where(np.arange(len(marks)) % 2, low, high).astype(np.float32)
    heat.panel.show_tile_values(marks, values)
    heat.canvas.heat._end_frame()
    painted = heat.canvas.grab().toImage()
    dark = is_dark(heat.panel.palette())
    ends = {low: argb(ramp(dark)[0]) & 0xFFFFFF, high: argb(ramp(dark)[-1]) & 0xFFFFFF}
    seen = 0
    for value, (_epoch, tile) in zip(values.tolist(), marks, strict=True):
        at = heat.canvas.camera.to_screen(heat.grid._lattice.centres([tile]))[0]
        place = QPoint(*at.astype(int).tolist())
        inside = heat.canvas.rect().adjusted(80, 40, -200, -40).contains(place)
        if inside and all(abs(heat.canvas.camera.to_screen(heat.points) - at).max(axis=1) > 12):
            expected = min(ends, key=lambda end: abs(end - value))
            seen += painted.pixel(place) & 0xFFFFFF == ends[expected]
    assert seen > 30


def test_a_moved_view_cancels_the_numbers_on_their_way(heat: HeatScene) -> None:
    heat.toggle_grid()
    heat.settle_values()
    heat.canvas.pan(300, 0)
    assert heat.values[-1] == (None, ())


def test_a_tile_tells_its_number_with_its_unit(heat: HeatScene) -> None:
    heat.toggle_grid()
    _latents, marks = heat.settle_values()
    tile = marks[0][1]
    assert heat.canvas.telling.describe_tile(tile) == ""
    heat.panel.show_tile_values(marks[:1], np.array([0.25], np.float32))
    assert heat.canvas.telling.describe_tile(tile) == f"{DISTANCE}: 0.25 ({QUANTITIES[DISTANCE].unit})"


def test_on_the_grid_a_click_beside_a_point_means_the_tile(scene: GridScene) -> None:
    sample = scene.lonely()
    beside = QPointF(scene.at(sample)) + QPointF(6, 0)
    assert scene.canvas.sample_at(beside) == sample
    scene.toggle_grid()
    scene.panel.grab()
    assert scene.canvas.sample_at(beside) is None
    assert scene.canvas.sample_at(QPointF(scene.at(sample))) == sample


def test_two_shift_clicks_on_tiles_are_two_pins(scene: GridScene) -> None:
    pins: list[np.ndarray] = []
    scene.panel.pin_wanted.connect(lambda: pins.append(scene.store.state.place.base))
    at = scene.nothing()
    scene.qtbot.mouseClick(scene.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at)
    assert pins == []  # there are no tiles
    scene.toggle_grid()
    for step in (0, 40):
        place = QPoint(at.x() + step, at.y())
        scene.qtbot.mouseClick(scene.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, place)
    assert len(pins) == 2
    assert not np.array_equal(pins[0], pins[1])
    assert scene.projection.place(pins[1][None])[0] == pytest.approx(
        scene.canvas.camera.to_plane(np.array([place.x(), place.y()])), abs=1e-3
    )


def test_the_coarse_picture_is_painted_as_soon_as_it_is_whole(scene: GridScene) -> None:
    scene.toggle_grid()
    latents, marks = scene.settle()
    coarse = sum(is_coarse(tile) for _epoch, tile in marks)
    assert all(is_coarse(tile) for _epoch, tile in marks[:coarse])  # they come first
    painted: list[int] = []
    scene.grid.changed.connect(lambda: painted.append(len(scene.grid._fresh)))
    for start in range(0, coarse + 3, 5):
        part = slice(start, min(start + 5, coarse + 3))
        scene.panel.show_tiles(marks[part], decoded(latents[part]))
    assert coarse <= painted[0] < coarse + 5
    assert len(painted) == 1  # the finer ones are shown with the next frame
