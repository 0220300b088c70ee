"""What a path costs: changes, lengths, even speed, bad stretches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.latents.paths.costs import bad, changes, costs, evenly, jump

steps = arrays(np.float64, st.integers(2, 40), elements=st.floats(0, 1, allow_subnormal=False))


def grey(*shades: int) -> np.ndarray:
    return np.array(shades, np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)


def test_the_change_is_the_root_mean_square_of_all_values() -> None:
    assert changes(grey(0, 255, 204)) == pytest.approx([1.0, 0.2])
    half = grey(0, 0)
    half[1, :2] = 255
    assert changes(half) == pytest.approx([np.sqrt(0.5)])


def test_changes_of_long_films_do_not_depend_on_blocks() -> None:
    images = np.random.default_rng(0).integers(0, 255, (150, 3, 3, 1), np.uint8)
    wanted = [changes(images[index : index + 2])[0] for index in range(149)]
    assert changes(images) == pytest.approx(wanted)
    assert changes(images[:1]).shape == (0,)


@given(steps=steps, frames=st.integers(2, 50), closed=st.booleans())
def test_even_speed_rises_from_start_to_end_in_equal_parts_of_the_change(
    steps: np.ndarray, frames: int, closed: bool
) -> None:
    at = np.linspace(0, 1, len(steps) + 1)
    timed = evenly(at, steps, frames, closed=closed)
    assert timed.shape == (frames,)
    assert timed[0] == 0
    assert (np.diff(timed) >= 0).all()
    assert (timed[-1] == pytest.approx(1)) is not closed
    if steps.sum() > 1e-3:
        travelled = np.interp(timed, at, np.concatenate([[0], np.cumsum(steps)])) / steps.sum()
        assert travelled == pytest.approx(np.linspace(0, 1, frames, endpoint=not closed), abs=1e-4)


def test_the_costs_are_sums_and_ratios_of_the_steps() -> None:
    latents = np.array([[0, 0], [3, 4], [3, 4]], np.float32)
    found = costs(latents, grey(0, 51, 255), np.linspace(0, 1, 3))
    assert found.latent_length == pytest.approx(5)
    assert found.picture_length == pytest.approx(1.0)
    assert found.jump == pytest.approx(0.8 / 0.5)
    assert found.pixel_path_length == pytest.approx((0.4**2 + 1.6**2) / 2)


def test_a_still_film_has_no_jump_and_one_that_leaps_once_has_no_end_of_it() -> None:
    assert jump(np.zeros(4)) == 1
    assert jump(np.array([0, 0, 0, 1.0])) == float("inf")
    assert costs(np.zeros((1, 2), np.float32), grey(5), np.zeros(1)).picture_length == 0


def test_frames_beside_a_leap_and_frames_outside_the_data_are_bad() -> None:
    outside = np.array([False, False, False, False, True])
    assert bad(np.array([0.1, 0.9, 0.1, 0.1]), outside).tolist() == [False, True, True, False, True]
