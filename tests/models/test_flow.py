"""The flow: exact both ways, and a likelihood that is one."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import CheckpointError, InputError
from explorer.latents.concepts import mean_difference
from explorer.latents.measures import bits_per_dimension
from explorer.models import training_flow
from explorer.models.base import CanEncode, CanScore
from explorer.models.checkpoint import open_model, save_model
from explorer.models.config import Config
from explorer.models.coupling import FlowNet
from explorer.models.flow import FlowModel, build, from_logits, log_density, new_card, to_logits
from explorer.models.training.datasets import Dataset, split, strokes
from explorer.models.training.recipe import Recipe
from explorer.models.training_flow import FlowPlan

HYPERPARAMETERS = {"steps": [1, 1, 2], "widths": [6, 6, 8], "margin": 0.002}


def tiny(size: int = 8, seed: int = 0, **changes: object) -> FlowModel:
    """A flow with weights at random, so that every part of it does something."""
    torch.manual_seed(seed)
    model = build(Config(new_card("tiny", (size, size, 1)), {**HYPERPARAMETERS, **changes}))
    for weight in model.net.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    model.ready()
    return model


def noise(n: int, size: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, size, size, 1), dtype=np.uint8)


def test_every_picture_comes_back_byte_for_byte() -> None:
    model = tiny()
    images = np.concatenate([noise(50), np.zeros((1, 8, 8, 1), np.uint8), np.full((1, 8, 8, 1), 255, np.uint8)])
    np.testing.assert_array_equal(model.decode(model.encode(images).mean), images)


def test_a_latent_of_the_prior_comes_back_through_its_logits() -> None:
    net = tiny().net
    assert isinstance(net, FlowNet)
    latents = torch.from_numpy(tiny().sample(20, seed=3))
    torch.testing.assert_close(net(net.inverse(latents))[0], latents, atol=1e-4, rtol=1e-4)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), steps=st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)))
def test_the_log_determinant_is_that_of_the_jacobian(seed: int, steps: tuple[int, int, int]) -> None:
    net = tiny(seed=seed, steps=list(steps)).net.double()
    logits = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: net(x)[0][0], logits).reshape(64, 64)
    torch.testing.assert_close(net(logits)[1][0], torch.linalg.slogdet(jacobian)[1], atol=1e-5, rtol=1e-5)


def test_the_volume_of_the_logits_is_that_of_their_derivative() -> None:
    values = (torch.rand(1, 1, 4, 4, dtype=torch.float64) * 256).requires_grad_(True)
    logits, volume = to_logits(values, 0.01)
    (slopes,) = torch.autograd.grad(logits.sum(), values)
    torch.testing.assert_close(volume[0], slopes.log().sum())
    torch.testing.assert_close(from_logits(logits, 0.01), values)


def test_the_density_of_one_pixel_integrates_to_the_mass_between_its_ends() -> None:
    """Under a normal of the logits, the mass of all values is that of the normal between their ends."""
    margin, ends = 0.01, torch.tensor([0.0, 256.0], dtype=torch.float64)
    values = torch.linspace(0, 256, 20_001, dtype=torch.float64)
    logits, volume = to_logits(values[:, None, None, None], margin)
    density = torch.exp(-0.5 * logits.flatten() ** 2 - 0.5 * math.log(2 * math.pi) + volume)
    low, high = to_logits(ends[:, None, None, None], margin)[0].flatten()
    mass = torch.special.ndtr(high) - torch.special.ndtr(low)
    torch.testing.assert_close(torch.trapezoid(density, values), mass, atol=1e-6, rtol=1e-6)


def test_the_likelihood_follows_the_change_of_variables() -> None:
    model = tiny()
    net = model.net.double()
    assert isinstance(net, FlowNet)
    values = torch.rand(1, 1, 8, 8, dtype=torch.float64) * 256
    latents, log_p = log_density(net, values, model.scaling)
    jacobian = torch.autograd.functional.jacobian(lambda v: log_density(net, v, model.scaling)[0][0], values)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(latents).sum()
    torch.testing.assert_close(
        log_p[0], normal + torch.linalg.slogdet(jacobian.reshape(64, 64))[1], atol=1e-5, rtol=1e-5
    )


def test_log_p_is_the_logarithm_of_a_probability() -> None:
    model = tiny()
    scores = model.log_prob(noise(5))
    assert scores.shape == (5,)
    assert (scores < 0).all()
    assert (bits_per_dimension(scores, 64) > 4).all()


def test_the_same_seed_gives_the_same_likelihood_wherever_the_picture_stands() -> None:
    model, images = tiny(), noise(6)
    whole = model.log_prob(images, seed=4)
    np.testing.assert_allclose(model.log_prob(images[::-1], seed=4)[::-1], whole, rtol=1e-5)
    assert not np.array_equal(model.log_prob(images, seed=5), whole)


def test_the_coarsest_part_of_a_latent_comes_first() -> None:
    assert [math.prod(part) for part in FlowNet(8, 1, (1, 1, 1), (4, 4, 4)).parts] == [16, 16, 32]


def test_settling_gives_every_place_mean_zero_and_deviation_one() -> None:
    net = FlowNet(8, 1, (1, 0, 0), (4, 4, 4))
    logits = torch.randn(256, 1, 8, 8) * 3 + 1
    net.settle(logits)
    turned = net.fine[0](torch.nn.functional.pixel_unshuffle(logits, 2))[0]
    torch.testing.assert_close(turned.mean(0), torch.zeros(4, 4, 4), atol=1e-4, rtol=0)


def test_a_saved_flow_opens_to_the_same_latents_and_likelihoods(tmp_path: Path) -> None:
    model, images = tiny(), noise(3)
    save_model(model, tmp_path)
    opened = open_model(tmp_path, "cpu")
    assert isinstance(opened, CanEncode)
    assert isinstance(opened, CanScore)
    np.testing.assert_array_equal(opened.encode(images).mean, model.encode(images).mean)
    np.testing.assert_array_equal(opened.log_prob(images), model.log_prob(images))


def test_a_flow_says_nothing_of_a_variance() -> None:
    assert tiny().encode(noise(2)).log_variance is None


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(InputError):
        tiny().encode(noise(2, size=16))


def test_hyperparameters_that_contradict_the_picture_are_refused() -> None:
    with pytest.raises(CheckpointError):
        tiny(size=10)
    with pytest.raises(CheckpointError):
        tiny(margin=0.5)


RECIPE = Recipe(
    name="tiny",
    family="flow",
    data="dots",
    summary="",
    hyperparameters=HYPERPARAMETERS,
    plan=FlowPlan(steps=6, batch=8, validation=8, validate_every=2),
    samples=20,
)


@pytest.fixture(scope="module")
def dots() -> Dataset:
    """80 pictures, each all dark or all bright, with a little noise."""
    images = noise(80) // 8 + np.uint8(200) * (np.arange(80, dtype=np.uint8) % 2)[:, None, None, None]
    return Dataset("dots", images, split(80), strokes(images), "0")


def test_a_training_that_was_interrupted_goes_on_as_if_it_had_not_been(dots: Dataset) -> None:
    whole, first, second = (training_flow.begin(RECIPE, dots, 0, "cpu") for _ in range(3))
    for training, steps in ((whole, 6), (first, 3)):
        for _ in range(steps):
            training.advance()
    stream = io.BytesIO()
    torch.save(first.state(), stream)
    second.go_on(torch.load(io.BytesIO(stream.getvalue()), weights_only=True))
    for _ in range(3):
        second.advance()
    latents = whole.finished().sample(4, seed=0)
    np.testing.assert_array_equal(second.finished().decode(latents), whole.finished().decode(latents))
    assert second.score == whole.score


def test_training_raises_the_likelihood_of_pictures_held_out(dots: Dataset) -> None:
    training = training_flow.begin(replace(RECIPE, plan=FlowPlan(steps=40, batch=16, rate=5e-3)), dots, 0, "cpu")
    before = training.finished()
    for _ in range(40):
        training.advance()
    after = training.finished()
    assert isinstance(before, FlowModel)
    assert isinstance(after, FlowModel)
    assert after.log_prob(dots.tested).mean() > before.log_prob(dots.tested).mean()


def test_a_concept_of_strokes_says_what_it_does_to_them(dots: Dataset) -> None:
    training = training_flow.begin(RECIPE, dots, 0, "cpu")
    model = training.finished()
    (samples,) = training.samples(model, dots, RECIPE)
    upper = samples.label("thickness").values > np.median(samples.label("thickness").values)  # type: ignore[union-attr]
    concept = mean_difference(samples, upper, ~upper, "bold", label="thickness: high")
    (tried,) = training.tried(model, [concept], samples)
    assert {"thickness_at_minus_2_sigma", "thickness_unmoved", "thickness_at_plus_2_sigma"} <= set(tried.provenance)
