"""Flows of pictures by others: opened, and compared with nets of the same arithmetic that know nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from class_flow_references import LibraryGlow
from flow_references import GlowBlocks, GlowLayers
from glow_references import GlowLevels, GlowNested
from library_pictures import NflowsPictures
from nvp_references import RealNvp, in_older_spelling
from torch import nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode, CanScore
from explorer.models.checkpoint import open_model, save_model
from explorer.models.flow import log_density
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.flows.pictures import PictureFlow
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.twin import OnnxTwin, export

FLOWS: dict[str, tuple[Callable[[], nn.Module], dict[str, object]]] = {
    "blocks, one scale": (lambda: GlowBlocks(8, 1, 1, 2, 6, affine=True, lu=True), {"img_size": 8}),
    "blocks, affine": (lambda: GlowBlocks(8, 3, 2, 2, 8, affine=True, lu=True), {"args": {"img_size": 8}}),
    "blocks, additive": (lambda: GlowBlocks(16, 1, 3, 1, 12, affine=False, lu=False), {"img_size": 16}),
    "layers of y0ast": (lambda: GlowLayers((8, 8), 3, 2, 2, affine=True, lu=False, older=False), {}),
    "layers of y0ast, LU": (lambda: GlowLayers((16, 8), 1, 3, 1, affine=False, lu=True, older=False), {}),
    "layers of chaiyujin": (lambda: GlowLayers((8, 8), 3, 1, 2, affine=False, lu=False, older=True), {}),
    "layers of chaiyujin, affine": (lambda: GlowLayers((8, 16), 1, 2, 2, affine=True, lu=False, older=True), {}),
    "layers turned round": (
        lambda: GlowLayers((8, 8), 1, 2, 2, affine=True, lu=False, older=False, mixes=False),
        {"hparams": {"Glow": {"flow_permutation": "reverse"}}},
    ),
    "nested": (lambda: GlowNested(8, 3, 2, 2, 6), {"image_size": 8}),
    "nested, grey": (lambda: GlowNested(16, 1, 3, 1, 5), {"args": {"size": 16}}),
    "nested, one scale": (lambda: GlowNested(32, 1, 1, 2, 4), {}),
    "levels": (lambda: GlowLevels(8, 3, 1, 2, 7, lu=False), {"image_size": 8}),
    "levels, LU": (lambda: GlowLevels(16, 1, 2, 1, 6, lu=True), {"img_size": 16}),
    "normflows": (lambda: LibraryGlow(8, 3, 2, 2, 6), {}),
    "normflows, additive": (lambda: LibraryGlow(16, 1, 3, 1, 5, scale=False, lu=False, normed=True), {}),
    "normflows, each channel": (lambda: LibraryGlow(8, 1, 2, 1, 5, each=False), {"image_size": 8}),
    "nflows": (lambda: NflowsPictures(8, 3, 2, 1, 2, ((1 / 256, -0.5),)), {"image_size": 8}),
    "nflows of logits": (lambda: NflowsPictures(16, 1, 3, 2, 1, ((1 / 256, 0.0), (0.9, 0.05))), {"image_size": 16}),
    "nflows of splines": (lambda: NflowsPictures(8, 1, 1, 1, 11, ((1 / 32, 0.0), (0.9, 0.05))), {"image_size": 8}),
    "nflows whole": (
        lambda: NflowsPictures(8, 3, 2, 1, 2, ((1 / 256, 0.0), (0.9, 0.05)), splits=False),
        {"image_size": 8},
    ),
    "nvp": (lambda: RealNvp(8, 3, 2, 6, 2), {"image_size": 8}),
    "nvp, deep": (lambda: RealNvp(16, 1, 3, 4, 1), {"image_size": 16}),
    "nvp, one scale": (lambda: RealNvp(32, 1, 1, 5, 3), {}),
}


@pytest.fixture(params=FLOWS)
def pair(request: pytest.FixtureRequest) -> tuple[nn.Module, PictureFlow]:
    make, hints = FLOWS[str(request.param)]
    torch.manual_seed(0)
    net = softened(make())
    told = in_older_spelling(net.state_dict()) if request.param == "nvp" else net.state_dict()
    found = recognise(Reading(Path("folder") / "glow.pt", "torch zip file", told, hints))
    assert found is not None
    assert {fact.how for fact in found.facts} >= {"read", "inferred"}
    model = rebuilt(found)
    assert isinstance(model, PictureFlow)
    return net, model


def softened(net: nn.Module) -> nn.Module:
    """Weights of couplings at random, small enough that pictures are neither black nor white everywhere."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if name.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))
            elif name.endswith(("running_mean", "bias", "scale")) and "actnorm" not in name and "._scale" not in name:
                value.add_(0.05 * torch.randn(value.shape, generator=generator))
            elif name.endswith(("original0", "weight_g")):
                value.mul_(0.6 + 0.2 * torch.rand(value.shape, generator=generator))
            elif name.endswith("prior_h"):
                value.zero_()
    return net.eval()


def test_a_flow_of_others_gives_their_pictures(pair: tuple[nn.Module, PictureFlow]) -> None:
    net, model = pair
    latents = 0.5 * model.sample(3, seed=1)
    with torch.no_grad():
        seen = net.inverse(torch.from_numpy(latents))
    p = torch.sigmoid(seen) if net.logits else seen
    wanted = ((p - net.low) / (net.high - net.low)).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    made = model.decode_float(latents)
    assert np.abs(made - wanted).mean() < 1e-4
    assert wanted.std() > 0.02
    assert np.abs(wanted[0] - wanted[1]).max() > 0.01


def test_a_picture_has_the_latents_that_they_give_it(pair: tuple[nn.Module, PictureFlow]) -> None:
    net, model = pair
    images = np.random.default_rng(0).integers(20, 236, (2, *model.card.image_shape), dtype=np.uint8)
    p = net.low + (net.high - net.low) * (torch.from_numpy(images).permute(0, 3, 1, 2).float() + 0.5) / 256
    with torch.no_grad():
        wanted = net(torch.log(p / (1 - p)) if net.logits else p).numpy()
    assert isinstance(model, CanEncode)
    latents = model.encode(images).mean
    np.testing.assert_allclose(latents, wanted, atol=1e-3, rtol=1e-3)
    assert np.abs(model.decode(latents).astype(int) - images.astype(int)).max() <= 1


def test_the_likelihood_counts_the_true_change_of_volume(pair: tuple[nn.Module, PictureFlow]) -> None:
    _net, model = pair
    assert isinstance(model, CanScore)
    if model.card.default_space.dim > 400:
        return
    chain = model.net.double()
    values = torch.rand(1, *_channels_first(model), dtype=torch.float64) * 200 + 30

    def latents(v: torch.Tensor) -> torch.Tensor:
        return log_density(chain, v, model.scaling)[0][0]

    dim = model.card.default_space.dim
    jacobian = torch.autograd.functional.jacobian(latents, values).reshape(dim, dim)
    z, log_p = log_density(chain, values, model.scaling)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum()
    torch.testing.assert_close(log_p[0], normal + torch.linalg.slogdet(jacobian)[1], atol=1e-3, rtol=1e-5)


def _channels_first(model: PictureFlow) -> tuple[int, int, int]:
    height, width, channels = model.card.image_shape
    return channels, height, width


def test_a_flow_of_others_is_kept_exported_and_opened_again(
    pair: tuple[nn.Module, PictureFlow], tmp_path: Path
) -> None:
    _net, model = pair
    save_model(model, tmp_path)
    again = open_model(tmp_path, "cpu")
    latents = 0.5 * model.sample(2, seed=3)
    np.testing.assert_array_equal(again.decode_float(latents), model.decode_float(latents))
    assert again.card.spaces == model.card.spaces
    twin = OnnxTwin(export(model), model.card)
    np.testing.assert_allclose(twin.decode_float(latents), model.decode_float(latents), atol=1e-4)


def test_the_scales_of_a_latent_are_its_parts() -> None:
    net = GlowBlocks(16, 3, 3, 1, 4, affine=True, lu=True)
    found = recognise(Reading(Path("glow.pt"), "torch zip file", net.state_dict(), {"img_size": 16}))
    assert found is not None
    space = found.config.card.default_space
    assert [(part.name, part.dim) for part in space.parts] == [
        ("2 x 2, 48 deep", 192),
        ("4 x 4, 12 deep", 192),
        ("8 x 8, 6 deep", 384),
    ]


def test_a_glow_opens_from_its_file_at_the_size_of_its_authors(tmp_path: Path) -> None:
    path = tmp_path / "model_000100.pt"
    torch.save(GlowBlocks(64, 3, 4, 1, 4, affine=False, lu=True).state_dict(), path)
    model = open_foreign(path)
    assert model.card.image_shape == (64, 64, 3)
    assert any(fact.how == "guessed" and "64 x 64" in fact.text for fact in model.card.facts)
    assert convert(path, tmp_path / "kept").card.family == "flow-steps"


@pytest.mark.parametrize(
    ("rename", "says"),
    [(("invconv.weight", "nothing"), "shuffled"), (("invconv.weight", "invconv.l"), "LU parts")],
)
def test_what_the_file_of_a_glow_lacks_is_said(rename: tuple[str, str], says: str) -> None:
    net = GlowLayers((8, 8), 3, 2, 1, affine=True, lu=False, older=True)
    told = {key.replace(*rename): value for key, value in net.state_dict().items()}
    with pytest.raises(CheckpointError, match=says) as caught:
        recognise(Reading(Path("glow.pt"), "torch zip file", told))
    assert caught.value.hint
