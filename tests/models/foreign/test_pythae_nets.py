"""pythae's own networks, in its spelling: saved as it does, opened, and compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from pythae_references import (
    Pythae,
    celeba,
    celeba_resnet,
    cifar,
    cifar_resnet,
    dense,
    mnist,
    mnist_resnet,
)
from references import shaken

from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.network import NetworkModel
from explorer.models.twin import OnnxTwin, export

NETS: dict[str, tuple[Callable[[], Pythae], dict[str, object]]] = {
    "dense VAE": (lambda: dense(784, 16, 2), {"name": "VAEConfig", "input_dim": [1, 28, 28]}),
    "dense VAE, not square": (lambda: dense(3 * 8 * 12, 5, 2, 40), {"name": "BetaVAEConfig", "input_dim": [3, 8, 12]}),
    "dense VAE, alone": (lambda: dense(1024, 3, 2), {}),
    "dense autoencoder": (lambda: dense(784, 6, 1, 64), {"name": "AEConfig", "input_dim": [1, 28, 28]}),
    "MNIST VAE": (lambda: mnist(16, 2), {"name": "VAEConfig", "input_dim": [1, 28, 28]}),
    "MNIST autoencoder": (lambda: mnist(5, 1), {}),
    "CIFAR VAE": (lambda: cifar(9, 2), {}),
    "CelebA VAE": (lambda: celeba(8, 2), {"name": "VAEConfig", "input_dim": [3, 64, 64]}),
    "MNIST resnet": (lambda: mnist_resnet(6, 2), {"name": "VAEConfig", "input_dim": [1, 28, 28]}),
    "CIFAR resnet": (lambda: cifar_resnet(6, 2), {}),
    "CelebA resnet": (lambda: celeba_resnet(6, 2), {}),
    "CelebA WAE": (lambda: celeba(8, 1), {"name": "WAE_MMD_Config", "input_dim": [3, 64, 64]}),
}


@pytest.fixture(params=NETS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Pythae, Path, str]:
    make, config = NETS[str(request.param)]
    torch.manual_seed(0)
    net = make()
    shaken(net)
    torch.save({"model_state_dict": net.state_dict()}, tmp_path / "model.pt")
    (tmp_path / "environment.json").write_text('{"name": "EnvironmentConfig", "python_version": "3.11"}')
    if config:
        (tmp_path / "model_config.json").write_text(json.dumps({**config, "latent_dim": 9}))
    return net, tmp_path / "model.pt", str(request.param)


def test_a_net_of_pythae_gives_its_pictures(pair: tuple[Pythae, Path, str], tmp_path: Path) -> None:
    net, path, name = pair
    model = convert(path, tmp_path / "kept")
    latents = model.sample(3, seed=1)
    with torch.no_grad():
        wanted = net(torch.from_numpy(latents))
    height, width, channels = model.card.image_shape
    wanted = wanted.reshape(3, channels, height, width).permute(0, 2, 3, 1).numpy()
    for one in (model, open_model(tmp_path / "kept", "cpu")):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
    twin = OnnxTwin(export(model), model.card)
    np.testing.assert_allclose(twin.decode_float(latents), model.decode_float(latents), atol=1e-4)
    assert wanted.std() > 0.01
    assert model.card.architecture.startswith("pythae's")
    assert model.card.default_space.has_prior == (name not in ("dense autoencoder", "MNIST autoencoder"))


def test_a_picture_has_the_posterior_that_pythae_gives_it(pair: tuple[Pythae, Path, str]) -> None:
    net, path, _name = pair
    model: NetworkModel = open_foreign(path)
    assert isinstance(model, CanEncode)
    images = np.random.default_rng(0).integers(0, 256, (3, *model.card.image_shape), dtype=np.uint8)
    with torch.no_grad():
        mean, log_variance = net.encode(torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255)))
    posterior = model.encode(images)
    np.testing.assert_allclose(posterior.mean, mean.numpy(), atol=1e-3, rtol=1e-3)
    assert (posterior.log_variance is None) == (log_variance is None)
    if log_variance is not None:
        np.testing.assert_allclose(posterior.log_variance, log_variance.clamp(-30, 20), atol=1e-3, rtol=1e-3)


def test_the_shape_of_the_pictures_is_read_beside_the_weights(tmp_path: Path) -> None:
    torch.save({"model_state_dict": dense(576, 4, 2, 20).state_dict()}, tmp_path / "model.pt")
    assert open_foreign(tmp_path / "model.pt").card.image_shape == (24, 24, 1)
    (tmp_path / "model_config.json").write_text('{"name": "VAEConfig", "input_dim": [1, 16, 36]}')
    for path in (tmp_path / "model.pt", tmp_path):
        assert open_foreign(path).card.image_shape == (16, 36, 1)
