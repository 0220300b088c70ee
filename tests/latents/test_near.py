from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents.near import Metric, nearest

metrics = pytest.mark.parametrize("metric", get_args(Metric))


def latents(seed: int, count: int = 50) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)


def plain(known: np.ndarray, latent: np.ndarray, metric: str) -> np.ndarray:
    if metric == "euclidean":
        return np.array([np.linalg.norm((one - latent).astype(float)) for one in known])
    return np.array([1 - one @ latent / np.linalg.norm(one) / np.linalg.norm(latent) for one in known.astype(float)])


@metrics
@given(seed=st.integers(0, 99), count=st.integers(1, 60))
def test_the_nearest_are_those_of_a_plain_sort(metric: Metric, seed: int, count: int) -> None:
    known = latents(seed)
    latent = latents(seed + 1000, 1)[0]
    found = nearest(known, latent, count, metric)
    expected = plain(known, latent, metric)
    assert found.distances == pytest.approx(np.sort(expected)[:count], abs=1e-6)
    assert found.distances == pytest.approx(expected[found.samples], abs=1e-6)


@metrics
def test_a_sample_is_its_own_nearest_and_the_first_of_equals_comes_first(metric: Metric) -> None:
    known = np.repeat(latents(1, 5), 2, axis=0)
    found = nearest(known, known[6], 2, metric)
    assert found.samples.tolist() == [6, 7]
    assert found.distances == pytest.approx([0, 0], abs=1e-9)


@metrics
def test_samples_that_are_no_numbers_are_left_out(metric: Metric) -> None:
    known = latents(1, 5)
    known[2] = np.nan
    assert set(nearest(known, known[0], 99, metric).samples.tolist()) == {0, 1, 3, 4}


def test_a_latent_without_direction_is_at_distance_one_from_all() -> None:
    assert nearest(latents(1, 3), np.zeros(4, np.float32), 3, "cosine").distances.tolist() == [1, 1, 1]


def test_without_samples_nothing_is_near() -> None:
    assert len(nearest(np.empty((0, 4), np.float32), np.zeros(4, np.float32), 3).samples) == 0
