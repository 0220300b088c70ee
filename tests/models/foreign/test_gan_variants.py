"""Generators as they are in the wild give the pictures of their authors' networks, in sizes that are not at hand."""

from __future__ import annotations

from pathlib import Path

import big_references
import class_references
import fast_references
import gan_references
import numpy as np
import pytest
import residual_references
import torch
from references import shaken
from safetensors.torch import save_file
from torch import nn

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.network import NetworkModel
from explorer.models.twin import OnnxTwin, export

UNORDERED = ("named", "attentive")  # names that sorted give no order: 'final' before 'initial', attention first
VARIANTS = {
    **gan_references.quick_looks(),
    **residual_references.variants(),
    **fast_references.variants(),
    **big_references.variants(),
    **class_references.variants(),
}


def net_of(name: str) -> nn.Module:
    torch.manual_seed(0)
    net = residual_references.trained(gan_references.settled(shaken(VARIANTS[name]())))
    return fast_references.awake(net)


def same_pictures(model: NetworkModel, net: nn.Module) -> None:
    latents = model.sample(3, seed=1)
    low, high = model.card.image_range
    with torch.no_grad():
        wanted = ((net(torch.from_numpy(latents)) - low) / (high - low)).clamp(0, 1)
    height, width, channels = model.card.image_shape
    expected = wanted.view(3, channels, height, width).permute(0, 2, 3, 1).numpy()
    assert np.abs(model.decode_float(latents) - expected).mean() < 1e-4
    assert np.abs(expected[0] - expected[1]).max() > 0.01


@pytest.mark.parametrize("name", VARIANTS)
def test_a_generator_of_the_wild_gives_its_pictures(name: str, tmp_path: Path) -> None:
    net = net_of(name)
    torch.save({"netG": net.state_dict(), "epoch": 3}, tmp_path / "checkpoint.pth")
    model = convert(tmp_path / "checkpoint.pth", tmp_path / "ours")
    same_pictures(model, net)
    same_pictures(open_model(tmp_path / "ours", "cpu"), net)
    assert {fact.how for fact in model.card.facts} >= {"read", "inferred"}


@pytest.mark.parametrize("name", [name for name in VARIANTS if not name.startswith(UNORDERED)])
def test_safetensors_which_keep_no_order_open_to_the_same(name: str, tmp_path: Path) -> None:
    net = net_of(name)
    held = {key: value.clone() for key, value in sorted(net.state_dict().items())}
    save_file(held, tmp_path / "generator.safetensors")
    same_pictures(open_foreign(tmp_path / "generator.safetensors"), net)


@pytest.mark.parametrize(
    "wrapping", ["DataParallel", "generator", "G", "g_ema", "model", "state_dict", "Lightning", "flat"]
)
def test_what_is_wrapped_around_a_generator_does_not_matter(wrapping: str, tmp_path: Path) -> None:
    net = net_of("main module")
    weights = net.state_dict()
    judge = {"main.0.weight": torch.zeros(4, 1, 4, 4), "main.2.weight": torch.zeros(1, 4, 4, 4)}
    held: object = {
        "DataParallel": {f"module.{key}": value for key, value in weights.items()},
        "generator": {"generator": weights, "discriminator": judge, "losses": [1.0, 2.0]},
        "G": {"G": weights, "D": judge, "optimizer_G": {"state": {}, "param_groups": []}},
        "g_ema": {"g": {key: value * 0 for key, value in weights.items()}, "d": judge, "g_ema": weights},
        "model": {"model": weights, "epoch": 7},
        "state_dict": {"state_dict": weights, "nz": 100},
        "Lightning": {
            "state_dict": {f"generator.{key}": value for key, value in weights.items()}
            | {f"discriminator.{key}": value for key, value in judge.items()},
            "pytorch-lightning_version": "2.0",
        },
        "flat": {f"netG.{key}": value for key, value in weights.items()}
        | {f"netD.{key}": value for key, value in judge.items()},
    }[wrapping]
    torch.save(held, tmp_path / "last.ckpt")
    same_pictures(open_foreign(tmp_path / "last.ckpt"), net)


def test_a_whole_module_opens_by_its_weights(tmp_path: Path) -> None:
    net = net_of("features 32")
    whole = nn.Sequential()
    for name, part in net.named_children():
        whole.add_module(name, part)
    torch.save(whole, tmp_path / "generator.pt")
    same_pictures(open_foreign(tmp_path / "generator.pt"), net)


class View(nn.Module):
    """As people write between a linear layer and a convolution."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values.view(len(values), 16, 8, 8)


class Chained(nn.Module):
    """Two lists of parts, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.Linear(12, 16 * 64), nn.BatchNorm1d(16 * 64, eps=0.3), nn.SiLU())
        self.tail = nn.Sequential(View(), *unusual(16)[3:])

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.tail(self.head(z.flatten(1)))


def unusual(width: int) -> list[nn.Module]:
    """Activations, eps and strides that a recogniser would not guess."""
    return [
        *(nn.ConvTranspose2d(12, width, 8), nn.BatchNorm2d(width, eps=0.1), nn.SELU()),
        *(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(width, 8, 3, padding=1), nn.LeakyReLU(0.37)),
        *(nn.Conv2d(8, 8, 5, padding=2), nn.PReLU(8), nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Sigmoid()),
    ]


@pytest.mark.parametrize("kind", ["list", "parallel", "chained", "vectors"])
def test_a_whole_module_says_what_stands_between_its_weights(kind: str, tmp_path: Path) -> None:
    net = {
        "list": lambda: nn.Sequential(*unusual(16)),
        "parallel": lambda: nn.DataParallel(nn.Sequential(nn.Sequential(*unusual(16)))),
        "chained": Chained,
        "vectors": lambda: nn.Sequential(nn.Linear(12, 20), nn.Softplus(), nn.Linear(20, 784), nn.Tanh()),
    }[kind]()
    net.eval()
    torch.save(net, tmp_path / "generator.pt")
    model = open_foreign(tmp_path / "generator.pt")
    z = model.sample(3, seed=1)
    with torch.no_grad():
        wanted = net(torch.from_numpy(z) if kind == "vectors" else torch.from_numpy(z)[:, :, None, None])
    shown = model.decode_float(z)
    low, high = model.card.image_range
    wanted = wanted.reshape(3, -1, *shown.shape[1:3]).permute(0, 2, 3, 1).numpy()
    assert abs((wanted - low) / (high - low) - shown).mean() < 1e-5
    assert any("activation" in fact.text for fact in model.card.facts if fact.how == "read")


def test_a_whole_module_that_narrows_is_no_generator(tmp_path: Path) -> None:
    judge = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 100), nn.Sigmoid())
    torch.save(judge, tmp_path / "net.pt")
    with pytest.raises(CheckpointError):
        open_foreign(tmp_path / "net.pt")


def test_a_discriminator_is_no_generator_read_backwards(tmp_path: Path) -> None:
    judge = nn.Module()
    for number, (i, o) in enumerate(((3, 4), (4, 8), (8, 1)), 1):
        judge.add_module(f"conv{number}", nn.Conv2d(i, o, 4, 2, 1))
    torch.save(judge.state_dict(), tmp_path / "net.pth")
    with pytest.raises(CheckpointError, match="discriminator"):
        open_foreign(tmp_path / "net.pth")


def test_what_authors_drew_latents_from_is_on_the_card() -> None:
    from explorer.models.foreign.architectures import recognise
    from explorer.models.foreign.reading import Reading

    def parts(name: str) -> list[tuple[str, int]]:
        found = recognise(Reading(Path("generator.pt"), "torch zip file", net_of(name).state_dict()))
        assert found is not None
        return [(part.prior, part.dim) for part in found.config.card.default_space.parts]

    assert parts("udacity 32") == [("uniform", 100)]
    assert parts("projected 32") == [("unit", 62)]
    assert parts("two layers") == [("unit", 100), ("one-hot", 10)]
    assert parts("informed") == [("normal", 62), ("one-hot", 10), ("uniform", 2)]


@pytest.mark.parametrize("name", ["numbered with attention", "projected with classes", "big 64 in pieces", "tabled"])
def test_its_exported_twin_makes_the_same_pictures(name: str, tmp_path: Path) -> None:
    torch.save(net_of(name).state_dict(), tmp_path / "generator.pth")
    model = open_foreign(tmp_path / "generator.pth")
    latents = model.sample(3, seed=0)
    twin = OnnxTwin(export(model), model.card)
    assert np.abs(twin.decode_float(latents) - model.decode_float(latents)).max() < 1e-4
