"""Networks of every known architecture, in other sizes than those at hand: saved, recognised, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dense_references
import numpy as np
import pytest
import torch
from references import (
    Burgess,
    CourseGan,
    Dcgan,
    DenseGan,
    EmbeddedGan,
    ExampleVae,
    PythaeVae,
    Upsampling,
    VanillaVae,
    WorldVae,
    shaken,
)
from torch import nn

from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.network import NetworkModel

VARIANTS: dict[str, Callable[[], nn.Module]] = {
    "tutorial": lambda: dense_references.Tutorial(64, 48, 784),
    "short": lambda: dense_references.Short(64, 32, 784),
    "blocks": lambda: dense_references.Blocks(10, 16, 784),
    "numbered": lambda: dense_references.Numbered(100, 24, 1024),
    "deconv": lambda: dense_references.Deconv(100, 4, 1),
    "nested": lambda: dense_references.Nested(30, 4, 3),
    "burgess 32 grey": lambda: Burgess(32, 1, 6),
    "burgess 64 colour": lambda: Burgess(64, 3, 10),
    "example 784": lambda: ExampleVae(784, 400, 20),
    "example 32x32x3": lambda: ExampleVae(3072, 300, 7),
    "pythae": lambda: PythaeVae(784, 16),
    "pythae narrow": lambda: PythaeVae(1024, 3, 64),
    "vanilla 64": lambda: VanillaVae(64, 3, 12, [8, 16, 32, 64, 64]),
    "vanilla 32 grey": lambda: VanillaVae(32, 1, 5, [8, 16, 24]),
    "vanilla 128": lambda: VanillaVae(128, 3, 9, [4, 8, 8, 16, 16, 24]),
    "world 3": lambda: WorldVae(3, 32),
    "world 1": lambda: WorldVae(1, 6, 4),
    "dcgan 64": lambda: Dcgan(64, 3, 100, 8),
    "dcgan 32 grey": lambda: Dcgan(32, 1, 64, 16, "net"),
    "dcgan 128": lambda: Dcgan(128, 3, 20, 4, "gen"),
    "dcgan 28": lambda: Dcgan(28, 1, 30, 8, "net", first=7),
    "upsampling 32": lambda: Upsampling(32, 1, 100),
    "upsampling 64": lambda: Upsampling(64, 3, 50),
    "acgan": lambda: Upsampling(32, 1, 40, classes=10),
    "dense": lambda: DenseGan((1, 28, 28), 100, [32, 64, 96]),
    "dense colour": lambda: DenseGan((3, 16, 16), 12, [32, 64]),
    "cgan": lambda: DenseGan((1, 32, 32), 60, [32, 64], classes=10),
    "embedded": lambda: EmbeddedGan(3, 24, 12, 7),
    "course": lambda: CourseGan(64, 8),
}


@pytest.fixture(params=VARIANTS)
def net(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    return shaken(VARIANTS[str(request.param)]())


def opened(net: nn.Module) -> NetworkModel:
    found = recognise(Reading(Path("folder") / "model.pt", "torch zip file", net.state_dict()))
    assert found is not None
    assert {fact.how for fact in found.facts} >= {"read", "inferred"}
    return rebuilt(found)


def test_a_net_of_others_is_rebuilt_to_the_same_pictures(net: nn.Module, tmp_path: Path) -> None:
    model = opened(net)
    save_model(model, tmp_path)
    again = open_model(tmp_path, "cpu")
    latents = model.sample(3, seed=1)
    low, high = model.card.image_range
    with torch.no_grad():
        wanted = (net(torch.from_numpy(latents)) - low) / (high - low)
    height, width, channels = model.card.image_shape
    wanted = wanted.view(3, channels, height, width).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    for one in (model, again):
        made = one.decode_float(latents)
        assert made.shape == wanted.shape
        assert np.abs(made - wanted).mean() < 1e-4
    assert np.abs(wanted[0] - wanted[1]).max() > 0.01
    assert again.card.facts == model.card.facts


def test_a_posterior_of_others_is_the_same(net: nn.Module) -> None:
    if not hasattr(net, "encode"):
        return
    model = opened(net)
    assert isinstance(model, CanEncode)
    images = np.random.default_rng(0).integers(0, 256, (3, *model.card.image_shape), dtype=np.uint8)
    low, high = model.card.image_range
    pictures = torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255)) * (high - low) + low
    with torch.no_grad():
        mean, log_variance = net.encode(pictures)
    posterior = model.encode(images)
    np.testing.assert_allclose(posterior.mean, mean.numpy(), atol=1e-3, rtol=1e-3)
    np.testing.assert_allclose(posterior.log_variance, log_variance.clamp(-30, 20).numpy(), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("name", ["short", "blocks", "tutorial", "numbered"])
def test_a_prefix_that_is_stripped_still_tells_the_spelling(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = shaken(VARIANTS[name]())
    torch.save(net.state_dict(), tmp_path / "gen.pth")
    model = open_foreign(tmp_path / "gen.pth")
    latents = model.sample(2, seed=0)
    low, high = model.card.image_range
    with torch.no_grad():
        wanted = ((net(torch.from_numpy(latents)) - low) / (high - low)).clamp(0, 1)
    np.testing.assert_allclose(model.decode_float(latents)[..., 0], wanted[:, 0].numpy(), atol=1e-4)
