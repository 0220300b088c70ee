"""Loops, walks, curves by hand and blends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.errors import InputError
from explorer.latents.paths.wander import blended, noise_loop, random_walk, resampled

latent = arrays(np.float32, 6, elements=st.floats(-5, 5, width=32))
corners = arrays(np.float32, (4, 6), elements=st.floats(-5, 5, width=32))
seeds = st.integers(0, 1000)


@given(centre=latent, radius=st.floats(0, 20), count=st.integers(3, 30), seed=seeds)
def test_a_noise_loop_stays_at_its_radius(centre: np.ndarray, radius: float, count: int, seed: int) -> None:
    loop = noise_loop(centre, radius, count, seed)
    assert loop.shape == (count, 6)
    assert np.linalg.norm(loop - centre, axis=1) == pytest.approx(np.full(count, radius), abs=1e-4)
    assert np.array_equal(loop, noise_loop(centre, radius, count, seed))


def test_a_noise_loop_is_smooth_and_another_seed_is_another_loop() -> None:
    loop = noise_loop(np.zeros(64, np.float32), 3.0, 64, 1)
    hops = np.linalg.norm(np.diff(np.concatenate([loop, loop[:1]]), axis=0), axis=1)
    assert hops.max() < 1.0
    assert not np.allclose(loop, noise_loop(np.zeros(64, np.float32), 3.0, 64, 2))


@given(start=latent, stride=st.floats(0.01, 3), count=st.integers(2, 20), seed=seeds)
def test_every_step_of_a_walk_is_as_long_as_asked_for(start: np.ndarray, stride: float, count: int, seed: int) -> None:
    walk = random_walk(start, stride, count, seed)
    assert walk[0].tobytes() == start.tobytes()
    assert np.linalg.norm(np.diff(walk, axis=0), axis=1) == pytest.approx(np.full(count - 1, stride), abs=1e-4)


def test_a_long_walk_in_many_dimensions_does_not_run_away() -> None:
    start = np.random.default_rng(0).standard_normal(64).astype(np.float32)
    lengths = np.linalg.norm(random_walk(start, 2.0, 400, 3), axis=1)
    assert lengths == pytest.approx(np.full(400, np.linalg.norm(start)), rel=1e-3)


@given(curve=arrays(np.float64, (7, 2), elements=st.floats(-9, 9)), count=st.integers(2, 20))
def test_a_curve_is_resampled_evenly_and_keeps_its_ends(curve: np.ndarray, count: int) -> None:
    even = resampled(curve, count)
    assert even.shape == (count, 2)
    assert even[[0, -1]] == pytest.approx(curve[[0, -1]])
    straight = resampled(np.array([[0.0, 0.0], [1.0, 0.0], [10.0, 0.0]]), 6)
    assert straight[:, 0] == pytest.approx(np.linspace(0, 10, 6))


@pytest.mark.parametrize("flat", [False, True])
@given(four=corners)
def test_a_blend_is_exact_in_its_corners(four: np.ndarray, flat: bool) -> None:
    for index in range(4):
        assert blended(four, index % 2, index // 2, flat=flat).tobytes() == four[index].tobytes()


@given(four=corners, across=st.floats(0, 1), down=st.floats(0, 1))
def test_a_flat_blend_is_bilinear(four: np.ndarray, across: float, down: float) -> None:
    upper = (1 - across) * four[0].astype(float) + across * four[1]
    lower = (1 - across) * four[2].astype(float) + across * four[3]
    wanted = (1 - down) * upper + down * lower
    assert blended(four, across, down, flat=True) == pytest.approx(wanted, abs=1e-4)


def test_a_blend_on_the_sphere_keeps_the_length_of_corners_of_one_length() -> None:
    four = np.random.default_rng(0).standard_normal((4, 64))
    four = (8 * four / np.linalg.norm(four, axis=1, keepdims=True)).astype(np.float32)
    assert np.linalg.norm(blended(four, 0.3, 0.6)) == pytest.approx(8, rel=1e-4)
    assert np.linalg.norm(blended(four, 0.3, 0.6, flat=True)) < 6


def test_what_is_no_loop_and_no_walk_is_refused() -> None:
    zero = np.zeros(3, np.float32)
    with pytest.raises(InputError):
        noise_loop(zero, 1.0, 2, 0)
    with pytest.raises(InputError):
        random_walk(zero, 1.0, 1, 0)
