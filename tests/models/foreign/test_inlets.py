"""Programs that take several things (a latent and a class, a second latent, a strength), or draw noise of their own."""

from __future__ import annotations

import warnings
from pathlib import Path

import keras_nets as k
import numpy as np
import pytest
import torch
from onnx_nets import Grower
from references import shaken
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.network import NetworkModel

DIM, CLASSES = 6, 4


class OneHot(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = Grower(DIM + CLASSES)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        picture: Tensor = self.net(torch.cat([z, label], 1))
        return picture


class Embedded(nn.Module):
    """A class by its number: a row of a table is put beside the latent, or multiplies it."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.table = nn.Embedding(CLASSES, DIM if how == "times" else CLASSES)
        self.net = Grower(DIM if how == "times" else DIM + CLASSES)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        if self.how == "one-hot":
            row = functional.one_hot(y, CLASSES).float()
        else:
            row = self.table(y.squeeze(1) if y.dim() == 2 else y)
        picture: Tensor = self.net(z * row if self.how == "times" else torch.cat([row, z], 1))
        return picture


class Strength(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = Grower(DIM)

    def forward(self, z: Tensor, psi: Tensor) -> Tensor:
        picture: Tensor = self.net(z * psi)
        return picture


class Two(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = Grower(DIM + 3)

    def forward(self, z: Tensor, style: Tensor) -> Tensor:
        picture: Tensor = self.net(torch.cat([z, style], 1))
        return picture


class Noisy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = Grower(DIM)

    def forward(self, z: Tensor) -> Tensor:
        picture: Tensor = self.net(z + 0.1 * torch.randn_like(z))
        return picture


def exported(net: nn.Module, path: Path, *given: Tensor, names: tuple[str, ...], free: bool = True) -> nn.Module:
    shaken(net)
    axes = {name: {0: "n"} for name, one in zip(names, given, strict=True) if one.dim()} if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, given, str(path), dynamo=False, input_names=list(names), dynamic_axes=axes)
    return net


def same(model: NetworkModel, wanted: Tensor, latents: np.ndarray) -> None:
    pictures = (wanted.permute(0, 2, 3, 1) + 1) / 2
    np.testing.assert_allclose(model.decode_float(latents), pictures.clamp(0, 1).detach().numpy(), atol=1e-5)


def split(latents: np.ndarray) -> tuple[Tensor, Tensor]:
    whole = torch.from_numpy(latents)
    return whole[:, :DIM], whole[:, DIM:]


def check_classes(model: NetworkModel) -> np.ndarray:
    """Samples of a model of a latent and a class; the prior gives one class each."""
    space = model.card.default_space
    assert space.dim == DIM + CLASSES
    assert space.classes == slice(DIM, DIM + CLASSES)
    latents = model.sample(5, seed=1)
    np.testing.assert_array_equal(np.sort(latents[:, DIM:], axis=1)[:, -2:], [[0, 1]] * 5)
    return latents


@pytest.mark.parametrize("free", [True, False])
def test_a_label_of_zeros_and_a_one_is_a_class_beside_the_latent(free: bool, tmp_path: Path) -> None:
    given = torch.zeros(2, DIM), torch.zeros(2, CLASSES)
    net = exported(OneHot(), tmp_path / "g.onnx", *given, names=("z", "label"), free=free)
    model = open_foreign(tmp_path / "g.onnx")
    latents = check_classes(model)
    same(model, net(*split(latents)), latents)
    assert any("'label' is one of 4 classes" in fact.text for fact in model.card.facts)
    assert any("checked against onnxruntime" in fact.text for fact in model.card.facts)


@pytest.mark.parametrize("how", ["beside", "times", "one-hot"])
@pytest.mark.parametrize("sides", [(), (1,)], ids=["a number", "a column"])
def test_a_class_by_its_number_is_looked_up_and_blends(how: str, sides: tuple[int, ...], tmp_path: Path) -> None:
    if how == "one-hot" and sides:
        pytest.skip("torch makes (n, 1, classes) of it")
    given = torch.zeros(2, DIM), torch.zeros(2, *sides, dtype=torch.long)
    net = exported(Embedded(how), tmp_path / "g.onnx", *given, names=("z", "y"))
    convert(tmp_path / "g.onnx", tmp_path / "ours")
    model = open_model(tmp_path / "ours", "cpu")
    latents = check_classes(model)
    z, rows = split(latents)
    same(model, net(z, rows.argmax(1).reshape(-1, *sides)), latents)
    assert any("checked against onnxruntime" in fact.text for fact in model.card.facts)
    if how == "beside":
        blend = np.tile(np.concatenate([latents[0, :DIM], [0.5, 0, 0.5, 0]]).astype(np.float32), (2, 1))
        row = net.table.weight[[0, 2]].mean(0, keepdim=True).expand(2, -1)
        same(model, net.net(torch.cat([row, split(blend)[0]], 1)), blend)


def test_a_single_number_beside_the_latent_is_held_at_one(tmp_path: Path) -> None:
    net = exported(Strength(), tmp_path / "g.onnx", torch.zeros(2, DIM), torch.tensor(0.7), names=("z", "psi"))
    model = open_foreign(tmp_path / "g.onnx")
    assert model.card.default_space.dim == DIM
    latents = model.sample(3, seed=0)
    same(model, net(torch.from_numpy(latents), torch.tensor(1.0)), latents)
    assert any("'psi' is held at 1" in fact.text for fact in model.card.facts)


def test_two_latents_are_parts_of_one(tmp_path: Path) -> None:
    net = exported(Two(), tmp_path / "g.onnx", torch.zeros(2, DIM), torch.zeros(2, 3), names=("z", "style"))
    model = open_foreign(tmp_path / "g.onnx")
    assert model.card.default_space.pieces == (("z", 0, DIM), ("style", DIM, DIM + 3))
    latents = model.sample(3, seed=0)
    same(model, net(*split(latents)), latents)


def test_noise_of_its_own_is_left_out_and_told(tmp_path: Path) -> None:
    net = exported(Noisy(), tmp_path / "g.onnx", torch.zeros(2, DIM), names=("z",))
    model = open_foreign(tmp_path / "g.onnx")
    latents = model.sample(3, seed=0)
    same(model, net.net(torch.from_numpy(latents)), latents)
    assert any("noise" in fact.text and "left out" in fact.text for fact in model.card.facts)
    assert not any("checked against" in fact.text for fact in model.card.facts)


class Inpainter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = Grower(DIM)

    def forward(self, z: Tensor, picture: Tensor) -> Tensor:
        made: Tensor = self.net(z) + picture
        return made


def test_a_picture_that_goes_in_beside_the_latent_is_refused_by_name(tmp_path: Path) -> None:
    given = torch.zeros(1, DIM), torch.zeros(1, 3, 16, 16)
    exported(Inpainter(), tmp_path / "g.onnx", *given, names=("z", "picture"), free=False)
    with pytest.raises(CheckpointError, match=r"takes 2 things.*z \(1 x 6\), picture \(1 x 3 x 16 x 16\)"):
        open_foreign(tmp_path / "g.onnx")


@pytest.mark.parametrize("new", [False, True], ids=["Keras 2", "Keras 3"])
def test_a_keras_generator_with_a_table_of_classes_opens(new: bool, tmp_path: Path) -> None:
    table = k.numbers(CLASSES, 16)
    look_up = k.Layer("Embedding", {"input_dim": CLASSES, "output_dim": 16}, {"embeddings": table}, lambda x: x)
    layers = [look_up, k.reshape(4, 4, 1), k.dense(DIM, 32), k.reshape(4, 4, 2)]
    layers += [k.plain("Concatenate", lambda x: x, axis=-1), k.transposed(3, 3, 4, 2, act="tanh"), k.upsample()]
    k.named(layers)
    names = [one.name for one in layers]
    takes = [["y"], [names[0]], ["z"], [names[2]], [names[1], names[3]], [names[4]], [names[5]]]
    model_config = k.functional(list(zip(layers, takes, strict=True)), (DIM,), [names[6]], new=new)
    label = {"batch_shape" if new else "batch_input_shape": [None, 1], "name": "y"}
    model_config["config"]["layers"].insert(
        1, {"class_name": "InputLayer", "config": label, "name": "y", "inbound_nodes": []}
    )
    model_config["config"]["input_layers"].append(["y", 0, 0])
    k.write_keras(tmp_path / "g.keras", model_config, layers) if new else k.write_h5(
        tmp_path / "g.h5", model_config, layers
    )
    model = open_foreign(tmp_path / ("g.keras" if new else "g.h5"))
    latents = check_classes(model)
    z, rows = latents[:, :DIM], latents[:, DIM:]
    row = (rows @ table).reshape(-1, 4, 4, 1)
    whole = np.concatenate([row, k.ran(layers[2:4], z)], axis=-1)
    pictures = (k.ran(layers[5:], whole) + 1) / 2
    np.testing.assert_allclose(model.decode_float(latents), pictures.clip(0, 1), atol=2e-5)
