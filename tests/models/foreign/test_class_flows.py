"""Flows of others that are told a class: opened, and compared with nets of the same arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from class_flow_references import LibraryGlow
from flow_references import GlowLayers
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode, CanScore
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.flows.classed import ClassFlow, ClassNet
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.twin import OnnxTwin, export

FLOWS: dict[str, tuple[Callable[[], nn.Module], dict[str, object]]] = {
    "y0ast": (lambda: GlowLayers((8, 8), 1, 2, 1, affine=True, lu=True, older=False, classes=4), {}),
    "chaiyujin": (lambda: GlowLayers((8, 8), 3, 1, 2, affine=False, lu=False, older=True, classes=3), {}),
    "normflows, each place": (lambda: LibraryGlow(8, 3, 2, 2, 6, classes=4), {}),
    "normflows, each channel": (lambda: LibraryGlow(8, 1, 2, 1, 5, classes=3, each=False), {"size": 8}),
    "normflows, one scale": (lambda: LibraryGlow(8, 1, 1, 2, 7, classes=2, lu=False), {}),
}


@pytest.fixture(params=FLOWS)
def pair(request: pytest.FixtureRequest) -> tuple[nn.Module, ClassFlow]:
    make, hints = FLOWS[str(request.param)]
    torch.manual_seed(0)
    net = make().eval()
    found = recognise(Reading(Path("folder") / "glow.pt", "torch zip file", net.state_dict(), hints))
    assert found is not None
    assert {fact.how for fact in found.facts} >= {"read", "inferred"}
    model = rebuilt(found)
    assert isinstance(model, ClassFlow)
    return net, model


def one_hot(model: ClassFlow, number: int, count: int = 1) -> Tensor:
    return torch.eye(model.net.classes)[number].expand(count, -1)


def seen(net: nn.Module, values: Tensor) -> Tensor:
    """What the network sees of values in 0..256."""
    return net.low + (net.high - net.low) * values / 256


def test_a_class_gives_its_pictures(pair: tuple[nn.Module, ClassFlow], tmp_path: Path) -> None:
    net, model = pair
    latents = 0.5 * model.sample(4, seed=1)
    space = model.card.default_space
    latents[:, space.classes] = np.eye(model.net.classes, dtype=np.float32)[[0, 1, 0, 1]]
    with torch.no_grad():
        made = net.inverse(torch.from_numpy(latents))
    wanted = ((made - net.low) / (net.high - net.low)).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    save_model(model, tmp_path)
    for one in (model, open_model(tmp_path, "cpu")):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
    twin = OnnxTwin(export(model), model.card)
    np.testing.assert_allclose(twin.decode_float(latents), wanted, atol=1e-4)
    latents[:] = latents[0]
    latents[1, space.classes] = np.eye(model.net.classes, dtype=np.float32)[1]
    first, second = model.decode_float(latents[:2])
    assert np.abs(first - second).max() > 0.01


def test_a_picture_is_encoded_with_its_most_probable_class(pair: tuple[nn.Module, ClassFlow]) -> None:
    net, model = pair
    images = np.random.default_rng(0).integers(20, 236, (3, *model.card.image_shape), dtype=np.uint8)
    assert isinstance(model, CanEncode)
    latents = model.encode(images).mean
    assert np.abs(model.decode(latents).astype(int) - images.astype(int)).max() <= 1
    space = model.card.default_space
    chosen = latents[:, space.classes].argmax(1)
    pictures = seen(net, torch.from_numpy(images).permute(0, 3, 1, 2).float() + 0.5)
    scores = []
    for number in range(model.net.classes):
        with torch.no_grad():
            noise = net(pictures, one_hot(model, number, len(pictures)))
        rows = chosen == number
        np.testing.assert_allclose(latents[rows, : -model.net.classes], noise[rows], atol=1e-3, rtol=1e-3)
        scores.append(density(net, model, pictures, number))
    np.testing.assert_array_equal(torch.stack(scores).argmax(0).numpy(), chosen)


def density(net: nn.Module, model: ClassFlow, pictures: Tensor, number: int) -> Tensor:
    """log p(picture | class) of what the network sees, by the whole Jacobian."""
    found = []
    for picture in pictures:
        jacobian = torch.autograd.functional.jacobian(lambda x: net(x, one_hot(model, number))[0], picture[None])
        with torch.no_grad():
            noise = net(picture[None], one_hot(model, number))[0]
        normal = torch.distributions.Normal(0.0, 1.0).log_prob(noise).sum()
        found.append(normal + torch.linalg.slogdet(jacobian.reshape(len(noise), len(noise)))[1])
    return torch.stack(found)


def test_the_density_under_each_class_is_the_true_one(pair: tuple[nn.Module, ClassFlow]) -> None:
    net, model = pair
    assert isinstance(model.net, ClassNet)
    pictures = seen(net, 60 + 150 * torch.rand(2, *model.card.image_shape).permute(0, 3, 1, 2))
    with torch.no_grad():
        ours = model.net.of_each(pictures)[1]
    for number in range(model.net.classes):
        torch.testing.assert_close(ours[number], density(net, model, pictures, number), atol=2e-2, rtol=1e-4)


def test_a_likelihood_is_the_mean_over_the_classes(pair: tuple[nn.Module, ClassFlow]) -> None:
    _net, model = pair
    values = torch.rand(2, *model.card.image_shape).permute(0, 3, 1, 2) * 200 + 20
    with torch.no_grad():
        ours = model._log_density(values)
        seen_of, volume = model.scaling.into(values)
        each = model.net.of_each(seen_of)[1]
    largest = each.max(0).values  # e^ of the rest would leave the range of numbers
    torch.testing.assert_close(ours, (each - largest).exp().mean(0).log() + largest + volume)
    assert isinstance(model, CanScore)
    assert np.isfinite(model.log_prob(np.full((1, *model.card.image_shape), 120, np.uint8))).all()


def test_couplings_of_a_checkerboard_are_named() -> None:
    net = LibraryGlow(8, 1, 1, 1, 5)
    held = net.state_dict()
    key = "flows.0.0.flows.0.flows.1.param_map.net.0.weight"
    held[key] = torch.zeros(5, 4, 3, 3)
    with pytest.raises(CheckpointError, match="checkerboard"):
        recognise(Reading(Path("glow.pt"), "torch zip file", held))
