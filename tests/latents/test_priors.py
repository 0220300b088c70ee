"""Priors that were chosen or fitted: what is drawn from them, how likely it is, and what a temperature does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.fitted import Fitted
from explorer.latents.priors import ChosenPrior, drawn, has_temperature, tempered

PARTS = st.lists(
    st.tuples(st.sampled_from(["normal", "uniform", "sphere", "one-hot", "none"]), st.integers(1, 5)),
    min_size=1,
    max_size=3,
)
KINDS = st.sampled_from([None, "normal", "uniform", "sphere"])


def mixture(k: int, d: int, rank: int, seed: int) -> Fitted:
    """Some distribution of k components."""
    random = np.random.default_rng(seed)
    weights = random.random(k) + 0.2
    factors = random.normal(size=(k, d, rank)) if rank < d else np.tril(random.normal(size=(k, d, d))) + np.eye(d)
    spreads = random.random((k, d)) + 0.1 if rank < d else np.zeros((k, d))
    arrays = (weights / weights.sum(), 3 * random.normal(size=(k, d)), factors, spreads)
    return Fitted(*(one.astype(np.float32) for one in arrays), source="12 pictures")


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 5), st.booleans(), st.integers(0, 99))
def test_draws_have_the_mean_and_the_covariance_of_what_was_fitted(k, d, whole, seed):
    fitted = mixture(k, d, d if whole else max(0, d - 1), seed)
    latents = fitted.draw(40_000, seed).astype(np.float64)
    scale = np.sqrt(np.diag(fitted.covariance))
    np.testing.assert_allclose(latents.mean(axis=0) / scale, fitted.mean / scale, atol=0.03)
    margins = np.array([fitted.margin(number) for number in range(d)])
    np.testing.assert_allclose(margins / scale[:, None], np.stack([fitted.mean, scale], 1) / scale[:, None], rtol=1e-4)
    np.testing.assert_allclose(
        np.cov(latents.T).reshape(d, d) / np.outer(scale, scale), fitted.covariance / np.outer(scale, scale), atol=0.05
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 5), st.booleans(), st.integers(0, 99), st.integers(1, 9))
def test_the_first_draws_do_not_depend_on_how_many(k, d, whole, seed, n):
    fitted = mixture(k, d, d if whole else max(0, d - 1), seed)
    np.testing.assert_array_equal(fitted.draw(n + 5, seed)[:n], fitted.draw(n, seed))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 5), st.integers(0, 99))
def test_its_density_is_the_same_however_the_covariance_is_written(k, d, seed):
    axes = mixture(k, d, max(0, d - 1), seed)
    covariances = axes.factors @ axes.factors.transpose(0, 2, 1) + np.stack([np.diag(one**2) for one in axes.spreads])
    whole = Fitted(axes.weights, axes.means, np.linalg.cholesky(covariances), np.zeros_like(axes.spreads))
    latents = axes.draw(20, seed)
    np.testing.assert_allclose(axes.log_density(latents), whole.log_density(latents), rtol=1e-3, atol=1e-3)


def test_the_density_of_one_round_gaussian_is_the_textbooks():
    fitted = Fitted(np.ones(1, np.float32), np.zeros((1, 2), np.float32), np.eye(2, dtype=np.float32)[None],
                    np.zeros((1, 2), np.float32))  # fmt: skip
    np.testing.assert_allclose(fitted.log_density(np.array([[3.0, 4.0]])), -12.5 - np.log(2 * np.pi), rtol=1e-6)
    assert fitted.percentile(np.zeros(2, np.float32)) == 100
    assert fitted.percentile(np.full(2, 9, np.float32)) == 0


def test_a_fitted_prior_comes_back_from_its_arrays_and_damage_is_told():
    fitted = mixture(2, 3, 1, 0)
    again = Fitted.of(fitted.arrays(), fitted.source)
    np.testing.assert_array_equal(again.draw(5, 1), fitted.draw(5, 1))
    assert again.words == "mixture of 2 Gaussians along 1 axes, fitted to 12 pictures"
    with pytest.raises(InputError):
        Fitted.of({**fitted.arrays(), "means": fitted.means[:, :2]}, "")
    with pytest.raises(InputError):
        Fitted.of({**fitted.arrays(), "weights": fitted.weights * np.float32(np.nan)}, "")
    with pytest.raises(InputError):
        ChosenPrior("fitted")


@given(PARTS, KINDS, st.integers(1, 12), st.integers(0, 99), st.floats(0, 2))
def test_a_temperature_scales_numbers_leaves_classes_and_one_is_none(parts, kind, n, seed, temperature):
    chosen = None if kind is None else ChosenPrior(kind)
    unit = drawn(n, parts, seed, chosen=chosen)
    warm = drawn(n, parts, seed, chosen=chosen, temperature=temperature)
    np.testing.assert_array_equal(warm, tempered(unit, parts, seed, chosen=chosen, temperature=temperature))
    start = 0
    for (came, dim), (prior, _) in zip(parts, chosen.parts_of(parts) if chosen else parts, strict=True):
        cut = slice(start, start + dim)
        moved = prior in ("normal", "uniform", "none")
        np.testing.assert_array_equal(warm[:, cut], unit[:, cut] * np.float32(temperature if moved else 1))
        assert (came == "one-hot") == (prior == "one-hot")
        start += dim
    assert has_temperature(parts, chosen) or (warm == unit).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(0, 99), st.floats(0.0, 2.0))
def test_a_fitted_prior_cools_towards_the_middle_of_each_component(k, seed, temperature):
    chosen = ChosenPrior("fitted", mixture(k, 3, 3, seed))
    assert chosen.fitted is not None
    unit = drawn(9, [("none", 3)], seed, chosen=chosen)
    warm = drawn(9, [("none", 3)], seed, chosen=chosen, temperature=temperature)
    centres = chosen.fitted.means[chosen.fitted.component_of(9, seed)]
    np.testing.assert_allclose(warm - centres, temperature * (unit - centres), atol=1e-5)


def test_classes_stay_classes_under_a_fitted_prior():
    chosen = ChosenPrior("fitted", mixture(1, 7, 7, 3))
    latents = drawn(50, [("normal", 4), ("one-hot", 3)], 1, chosen=chosen)
    assert (np.sort(latents[:, 4:], axis=1) == [0, 0, 1]).all()


def test_the_sphere_is_of_length_one():
    np.testing.assert_allclose(np.linalg.norm(drawn(30, [("sphere", 6)], 0), axis=1), 1, rtol=1e-6)
