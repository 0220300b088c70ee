"""The flows of the UvA tutorial: with one scale or several, learned dequantisation, and older spellings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from references import shaken
from safetensors.torch import save_file
from uva_references import UvaFlow

from explorer.models.base import CanEncode, CanScore
from explorer.models.checkpoint import open_model
from explorer.models.flow import FlowModel, log_density
from explorer.models.foreign.opening import convert, open_foreign

ALPHA = 1e-5  # of the tutorial's dequantisation
FLOWS: dict[str, Callable[[], UvaFlow]] = {
    "simple": lambda: UvaFlow((8, 8), 1, (6,)),
    "simple, learned dequantisation": lambda: UvaFlow((8, 12), 1, (5,), learned=True),
    "simple, older": lambda: UvaFlow((8, 8), 3, (4,), blocks=3, older=True),
    "multi-scale": lambda: UvaFlow((8, 8), 1, (4, 6, 8), learned=True),
    "multi-scale, colour": lambda: UvaFlow((16, 8), 3, (4, 5, 6, 7), blocks=1),
    "multi-scale, older": lambda: UvaFlow((8, 8), 1, (4, 6), older=True),
}


@pytest.fixture(params=FLOWS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[UvaFlow, FlowModel]:
    torch.manual_seed(0)
    net = FLOWS[str(request.param)]()
    masks = {name: mask.clone() for name, mask in net.named_buffers()}
    shaken(net).load_state_dict(masks, strict=False)
    torch.save({"state_dict": net.state_dict(), "hyper_parameters": {}}, tmp_path / "flow.ckpt")
    model = convert(tmp_path / "flow.ckpt", tmp_path / "kept")
    assert isinstance(model, FlowModel)
    return net, model


def test_a_flow_of_the_tutorial_gives_its_pictures(pair: tuple[UvaFlow, FlowModel], tmp_path: Path) -> None:
    net, model = pair
    latents = 0.5 * model.sample(3, seed=1)
    with torch.no_grad():
        p = torch.sigmoid(net.inverse(torch.from_numpy(latents)))
    values = 256 * (p - ALPHA / 2) / (1 - ALPHA)  # from the middles of the grey levels to 0..1
    wanted = ((values - 0.5) / 255).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    again = open_model(tmp_path / "kept", "cpu")
    for one in (model, again):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
    assert wanted.std() > 0.02


def test_a_picture_has_the_latents_and_the_likelihood_of_the_tutorial(pair: tuple[UvaFlow, FlowModel]) -> None:
    net, model = pair
    assert isinstance(model, CanEncode)
    assert isinstance(model, CanScore)
    height, width, channels = model.card.image_shape
    values = torch.rand(1, channels, height, width, dtype=torch.float64) * 200 + 30

    def latents(v: torch.Tensor) -> torch.Tensor:
        p = ALPHA / 2 + (1 - ALPHA) * v / 256
        return net.double()(torch.log(p / (1 - p)))[0]

    jacobian = torch.autograd.functional.jacobian(latents, values).reshape(values.numel(), values.numel())
    with torch.no_grad():
        wanted = (
            torch.distributions.Normal(0.0, 1.0).log_prob(latents(values)).sum() + torch.linalg.slogdet(jacobian)[1]
        )
        z, log_p = log_density(model.net.double(), values, model.scaling)
    torch.testing.assert_close(z[0], latents(values), atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(log_p[0], wanted, atol=1e-3, rtol=1e-6)


def test_pictures_come_back_from_their_latents(pair: tuple[UvaFlow, FlowModel]) -> None:
    _net, model = pair
    images = np.random.default_rng(0).integers(10, 246, (2, *model.card.image_shape), dtype=np.uint8)
    assert np.abs(model.decode(model.encode(images).mean).astype(int) - images.astype(int)).max() <= 1


def test_the_same_weights_as_safetensors_give_the_same_flow(pair: tuple[UvaFlow, FlowModel], tmp_path: Path) -> None:
    net, model = pair
    save_file({key: value.contiguous() for key, value in net.state_dict().items()}, tmp_path / "flow.safetensors")
    latents = 0.5 * model.sample(2, seed=0)
    np.testing.assert_array_equal(
        open_foreign(tmp_path / "flow.safetensors").decode_float(latents), model.decode_float(latents)
    )


def test_the_scales_of_the_tutorials_flow_are_parts(tmp_path: Path) -> None:
    torch.save(UvaFlow((16, 8), 3, (4, 5, 6, 7), blocks=1).state_dict(), tmp_path / "flow.pt")
    space = open_foreign(tmp_path / "flow.pt").card.default_space
    assert [(part.name, part.dim) for part in space.parts] == [
        ("2 x 1, 48 deep", 96),
        ("4 x 2, 12 deep", 96),
        ("8 x 4, 6 deep", 192),
    ]
