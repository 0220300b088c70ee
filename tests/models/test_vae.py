"""The VAE's numbers: its likelihood is a proper one, its bound is a bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tiny_models import tiny_vae

from explorer.latents import measures
from explorer.models.vae import VaeModel, kl, log_likelihood


@pytest.fixture
def model() -> VaeModel:
    torch.manual_seed(0)
    made = tiny_vae()
    assert isinstance(made, VaeModel)
    made.ready()
    return made


@pytest.mark.parametrize("sigma", [0.002, 0.05, 0.5, 5.0])
@pytest.mark.parametrize("mean", [0.0, 0.31, 0.9999, 1.0])
def test_the_probabilities_of_all_levels_add_up_to_one(sigma: float, mean: float) -> None:
    levels = torch.arange(256) / 255
    found = log_likelihood(levels, torch.full_like(levels, mean), sigma)
    assert torch.isfinite(found).all()
    assert math.isclose(float(found.exp().sum()), 1, rel_tol=1e-5)


def test_a_level_far_from_the_mean_is_finitely_unlikely() -> None:
    assert torch.isfinite(log_likelihood(torch.tensor([0.0, 1.0, 0.5]), torch.tensor([1.0, 0.0, 0.0]), 0.01)).all()


def test_kl_is_the_formula_of_the_measures() -> None:
    mean, log_variance = np.random.default_rng(0).standard_normal((2, 6, 3)).astype(np.float32)
    found = kl(torch.from_numpy(mean), torch.from_numpy(log_variance)).mean(0).numpy()
    np.testing.assert_allclose(found, measures.kl_per_dimension(mean, log_variance), rtol=1e-5)


def test_the_posterior_of_the_prior_costs_nothing() -> None:
    assert float(kl(torch.zeros(1), torch.zeros(1))) == 0


def test_a_picture_of_the_model_is_likelier_than_noise(model: VaeModel) -> None:
    images = model.decode(model.encode(model.decode(model.sample(4, seed=0))).mean)
    noise = np.random.default_rng(0).integers(0, 256, images.shape).astype(np.uint8)
    assert (model.log_prob(images) > model.log_prob(noise)).all()


def test_log_variances_stay_within_their_bounds(model: VaeModel) -> None:
    with torch.no_grad():
        model.net.encoder.head[-1].bias.fill_(1e4)
    posterior = model.encode(model.decode(model.sample(1, seed=0)))
    assert posterior.log_variance is not None
    assert (posterior.log_variance == 6).all()
