"""Distances, densities and kept neighbours, against plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.latents.surroundings import Kin, Surroundings, kin, lost

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, count: int, dim: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((count, dim)) + 50).astype(np.float32)


@given(seeds, st.integers(2, 40), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_the_distance_to_the_data_is_the_least_of_all(seed: int, count: int, dim: int) -> None:
    samples, latents = drawn(seed, count, dim), drawn(seed + 1, 7, dim)
    known = np.linalg.norm(latents[:, None] - samples[None], axis=2).min(axis=1)
    around = Surroundings(samples)
    assert around.distances(latents) == pytest.approx(known, rel=1e-4, abs=1e-4)
    own = np.linalg.norm(samples[:, None] - samples[None], axis=2) + np.diag(np.full(count, np.inf))
    assert around.distances(samples, np.arange(count)) == pytest.approx(own.min(axis=1), rel=1e-4, abs=1e-4)


@given(seeds, st.floats(0.1, 10))
@settings(max_examples=25, deadline=None)
def test_a_space_twice_as_wide_is_less_dense_by_ln_2_a_dimension(seed: int, factor: float) -> None:
    samples, latents = drawn(seed, 60, 3), drawn(seed + 1, 5, 3)
    near = Surroundings(samples).densities(latents)
    wide = Surroundings(np.float32(factor) * samples).densities(np.float32(factor) * latents)
    assert near - wide == pytest.approx([np.log(factor)] * 5, abs=2e-3)


def test_the_density_of_a_normal_distribution_is_found() -> None:
    samples = np.random.default_rng(0).standard_normal((4000, 2)).astype(np.float32)
    latents = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    true = -np.log(2 * np.pi) - np.square(latents).sum(axis=1) / 2
    assert 2 * Surroundings(samples).densities(latents, k=60) == pytest.approx(true, abs=0.3)


@given(seeds, st.integers(3, 50))
@settings(max_examples=40, deadline=None)
def test_what_is_kept_and_what_is_lost_of_a_neighbourhood_is_counted_alike(seed: int, count: int) -> None:
    latents = drawn(seed, count, 5)
    points = drawn(seed + 1, count, 2)
    shares = lost(latents, points, np.arange(count), k=4)
    for sample in range(count):
        known = kin(latents, points, sample, k=4)
        assert sample not in known.indices
        assert shares[sample] == pytest.approx(1 - known.kept.mean(), abs=1e-6)
        assert (np.diff(known.distances) >= 0).all()


def test_a_map_of_two_dimensions_loses_no_neighbour() -> None:
    latents = drawn(0, 200, 2)
    assert lost(latents, latents[:, ::-1], np.arange(200)) == pytest.approx(np.zeros(200))
    assert kin(latents, 3 * latents, 7).sentence == "All 15 neighbours are near here."


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (7, "7 of 15 neighbours are near here, 8 were lost."),
        (14, "14 of 15 neighbours are near here, 1 was lost."),
        (1, "1 of 15 neighbours is near here, 14 were lost."),
        (0, "None of 15 neighbours are near here, 15 were lost."),
    ],
)
def test_a_sample_says_how_many_neighbours_the_map_has_kept(kept: int, told: str) -> None:
    assert Kin(0, np.arange(15), np.arange(15) < kept, np.ones(15, np.float32)).sentence == told


def test_many_samples_are_held_against_some() -> None:
    latents = drawn(3, 9000, 3)
    assert len(Surroundings(latents).distances(latents, np.arange(9000))) == 9000
    shares = lost(latents, latents[:, :2], np.arange(0, 9000, 100))
    assert ((shares >= 0) & (shares <= 1)).all()
