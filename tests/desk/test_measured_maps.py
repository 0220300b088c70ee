"""Measures of places, asked for by the colour of the map: samples and tiles get their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.desk.losses import losses
from explorer.desk.measuring import of_places, of_samples
from explorer.latents.surroundings import Surroundings, kin, lost
from explorer.models.quantities import DENSITY, DISTANCE, LOST, QUANTITIES, ROUND_TRIP, STRETCH
from explorer.ui.map.panel import MapPanel

WAIT = 60_000


def numbers(desk: Desk) -> np.ndarray:
    known = desk.window.map._chart.measured
    assert known is not None
    return np.asarray(known.values)


def colour(qtbot: QtBot, desk: Desk, name: str) -> np.ndarray:
    desk.store.change("Colour", colour=name)

    def is_known() -> bool:
        known = desk.window.map._chart.measured
        return known is not None and known.name == name and bool(np.isfinite(known.values).all())

    qtbot.waitUntil(is_known, timeout=WAIT)
    return numbers(desk)


def test_the_engine_tells_what_the_model_knows_of_samples_and_tiles(qtbot: QtBot, desk: Desk) -> None:
    samples = desk.model.samples()
    assert samples is not None
    found = colour(qtbot, desk, STRETCH)
    slope = np.abs(samples.latents[:, 0]) / 5 / 2  # of z^2 / 10, over the root of four dimensions
    assert found == pytest.approx(slope, abs=2e-3)
    desk.do("grid")
    canvas = desk.window.map.canvas
    qtbot.waitUntil(lambda: bool(canvas.heat._fresh) and canvas.heat._missing() == [], timeout=WAIT)
    tile, centre = canvas.heat.tile_at(*canvas.layers.points[3].tolist())
    latent = desk.window.map._chart.lifted(centre)
    assert latent is not None
    assert canvas.heat_layer.value(tile) == pytest.approx(abs(latent[0]) / 10, abs=2e-3)
    assert f"{STRETCH}: {canvas.heat_layer.value(tile):.3g}" in canvas.telling.describe_tile(tile)


def test_more_samples_than_a_portion_are_measured_one_portion_after_the_other(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.desk.measuring.PORTION", 7)
    monkeypatch.setattr("explorer.desk.measuring.FIRST", 3)
    found = colour(qtbot, desk, STRETCH)
    assert len(found) == 30
    assert desk.window.map._chart.colour_words[0] == QUANTITIES[STRETCH].unit


def test_of_too_many_samples_some_are_measured_and_the_legend_says_how_many(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.desk.measuring.PORTION", 7)
    monkeypatch.setattr("explorer.desk.measuring.MOST", 20)
    desk.store.change("Colour", colour=STRETCH)
    chart = desk.window.map._chart
    qtbot.waitUntil(lambda: "(20 of 30 measured)" in chart.colour_words[0], timeout=WAIT)


def test_the_samples_tell_distance_and_density_and_the_map_what_it_lost(qtbot: QtBot, desk: Desk) -> None:
    samples, own = desk.model.samples(), np.arange(30)
    assert samples is not None
    around = Surroundings(samples.latents)
    assert colour(qtbot, desk, DISTANCE) == pytest.approx(around.distances(samples.latents, own))
    assert colour(qtbot, desk, DENSITY) == pytest.approx(around.densities(samples.latents, own))
    points = desk.window.map.canvas.layers.points
    assert colour(qtbot, desk, LOST) == pytest.approx(lost(samples.latents, points, own))
    before = desk.window.map._chart.fitted
    choice = desk.store.state.projection
    desk.store.change("Other axes", projection=type(choice)("axes", 2, 3))
    qtbot.waitUntil(lambda: desk.window.map._chart.fitted is not before, timeout=WAIT)
    now = desk.window.map.canvas.layers.points
    expected = lost(samples.latents, now, own)
    qtbot.waitUntil(lambda: np.allclose(numbers(desk), expected), timeout=WAIT)


def test_tiles_of_the_data_are_measured_without_the_engine(qtbot: QtBot, desk: Desk) -> None:
    colour(qtbot, desk, DISTANCE)
    desk.do("grid")
    canvas, samples = desk.window.map.canvas, desk.model.samples()
    assert samples is not None
    qtbot.waitUntil(lambda: bool(canvas.heat._fresh) and canvas.heat._missing() == [], timeout=WAIT)
    tile, centre = canvas.heat.tile_at(0.1, 0.1)
    latent = desk.window.map._chart.lifted(centre)
    assert latent is not None
    assert canvas.heat_layer.value(tile) == pytest.approx(
        float(Surroundings(samples.latents).distances(latent[None])[0]), rel=1e-4
    )


def test_another_model_is_measured_anew_and_another_colour_leaves_nothing_on_the_tiles(
    qtbot: QtBot, desk: Desk
) -> None:
    colour(qtbot, desk, STRETCH)
    desk.do("grid")
    canvas = desk.window.map.canvas
    qtbot.waitUntil(lambda: bool(canvas.heat._fresh), timeout=WAIT)
    desk.store.change("Colour", colour="kind")
    assert not canvas.heat.setting.on
    assert not canvas.heat._fresh
    desk.store.change("Colour", colour=ROUND_TRIP)
    qtbot.waitUntil(lambda: bool(canvas.heat._fresh), timeout=WAIT)
    desk.model.switch("two")
    qtbot.waitUntil(lambda: desk.store.state.place.base.shape == (6,), timeout=WAIT)
    assert len(colour(qtbot, desk, STRETCH)) == 30


def test_jobs_tell_the_same_of_a_sample_and_of_its_place() -> None:
    latents = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)

    def step(*_told: object) -> None:
        pass

    assert of_places(DISTANCE, latents, latents, step=step) == pytest.approx(np.zeros(50), abs=1e-5)
    assert (of_samples(DISTANCE, latents, step=step) > 0).all()
    assert losses(latents, latents[:, :2], step=step).max() <= 1


def test_a_gan_offers_no_density_and_no_round_trip_and_says_why(qtbot: QtBot, desk: Desk) -> None:
    desk.model.switch("gan")
    qtbot.waitUntil(lambda: desk.store.state.place.space == "w", timeout=WAIT)
    panel: MapPanel = desk.window.map
    lacks = {quantity.name: lack for quantity, lack in panel._chart.measures}
    assert set(lacks) == set(QUANTITIES)
    assert lacks[ROUND_TRIP] == "GAN: no encoder."
    assert lacks[STRETCH] == ""
    box = panel.bar.colour
    row = box.findData(ROUND_TRIP)
    assert box.itemText(row) == f"{ROUND_TRIP} (GAN: no encoder)"
    assert not box.model().index(row, 0).flags()
    desk.store.change("Colour", colour=ROUND_TRIP)  # a pasted state may wish for it
    assert panel._chart.quantity is None


def test_a_sample_chosen_by_hand_is_tied_to_its_neighbours_and_the_first_one_is_not(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.window.map
    assert desk.store.state.place.sample is not None
    assert panel._marks.ties is None
    points = panel.canvas.layers.points
    panel.canvas.chosen.emit(points[5].astype(np.float64), 5)
    qtbot.waitUntil(lambda: panel._marks.ties is not None, timeout=WAIT)
    before = panel._chart.kin
    desk.store.change("Other axes", projection=type(desk.store.state.projection)("axes", 2, 3))
    qtbot.waitUntil(lambda: panel._chart.kin is not None and panel._chart.kin is not before, timeout=WAIT)
    samples = desk.model.samples()
    assert samples is not None
    assert panel._chart.kin is not None
    assert panel._chart.kin.sentence == kin(samples.latents, panel.canvas.layers.points, 5).sentence
