"""pythae's own networks, in its spelling: saved as it does, opened, and compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from references import shaken
from torch import Tensor, nn

from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.network import NetworkModel
from explorer.models.twin import OnnxTwin, export


class Pythae(nn.Module):
    """Encoder layers, 'embedding' and 'log_var'; decoder layers, the first of which is folded into `fold`."""

    def __init__(
        self,
        encoder: list[nn.Module],
        width: int,
        dim: int,
        decoder: list[nn.Module],
        fold: tuple[int, ...],
        heads: int,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.fold = nn.Module(), nn.Module(), fold
        self.decoder.layers = nn.ModuleList(decoder)
        self.encoder.layers = nn.ModuleList(encoder)
        self.encoder.embedding = nn.Linear(width, dim)
        if heads == 2:
            self.encoder.log_var = nn.Linear(width, dim)

    def forward(self, z: Tensor) -> Tensor:
        for number, layer in enumerate(self.decoder.layers):
            z = layer(z)
            z = z.reshape(len(z), *self.fold) if number == 0 and self.fold else z
        return z

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        hidden = x if isinstance(self.encoder.layers[0][0], nn.Conv2d) else x.flatten(1)
        for layer in self.encoder.layers:
            hidden = layer(hidden)
        hidden = hidden.flatten(1)
        return self.encoder.embedding(hidden), self.encoder.log_var(hidden) if hasattr(
            self.encoder, "log_var"
        ) else None


def dense(pixels: int, dim: int, heads: int, width: int = 512) -> Pythae:
    encoder = [nn.Sequential(nn.Linear(pixels, width), nn.ReLU())]
    decoder = [
        nn.Sequential(nn.Linear(dim, width), nn.ReLU()),
        nn.Sequential(nn.Linear(width, pixels), nn.Sigmoid()),
    ]
    return Pythae(encoder, width, dim, decoder, (), heads)


def shrinking(widths: list[int]) -> list[nn.Module]:
    return [nn.Sequential(nn.Conv2d(i, o, 4, 2, 1), nn.BatchNorm2d(o), nn.ReLU()) for i, o in pairwise(widths)]


def growing(widths: list[int], windows: list[tuple[int, int, int, int]]) -> list[nn.Module]:
    """Transposed convolutions of (kernel, stride, padding, output padding)."""
    layers: list[nn.Module] = []
    for number, (kernel, stride, padding, more) in enumerate(windows):
        conv = nn.ConvTranspose2d(widths[number], widths[number + 1], kernel, stride, padding, more)
        last = number + 1 == len(windows)
        layers.append(
            nn.Sequential(conv, *([nn.Sigmoid()] if last else [nn.BatchNorm2d(widths[number + 1]), nn.ReLU()]))
        )
    return layers


def mnist(dim: int, heads: int) -> Pythae:
    windows = [(3, 2, 1, 0), (3, 2, 1, 1), (3, 2, 1, 1)]
    decoder = [nn.Linear(dim, 24 * 16), *growing([24, 12, 6, 1], windows)]
    return Pythae(shrinking([1, 3, 6, 12, 24]), 24, dim, decoder, (24, 4, 4), heads)


def cifar(dim: int, heads: int) -> Pythae:
    windows = [(4, 2, 1, 0), (4, 2, 1, 1), (4, 1, 2, 0)]
    decoder = [nn.Linear(dim, 16 * 64), *growing([16, 8, 4, 3], windows)]
    return Pythae(shrinking([3, 4, 8, 12, 16]), 16 * 4, dim, decoder, (16, 8, 8), heads)


def celeba(dim: int, heads: int) -> Pythae:
    windows = [(5, 2, 2, 0), (5, 2, 1, 0), (5, 2, 2, 1), (5, 1, 1, 0)]
    decoder = [nn.Sequential(nn.Linear(dim, 16 * 64)), *growing([16, 8, 6, 4, 3], windows)]
    return Pythae(shrinking([3, 4, 8, 12, 16]), 16 * 16, dim, decoder, (16, 8, 8), heads)


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.ReLU(), nn.Conv2d(width, 4, 3, 1, 1), nn.ReLU(), nn.Conv2d(4, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


def blocks(width: int, *after: nn.Module) -> nn.Module:
    return nn.Sequential(Block(width), Block(width), *after)


def halved(kernel: int, inputs: int, outputs: int, stride: int = 2) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, 1))


def doubled(kernel: int, inputs: int, outputs: int, more: int = 0, *after: nn.Module) -> nn.Module:
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, kernel, 2, 1, more), *after)


def mnist_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 1, 5), halved(4, 5, 8), halved(3, 8, 8), blocks(8)]
    decoder = [nn.Linear(dim, 128), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8, nn.ReLU())]
    decoder += [doubled(3, 8, 5, 1, nn.ReLU()), doubled(3, 5, 1, 1, nn.Sigmoid())]
    return Pythae(encoder, 128, dim, decoder, (8, 4, 4), heads)


def cifar_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8, 1), blocks(8)]
    decoder = [nn.Linear(dim, 512), blocks(8), doubled(4, 8, 5), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Pythae(encoder, 512, dim, decoder, (8, 8, 8), heads)


def celeba_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8), halved(3, 8, 8), blocks(8)]
    decoder = [nn.Linear(dim, 128), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8)]
    decoder += [doubled(5, 8, 8, 0, nn.Sigmoid()), doubled(5, 8, 5, 1), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Pythae(encoder, 128, dim, decoder, (8, 4, 4), heads)


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
