"""Every checkpoint from the wild against what its authors' own code made of it; skipped where they are not at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt

SHARED = Path(__file__).resolve().parents[4] / "shared" / "checkpoints"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the checkpoints are not at hand")

PICTURES = (
    "ae-cifar10-lightning-64/cifar10_64.ckpt",
    "dcgan-faces-32/generator.pt",
    "dcgan-mnist-dict/generator.pt",
    "derived-format-twins/burgess_mnist.npz",
    "derived-format-twins/burgess_mnist.safetensors",
    "derived-format-twins/burgess_mnist_training_dict.pth",
    "flow-mnist-simple/MNISTFlow_simple.ckpt",
    "jointvae-mnist/model.pt",
    "taef2-spatial-latent-fp16/taef2_decoder.pth",
    "vae-burgess-dsprites/model.pt",
    "vae-burgess-mnist/model.pt",
    "vae-mlp-mnist/vae_epoch_25.pth",
    "wgan-gp-mnist/generator.pt",
)
MESSAGES = {
    "dcgan-faces-32/losses.pkl": "a list of .* numbers",
    "onnx-mnist-vae-opset6-unsupported/MNIST.onnx": "ONNX|onnx",
    "wgan-gp-mnist/critic.pt": "a discriminator",
}
POINTS = ("flow-nflows-maf-2d/flow.pt", "flow-nflows-maf-2d/simple-flow0.pt")
ASIDE = {"taef2-spatial-latent-fp16/taef2_encoder.pth"}  # the half of a model whose other half is opened here
WHOLE_LEVELS = ("flow-mnist-simple",)
"""Folders whose authors' pictures are of whole grey levels, 0..255, over 255: they are our pictures of 8 bits, and
not the same before rounding."""


def test_every_file_of_every_folder_is_opened_here_or_gets_its_message() -> None:
    weights = {str(path.relative_to(SHARED)) for path in SHARED.glob("*/*") if _is_weights(path)}
    assert weights == {*PICTURES, *MESSAGES, *POINTS, *ASIDE}


def _is_weights(path: Path) -> bool:
    return path.name not in ("SOURCE.md", "expected.npz", "specs.json")


@pytest.mark.parametrize("name", PICTURES)
def test_a_checkpoint_of_others_gives_the_pictures_of_its_authors(name: str) -> None:
    model, expected = open_foreign(SHARED / name), np.load((SHARED / name).with_name("expected.npz"))
    low, high = model.card.image_range
    latents = expected["z"].reshape(len(expected["z"]), -1)
    wanted = ((expected["x"] - low) / (high - low)).clip(0, 1)
    whole = name.startswith(WHOLE_LEVELS)
    made = model.decode(latents) / np.float32(255) if whole else model.decode_float(latents)
    made = made.transpose(0, 3, 1, 2)
    assert made.shape == wanted.shape
    assert np.abs(made - wanted).mean() < 1e-4
    assert wanted.std() > 0.05
    assert {fact.how for fact in model.card.facts} >= {"read", "inferred"}


@pytest.mark.parametrize("name", POINTS)
def test_a_flow_of_points_is_a_plot_in_which_the_point_follows_the_context(name: str) -> None:
    """Its authors say: two standardised numbers, given two as context, and sample means that track the context."""
    model = open_foreign(SHARED / name)
    assert [(part.name, part.dim) for part in model.card.default_space.parts] == [("noise", 2), ("context", 2)]
    contexts = np.random.default_rng(0).standard_normal((64, 2)).astype(np.float32)
    with torch.no_grad():
        told = torch.from_numpy(contexts).repeat_interleave(64, 0)
        points = model.net.chain.inverse(torch.randn(len(told), 2), told)[0].reshape(64, 64, 2).mean(1).numpy()
    tracked = [max(abs(np.corrcoef(contexts[:, c], points[:, p])[0, 1]) for c in range(2)) for p in range(2)]
    assert min(tracked) > 0.6
    assert model.decode(model.sample(3, seed=0)).std((1, 2)).max() > 5


@pytest.mark.parametrize("name", MESSAGES)
def test_a_file_that_makes_no_pictures_is_named_for_what_it_is(name: str) -> None:
    with pytest.raises(CheckpointError, match=MESSAGES[name]) as caught:
        open_foreign(SHARED / name)
    assert caught.value.hint


@pytest.mark.parametrize("name", [name for name in PICTURES if name.startswith("vae")])
def test_an_encoder_of_others_gives_the_posterior_of_its_authors(name: str) -> None:
    model, expected = open_foreign(SHARED / name), np.load((SHARED / name).with_name("expected.npz"))
    assert isinstance(model, CanEncode)
    images = np.rint(expected["x"] * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    posterior = model.encode(images)
    assert posterior.log_variance is not None
    assert np.abs(posterior.mean - expected["mu"]).mean() < 0.05
    assert np.abs(posterior.log_variance - expected["logvar"]).mean() < 0.05


def test_a_flow_of_others_gives_their_pictures_and_their_latents_back() -> None:
    model = open_foreign(SHARED / "flow-mnist-simple" / "MNISTFlow_simple.ckpt")
    expected = np.load(SHARED / "flow-mnist-simple" / "expected.npz")
    images = model.decode(expected["z"].reshape(2, -1))
    assert isinstance(model, CanEncode)
    again = model.decode(model.encode(images).mean)
    assert np.abs(again.astype(int) - images.astype(int)).max() <= 1


def test_the_tiny_autoencoder_of_others_gives_their_picture_and_latent() -> None:
    folder = SHARED / "taef2-spatial-latent-fp16"
    expected = np.load(folder / "expected.npz")
    told = {"encoder." + key: value for key, value in loaded(folder / "taef2_encoder.pth").items()}
    told |= {"decoder." + key: value for key, value in loaded(folder / "taef2_decoder.pth").items()}
    found = recognise(Reading(folder / "taef2_decoder.pth", "torch zip file", told))
    assert found is not None
    model = rebuilt(found)
    assert isinstance(model, CanEncode)
    assert model.card.default_space.shape == (32, 8, 8)
    latents = expected["z"].reshape(1, -1)
    assert np.abs(model.decode_float(latents) - expected["x"].clip(0, 1).transpose(0, 2, 3, 1)).mean() < 1e-4
    images = np.rint(expected["x_in"] * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    assert np.abs(model.encode(images).mean - latents).mean() < 0.02


def loaded(path: Path) -> dict[str, torch.Tensor]:
    told: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return {key: value.float() for key, value in told.items()}
