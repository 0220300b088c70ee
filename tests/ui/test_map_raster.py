"""The raster that draws points, against pictures that are painted slowly, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ui.map import raster as module
from explorer.ui.map.density import CELL, FAINTEST, counted, smooth, toned
from explorer.ui.map.raster import EMPTY, LEVELS, PHASES, SHADES, PointRaster, shaded

SIZE = 40
RED, GREEN = np.uint32(0xFFFF0000), np.uint32(0xFF00FF00)
Place = tuple[float, float]
places = st.lists(st.tuples(st.floats(-3, SIZE + 3), st.floats(-3, SIZE + 3)), min_size=1, max_size=25)
radii = st.floats(1, 4)


def drawn(positions: list[Place], radius: float = 3.0, *, chosen: list[int] | None = None) -> PointRaster:
    raster = PointRaster(SIZE, SIZE)
    x, y = np.array(positions, np.float32).reshape(-1, 2).T
    mask = None if chosen is None else np.isin(np.arange(len(x)), chosen)
    raster.draw(x, y, np.arange(len(x), dtype=np.int32), radius, mask)
    return raster


def level_at(distance: float, radius: float) -> int:
    return round(float(np.clip(radius + 0.5 - distance, 0, 1)) * (LEVELS - 1))


def painted(positions: list[Place], radius: float) -> np.ndarray:
    """Seats of a picture in which every pixel asks every point, (SIZE, SIZE): the nearest disc, of equals the last."""
    radius = round(radius * 8) / 8
    edge = int(np.ceil(radius + 0.5)) + 1
    seats = np.full((SIZE, SIZE), EMPTY)
    for row, column in np.ndindex(SIZE, SIZE):
        best = np.inf
        for number, (x, y) in enumerate(np.array(positions, np.float32).tolist()):
            if not (edge <= x < SIZE - edge and edge <= y < SIZE - edge):
                continue
            centre = [(int(value * PHASES) + 0.5) / PHASES - 0.5 for value in (x, y)]
            distance = float(np.hypot(column - centre[0], row - centre[1]))
            level = level_at(distance, radius)
            if level and distance <= best:
                best, seats[row, column] = distance, number * LEVELS + level
    return seats


@settings(deadline=None, max_examples=30)
@given(places, radii)
def test_the_picture_is_the_one_that_is_painted_slowly(positions: list[Place], radius: float) -> None:
    seats = drawn(positions, radius)._seats.reshape(SIZE, SIZE)
    slow = painted(positions, radius)
    assert np.array_equal(seats % LEVELS * (seats >= 0), slow % LEVELS * (slow >= 0))
    differ = seats != slow  # of centres that are equally near either may win
    assert differ.sum() <= 0.02 * SIZE * SIZE


def painted_in_whole_pixels(positions: list[Place], radius: float) -> np.ndarray:
    """The same for discs in the middle of the pixels that have points, whose last point has the pixel."""
    radius = round(radius * 8) / 8
    edge = int(np.ceil(radius + 0.5)) + 1
    owners = {}
    for number, (x, y) in enumerate(np.array(positions, np.float32).tolist()):
        if edge <= x < SIZE - edge and edge <= y < SIZE - edge:
            owners[int(x), int(y)] = number
    seats = np.full((SIZE, SIZE), EMPTY)
    for row, column in np.ndindex(SIZE, SIZE):
        near = [(float(np.hypot(column - x, row - y)), column - x, row - y, one) for (x, y), one in owners.items()]
        near = [entry for entry in near if level_at(entry[0], radius)]
        if near:
            distance, _dx, _dy, owner = min(near)
            seats[row, column] = owner * LEVELS + level_at(distance, radius)
    return seats


@settings(deadline=None, max_examples=30)
@given(places, radii)
def test_a_crowd_is_painted_in_whole_pixels(positions: list[Place], radius: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MANY", 0)
        seats = drawn(positions, radius)._seats.reshape(SIZE, SIZE)
    assert np.array_equal(seats, painted_in_whole_pixels(positions, radius))


def test_points_without_a_place_and_points_outside_are_not_drawn() -> None:
    raster = drawn([(np.nan, 5.0), (-100.0, 5.0), (1e9, 1e9), (30.0, 30.0)])
    assert raster.drawn == 1
    assert raster.point_at(30, 30) == 3
    assert raster.point_at(5, 5) is None
    assert raster.point_at(-1, 99) is None


def test_a_disc_is_full_in_the_middle_and_soft_at_its_edge() -> None:
    raster = drawn([(20.1, 20.1)])
    raster.colour(np.zeros(1, int), np.array([0xFF336699], np.uint32))
    alpha = raster.image >> 24
    assert raster.image[20, 20] == 0xFF336699
    assert ((alpha > 0) & (alpha < 255)).sum() > 8
    assert alpha.sum() / 255 == pytest.approx(np.pi * 3.0**2, rel=0.08)


def test_another_colouring_draws_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    raster = drawn([(10.0, 20.0), (30.0, 20.0)])
    monkeypatch.setattr(PointRaster, "draw", None)
    seats = raster._seats.copy()
    raster.colour(np.array([0, 1]), np.array([RED, GREEN]))
    raster.colour(np.array([1, 0]), np.array([RED, GREEN]))
    assert (raster.image[20, 10], raster.image[20, 30]) == (GREEN, RED)
    assert np.array_equal(seats, raster._seats)


@pytest.mark.parametrize("many", [0, 60_000])
def test_the_chosen_lie_over_all_others_which_are_pale(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY", many)
    around = [(20.0 + dx, 20.0 + dy) for dx in (-1.5, 0, 1.5) for dy in (-1.5, 0, 1.5)]
    raster = drawn([(20.0, 20.0), *around, (32.0, 32.0)], chosen=[0])
    assert raster.point_at(22, 20) == 0
    raster.colour(np.ones(11, int), np.array([RED, GREEN]), 0.25)
    assert raster.image[20, 20] == GREEN
    assert raster.image[32, 32] >> 24 == round(0.25 * 255)


def test_where_a_crowd_is_thin_it_is_paler_and_the_chosen_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY", 0)
    rng = np.random.default_rng(0)
    crowd = np.concatenate([rng.uniform(4, 12, (4000, 2)), [[30.5, 30.5], [30.5, 8.5]]]).astype(np.float32)
    raster, mask = PointRaster(SIZE, SIZE), np.arange(4002) == 4001
    for chosen, tones in ((None, (True, True)), (mask, (True, False))):
        raster.draw(crowd[:, 0], crowd[:, 1], np.arange(4002, dtype=np.int32), 1.0, chosen, dense=4000 / 64)
        raster.colour(np.zeros(4002, int), np.array([RED]))
        alpha = raster.image >> 24
        if chosen is None:
            assert alpha[8, 8] > 230
        assert (int(alpha[30, 30]) < 140, int(alpha[8, 30]) < 140) == tones


def test_shades_are_premultiplied() -> None:
    shades = shaded(np.array([0x80FF8000], np.uint32))
    assert shades[0] == 0
    assert int(shades[SHADES - 1]) == 0x80804000


@given(places)
def test_counts_are_those_of_a_scan_and_smoothing_keeps_their_sum(positions: list[Place]) -> None:
    inside = [(x, y) for x, y in positions if 0 <= x < SIZE and 0 <= y < SIZE]
    x, y = np.array(inside, np.float32).reshape(-1, 2).T
    counts = counted(x, y, (SIZE, SIZE))
    slow = np.zeros_like(counts)
    for column, row in zip(x, y, strict=True):
        slow[int(row) // CELL, int(column) // CELL] += 1
    assert np.array_equal(counts, slow)
    assert smooth(counts).sum() == pytest.approx(len(inside), abs=1e-3)


def test_tones_rise_with_the_density_and_are_full_where_nothing_overlaps() -> None:
    x = np.concatenate([np.full(count, 4.0 + 8 * step) for step, count in enumerate((1, 10, 100, 1000, 10_000))])
    tone = toned(x.astype(np.float32), np.full(len(x), 20, np.float32), (SIZE, SIZE), dense=60.0)
    assert tone is not None
    along = tone[20, 4::8].astype(int)
    assert (np.diff(along[:4]) > 0).all()
    assert along[-1] == 255
    assert tone.min() == round(255 * FAINTEST)
    assert toned(x.astype(np.float32), x.astype(np.float32), (SIZE, SIZE), dense=0.4) is None
