"""Laws of the camera, the axes and the fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.export.ticks import labelled, tick_step, tick_text, ticks
from explorer.ui.map.camera import MARGIN, Camera, fitted

number = st.floats(-1e3, 1e3)
cameras = st.builds(Camera, number, number, st.floats(1e-3, 1e4), st.integers(50, 4000), st.integers(50, 3000))
positions = st.tuples(st.floats(0, 4000), st.floats(0, 3000))


@given(cameras, positions)
def test_what_goes_to_the_plane_comes_back_to_the_same_pixel(camera: Camera, at: tuple[float, float]) -> None:
    assert camera.to_screen(camera.to_plane(np.array(at))) == pytest.approx(np.array(at), abs=1e-5)


@given(cameras, positions, st.floats(0.05, 20))
def test_a_zoom_keeps_what_is_under_the_cursor(camera: Camera, at: tuple[float, float], factor: float) -> None:
    fixed = camera.to_plane(np.array(at))
    zoomed = camera.zoomed(factor, at)
    assert zoomed.scale == pytest.approx(camera.scale * factor)
    assert zoomed.to_screen(fixed) == pytest.approx(np.array(at), abs=1e-4)


@given(cameras, positions, st.floats(-500, 500), st.floats(-500, 500))
def test_a_pan_moves_everything_by_as_many_pixels(
    camera: Camera, at: tuple[float, float], dx: float, dy: float
) -> None:
    fixed = camera.to_plane(np.array(at))
    assert camera.panned(dx, dy).to_screen(fixed) - at == pytest.approx(np.array([dx, dy]), abs=1e-4)


def test_up_on_the_screen_is_up_in_the_plane() -> None:
    camera = Camera(0, 0, 10, 200, 100)
    assert camera.to_screen(np.array([[1.0, 1.0], [0.0, 0.0]])).tolist() == [[110, 40], [100, 50]]


@given(st.integers(1, 30), st.integers(0, 2**32 - 1), st.integers(100, 2000), st.integers(100, 1500))
def test_a_fresh_view_shows_every_point_within_its_margin(count: int, seed: int, width: int, height: int) -> None:
    points = (np.random.default_rng(seed).normal(size=(count, 2)) * 30).astype(np.float32)
    seen = fitted(points, width, height).to_screen(points)
    room = min(MARGIN, (width - 16) / 2, (height - 16) / 2) - 1e-3
    assert (seen >= room).all()
    assert (seen <= np.array([width, height]) - room).all()


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.full((3, 2), np.nan), np.zeros((1, 2))])
def test_a_fresh_view_of_nothing_or_one_point_is_still_a_view(points: np.ndarray) -> None:
    camera = fitted(points.astype(np.float32), 300, 200)
    assert np.isfinite([camera.x, camera.y, camera.scale]).all()
    assert camera.scale > 0


def test_a_blend_begins_at_one_camera_and_ends_exactly_at_the_other() -> None:
    start, end = Camera(0, 0, 10, 200, 100), Camera(3, 4, 40, 200, 100)
    assert start.blended(end, 1.0) == end
    assert start.blended(end, 0.0).scale == pytest.approx(10)
    assert start.blended(end, 0.5).scale == pytest.approx(20)  # by equal factors, not equal steps


@given(st.floats(1e-4, 1e6))
def test_grid_lines_stand_at_round_numbers_a_good_hand_apart(scale: float) -> None:
    step = tick_step(90 / scale)
    assert 50 <= step * scale <= 150
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9)) in (1, 2, 5)


def test_ticks_are_written_with_the_decimals_they_need_and_a_true_minus() -> None:
    assert [tick_text(value, 0.5) for value in ticks(-0.6, 1.0, 0.5)] == ["−0.5", "0", "0.5", "1.0"]
    assert tick_text(20.0, 10.0) == "20"
    assert [text for _at, text in labelled(-0.11, 0.1, 2)] == ["\N{MINUS SIGN}0.1", "0", "0.1"]
