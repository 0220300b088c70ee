"""pythae's models that have more than an encoder and a decoder: each opens for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from pythae_references import Codes, Pythae, celeba_codes, cifar, cifar_codes, dense, mnist, mnist_codes, mnist_resnet
from references import shaken
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert
from explorer.models.network import NetworkModel


def saved(net: nn.Module, folder: Path, **config: object) -> Path:
    torch.manual_seed(0)
    shaken(net)
    torch.save({"model_state_dict": net.state_dict()}, folder / "model.pt")
    (folder / "environment.json").write_text('{"name": "EnvironmentConfig", "python_version": "3.11"}')
    (folder / "model_config.json").write_text(json.dumps({"latent_dim": 6, **config}))
    return folder


def kept(folder: Path) -> NetworkModel:
    """Converted and opened again, as the program does."""
    convert(folder, folder / "kept")
    return open_model(folder / "kept", "cpu")


def facts(model: NetworkModel) -> str:
    return " / ".join(fact.text for fact in model.card.facts)


def pictures(model: NetworkModel) -> tuple[np.ndarray, Tensor]:
    images = np.random.default_rng(0).integers(0, 256, (3, *model.card.image_shape), dtype=np.uint8)
    return images, torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255))


def assert_decodes(model: NetworkModel, net: nn.Module) -> None:
    latents = model.sample(3, seed=1)
    with torch.no_grad():
        made = net(torch.from_numpy(latents).reshape(3, *model.card.default_space.shape))
    height, width, channels = model.card.image_shape
    wanted = made.reshape(3, channels, height, width).permute(0, 2, 3, 1).numpy()
    assert np.abs(model.decode_float(latents) - wanted).mean() < 1e-4
    assert wanted.std() > 0.01


PLAIN: dict[str, Callable[[], Pythae]] = {
    "dense": lambda: dense(784, 6, 2, 40),
    "MNIST": lambda: mnist(6, 2),
    "MNIST resnet": lambda: mnist_resnet(6, 2),
}


@pytest.mark.parametrize("name", PLAIN)
def test_latents_of_a_spherical_vae_have_length_one(name: str, tmp_path: Path) -> None:
    net = PLAIN[name]()
    net.encoder.log_concentration = nn.Linear(net.encoder.log_var.in_features, 1)
    del net.encoder.log_var
    model = kept(saved(net, tmp_path, name="SVAEConfig", input_dim=[1, 28, 28]))
    np.testing.assert_allclose(np.linalg.norm(model.sample(5, seed=0), axis=1), 1, atol=1e-5)
    assert_decodes(model, net)
    assert isinstance(model, CanEncode)
    images, seen = pictures(model)
    with torch.no_grad():
        mean = net.encode(seen)[0]
    np.testing.assert_allclose(model.encode(images).mean, mean / mean.norm(dim=1, keepdim=True), atol=1e-4)


@pytest.mark.parametrize("name", PLAIN)
def test_a_vamp_prior_is_the_mixture_of_its_pseudo_inputs(name: str, tmp_path: Path) -> None:
    net = PLAIN[name]()
    net.pseudo_inputs = nn.Sequential(nn.Linear(9, 784), nn.Hardtanh(0.0, 1.0))
    model = kept(saved(net, tmp_path, name="VAMPConfig", input_dim=[1, 28, 28]))
    with torch.no_grad():
        mean, log_variance = net.encode(net.pseudo_inputs(torch.eye(9)).reshape(9, 1, 28, 28))
    assert model.prior is not None
    fitted = model.prior.fitted
    assert fitted is not None
    np.testing.assert_allclose(fitted.means, mean, atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(fitted.spreads, (log_variance / 2).exp(), atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(fitted.weights, 1 / 9, rtol=1e-5)
    np.testing.assert_array_equal(model.sample(4, seed=3), fitted.draw(4, 3))
    assert "mixture of 9 normal distributions" in facts(model)
    assert_decodes(model, net)


def planar(net: Pythae, dim: int, steps: int) -> None:
    net.net = nn.ModuleList(nn.Module() for _ in range(steps))
    for step in net.net:
        step.w, step.u = nn.Parameter(torch.randn(1, dim)), nn.Parameter(torch.randn(1, dim))
        step.b = nn.Parameter(torch.randn(1))


@pytest.mark.parametrize("name", PLAIN)
def test_the_mean_goes_through_planar_flows(name: str, tmp_path: Path) -> None:
    net = PLAIN[name]()
    planar(net, 6, 3)
    model = kept(saved(net, tmp_path, name="VAE_LinNF_Config", input_dim=[1, 28, 28]))
    assert_decodes(model, net)
    images, seen = pictures(model)
    assert isinstance(model, CanEncode)
    with torch.no_grad():
        z = net.encode(seen)[0]
        for step in net.net:
            z = z + step.u * torch.tanh(z @ step.w.T + step.b)
    posterior = model.encode(images)
    np.testing.assert_allclose(posterior.mean, z, atol=1e-3, rtol=1e-3)
    assert posterior.log_variance is None


def test_a_posterior_whose_flow_is_not_opened_has_no_encoder(tmp_path: Path) -> None:
    net = dense(784, 6, 2, 40)
    planar(net, 6, 2)
    net.net[1].x0, net.net[1].log_alpha = nn.Parameter(torch.zeros(1, 6)), nn.Parameter(torch.zeros(1))
    model = kept(saved(net, tmp_path, name="VAE_LinNF_Config", input_dim=[1, 28, 28]))
    assert not model.card.encodes
    assert "inversion" in facts(model)
    assert_decodes(model, net)


def test_an_inverse_autoregressive_posterior_has_no_encoder(tmp_path: Path) -> None:
    net = dense(784, 6, 2, 40)
    net.iaf_flow = nn.Linear(3, 3)
    model = kept(saved(net, tmp_path, name="VAE_IAF_Config", input_dim=[1, 28, 28]))
    assert not model.card.encodes
    assert_decodes(model, net)


@pytest.mark.parametrize("extra", [["eps_lf"], ["temperature", "lbd"]], ids=["HVAE", "RHVAE"])
def test_hamiltonian_models_give_the_mean_of_their_encoder(extra: list[str], tmp_path: Path) -> None:
    net = mnist(6, 2)
    for name in ["beta_zero_sqrt", *extra]:
        net.register_buffer(name, torch.tensor(0.3))
    net.metric = nn.Linear(4, 4)
    model = kept(saved(net, tmp_path, name="HVAEConfig", input_dim=[1, 28, 28]))
    images, seen = pictures(model)
    assert isinstance(model, CanEncode)
    with torch.no_grad():
        mean = net.encode(seen)[0]
    np.testing.assert_allclose(model.encode(images).mean, mean, atol=1e-3, rtol=1e-3)
    assert "Hamiltonian" in facts(model)
    assert_decodes(model, net)


CODES: dict[str, Callable[[], Codes]] = {
    "MNIST": lambda: mnist_codes(5),
    "CIFAR": lambda: cifar_codes(4),
    "CelebA": lambda: celeba_codes(3),
}


@pytest.mark.parametrize("name", CODES)
def test_the_codes_of_a_book_are_a_small_picture(name: str, tmp_path: Path) -> None:
    net = CODES[name]()
    model = kept(saved(net, tmp_path, name="VQVAEConfig"))
    space = model.card.default_space
    assert not space.has_prior
    assert len(space.shape) == 3
    assert "codes of its book" in facts(model)
    assert_decodes(model, net)
    images, seen = pictures(model)
    assert isinstance(model, CanEncode)
    with torch.no_grad():
        wanted = net.encode(seen).flatten(1)
    np.testing.assert_allclose(model.encode(images).mean, wanted, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("make", [lambda: dense(784, 6, 1, 40), lambda: cifar(6, 1)], ids=["dense", "CIFAR"])
def test_a_single_code_is_a_vector(make: Callable[[], Pythae], tmp_path: Path) -> None:
    net = make()
    net.quantizer = nn.Module()
    net.quantizer.register_buffer("embeddings", torch.randn(32, 6))  # as with use_ema
    model = kept(saved(net, tmp_path, name="VQVAEConfig"))
    assert "VQ-VAE, 6 latents" in model.card.architecture
    assert "the 32 codes" in facts(model)
    assert_decodes(model, net)


def test_latents_in_a_ball_are_named(tmp_path: Path) -> None:
    net = dense(784, 2, 2, 40)
    net.register_buffer("_pz_mu", torch.zeros(1, 2))
    net.register_buffer("_pz_logvar", torch.zeros(1, 1))
    with pytest.raises(CheckpointError, match="PoincareVAE") as caught:
        kept(saved(net, tmp_path, name="PoincareVAEConfig", input_dim=[1, 28, 28]))
    assert caught.value.hint
