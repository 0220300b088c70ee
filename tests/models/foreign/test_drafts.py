"""Networks that no recogniser knows are drafted from shapes; with the right choices they make the right pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from references import shaken
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.drafts.draft import draft, with_choice
from explorer.models.foreign.drafts.evidence import inferred
from explorer.models.foreign.drafts.told import Draft, Question
from explorer.models.foreign.manifest import manifest_path, write_manifest
from explorer.models.foreign.opening import read
from explorer.models.foreign.probing import probe, told
from explorer.models.network import NetworkModel


@dataclass
class Case:
    """A network, its tensors' names, what has to be chosen, and its pictures of latents in 0..1."""

    net: nn.Module
    pictures: Callable[[nn.Module, Tensor], Tensor]
    choices: dict[str, str] = field(default_factory=dict)
    encoded: Callable[[nn.Module, Tensor], Tensor] | None = None


def strange_gan() -> Case:
    net = nn.Sequential(
        *(nn.ConvTranspose2d(12, 16, 4, 1, 0), nn.BatchNorm2d(16), nn.SELU()),
        *(nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.BatchNorm2d(8), nn.SELU()),
        *(nn.Conv2d(8, 8, 3, 1, 1), nn.SELU(), nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Sigmoid()),
    )
    return Case(net, lambda one, z: one(z[:, :, None, None]), {"activation": "selu", "last": "sigmoid"})


def plain_autoencoder() -> Case:
    net = nn.Module()
    net.squeeze = nn.Sequential(nn.Linear(560, 20), nn.Tanh(), nn.Linear(20, 4))
    net.widen = nn.Sequential(nn.Linear(4, 20), nn.Tanh(), nn.Linear(20, 560))
    return Case(
        net,
        lambda one, z: one.widen(z).view(-1, 1, 28, 20),
        {"activation": "tanh", "last": "none", "picture": "28 x 20 grey"},
        lambda one, x: one.squeeze(x.flatten(1)),
    )


def conv_vae() -> Case:
    net = nn.Module()
    net.enc_conv = nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), nn.ELU(), nn.Conv2d(6, 8, 3, 2, 1), nn.ELU())
    net.enc_spread, net.enc_mean = nn.Linear(8 * 64, 5), nn.Linear(8 * 64, 5)
    net.dec_in = nn.Linear(5, 8 * 64)
    net.dec_conv = nn.Sequential(
        *(nn.Upsample(scale_factor=2), nn.Conv2d(8, 6, 3, 1, 1), nn.ELU()),
        *(nn.Upsample(scale_factor=2), nn.Conv2d(6, 3, 3, 1, 1), nn.Tanh()),
    )
    return Case(
        net,
        lambda one, z: (one.dec_conv(nn.functional.elu(one.dec_in(z)).view(-1, 8, 8, 8)) + 1) / 2,
        {"activation": "elu", "last": "tanh", "range": "-1,1", "posterior": "second"},
        lambda one, x: one.enc_mean(one.enc_conv(2 * x - 1).flatten(1)),
    )


def sloped_and_shuffled() -> Case:
    net = nn.Sequential(
        *(nn.Linear(6, 32 * 16), nn.PReLU(), nn.Unflatten(1, (32, 4, 4))),
        *(nn.Conv2d(32, 64, 3, 1, 1), nn.PixelShuffle(2), nn.PReLU(16), nn.ConvTranspose2d(16, 1, 4, 4), nn.Sigmoid()),
    )
    return Case(net, lambda one, z: one(z), {"growth": "1,1 4,0,0"})


class Around(nn.Module):
    """A residual block that normalises behind its convolutions, or, `first`, before them."""

    def __init__(self, i: int, o: int, *, first: bool) -> None:
        super().__init__()
        self.conv_a, self.conv_b = nn.Conv2d(i, o, 3, padding=1), nn.Conv2d(o, o, 3, padding=1)
        self.bn_a, self.bn_b = nn.BatchNorm2d(i if first else o), nn.BatchNorm2d(o)
        self.shortcut, self.first = nn.Conv2d(i, o, 1), first

    def forward(self, x: Tensor) -> Tensor:
        large = nn.functional.interpolate(x, scale_factor=2)
        if self.first:
            inner = nn.functional.interpolate(nn.functional.elu(self.bn_a(x)), scale_factor=2)
            return self.shortcut(large) + self.conv_b(nn.functional.elu(self.bn_b(self.conv_a(inner))))
        inner = self.bn_b(self.conv_b(nn.functional.elu(self.bn_a(self.conv_a(large)))))
        return nn.functional.elu(self.shortcut(large) + inner)


def residual(first: bool) -> Case:
    net = nn.Module()
    net.begin = nn.Linear(9, 6 * 16)
    net.one, net.two = Around(6, 5, first=first), Around(5, 4, first=first)
    net.three, net.paint = Around(4, 3, first=first), nn.Conv2d(3, 3, 3, padding=1)

    def pictures(one: nn.Module, z: Tensor) -> Tensor:
        start = one.begin(z).view(-1, 6, 4, 4)
        start = start if first else nn.functional.elu(start)
        return (one.paint(one.three(one.two(one.one(start)))).tanh() + 1) / 2

    bare = {"after:begin": "none"} if first else {}
    return Case(net, pictures, {"activation": "elu", "last": "tanh", "range": "-1,1", **bare})


def residual_before() -> Case:
    return residual(first=True)


def residual_behind() -> Case:
    return residual(first=False)


def channels_last() -> Case:
    net = nn.Sequential(nn.Linear(7, 30), nn.GELU(), nn.Linear(30, 8 * 8 * 3), nn.Hardtanh())
    choices = {"activation": "gelu", "last": "hardtanh", "order": "last"}
    return Case(net, lambda one, z: (one(z).view(-1, 8, 8, 3).permute(0, 3, 1, 2) + 1) / 2, choices)


CASES = {
    one.__name__: one
    for one in (
        strange_gan,
        plain_autoencoder,
        conv_vae,
        sloped_and_shuffled,
        channels_last,
        residual_before,
        residual_behind,
    )
}


def saved(case: Case, path: Path) -> Path:
    torch.save(shaken(case.net).state_dict(), path)
    return path


def accept(path: Path, choices: dict[str, str]) -> NetworkModel:
    """The draft of a file kept beside it, and the file opened again."""
    write_manifest(draft(read(path), choices).manifest, manifest_path(path))
    return open_model(path, "cpu")


def question(made: Draft, name: str) -> Question:
    return next(one for one in made.questions if one.name == name)


@pytest.mark.parametrize("name", CASES)
def test_with_the_right_choices_a_draft_makes_the_pictures_of_the_network(name: str, tmp_path: Path) -> None:
    case = CASES[name]()
    model = accept(saved(case, tmp_path / "weights.pth"), case.choices)
    latents = model.sample(5, seed=3)
    with torch.no_grad():
        expected = case.pictures(case.net, torch.from_numpy(latents)).permute(0, 2, 3, 1).clamp(0, 1).numpy()
    assert np.abs(model.decode_float(latents) - expected).mean() < 1e-6
    if case.encoded is not None:
        assert isinstance(model, CanEncode)
        images = (np.random.default_rng(0).random((3, *model.card.image_shape)) * 255).astype(np.uint8)
        pictures = torch.from_numpy(images.astype(np.float32) / 255).permute(0, 3, 1, 2)
        with torch.no_grad():
            assert np.allclose(model.encode(images).mean, case.encoded(case.net, pictures).numpy(), atol=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_every_answer_that_a_draft_offers_gives_a_model_or_says_why_not(name: str, tmp_path: Path) -> None:
    path = saved(CASES[name](), tmp_path / "weights.pth")
    reading = read(path)
    first = draft(reading, {})
    for asked in first.questions:
        for option in asked.options:
            try:
                made = draft(reading, with_choice({}, asked.name, option.value))
            except CheckpointError as error:
                assert error.hint  # noqa: PT017 - some beginnings lead nowhere, and say so
            else:
                assert question(made, asked.name).taken == option.value


def test_a_block_is_one_row_of_the_draft_and_nothing_of_it_is_left_over(tmp_path: Path) -> None:
    made = draft(read(saved(residual_behind(), tmp_path / "weights.pth")), {})
    assert [row.layer for row in made.rows if row.key == "two"] == ["Residual block 5 → 4"]
    assert made.manifest.unused == made.doubts == ()
    assert question(made, "blocks").taken == "after"
    assert question(made, "last").taken == "tanh"


def test_what_is_guessed_is_marked_and_what_is_in_the_file_is_read(tmp_path: Path) -> None:
    made = draft(read(saved(strange_gan(), tmp_path / "weights.pth")), {})
    told = {fact.text.partition(":")[0]: fact.how for fact in made.manifest.facts}
    assert told["activation"] == told["last nonlinearity"] == told["strides and paddings"] == "guessed"
    assert next(iter(told.values())) == "read"


def test_one_layer_can_go_its_own_way(tmp_path: Path) -> None:
    reading = read(saved(strange_gan(), tmp_path / "weights.pth"))
    made = draft(reading, {"way:3": "2,0,0", "after:4": "tanh"})
    row = next(one for one in made.rows if one.key == "3")
    assert row.makes == "8 x 10 x 10"
    assert {"layer": "tanh"} in made.manifest.decoder


def test_a_decoder_that_comes_first_in_its_file_is_found(tmp_path: Path) -> None:
    net = nn.Module()
    net.decoder = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 64))
    net.encoder = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 6))
    torch.save(net.state_dict(), tmp_path / "weights.pth")
    made = draft(read(tmp_path / "weights.pth"), {})
    assert made.manifest.space.dim == 3
    assert made.manifest.posterior == "halves"


@pytest.mark.parametrize(
    ("net", "told"),
    [
        (nn.Sequential(nn.Conv1d(3, 4, 3)), "one axis or three"),
        (nn.Sequential(nn.Linear(4, 7), nn.ReLU(), nn.Linear(7, 13)), "13 numbers are no picture"),
        (nn.Sequential(nn.Linear(4, 64), nn.Unflatten(1, (4, 4, 4)), nn.Conv2d(4, 7, 3)), "no picture of 1 or 3"),
    ],
)
def test_what_leads_to_no_picture_says_why(net: nn.Module, told: str, tmp_path: Path) -> None:
    torch.save(net.state_dict(), tmp_path / "weights.pth")
    with pytest.raises(CheckpointError, match=told):
        draft(read(tmp_path / "weights.pth"), {})


def test_batch_norms_give_away_activation_prior_and_where_there_is_none(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.BatchNorm1d(64)),
        *(nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.LeakyReLU(0.2), nn.Linear(64, 256), nn.Tanh()),
    )
    with torch.no_grad():
        for _ in range(60):
            net(2 * torch.rand(256, 16) - 1)
    torch.save(net.state_dict(), tmp_path / "weights.pth")
    reading = read(tmp_path / "weights.pth")
    known = inferred(reading, {})
    assert known == {"activation": "leaky 0.2", "prior": "uniform"}
    made = draft(reading, {}, known)
    assert question(made, "activation").how == "inferred"
    assert question(draft(reading, {"activation": "elu"}, known), "activation").how == "guessed"
    assert inferred(read(saved(plain_autoencoder(), tmp_path / "other.pth")), {}) == {}


def test_a_probe_tells_collapse_noise_a_wrong_range_and_numbers_that_are_none(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 256))
    path = tmp_path / "weights.pth"

    def said(scale: float, bias: float, choices: dict[str, str]) -> str:
        with torch.no_grad():
            net[2].weight.copy_(scale * torch.randn(256, 16, generator=torch.Generator().manual_seed(0)))
            net[2].bias.fill_(bias)
        torch.save(net.state_dict(), path)
        model = accept(path, {"activation": "tanh", "last": "none", **choices})
        return " ".join(told(probe(model), model.card))

    assert "same picture" in said(0.0, 0.5, {})
    assert "rough as noise" in said(0.3, 0.5, {})
    assert "cut off" in said(50.0, 100.0, {})
    assert "fill only" in said(0.3, 0.5, {"range": "0,255"})
    assert "are none" in said(8e37, 0.0, {})
