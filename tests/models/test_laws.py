"""The laws every family keeps, on tiny models with weights at random and on the bundled ones.

Adding a family is one line in TINY of `tiny_models.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import TINY, made

from explorer.errors import CheckpointError, DeviceError, InputError
from explorer.models import checkpoint, folder
from explorer.models.base import CanEncode, CanMap, CanScore
from explorer.models.checkpoint import open_model, save_model
from explorer.models.network import NetworkModel

EVERY = [*(f"tiny {name}" for name in TINY), *folder.bundled()]


@pytest.fixture(scope="module", params=EVERY)
def model(request: pytest.FixtureRequest) -> NetworkModel:
    name = str(request.param)
    return made(name.removeprefix("tiny ")) if name.startswith("tiny ") else open_model(name, "cpu")


@pytest.fixture(scope="module", params=list(TINY))
def tiny(request: pytest.FixtureRequest) -> NetworkModel:
    return made(str(request.param))


def test_every_family_has_a_tiny_model() -> None:
    assert set(TINY) == set(checkpoint.FAMILIES)


def test_pictures_have_the_shape_and_kind_of_the_contract(model: NetworkModel) -> None:
    for space in model.card.spaces:
        latents = model.sample(3, seed=0, space=space.name)
        assert latents.shape == (3, space.dim)
        assert latents.dtype == np.float32
        exact, images = model.decode_float(latents, space=space.name), model.decode(latents, space=space.name)
        assert exact.shape == images.shape == (3, *model.card.image_shape)
        assert (exact.dtype, images.dtype) == (np.float32, np.uint8)
        assert 0 <= exact.min() <= exact.max() <= 1
        np.testing.assert_array_equal(images, np.rint(exact * 255).astype(np.uint8))


def test_no_latents_give_no_pictures(model: NetworkModel) -> None:
    empty = np.empty((0, model.card.default_space.dim), np.float32)
    assert model.decode(empty).shape == (0, *model.card.image_shape)


def test_the_same_latents_give_the_same_picture(model: NetworkModel) -> None:
    latents = model.sample(4, seed=1)
    np.testing.assert_array_equal(model.decode_float(latents), model.decode_float(latents))


def test_a_picture_does_not_depend_on_its_batch(model: NetworkModel) -> None:
    latents = model.sample(5, seed=2)
    alone = np.concatenate([model.decode_float(latent[None]) for latent in latents])
    np.testing.assert_allclose(model.decode_float(latents), alone, atol=2e-4)


def test_different_latents_give_different_pictures(model: NetworkModel) -> None:
    first, second = model.decode_float(model.sample(2, seed=3))
    assert np.abs(first - second).max() > 1e-5


def test_a_seed_says_which_samples_come(model: NetworkModel) -> None:
    np.testing.assert_array_equal(model.sample(4, seed=5), model.sample(4, seed=5))
    assert (model.sample(4, seed=5) != model.sample(4, seed=6)).any()


def test_the_first_samples_do_not_depend_on_how_many_are_drawn(model: NetworkModel) -> None:
    np.testing.assert_allclose(model.sample(7, seed=5)[:3], model.sample(3, seed=5), atol=1e-5)


def test_latents_are_left_as_they_were(model: NetworkModel) -> None:
    latents = model.sample(2, seed=0)
    before = latents.copy()
    latents.flags.writeable = False
    model.decode(latents)
    np.testing.assert_array_equal(latents, before)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_latent_that_is_no_number_is_refused(model: NetworkModel, value: float) -> None:
    latents = model.sample(2, seed=0)
    latents[1, 0] = value
    with pytest.raises(InputError) as caught:
        model.decode(latents)
    assert caught.value.hint


def test_latents_of_another_shape_are_refused(model: NetworkModel) -> None:
    dim = model.card.default_space.dim
    for shape in ((dim,), (2, dim + 1), (1, 1, dim)):
        with pytest.raises(InputError):
            model.decode(np.zeros(shape, np.float32))
    with pytest.raises(InputError):
        model.decode(np.full((2, dim), "a"))


def test_an_unknown_space_is_refused(model: NetworkModel) -> None:
    with pytest.raises(InputError):
        model.sample(1, seed=0, space="nowhere")
    with pytest.raises(InputError):
        model.decode(model.sample(1, seed=0), space="nowhere")


def test_the_decoder_module_computes_the_same_and_has_a_finite_gradient(model: NetworkModel) -> None:
    for space in model.card.spaces:
        latents = model.sample(2, seed=4, space=space.name)
        decoder = model.decoder_module(space.name)
        tensor = torch.from_numpy(latents).requires_grad_()
        pictures = decoder(tensor)
        np.testing.assert_allclose(pictures.detach().numpy(), model.decode_float(latents, space=space.name), atol=2e-4)
        pictures.sum().backward()
        assert tensor.grad is not None
        assert torch.isfinite(tensor.grad).all()
        assert (tensor.grad != 0).any()


def test_the_decoder_module_shares_nothing_with_the_model(model: NetworkModel) -> None:
    latents = model.sample(1, seed=0)
    before = model.decode_float(latents)
    with torch.no_grad():
        for parameter in model.decoder_module().parameters():
            parameter.zero_()
    np.testing.assert_array_equal(model.decode_float(latents), before)


def test_a_score_is_a_finite_log_probability_and_its_seed_decides(model: NetworkModel) -> None:
    assert isinstance(model, CanScore) == (model.card.likelihood != "none")
    if isinstance(model, CanScore):
        images = model.decode(model.sample(3, seed=0))
        scores = model.log_prob(images, seed=1)
        assert scores.shape == (3,)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        assert (scores <= 0).all()  # probabilities of 8-bit pictures, not densities
        np.testing.assert_array_equal(scores, model.log_prob(images, seed=1))


def test_a_posterior_has_the_shape_of_the_latents(model: NetworkModel) -> None:
    if isinstance(model, CanEncode):
        posterior = model.encode(model.decode(model.sample(3, seed=0)))
        assert posterior.mean.shape == (3, model.card.default_space.dim)
        assert posterior.mean.dtype == np.float32
        assert np.isfinite(posterior.mean).all()
        if posterior.log_variance is not None:
            assert posterior.log_variance.shape == posterior.mean.shape
            assert np.isfinite(posterior.log_variance).all()


def test_an_exact_inverse_gives_the_picture_back(model: NetworkModel) -> None:
    if isinstance(model, CanEncode) and model.card.likelihood == "exact":
        images = model.decode(model.sample(4, seed=0))
        again = model.decode(model.encode(images).mean)
        assert np.abs(again.astype(int) - images.astype(int)).max() <= 1


def test_pictures_that_do_not_fit_are_refused(model: NetworkModel) -> None:
    height, width, channels = model.card.image_shape
    wrong = (
        np.zeros((1, height, width, channels), np.float32),
        np.zeros((1, height, width + 1, channels), np.uint8),
        np.zeros((height, width, channels), np.uint8),
    )
    for images in wrong:
        if isinstance(model, CanEncode):
            with pytest.raises(InputError):
                model.encode(images)
        if isinstance(model, CanScore):
            with pytest.raises(InputError):
                model.log_prob(images)


def test_a_mapping_leads_from_the_first_space_to_the_last(model: NetworkModel) -> None:
    if isinstance(model, CanMap):
        mapped = model.map(model.sample(3, seed=0, space=model.card.spaces[0].name))
        assert mapped.shape == (3, model.card.default_space.dim)


def test_saving_and_opening_gives_the_same_picture(model: NetworkModel, tmp_path: Path) -> None:
    save_model(model, tmp_path)
    again = open_model(tmp_path, "cpu")
    latents = model.sample(3, seed=0)
    np.testing.assert_array_equal(again.decode_float(latents), model.decode_float(latents))
    assert again.card.spaces == model.card.spaces
    assert again.hyperparameters == model.hyperparameters


def test_the_card_counts_the_parameters(tiny: NetworkModel) -> None:
    assert tiny.card.parameters == sum(parameter.numel() for parameter in tiny.net.parameters())


def test_opened_weights_do_not_hang_on_the_file(tiny: NetworkModel, tmp_path: Path) -> None:
    save_model(tiny, tmp_path)
    again = open_model(tmp_path, "cpu")
    (tmp_path / folder.WEIGHTS).write_bytes(b"")
    assert again.decode(again.sample(1, seed=0)).shape == (1, *again.card.image_shape)


def test_a_device_that_is_missing_is_refused_and_the_model_stays(tiny: NetworkModel) -> None:
    for name in ("cuda:99", "nonsense", "meta", "mps:7" if not torch.backends.mps.is_available() else "xpu"):
        with pytest.raises(DeviceError) as caught:
            tiny.to(name)
        assert caught.value.hint
    assert (tiny.device, tiny.precision) == ("cpu", "float32")
    assert len(tiny.decode(tiny.sample(1, seed=0))) == 1


def test_a_device_that_fails_is_told_and_the_model_stays(tiny: NetworkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail_once(*_: object) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(tiny, "_move", fail_once)
    with pytest.raises(DeviceError, match="out of memory"):
        tiny.to("cpu")
    assert tiny.device == "cpu"
    assert len(tries) == 2


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available() and not torch.backends.mps.is_available(), reason="no GPU")
def test_a_gpu_shows_the_same_picture(model: NetworkModel) -> None:
    latents = model.sample(4, seed=0)
    before = model.decode(latents)
    model.to("cuda:0" if torch.cuda.is_available() else "mps")
    try:
        assert np.abs(model.decode(latents).astype(int) - before.astype(int)).max() <= 3
        np.testing.assert_allclose(model.sample(4, seed=0), latents, atol=1e-3)
    finally:
        model.to("cpu")
    np.testing.assert_array_equal(model.decode(latents), before)


# What is wrong with weights


def refused(path: Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        open_model(path, "cpu")
    assert caught.value.hint
    return caught.value


@pytest.fixture
def saved(tiny: NetworkModel, tmp_path: Path) -> Path:
    save_model(tiny, tmp_path)
    return tmp_path


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_weights_cut_short_are_refused(saved: Path, share: float) -> None:
    content = (saved / folder.WEIGHTS).read_bytes()
    (saved / folder.WEIGHTS).write_bytes(content[: int(share * len(content))])
    refused(saved)


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip", (2**60).to_bytes(8, "little"), b"\x80\x04\x95 a pickle"])
def test_weights_of_another_kind_are_refused(saved: Path, content: bytes) -> None:
    (saved / folder.WEIGHTS).write_bytes(content)
    refused(saved)


def test_missing_weights_are_refused(saved: Path) -> None:
    (saved / folder.WEIGHTS).unlink()
    refused(saved)
    (saved / folder.WEIGHTS).mkdir()
    refused(saved)


def test_weights_that_do_not_fit_are_named(saved: Path) -> None:
    weights = load_file(saved / folder.WEIGHTS)
    first, second = [key for key, value in weights.items() if value.numel() > 1][:2]
    weights["stranger"] = weights.pop(first)
    weights[second] = torch.cat([weights[second], weights[second]])
    save_file(weights, saved / folder.WEIGHTS)
    hint = refused(saved).hint
    assert "Missing: " + first in hint
    assert "Unexpected: stranger" in hint
    assert f"Of another shape: {second}" in hint


def test_weights_that_are_no_numbers_are_refused(saved: Path) -> None:
    weights = load_file(saved / folder.WEIGHTS)
    name = next(key for key, value in weights.items() if value.is_floating_point() and value.numel() > 1)
    weights[name].view(-1)[0] = torch.nan
    save_file(weights, saved / folder.WEIGHTS)
    assert name in refused(saved).title


def test_half_precision_weights_are_taken(saved: Path, tiny: NetworkModel) -> None:
    weights = load_file(saved / folder.WEIGHTS)
    halved = {key: value.half() if value.is_floating_point() else value for key, value in weights.items()}
    save_file(halved, saved / folder.WEIGHTS)
    latents = tiny.sample(2, seed=0)
    np.testing.assert_allclose(open_model(saved, "cpu").decode_float(latents), tiny.decode_float(latents), atol=0.02)


def changed_hyperparameters(path: Path) -> list[tuple[str, object]]:
    """Every hyper-parameter with values nobody should build."""
    raw = json.loads((path / folder.CONFIG).read_text())["hyperparameters"]
    values = ("three", None, -1, 10**9, 10**30, float("nan"), [], [10**9], {}, True)
    return [(name, value) for name in raw for value in values]


def test_absurd_hyperparameters_are_refused_before_anything_is_allocated(saved: Path) -> None:
    raw = json.loads((saved / folder.CONFIG).read_text())
    for name, value in changed_hyperparameters(saved):
        told = {**raw, "hyperparameters": {**raw["hyperparameters"], name: value}}
        (saved / folder.CONFIG).write_text(json.dumps(told))
        refused(saved)


def test_missing_hyperparameters_are_refused(saved: Path) -> None:
    raw = json.loads((saved / folder.CONFIG).read_text())
    (saved / folder.CONFIG).write_text(json.dumps({**raw, "hyperparameters": {}}))
    refused(saved)


def test_an_unknown_family_is_refused(saved: Path) -> None:
    raw = json.loads((saved / folder.CONFIG).read_text())
    (saved / folder.CONFIG).write_text(json.dumps({**raw, "family": "diffusion"}))
    assert "diffusion" in refused(saved).title


def test_a_config_that_contradicts_its_networks_is_refused(saved: Path) -> None:
    raw = json.loads((saved / folder.CONFIG).read_text())
    (saved / folder.CONFIG).write_text(json.dumps({**raw, "image": {"shape": [24, 24, 1], "range": [0, 1]}}))
    refused(saved)
