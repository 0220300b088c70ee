"""The autoencoders of latent diffusion in their authors' own files: alone, in a whole checkpoint, averaged, VQGAN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusion_originals import Original, beside
from references import shaken
from safetensors.torch import save_file

from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.opening import open_foreign

NETS: dict[str, Callable[[], Original]] = {
    "KL, attention in a level": lambda: Original(4, 3),
    "KL without": lambda: Original(3, 2, attends=False),
    "no quant_conv": lambda: Original(16, 2, attends=False, quant=False),
    "VQGAN": lambda: Original(8, 2, codes=20),
}


@pytest.fixture(params=NETS)
def net(request: pytest.FixtureRequest) -> Original:
    torch.manual_seed(0)
    made = NETS[str(request.param)]()
    shaken(made)
    return made


def check(net: Original, path: Path) -> None:
    model = open_foreign(path)
    save_model(model, path.with_suffix(""))
    latents = model.sample(2, seed=0)
    with torch.no_grad():
        made = net.decode(torch.from_numpy(latents).view(2, *model.card.default_space.shape))
        wanted = ((made + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()
        images = np.random.default_rng(0).integers(0, 256, (2, *model.card.image_shape), dtype=np.uint8)
        said = net.encode(torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(127.5)) - 1).flatten(1).numpy()
    for one in (model, open_model(path.with_suffix(""), "cpu")):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
        assert isinstance(one, CanEncode)
        np.testing.assert_allclose(one.encode(images).mean, said[:, : latents.shape[1]], atol=1e-3, rtol=1e-3)
    assert wanted.std() > 0.05


def test_its_own_file_opens(net: Original, tmp_path: Path) -> None:
    extra = {"loss.logvar": torch.zeros(()), "loss.discriminator.main.0.weight": torch.zeros(4, 3, 4, 4)}
    torch.save({"state_dict": {**net.state_dict(), **extra}, "global_step": 7}, tmp_path / "vae.ckpt")
    check(net, tmp_path / "vae.ckpt")


def test_it_is_found_in_a_checkpoint_of_a_whole_diffusion_model(net: Original, tmp_path: Path) -> None:
    save_file(beside(net.state_dict()), tmp_path / "model.safetensors")
    check(net, tmp_path / "model.safetensors")
    facts = open_foreign(tmp_path / "model.safetensors").card.facts
    assert any("first_stage_model" in fact.text and fact.how == "read" for fact in facts)


def test_the_averaged_copy_without_dots_is_preferred(tmp_path: Path) -> None:
    averaged, last = Original(4, 2, attends=False), Original(4, 2, attends=False)
    shaken(averaged, 1)
    shaken(last, 2)
    state = {**last.state_dict(), "model_ema.decay": torch.tensor(0.9), "model_ema.num_updates": torch.tensor(4)}
    state |= {f"model_ema.{key.replace('.', '')}": value for key, value in averaged.state_dict().items()}
    torch.save({"state_dict": state}, tmp_path / "vae.ckpt")
    check(averaged, tmp_path / "vae.ckpt")


def test_the_book_of_a_vqgan_is_told(tmp_path: Path) -> None:
    torch.save(Original(8, 2, codes=20).state_dict(), tmp_path / "vqgan.ckpt")
    model = open_foreign(tmp_path / "vqgan.ckpt")
    assert model.card.architecture.startswith("VQGAN")
    assert any("20 codes" in fact.text for fact in model.card.facts)
