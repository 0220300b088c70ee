"""Folders of diffusers and pythae, and TorchScript files: weights and settings are read, code stays closed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusion_nets import KlAutoencoder, TinyAutoencoder
from onnx_nets import Grower
from references import Dcgan, ExampleVae, PythaeVae, shaken
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.foreign.opening import convert, open_foreign, read

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")


def kl_folder(folder: Path, **others: object) -> nn.Module:
    net = shaken(KlAutoencoder((8, 16), groups=4, channels=3))
    folder.mkdir(parents=True)
    config = {"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "norm_num_groups": 4, "act_fn": "silu"}
    config |= {"latent_channels": 3, "scaling_factor": 0.18215, "sample_size": 512}
    (folder / "config.json").write_text(json.dumps(config | others))
    save_file(net.state_dict(), folder / "diffusion_pytorch_model.safetensors")
    return net


def pictures(made: Tensor, low: float = -1.0) -> np.ndarray:
    return ((made.permute(0, 2, 3, 1) - low) / (1 - low)).clamp(0, 1).numpy()


@pytest.mark.parametrize("of_pipeline", [False, True])
def test_an_autoencoder_of_diffusers_opens_by_its_config(of_pipeline: bool, tmp_path: Path) -> None:
    folder = tmp_path / "sd"
    net = kl_folder(folder / "vae" if of_pipeline else folder)
    if of_pipeline:
        (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    model = open_foreign(folder)
    assert any("group norms of 4 groups" in fact.text for fact in model.card.facts)
    assert any("0.18215" in fact.text for fact in model.card.facts)
    latents = model.sample(2, seed=0)
    with torch.inference_mode():
        made = net.decode(torch.from_numpy(latents).view(2, *model.card.default_space.shape))  # type: ignore[operator]
    np.testing.assert_allclose(model.decode_float(latents), pictures(made), atol=1e-4)
    assert isinstance(model, CanEncode)


def test_a_tiny_autoencoder_of_diffusers_opens(tmp_path: Path) -> None:
    net = shaken(TinyAutoencoder(8, 4))
    (tmp_path / "taesd").mkdir()
    (tmp_path / "taesd" / "config.json").write_text('{"_class_name": "AutoencoderTiny", "act_fn": "relu"}')
    save_file(net.state_dict(), tmp_path / "taesd" / "diffusion_pytorch_model.safetensors")
    model = open_foreign(tmp_path / "taesd")
    latents = model.sample(2, seed=0)
    with torch.inference_mode():
        made = net.decode(torch.from_numpy(latents).view(2, *model.card.default_space.shape))  # type: ignore[operator]
    np.testing.assert_allclose(model.decode_float(latents), pictures(made), atol=1e-4)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"_class_name": "UNet2DConditionModel"}, "is a UNet2DConditionModel of diffusers"),
        ({"act_fn": "mish"}, "activation 'mish'"),
    ],
)
def test_other_folders_of_diffusers_are_named(config: dict[str, object], said: str, tmp_path: Path) -> None:
    kl_folder(tmp_path / "model", **config)
    with pytest.raises(CheckpointError) as caught:
        open_foreign(tmp_path / "model")
    assert said in str(caught.value)


def test_a_folder_of_diffusers_without_weights_says_so(tmp_path: Path) -> None:
    kl_folder(tmp_path / "model")
    (tmp_path / "model" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="has no diffusion_pytorch_model"):
        open_foreign(tmp_path / "model")


class Run:
    """A pickle that runs."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return eval, (f"open({str(self.marker)!r}, 'w')",)


def test_a_pythae_folder_opens_and_its_pickles_stay_closed(tmp_path: Path) -> None:
    net = shaken(PythaeVae(784, 16))
    folder = tmp_path / "final_model"
    folder.mkdir()
    torch.save({"model_state_dict": net.state_dict()}, folder / "model.pt")
    settings = {"name": "VAEConfig", "input_dim": [1, 28, 28], "latent_dim": 16}
    (folder / "model_config.json").write_text(json.dumps(settings))
    (folder / "environment.json").write_text('{"name": "EnvironmentConfig", "python_version": "3.8"}')
    (folder / "decoder.pkl").write_bytes(pickle.dumps(Run(tmp_path / "marker")))
    reading = read(folder)
    assert reading.hints["pythae"] == settings
    assert any("decoder.pkl" in name for name in reading.named)
    model = convert(folder, tmp_path / "ours")
    assert model.card.default_space.dim == 16
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("traced", [False, True], ids=["scripted", "traced"])
def test_a_torchscript_of_a_known_architecture_opens_without_being_run(traced: bool, tmp_path: Path) -> None:
    net = shaken(Named(Dcgan(32, 1, 16, 8).main))
    script = torch.jit.trace(net, torch.randn(2, 16, 1, 1)) if traced else torch.jit.script(net)
    torch.jit.save(script, tmp_path / "g.pt")
    torch.save(net.state_dict(), tmp_path / "plain.pt")
    ours, plain = open_foreign(tmp_path / "g.pt"), open_foreign(tmp_path / "plain.pt")
    latents = ours.sample(3, seed=0)
    np.testing.assert_array_equal(ours.decode_float(latents), plain.decode_float(latents))
    assert any(
        ("not run" in fact.text and "convolution" in fact.text) or "conv_transpose" in fact.text
        for fact in ours.card.facts
    )


def test_an_exported_program_of_a_known_architecture_opens_without_being_run(tmp_path: Path) -> None:
    net = shaken(Dcgan(32, 1, 16, 8))
    torch.export.save(torch.export.export(net, (torch.randn(2, 16),)), tmp_path / "g.pt2")
    torch.save(net.state_dict(), tmp_path / "plain.pt")
    ours, plain = open_foreign(tmp_path / "g.pt2"), open_foreign(tmp_path / "plain.pt")
    latents = ours.sample(3, seed=0)
    np.testing.assert_array_equal(ours.decode_float(latents), plain.decode_float(latents))
    assert any("graph was not run" in fact.text for fact in ours.card.facts)


class Named(nn.Module):
    """A generator whose layers are called main."""

    def __init__(self, main: nn.Module) -> None:
        super().__init__()
        self.main = main

    def forward(self, z: Tensor) -> Tensor:
        made: Tensor = self.main(z)
        return made


def test_a_torchscript_nobody_knows_says_what_it_is(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(shaken(Grower())), tmp_path / "g.pt")
    assert read(tmp_path / "g.pt").tensors.keys() == Grower().state_dict().keys()
    assert "tanh" in str(read(tmp_path / "g.pt").hints["operations"])


def test_the_state_of_an_example_vae_is_the_same_in_script(tmp_path: Path) -> None:
    net = shaken(ExampleVae(784, 40, 5))
    torch.jit.save(torch.jit.script(net), tmp_path / "vae.pt")
    for key, value in net.state_dict().items():
        assert torch.equal(read(tmp_path / "vae.pt").tensors[key], value)
