"""The laws of inversion, on a tiny model of every family: a picture in, a latent out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_models import TINY, made, tiny_gan, tiny_stylegan2, tiny_vae

from explorer.errors import InputError
from explorer.models.base import CanEncode, Part, Space
from explorer.models.checkpoint import build
from explorer.models.config import Config
from explorer.models.inversion import Inverse, Wish, coordinates
from explorer.models.inversion.search import Inversion, inverted
from explorer.models.network import NetworkModel

SHORT = Wish(steps=60, starts=4)


@pytest.fixture(scope="module", params=list(TINY))
def model(request: pytest.FixtureRequest) -> NetworkModel:
    return made(str(request.param))


@pytest.fixture(scope="module")
def found(model: NetworkModel) -> dict[str, Inverse]:
    """Two pictures of the model's own, inverted in each of its spaces."""
    images = model.decode(model.sample(2, seed=9))
    return {one.name: inverted(model, images, replace(SHORT, space=one.name)) for one in model.card.spaces}


def test_an_own_picture_is_found_better_than_by_the_best_start(model: NetworkModel, found: dict[str, Inverse]) -> None:
    for inverse in found.values():
        first, best = np.nanmin(inverse.losses[:, :, 0], axis=1), np.nanmin(inverse.losses, axis=(1, 2))
        assert (best <= first).all()
        assert best.mean() <= 0.6 * first.mean() or best.mean() < 1e-5


def test_what_is_told_is_true_of_the_latents(model: NetworkModel, found: dict[str, Inverse]) -> None:
    images = model.decode(model.sample(2, seed=9))
    for name, inverse in found.items():
        assert inverse.latents.shape == (2, model.card.space(name).dim)
        assert inverse.latents.dtype == np.float32
        again = model.decode(inverse.latents, space=name)
        np.testing.assert_array_equal(inverse.images, again)
        apart = np.abs(again.astype(float) - images.astype(float)).mean(axis=(1, 2, 3)) / 255
        np.testing.assert_allclose(inverse.errors, apart, atol=1e-6)


def test_the_same_wish_leads_to_the_same_latents(model: NetworkModel) -> None:
    images = model.decode(model.sample(2, seed=9))
    one, other = (inverted(model, images, replace(SHORT, steps=8)) for _ in range(2))
    np.testing.assert_array_equal(one.latents, other.latents)
    np.testing.assert_array_equal(one.losses, other.losses)


def test_the_model_is_as_it_was(model: NetworkModel) -> None:
    latents = model.sample(2, seed=3)
    before = model.decode_float(latents)
    inverted(model, model.decode(latents), replace(SHORT, steps=3))
    np.testing.assert_array_equal(model.decode_float(latents), before)
    assert not any(parameter.requires_grad for parameter in model.net.parameters())


def test_the_best_is_never_worse_than_before_and_there_at_any_time() -> None:
    model = made("gan")
    search = Inversion(model, model.decode(model.sample(1, seed=9)), SHORT)
    best = []
    while not search.is_over:
        search.advance()
        told = search.found()
        assert told.losses.shape == (1, SHORT.starts, search.step)
        best.append(np.nanmin(told.losses))
    assert (np.diff(best) <= 0).all()


def test_bad_starts_are_dropped_and_one_is_left() -> None:
    model = made("gan")
    losses = inverted(model, model.decode(model.sample(3, seed=9)), SHORT).losses
    left = (~np.isnan(losses)).sum(axis=1)
    assert (left[:, 0] == SHORT.starts).all()
    assert (left[:, -1] == 1).all()
    assert (np.diff(left, axis=1) <= 0).all()


def test_each_picture_of_a_batch_finds_what_it_would_find_alone() -> None:
    model = made("gan")
    images = model.decode(model.sample(3, seed=9))
    together = inverted(model, images, replace(SHORT, steps=20))
    alone = [inverted(model, one[None], replace(SHORT, steps=20)).errors[0] for one in images]
    np.testing.assert_allclose(together.errors, alone, atol=2e-3)


def test_pictures_from_elsewhere_are_found_too_and_the_error_says_how_well() -> None:
    model = made("gan")
    noise = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), np.uint8)
    own = inverted(model, model.decode(model.sample(1, seed=9)), SHORT)
    assert inverted(model, noise, SHORT).errors[0] > own.errors[0]


def test_a_latent_stays_where_the_prior_is_uniform() -> None:
    model = made("layers")
    part = Part("z", 3, "uniform")
    model.card = replace(model.card, spaces=(Space("z", 3, (3,), "uniform", (part,)),))
    white = np.full((1, 4, 4, 3), 255, np.uint8)
    inverse = inverted(model, white, SHORT)
    assert np.abs(inverse.latents).max() <= 1


def test_a_latent_stays_on_the_sphere_that_its_prior_is() -> None:
    model = made("layers")
    model.card = replace(model.card, spaces=(Space("z", 3, (3,), "sphere", (Part("z", 3, "sphere"),)),))
    latents = model.sample(2, seed=9)
    inverse = inverted(model, model.decode(latents), SHORT)
    np.testing.assert_allclose(np.linalg.norm(inverse.latents, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(inverse.latents, latents, atol=0.15)


@pytest.mark.parametrize("whitened", [0, 1024])
def test_coordinates_of_a_mapped_space_lead_there_and_back(whitened: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinates, "WHITENED", whitened)
    model = made("gan")
    space, samples = model.card.space("w"), model.sample(500, seed=0, space="w")
    known = coordinates.Coordinates(model.card, space, samples, torch.device("cpu"))
    points = known.from_latents(torch.from_numpy(samples))
    np.testing.assert_allclose(known.to_latents(points).numpy(), samples, atol=1e-4)
    np.testing.assert_allclose(points.mean(0).numpy(), 0, atol=1e-3)
    np.testing.assert_allclose(points.std(0).numpy(), 1, atol=0.01)


def test_a_class_is_one_of_the_classes_and_the_right_one_is_found() -> None:
    model = painted_by_class()
    latents = model.sample(12, seed=9)
    inverse = inverted(model, model.decode(latents), Wish(steps=40, starts=3))
    classes = inverse.latents[:, 2:]
    assert ((classes == 0) | (classes == 1)).all()
    np.testing.assert_array_equal(classes, latents[:, 2:])


def painted_by_class() -> NetworkModel:
    """Two numbers shade each of four pictures a little."""
    decoder = [{"layer": "linear", "out": 48}, {"layer": "fold", "shape": [3, 4, 4]}, {"layer": "sigmoid"}]
    parts = (Part("z", 2, "normal"), Part("class", 4, "one-hot"))
    card = replace(tiny_vae().card, family="layers", image_shape=(4, 4, 3), likelihood="none")
    model = build(Config(replace(card, spaces=(Space("z", 6, (6,), "", parts),)), {"decoder": decoder}))
    with torch.no_grad():
        for parameter in model.net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(0)))
            if parameter.dim() > 1:
                parameter[:, :2] *= 0.3
    model.ready()
    return model


def test_an_encoding_is_refined_and_never_made_worse() -> None:
    model = made("vae")
    assert isinstance(model, CanEncode)
    images = model.decode(2 * model.sample(2, seed=9))
    given = model.encode(images).mean
    refined = inverted(model, images, replace(SHORT, starts=1), given)
    assert (refined.losses[:, 0].min(axis=1) <= refined.losses[:, 0, 0]).all()
    assert refined.errors.mean() < np.abs(model.decode(given).astype(float) - images).mean() / 255


def test_lengths_are_told_against_samples_of_the_prior() -> None:
    model = made("gan")
    search = Inversion(model, model.decode(model.sample(4, seed=9)), replace(SHORT, steps=1, starts=1))
    told = search.found()  # the mean of w
    np.testing.assert_allclose(told.lengths, 0, atol=1e-4)
    np.testing.assert_allclose(told.percentiles, 0, atol=1e-4)


def test_a_prior_that_is_not_known_has_no_lengths() -> None:
    model = tiny_vae()
    model.ready()
    space = replace(model.card.spaces[0], parts=(Part("z", 5, "none"),))
    model.card = replace(model.card, spaces=(space,))
    assert np.isnan(inverted(model, model.decode(model.sample(1, seed=0)), replace(SHORT, steps=3)).lengths).all()


def test_every_layer_of_w_plus_has_a_w_of_its_own_afterwards() -> None:
    model = tiny_stylegan2()
    model.ready()
    picture = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), np.uint8)
    inverse = inverted(model, picture, replace(SHORT, space="w+", steps=10))
    layers = inverse.latents.reshape(-1, 6)
    assert np.abs(layers - layers[0]).max() > 1e-4


def test_pictures_of_another_size_and_no_pictures_are_refused() -> None:
    model = tiny_gan()
    with pytest.raises(InputError):
        inverted(model, np.zeros((1, 9, 8, 3), np.uint8), SHORT)
    with pytest.raises(InputError):
        inverted(model, np.zeros((0, 8, 8, 3), np.uint8), SHORT)
