"""The grid that finds a sample, the raster that draws them, and their colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.export.palette import colours_of
from explorer.latents.palette import CLASSES, MORE_CLASSES, class_colours, own_colours
from explorer.latents.samples import Labels, LatentSet
from explorer.ui.map.colours import LIKELIHOOD, choices, colouring
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.raster import LEVELS, PointRaster, shaded

coarse = st.integers(-20, 20).map(lambda number: number / 4)  # many equal places, many ties
clouds = arrays(np.float32, st.tuples(st.integers(0, 80), st.just(2)), elements=coarse | st.just(float("nan")))


@given(clouds, coarse, coarse, st.floats(0, 4))
def test_the_grid_finds_the_sample_that_a_scan_finds(points: np.ndarray, x: float, y: float, reach: float) -> None:
    distances = np.hypot(points[:, 0].astype(float) - x, points[:, 1].astype(float) - y)
    within = np.flatnonzero(distances <= reach)
    expected = None if not len(within) else int(within[distances[within].argmin()])
    assert PointGrid(points).nearest(x, y, reach) == expected


@given(clouds, st.tuples(coarse, coarse), st.tuples(coarse, coarse))
def test_the_grid_lists_the_samples_of_a_box_that_a_scan_lists(
    points: np.ndarray, a: tuple[float, float], b: tuple[float, float]
) -> None:
    (left, bottom), (right, top) = np.minimum(a, b).tolist(), np.maximum(a, b).tolist()
    x, y = points[:, 0], points[:, 1]
    expected = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    assert PointGrid(points).inside(left, bottom, right, top).tolist() == expected.tolist()


def test_a_far_sample_does_not_make_the_grid_coarse() -> None:
    points = np.random.default_rng(0).normal(size=(10_000, 2)).astype(np.float32)
    points[0] = 1e6
    grid = PointGrid(points)
    assert len(grid._near(-0.01, -0.01, 0.01, 0.01)) < 100


def drawn(positions: list[tuple[float, float]], radius: float = 3.0, size: int = 60) -> PointRaster:
    raster = PointRaster(size, size)
    points = np.array(positions, np.float64).reshape(-1, 2)
    raster.draw(points, radius, (np.arange(len(points)),))
    return raster


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(8, 52), st.floats(8, 52)), min_size=1, max_size=25), st.floats(1, 5))
def test_every_pixel_belongs_to_a_point_whose_disc_covers_it(
    positions: list[tuple[float, float]], radius: float
) -> None:
    raster = drawn(positions, radius)
    for y, x in np.argwhere(raster._seats.reshape(60, 60) >= 0):
        distances = np.hypot(*(np.array(positions) - (x + 0.5, y + 0.5)).T)
        owner = raster.point_at(int(x), int(y))
        assert distances[owner] <= distances.min() + 0.6  # centres are drawn on quarters of a pixel
        assert distances[owner] <= radius + 1.0


def test_points_without_a_place_and_points_outside_are_not_drawn() -> None:
    raster = drawn([(np.nan, 5.0), (-100.0, 5.0), (1e9, 1e9), (30.0, 30.0)])
    assert raster.drawn == 1
    assert raster.point_at(30, 30) == 3
    assert raster.point_at(5, 5) is None
    assert raster.point_at(-1, 99) is None


def test_a_disc_is_full_in_the_middle_and_soft_at_its_edge() -> None:
    raster = drawn([(30.1, 30.1)])
    raster.colour(np.zeros(1, int), np.array([0xFF336699], np.uint32))
    alpha = raster.image >> 24
    assert raster.image[30, 30] == 0xFF336699
    assert ((alpha > 0) & (alpha < 255)).sum() > 8
    assert alpha.sum() / 255 == pytest.approx(np.pi * 3.0**2, rel=0.08)


def test_another_colouring_draws_nothing_anew() -> None:
    raster = drawn([(20.0, 30.0), (40.0, 30.0)])
    seats = raster._seats.copy()
    raster.colour(np.array([0, 1]), np.array([0xFFFF0000, 0xFF00FF00], np.uint32))
    raster.colour(np.array([1, 0]), np.array([0xFFFF0000, 0xFF00FF00], np.uint32))
    assert (raster.image[30, 20], raster.image[30, 40]) == (0xFF00FF00, 0xFFFF0000)
    assert np.array_equal(seats, raster._seats)


def test_a_later_group_lies_over_an_earlier_one() -> None:
    raster = PointRaster(60, 60)
    raster.draw(np.array([[30.0, 30.0], [31.5, 30.0]]), 4.0, (np.array([1]), np.array([0])))
    assert raster.point_at(32, 30) == 0


def test_shades_are_premultiplied() -> None:
    shades = shaded(np.array([0x80FF8000], np.uint32))
    assert shades[0] == 0
    assert int(shades[LEVELS - 1]) == 0x80804000


def samples(**fields: object) -> LatentSet:
    return LatentSet("z", np.zeros((6, 3), np.float32), **fields)


def test_classes_get_colours_names_and_counts() -> None:
    labels = Labels("hair", np.array([0, 1, 1, 2, 2, 2]), ("bald", "short", "long"))
    shown = colouring(samples(labels=(labels,)), "hair", ground="#888888", dark=False)
    assert [(entry.name, entry.count, entry.colour) for entry in shown.entries] == [
        ("bald", 1, CLASSES[0]),
        ("short", 2, CLASSES[1]),
        ("long", 3, CLASSES[2]),
    ]


def test_a_class_that_no_name_was_given_for_is_shown_as_unknown() -> None:
    labels = Labels("hair", np.array([0, 0, -1, 9, 0, 0]), ("bald",))
    shown = colouring(samples(labels=(labels,)), "hair", ground="#888888", dark=False)
    assert [(entry.name, entry.count) for entry in shown.entries] == [("bald", 4), ("unknown", 2)]
    assert shown.codes.max() < len(shown.colours)


def test_numbers_run_along_the_ramp_and_what_is_no_number_is_grey() -> None:
    labels = Labels("age", np.array([0.0, 1.0, 2.0, 3.0, 4.0, np.nan], np.float32))
    shown = colouring(samples(labels=(labels,)), "age", ground="#888888", dark=True)
    assert shown.is_numeric
    assert not shown.entries
    assert np.all(np.diff(shown.codes[:5]) > 0)
    assert shown.colours[shown.codes[5]] == 0xFF808080


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("names", [(), ("a", "b", "c"), ("#112233", "#ffeedd", "#00ff00"), tuple("abcdefghijklmn")])
def test_what_is_exported_has_the_colours_of_the_window(names: tuple[str, ...], dark: bool) -> None:
    values = np.array([0, 1, 2, 2, 1, 0]) if names else np.array([3, 1, 4, 1, 5, np.nan], np.float32)
    labels = Labels("kind", values, names)
    shown = colouring(samples(labels=(labels,)), "kind", ground="#888888", dark=dark)
    red, green, blue = colours_of(labels, dark=dark).astype(np.uint32).T
    assert np.array_equal(shown.colours[shown.codes], 0xFF000000 | red << 16 | green << 8 | blue)


def test_the_log_likelihood_is_a_colouring_where_there_is_one() -> None:
    scored = samples(log_likelihoods=np.arange(6, dtype=np.float32))
    assert choices(scored) == (LIKELIHOOD,)
    assert choices(samples()) == ()
    assert colouring(scored, LIKELIHOOD, ground="#888888", dark=False).is_numeric


def test_a_colouring_that_does_not_exist_is_the_plain_one() -> None:
    shown = colouring(samples(), "nothing of the kind", ground="#123456", dark=False)
    assert shown.name == ""
    assert shown.colours.tolist() == [0xFF123456]


def test_a_highlight_keeps_one_class_and_makes_the_others_pale() -> None:
    labels = Labels("hair", np.array([0, 1, 1, 0, 1, 1]), ("bald", "short"))
    plain = colouring(samples(labels=(labels,)), "hair", ground="#888888", dark=False)
    pale = plain.highlighting(1)
    assert pale.colours[1] == plain.colours[1]
    assert pale.colours[0] >> 24 < 60
    assert plain.highlighting(None) is plain


def test_classes_called_by_a_colour_have_it_and_show_on_any_ground() -> None:
    assert own_colours(("#77311d", "#9287ff")) == ("#77311d", "#9287ff")
    black, white = own_colours(("#000000", "#ffffff")) or ("", "")
    assert black > "#404040"
    assert white < "#d0d0d0"
    assert own_colours(("#77311d", "brown")) is None


def test_up_to_eight_classes_are_okabe_and_itos_and_beyond_none_repeats_for_long() -> None:
    assert class_colours(8) == CLASSES
    assert len(set(class_colours(36))) == 36
    assert len({*CLASSES, *MORE_CLASSES}) == len(CLASSES) + len(MORE_CLASSES)
    assert len(class_colours(100)) == 100
