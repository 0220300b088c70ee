"""A decoder and an encoder in two files beside each other are one model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusion_nets import TinyAutoencoder
from references import Dcgan, shaken
from safetensors.torch import save_file
from torch import nn
from vae_references import higgins

from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.manifest import manifest_path, write_manifest
from explorer.models.foreign.opening import open_foreign, read


def save_halves(net: nn.Module, folder: Path, name: str, ending: str) -> None:
    for half in ("encoder", "decoder"):
        part = net.get_submodule(half)
        state = (part.layers if hasattr(part, "layers") else part).state_dict()  # type: ignore[union-attr]
        path = folder / f"{name}{half}{ending}"
        save_file(state, path) if ending == ".safetensors" else torch.save(state, path)


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_either_half_of_a_tiny_autoencoder_opens_both(half: str, ending: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = shaken(TinyAutoencoder(8, 16))
    save_halves(net, tmp_path, "taef1_", ending)
    model = open_foreign(tmp_path / f"taef1_{half}{ending}")
    assert isinstance(model, CanEncode)
    assert any("together" in fact.text for fact in model.card.facts)
    latents = model.sample(2, seed=0)
    with torch.no_grad():
        clamped = torch.tanh(torch.from_numpy(latents).view(2, *model.card.default_space.shape) / 3) * 3
        wanted = net.decoder.layers(clamped).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    assert np.abs(model.decode_float(latents) - wanted).mean() < 1e-4


def test_the_halves_of_a_vae_of_any_names_open_together(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = shaken(higgins(1, 6))
    save_halves(net, tmp_path, "", ".pt")
    model = open_foreign(tmp_path / "decoder.pt")
    assert isinstance(model, CanEncode)
    with torch.no_grad():
        wanted = net(torch.from_numpy(model.sample(2, seed=0))).permute(0, 2, 3, 1).numpy()
    assert np.abs(model.decode_float(model.sample(2, seed=0)) - wanted).mean() < 1e-4


def test_a_decoder_opens_alone_where_the_file_beside_it_is_none_of_its_own(tmp_path: Path) -> None:
    net = shaken(Dcgan(32, 1, 16, 8))
    torch.save(net.state_dict(), tmp_path / "decoder.pth")
    torch.save({"text.weight": torch.zeros(9, 7)}, tmp_path / "encoder.pth")
    model = open_foreign(tmp_path / "decoder.pth")
    assert not isinstance(model, CanEncode)
    assert not any("together" in fact.text for fact in model.card.facts)
    (tmp_path / "encoder.pth").write_bytes(b"no weights at all")
    assert open_foreign(tmp_path / "decoder.pth").card.default_space.dim == 16


def test_a_draft_of_two_files_opens_them_again(tmp_path: Path) -> None:
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 3))
    decoder = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 64))
    torch.save(encoder.state_dict(), tmp_path / "my_encoder.pth")
    torch.save(decoder.state_dict(), tmp_path / "my_decoder.pth")
    path = tmp_path / "my_decoder.pth"
    write_manifest(draft(read(path), {"activation": "tanh", "last": "none"}).manifest, manifest_path(path))
    model = open_model(path, "cpu")
    latents = model.sample(2, seed=0)
    with torch.no_grad():
        wanted = decoder(torch.from_numpy(latents)).clamp(0, 1).view(2, 8, 8, 1).numpy()
    np.testing.assert_allclose(model.decode_float(latents), wanted, atol=1e-6)
    assert isinstance(model, CanEncode)
