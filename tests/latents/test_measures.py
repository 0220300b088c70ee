from __future__ import annotations

from math import log, pi

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.latents.measures import (
    Neighbourhood,
    active_units,
    bits_per_dimension,
    by_effect,
    kl,
    kl_per_dimension,
    most_telling,
    typical,
    typical_length,
    variance_told,
)
from explorer.latents.samplers import normal
from explorer.latents.samples import Labels, LatentSet


def test_the_kl_of_the_prior_itself_is_zero() -> None:
    zero = np.zeros((5, 3), np.float32)
    assert kl(zero, zero) == 0


def test_the_kl_of_a_dimension_agrees_with_counting_it_out_on_samples() -> None:
    mu, variance = 0.7, 0.3
    draws = mu + variance**0.5 * np.random.default_rng(0).standard_normal(400_000)
    ln_q = -((draws - mu) ** 2) / (2 * variance) - log(2 * pi * variance) / 2
    ln_p = -(draws**2) / 2 - log(2 * pi) / 2
    counted = float((ln_q - ln_p).mean())
    known = kl_per_dimension(np.array([[mu]], np.float32), np.array([[log(variance)]], np.float32))
    assert known == pytest.approx(counted, abs=0.01)


def test_kl_is_averaged_over_data_and_summed_over_dimensions() -> None:
    mean = np.array([[1, 0], [3, 0]], np.float32)
    zero = np.zeros_like(mean)
    np.testing.assert_allclose(kl_per_dimension(mean, zero), [(0.5 + 4.5) / 2, 0])
    doubled = np.concatenate([mean, mean], axis=1)
    assert kl(doubled, np.concatenate([zero, zero], axis=1)) == pytest.approx(2 * kl(mean, zero))


def test_a_unit_is_active_when_its_mean_varies_more_than_a_hundredth() -> None:
    swing = np.array([1, -1], np.float32)[:, None]
    mean = swing * np.sqrt(np.array([0.011, 0.009, 1.0, 0.0], np.float32)) + np.array([0, 0, 0, 5], np.float32)
    assert active_units(mean).tolist() == [True, False, True, False]


def test_a_uniform_picture_costs_eight_bits_a_dimension() -> None:
    d = 28 * 28
    assert bits_per_dimension(np.array([-d * log(256)]), d) == pytest.approx(8)


@pytest.mark.parametrize("dim", [1, 2, 64, 784])
def test_the_typical_length_is_the_mean_length_of_draws_from_the_prior(dim: int) -> None:
    lengths = np.linalg.norm(normal(20_000, dim, seed=1), axis=1)
    assert typical_length(dim) == pytest.approx(float(lengths.mean()), rel=0.02)


def test_one_seed_gives_the_same_draws() -> None:
    assert np.array_equal(normal(3, 4, seed=7), normal(3, 4, seed=7))
    assert not np.array_equal(normal(3, 4, seed=7), normal(3, 4, seed=8))
    assert normal(3, 4, seed=7).dtype == np.float32


def test_dimensions_come_by_effect_then_by_kl_then_by_variance() -> None:
    latents = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32) * np.array([1, 3, 2], np.float32)
    narrow = np.log(np.array([[1e-4, 1, 1]], np.float32)).repeat(50, axis=0)
    effects = np.array([0.1, 0.2, 0.3], np.float32)
    assert by_effect(LatentSet("z", latents)).tolist() == [1, 2, 0]
    assert by_effect(LatentSet("z", latents * 0.1, log_variances=narrow)).tolist()[0] == 0
    assert by_effect(LatentSet("z", latents, log_variances=narrow, effects=effects)).tolist() == [2, 1, 0]


def test_a_sample_is_inside_the_data_and_a_far_latent_outside() -> None:
    latents = normal(3000, 16, seed=0)
    near = Neighbourhood(latents)
    at = near.nearness(latents[17])
    assert (at.sample, at.where, at.percentile) == (17, "inside", 0)
    assert at.distance == pytest.approx(0, abs=1e-3)
    assert near.nearness(np.full(16, 9, np.float32)).where == "outside"
    assert near.nearness(np.full(16, 9, np.float32)).percentile == 100


def test_the_nearest_sample_is_the_one_that_a_full_search_finds() -> None:
    latents, asked = normal(700, 8, seed=0) + 100, normal(50, 8, seed=1) + 100
    near = Neighbourhood(latents)
    for latent in asked:
        distances = np.linalg.norm(latents - latent, axis=1)
        answer = near.nearness(latent)
        assert answer.sample == distances.argmin()
        assert answer.distance == pytest.approx(distances.min(), rel=1e-3)


def test_about_one_in_twenty_fresh_draws_lies_at_the_edge_or_outside() -> None:
    near = Neighbourhood(normal(2000, 4, seed=0))
    outside = [near.nearness(latent).where != "inside" for latent in normal(1000, 4, seed=1)]
    assert 0.02 < np.mean(outside) < 0.09


def test_a_big_set_is_thinned_and_still_names_its_own_samples() -> None:
    latents = normal(1000, 3, seed=0)
    answer = Neighbourhood(latents, limit=10).nearness(latents[-1])
    assert answer.sample == 999


def test_doubled_samples_do_not_make_themselves_outside() -> None:
    near = Neighbourhood(np.ones((10, 3), np.float32))
    assert near.nearness(np.ones(3, np.float32)).where == "inside"


def test_a_latent_of_another_dimension_and_too_few_samples_are_refused() -> None:
    with pytest.raises(InputError):
        Neighbourhood(normal(10, 3, seed=0)).nearness(np.zeros(4, np.float32))
    with pytest.raises(InputError):
        Neighbourhood(normal(1, 3, seed=0))


def posteriors(count: int, dim: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Means and log variances whose draws are N(0, 1), of which the means tell `share` of the variance."""
    means = np.float32(share**0.5) * normal(count, dim, seed=0)
    return means, np.full_like(means, np.log(1 - share))


def test_the_prior_of_a_model_that_fits_it_is_inside_and_only_far_from_the_bare_means() -> None:
    means, log_variances = posteriors(2000, 32, share=0.6)
    asked = normal(200, 32, seed=1)
    known, bare = Neighbourhood(means, log_variances=log_variances), Neighbourhood(means)
    assert np.mean([known.nearness(latent).where == "inside" for latent in asked]) > 0.85
    assert np.mean([bare.nearness(latent).where == "inside" for latent in asked]) < 0.5
    assert all(known.nearness(mean).where == "inside" for mean in means[:50][np.linalg.norm(means[:50], axis=1) > 3.5])
    assert known.nearness(2 * asked[0]).where == "outside"
    assert np.array_equal(known._own, Neighbourhood(means, log_variances=log_variances)._own)


@pytest.mark.parametrize("far", [0, 100])
def test_the_hollow_middle_of_many_dimensions_is_outside_though_near_to_samples(far: int) -> None:
    means, log_variances = posteriors(2000, 32, share=0.6)
    middle = np.full(32, far, np.float32)
    answer = Neighbourhood(means + middle, log_variances=log_variances).nearness(middle)
    assert answer.percentile < 5
    assert answer.where == "outside"


def test_the_middle_of_two_dimensions_is_inside() -> None:
    assert Neighbourhood(normal(2000, 2, seed=0)).nearness(np.full(2, 0.1, np.float32)).where == "inside"


def test_the_typical_sample_lies_among_its_own_kind_and_not_between_the_classes() -> None:
    random = np.random.default_rng(0)
    codes = np.arange(400) % 2
    latents = random.normal(scale=0.3, size=(400, 3)) + np.where(codes, 3, -3)[:, None]
    latents[:20] = random.normal(scale=0.1, size=(20, 3))  # between the two, near the mean of all
    latents[20:30] *= 10
    labels = (Labels("kind", codes, ("a", "b")), Labels("size", np.arange(400, dtype=np.float32)))
    samples = LatentSet("z", latents.astype(np.float32), labels=labels)
    assert typical(samples) >= 30
    assert typical(samples) == typical(samples)


def test_few_samples_have_a_typical_one_and_none_have_not() -> None:
    assert typical(LatentSet("z", np.ones((1, 3), np.float32))) == 0
    assert typical(LatentSet("z", normal(2, 3, seed=0))) in (0, 1)
    assert 0 <= typical(LatentSet("z", normal(7, 3, seed=0))) < 7
    with pytest.raises(InputError):
        typical(LatentSet("z", np.zeros((0, 3), np.float32)))


def test_variance_told_is_one_for_classes_of_equal_latents_and_small_for_random_ones() -> None:
    random = np.random.default_rng(0)
    codes = np.arange(300) % 3
    assert variance_told(np.eye(3, dtype=np.float32)[codes], codes) == pytest.approx(1)
    assert variance_told(random.normal(size=(300, 5)).astype(np.float32), codes) < 0.05
    assert variance_told(np.ones((4, 2), dtype=np.float32), np.array([0, 5, 0, 5])) == 0


def test_the_most_telling_label_is_the_one_whose_classes_lie_apart() -> None:
    codes = np.arange(60) % 2
    points = np.stack([codes * 4.0, np.zeros(60)], axis=1).astype(np.float32)
    apart, mixed, alike = (
        Labels("apart", codes, ("a", "b")),
        Labels("mixed", np.arange(60) // 30, ("a", "b")),
        Labels("alike", np.zeros(60, dtype=np.int64), ("a", "b")),
    )
    samples = LatentSet("z", np.zeros((60, 3), dtype=np.float32), labels=(alike, mixed, apart))
    assert most_telling(samples, points) is apart
    size = Labels("size", np.arange(60, dtype=np.float32))
    assert most_telling(LatentSet("z", samples.latents, labels=(alike,)), points) is None
    assert most_telling(LatentSet("z", samples.latents, labels=(alike, size)), points) is size
