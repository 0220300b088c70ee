"""A prior is fitted to latents, kept for the model, and drawn from when the model opens again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import TINY

import explorer
from explorer.errors import InputError
from explorer.latents.priors import ChosenPrior, drawn
from explorer.latents.samples import LatentSet
from explorer.models.checkpoint import save_model
from explorer.models.folder import read_card
from explorer.models.prior_files import file_of, keep_prior, kept_prior
from explorer.models.prior_fitting import fit, fit_samples


def quietly(_done: int, _total: int, _text: str = "") -> None:
    """Nobody listens."""


def latents_of(n: int, d: int, seed: int) -> np.ndarray:
    """A Gaussian of another mean and covariance than N(0, I)."""
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(n, d)) @ random.normal(size=(d, d)) + 5 * random.normal(size=d)
    return mixed.astype(np.float32)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.integers(0, 99))
def test_what_is_drawn_has_the_mean_and_covariance_of_what_it_was_fitted_to(d, seed):
    latents = latents_of(2000, d, seed)
    fitted = fit(latents, step=quietly)
    scale = latents.std(axis=0)
    np.testing.assert_allclose(fitted.mean / scale, latents.mean(axis=0) / scale, rtol=1e-3, atol=0.02)
    seen = np.cov(latents.T).reshape(d, d)
    np.testing.assert_allclose(fitted.covariance / np.outer(scale, scale), seen / np.outer(scale, scale), atol=0.05)


def test_two_far_clumps_are_two_gaussians_and_one_clump_is_one():
    random = np.random.default_rng(0)
    clumps = random.normal(size=(400, 2)) + np.where(random.random((400, 1)) < 0.5, -9, 9)
    assert fit(clumps.astype(np.float32), step=quietly).components == 2
    assert fit(random.normal(size=(400, 2)).astype(np.float32), step=quietly).components == 1
    assert fit(clumps.astype(np.float32), 3, step=quietly).components == 3


def test_fewer_latents_than_numbers_are_fitted_all_the_same():
    fitted = fit(latents_of(20, 60, 1), step=quietly)
    assert np.isfinite(fitted.draw(10, 0)).all()
    assert np.isfinite(fitted.log_density(fitted.draw(10, 0))).all()


def test_a_number_that_never_moves_stays_where_it_is():
    latents = latents_of(100, 4, 2)
    latents[:, 1] = 7
    np.testing.assert_allclose(fit(latents, step=quietly).draw(50, 0)[:, 1], 7, atol=0.1)


def test_large_latents_are_fitted_along_a_few_axes_with_every_numbers_own_variance():
    random = np.random.default_rng(0)
    latents = random.normal(size=(300, 3)) @ random.normal(size=(3, 1000)) + 0.1 * random.normal(size=(300, 1000))
    fitted = fit(latents.astype(np.float32), step=quietly)
    assert fitted.rank == 3
    drawn_ = fitted.draw(4000, 0)
    np.testing.assert_allclose(drawn_.std(axis=0) / latents.std(axis=0), 1, atol=0.08)


def test_posteriors_are_fitted_as_wide_as_they_are():
    latents = np.zeros((4000, 2), np.float32)
    samples = LatentSet("z", latents, np.log(np.full((4000, 2), 4, np.float32)), provenance="4,000 pictures")
    fitted = fit_samples(samples, step=quietly)
    np.testing.assert_allclose(np.diag(fitted.covariance), 4, rtol=0.1)
    assert fitted.words == "Gaussian of full covariance, fitted to 4,000 pictures"


def test_too_few_latents_are_told():
    with pytest.raises(InputError, match="too few"):
        fit(latents_of(5, 2, 0), step=quietly)


@pytest.mark.parametrize("kind", ["fitted", "uniform", "sphere"])
def test_a_chosen_prior_is_kept_and_the_model_opens_with_it(tmp_path: Path, kind: str) -> None:
    model = TINY["vae"]()
    save_model(model, tmp_path / "one")
    card = read_card(tmp_path / "one")
    dim = card.spaces[0].dim
    chosen = ChosenPrior(kind, fit(latents_of(200, dim, 0), step=quietly) if kind == "fitted" else None)
    own = explorer.open(tmp_path / "one", device="cpu").sample(6, seed=3)
    keep_prior(card, chosen)
    again = explorer.open(tmp_path / "one", device="cpu").sample(6, seed=3, temperature=0.5)
    np.testing.assert_array_equal(again, drawn(6, card.spaces[0].kinds, 3, chosen=chosen, temperature=0.5))
    known = kept_prior(card)
    assert known is not None
    assert card.under(known).spaces[0].prior == chosen.words
    keep_prior(card, None)
    np.testing.assert_array_equal(explorer.open(tmp_path / "one", device="cpu").sample(6, seed=3), own)


def test_a_damaged_file_of_a_prior_is_no_prior(tmp_path: Path) -> None:
    save_model(TINY["vae"](), tmp_path / "one")
    card = read_card(tmp_path / "one")
    keep_prior(card, ChosenPrior("uniform"))
    path = file_of(card)
    assert path is not None
    path.write_bytes(b"nothing")
    assert kept_prior(card) is None
    keep_prior(card, ChosenPrior("fitted", fit(latents_of(50, card.spaces[0].dim + 1, 0), step=quietly)))
    assert kept_prior(card) is None
