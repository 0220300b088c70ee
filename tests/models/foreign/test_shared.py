"""Checkpoints from the wild against what their authors' own code made of them; skipped where they are not at hand."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.network import NetworkModel

SHARED = Path(__file__).resolve().parents[4] / "shared" / "checkpoints"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the checkpoints are not at hand")

FILES = {
    "vae-burgess-dsprites": "model.pt",
    "vae-burgess-mnist": "model.pt",
    "jointvae-mnist": "model.pt",
    "vae-mlp-mnist": "vae_epoch_25.pth",
    "dcgan-faces-32": "generator.pt",
    "dcgan-mnist-dict": "generator.pt",
    "wgan-gp-mnist": "generator.pt",
    "ae-cifar10-lightning-64": "cifar10_64.ckpt",
}


def loaded(path: Path) -> dict[str, torch.Tensor]:
    told = torch.load(path, map_location="cpu", weights_only=True)
    return {key: value.float() for key, value in told.get("state_dict", told).items()}


def opened(folder: str, file: str) -> NetworkModel:
    path = SHARED / folder / file
    names = {"pytorch_lightning.utilities.parsing.AttributeDict": OrderedDict}
    with torch.serialization.safe_globals([(stand_in, name) for name, stand_in in names.items()]):
        told = torch.load(path, map_location="cpu", weights_only=True)
    hints = {key: value for key, value in told.items() if isinstance(value, (int, float, str))}
    side = path.with_name("specs.json")
    hints |= json.loads(side.read_text()) if side.is_file() else {}
    found = recognise(Reading(path, "torch file", told.get("state_dict", told), hints))
    assert found is not None
    assert found.facts
    return rebuilt(found)


@pytest.mark.parametrize("folder", FILES)
def test_a_checkpoint_of_others_gives_the_pictures_of_its_authors(folder: str) -> None:
    model, expected = opened(folder, FILES[folder]), np.load(SHARED / folder / "expected.npz")
    low, high = model.card.image_range
    latents = expected["z"].reshape(len(expected["z"]), -1)
    wanted = ((expected["x"] - low) / (high - low)).clip(0, 1)
    made = model.decode_float(latents).transpose(0, 3, 1, 2)
    assert made.shape == wanted.shape
    assert np.abs(made - wanted).mean() < 1e-4
    assert wanted.std() > 0.05


def test_the_tiny_autoencoder_of_others_gives_their_picture_and_latent() -> None:
    folder = SHARED / "taef2-spatial-latent-fp16"
    expected = np.load(folder / "expected.npz")
    told = {"encoder." + key: value for key, value in loaded(folder / "taef2_encoder.pth").items()}
    told |= {"decoder." + key: value for key, value in loaded(folder / "taef2_decoder.pth").items()}
    found = recognise(Reading(folder / "taef2_decoder.pth", "torch zip file", told))
    alone = recognise(Reading(folder / "taef2_decoder.pth", "torch zip file", loaded(folder / "taef2_decoder.pth")))
    assert found is not None
    assert alone is not None
    model = rebuilt(found)
    assert isinstance(model, CanEncode)
    assert model.card.default_space.shape == (32, 8, 8)
    latents = expected["z"].reshape(1, -1)
    wanted = expected["x"].clip(0, 1).transpose(0, 2, 3, 1)
    for one in (model, rebuilt(alone)):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
    images = np.rint(expected["x_in"] * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    assert np.abs(model.encode(images).mean - latents).mean() < 0.02


def test_the_flow_of_others_gives_their_pictures_and_their_latents_back() -> None:
    folder = SHARED / "flow-mnist-simple"
    expected = np.load(folder / "expected.npz")
    found = recognise(Reading(folder / "f.ckpt", "torch zip file", loaded(folder / "MNISTFlow_simple.ckpt")))
    assert found is not None
    model = rebuilt(found)
    images = model.decode(expected["z"].reshape(2, -1))
    assert np.abs(images.transpose(0, 3, 1, 2) / 255 - expected["x"]).mean() < 1e-4
    assert isinstance(model, CanEncode)
    again = model.decode(model.encode(images).mean)
    assert np.abs(again.astype(int) - images.astype(int)).max() <= 1


def test_a_flow_of_points_is_named_for_what_it_is() -> None:
    path = SHARED / "flow-nflows-maf-2d" / "flow.pt"
    with pytest.raises(CheckpointError, match="2 numbers, given 2 numbers as context: points, not pictures"):
        recognise(Reading(path, "torch zip file", loaded(path)))


@pytest.mark.parametrize("folder", [name for name in FILES if name.startswith("vae")])
def test_an_encoder_of_others_gives_the_posterior_of_its_authors(folder: str) -> None:
    model, expected = opened(folder, FILES[folder]), np.load(SHARED / folder / "expected.npz")
    assert isinstance(model, CanEncode)
    images = np.rint(expected["x"] * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    posterior = model.encode(images)
    assert posterior.log_variance is not None
    assert np.abs(posterior.mean - expected["mu"]).mean() < 0.05
    assert np.abs(posterior.log_variance - expected["logvar"]).mean() < 0.05
