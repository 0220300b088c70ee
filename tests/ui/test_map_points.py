"""The grid that finds a sample."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.ui.map.nearest import PointGrid

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
    assert len(PointGrid(points).about(-0.01, -0.01, 0.01, 0.01)[2]) < 100


@given(clouds, st.tuples(coarse, coarse), st.tuples(coarse, coarse))
def test_about_a_box_no_sample_of_it_is_left_out(
    points: np.ndarray, a: tuple[float, float], b: tuple[float, float]
) -> None:
    (left, bottom), (right, top) = np.minimum(a, b).tolist(), np.maximum(a, b).tolist()
    grid = PointGrid(points)
    x, y, ids = grid.about(left, bottom, right, top)
    assert np.array_equal(np.column_stack([x, y]), points[ids])
    assert len(set(ids.tolist())) == len(ids)
    assert set(grid.inside(left, bottom, right, top).tolist()) <= set(ids.tolist())


def cubed(points: np.ndarray) -> np.ndarray:
    return points**3 + points


@given(clouds, coarse, coarse, st.floats(0, 4))
def test_a_bent_grid_finds_what_a_grid_of_the_bent_points_finds(
    points: np.ndarray, x: float, y: float, reach: float
) -> None:
    bent, fresh = PointGrid(points).bent(cubed), PointGrid(cubed(points))
    assert bent.nearest(x, y, reach) == fresh.nearest(x, y, reach)
    box = x - reach, y - 1, x + reach, y + 1
    assert np.array_equal(bent.inside(*box), fresh.inside(*box))
    assert bent.density == fresh.density


def test_the_density_is_that_of_the_crowd_and_does_not_heed_a_far_sample() -> None:
    points = np.random.default_rng(1).uniform(0, 10, (200_000, 2)).astype(np.float32)
    assert 2000 < PointGrid(points).density < 2700  # 200,000 on 100 units of area, and the densest lie above
    points[7] = 1e7
    assert 2000 < PointGrid(points).density < 2700


def test_what_is_drawn_in_the_order_of_the_grid_favours_no_class() -> None:
    points = np.zeros((10_000, 2), np.float32)  # all in one cell
    ids = PointGrid(points).ids
    assert 4_500 < ids[:5_000].mean() < 5_500
