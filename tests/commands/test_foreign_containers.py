"""`inspect` tells of every container of others in text and JSON, and `convert` writes it in our format."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer import cli
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import open_foreign

sys.path.append(str(Path(__file__).parents[1] / "models" / "foreign"))  # the networks that its tests are made of

import keras_nets
from diffusion_nets import KlAutoencoder
from onnx_nets import Grower, written
from references import Dcgan, PythaeVae, shaken

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
Captured = pytest.CaptureFixture[str]


def onnx(folder: Path) -> Path:
    written(Grower(), folder / "decoder.onnx", (2, 6))
    return folder / "decoder.onnx"


def row() -> list[keras_nets.Layer]:
    return [keras_nets.dense(4, 192, "sigmoid"), keras_nets.reshape(8, 8, 3)]


def h5(folder: Path) -> Path:
    keras_nets.write_h5(folder / "decoder.h5", keras_nets.sequential(layers := row(), (4,)), layers)
    return folder / "decoder.h5"


def keras(folder: Path) -> Path:
    keras_nets.write_keras(folder / "decoder.keras", keras_nets.sequential(layers := row(), (4,)), layers)
    return folder / "decoder.keras"


def tfjs(folder: Path) -> Path:
    keras_nets.write_tfjs(folder / "web", keras_nets.sequential(layers := row(), (4,)), layers)
    return folder / "web"


def diffusers(folder: Path) -> Path:
    (folder / "vae").mkdir()
    (folder / "vae" / "config.json").write_text('{"_class_name": "AutoencoderKL", "norm_num_groups": 4}')
    state = shaken(KlAutoencoder((8, 16), groups=4, channels=3)).state_dict()
    save_file(state, folder / "vae" / "diffusion_pytorch_model.safetensors")
    return folder / "vae"


def pythae(folder: Path) -> Path:
    (folder / "final").mkdir()
    torch.save({"model_state_dict": shaken(PythaeVae(784, 8)).state_dict()}, folder / "final" / "model.pt")
    (folder / "final" / "model_config.json").write_text('{"name": "VAEConfig", "latent_dim": 8}')
    return folder / "final"


def script(folder: Path) -> Path:
    net = shaken(Dcgan(32, 1, 16, 8))
    torch.jit.save(torch.jit.trace(net, torch.randn(2, 16)), folder / "g.pt")
    return folder / "g.pt"


def exported(folder: Path) -> Path:
    torch.export.save(torch.export.export(shaken(Dcgan(32, 1, 16, 8)), (torch.randn(2, 16),)), folder / "g.pt2")
    return folder / "g.pt2"


KINDS: dict[str, Callable[[Path], Path]] = {
    "ONNX": onnx,
    "Keras h5": h5,
    "Keras v3 (.keras)": keras,
    "TensorFlow.js model": tfjs,
    "diffusers folder": diffusers,
    "pythae folder": pythae,
    "TorchScript file": script,
    "torch export (.pt2)": exported,
}


@pytest.mark.parametrize("container", KINDS)
def test_every_container_is_inspected_and_converted(container: str, tmp_path: Path, capsys: Captured) -> None:
    path = KINDS[container](tmp_path)
    capsys.readouterr()
    assert cli.main(["inspect", str(path)]) == 0
    told = capsys.readouterr().out
    assert container in told
    assert "read" in told
    assert cli.main(["inspect", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["container"].startswith(container)
    assert said["not_opened_because"] is None
    assert said["tensors"]
    assert said["model"]["facts"]
    assert cli.main(["convert", str(path), str(tmp_path / "ours")]) == 0
    ours = open_model(tmp_path / "ours", "cpu")
    latents = ours.sample(2, seed=0)
    np.testing.assert_allclose(ours.decode_float(latents), open_foreign(path).decode_float(latents), atol=1e-6)
