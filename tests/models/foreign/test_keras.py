"""Keras decoders open without TensorFlow, by their config and weights, and make what their layers make in numpy."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras_nets as k
import numpy as np
import pytest

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.network import NetworkModel


def grower(end: str = "sigmoid") -> list[k.Layer]:
    return [
        k.dense(5, 4 * 4 * 6, "relu"),
        k.reshape(4, 4, 6),
        k.norm(6),
        k.transposed(6, 8, 3, 2, act="relu"),
        k.plain("Dropout", lambda x: x, rate=0.3),
        k.transposed(8, 4, 4, 2),
        k.leaky(0.2),
        k.conv(4, 3, (3, 3), act=end),
    ]


def same(model: NetworkModel, wanted: Callable[[np.ndarray], np.ndarray], count: int = 4) -> None:
    latents = model.sample(count, seed=0)
    low, high = model.card.image_range
    pictures = (wanted(latents.reshape(count, *model.card.default_space.shape)) - low) / (high - low)
    np.testing.assert_allclose(model.decode_float(latents), pictures.clip(0, 1), atol=2e-5)


WRITERS: dict[str, Callable[[Path, dict[str, Any], list[k.Layer]], Path]] = {
    "h5": lambda path, model, layers: k.write_h5(path / "decoder.h5", model, layers) or path / "decoder.h5",
    "keras": lambda path, model, layers: k.write_keras(path / "decoder.keras", model, layers) or path / "decoder.keras",
    "packed keras": lambda path, model, layers: (
        k.write_keras(path / "d.keras", model, layers, True) or path / "d.keras"
    ),
    "tfjs": lambda path, model, layers: k.write_tfjs(path / "web", model, layers) or path / "web",
    "tfjs by its file": lambda path, model, layers: (
        k.write_tfjs(path / "web", model, layers) or path / "web" / "model.json"
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_decoder_opens_from_every_container_of_keras(kind: str, tmp_path: Path) -> None:
    layers = grower()
    path = WRITERS[kind](tmp_path, k.sequential(layers, (5,)), layers)
    model = open_foreign(path)
    assert model.card.image_shape == (16, 16, 3)
    assert model.card.image_range == (0.0, 1.0)
    same(model, lambda z: k.ran(layers, z))
    convert(path, tmp_path / "ours")
    same(open_model(tmp_path / "ours", "cpu"), lambda z: k.ran(layers, z))


def last(width: int) -> k.Layer:
    return k.conv(width, 1, (1, 1), act="tanh")


MIDDLES: dict[str, Callable[[], tuple[list[k.Layer], int]]] = {
    "same of even kernels": lambda: ([k.conv(2, 4, (4, 2))], 4),
    "same with strides": lambda: (
        [k.conv(2, 4, (3, 3), 2), k.upsample(), k.conv(4, 5, (5, 4), (2, 1)), k.upsample()],
        5,
    ),
    "valid": lambda: ([k.conv(2, 4, (3, 2), padding="valid")], 4),
    "gaps": lambda: ([k.conv(2, 4, (3, 3), dilation=2)], 4),
    "turned 5 by 2": lambda: ([k.transposed(2, 3, 5, 2)], 3),
    "turned 4 by 2": lambda: ([k.transposed(2, 3, 4, 2)], 3),
    "turned 3 by 2, valid": lambda: ([k.transposed(2, 3, 3, 2, "valid")], 3),
    "turned 2 by 3": lambda: ([k.transposed(2, 3, 2, 3)], 3),
    "turned 2 by 3, valid": lambda: ([k.transposed(2, 3, 2, 3, "valid")], 3),
    "turned 3 by 1": lambda: ([k.transposed(2, 3, 3, 1)], 3),
    "turned with output padding": lambda: ([k.transposed(2, 3, 3, 2, more=1)], 3),
    "norm without scale": lambda: ([k.norm(2, scale=False)], 2),
    "norm without centre": lambda: ([k.norm(2, center=False)], 2),
    "depthwise": lambda: ([k.depthwise(2, 3, 2)], 4),
    "swish and elu": lambda: ([k.act("swish"), k.act("elu")], 2),
    "softmax of channels": lambda: ([k.act("softmax")], 2),
    "pools": lambda: ([k.upsample(), k.pool("MaxPooling2D", 2), k.upsample(), k.pool("AveragePooling2D", 2)], 2),
    "padding and cropping": lambda: (
        [
            k.plain("ZeroPadding2D", lambda x: np.pad(x, ((0, 0), (1, 2), (3, 0), (0, 0))), padding=[[1, 2], [3, 0]]),
            k.plain("Cropping2D", lambda x: x[:, 1:, :-1], cropping=[[1, 0], [0, 1]]),
        ],
        2,
    ),
    "flat and back": lambda: ([k.flatten(), k.dense(128, 50), k.dense(50, 10 * 12 * 3), k.reshape(10, 12, 3)], 3),
    "rows": lambda: ([k.dense(2, 4, "tanh")], 4),
    "turned axes": lambda: ([k.plain("Permute", lambda x: x.transpose(0, 2, 1, 3), dims=[2, 1, 3]), k.norm(2)], 2),
    "rescaled": lambda: ([k.plain("Rescaling", lambda x: x * 0.5 + 0.1, scale=0.5, offset=0.1)], 2),
    "relu of six": lambda: ([k.plain("ReLU", lambda x: np.clip(x, 0, 0.5), max_value=0.5)], 2),
}


@pytest.mark.parametrize("name", MIDDLES)
def test_layers_mean_what_they_mean_in_keras(name: str, tmp_path: Path) -> None:
    middle, width = MIDDLES[name]()
    layers = [k.dense(3, 128), k.reshape(8, 8, 2), *middle, last(width), k.upsample()]
    k.write_h5(tmp_path / "g.h5", k.sequential(layers, (3,)), layers)
    same(open_foreign(tmp_path / "g.h5"), lambda z: k.ran(layers, z))


@pytest.mark.parametrize("new", [False, True], ids=["Keras 2", "Keras 3"])
def test_branches_that_are_added_and_joined_open(new: bool, tmp_path: Path) -> None:
    first, fold, left, right = k.dense(4, 8 * 8 * 2), k.reshape(8, 8, 2), k.conv(2, 3, (3, 3)), k.conv(2, 3, (1, 1))
    total, joined, end = (
        k.plain("Add", lambda x: x),
        k.plain("Concatenate", lambda x: x, axis=-1),
        k.conv(5, 3, (3, 3), act="sigmoid"),
    )
    layers = [first, fold, left, right, total, joined, end]
    k.named(layers)
    ways = [
        ["z"],
        [first.name],
        [fold.name],
        [fold.name],
        [left.name, right.name],
        [total.name, fold.name],
        [joined.name],
    ]
    nodes = list(zip(layers, ways, strict=True))
    model = k.functional(nodes[::-1], (4,), [end.name], new=new)
    (k.write_keras if new else k.write_h5)(tmp_path / "d", model, layers[::-1])

    def wanted(z: np.ndarray) -> np.ndarray:
        picture = fold.run(first.run(z))
        return end.run(np.concatenate([left.run(picture) + right.run(picture), picture], -1))

    same(open_foreign(tmp_path / "d"), wanted)


def autoencoder(folder: Path) -> tuple[Path, list[k.Layer], list[k.Layer]]:
    """A whole VAE with a Lambda between its halves, as in Keras' own example."""
    body = [k.conv(3, 2, (3, 3), 2, act="relu"), k.flatten()]
    mean, spread = k.dense(128, 5), k.dense(128, 5)
    mean.name, spread.name = "z_mean", "z_log_var"
    drawn = k.plain("Lambda", lambda x: x, function="import os")
    drawn.name = "sampling"
    reader, maker = [*body, mean, spread, drawn], grower()
    k.named(reader)
    ways = [["z"], [body[0].name], [body[1].name], [body[1].name], ["z_mean", "z_log_var"]]
    encoder = k.functional(
        list(zip(reader, ways, strict=True)), (16, 16, 3), ["z_mean", "z_log_var", "sampling"], "encoder"
    )
    decoder = k.sequential(maker, (5,), "decoder")
    inner = [{**encoder, "name": "encoder", "inbound_nodes": [[["z", 0, 0, {}]]]}]
    inner.append({**decoder, "name": "decoder", "inbound_nodes": [[["encoder", 0, 2, {}]]]})
    whole = k.functional([], (16, 16, 3), ["decoder"], "vae")
    whole["config"]["layers"] += inner
    with h5py.File(folder / "vae.h5", "w") as opened:
        opened.attrs["model_config"] = json.dumps(whole)
        group = opened.create_group("model_weights")
        group.attrs["layer_names"] = [b"encoder", b"decoder"]
        for name, layers in (("encoder", reader), ("decoder", maker)):
            held = group.create_group(name)
            pairs = [(f"{one.name}/{role}:0", value) for one in layers for role, value in one.weights.items()]
            held.attrs["weight_names"] = [pair[0].encode() for pair in pairs]
            for key, value in pairs:
                held[key] = value
    return folder / "vae.h5", reader, maker


def test_the_halves_of_a_whole_vae_open_and_its_code_stays_closed(tmp_path: Path) -> None:
    path, reader, maker = autoencoder(tmp_path)
    model = open_foreign(path)
    same(model, lambda z: k.ran(maker, z))
    assert any("Lambda 'sampling'" in fact.text for fact in model.card.facts)
    assert isinstance(model, CanEncode)
    images = model.decode(model.sample(3, seed=1))
    posterior = model.encode(images)
    features = k.ran(reader[:2], images.astype(np.float32) / 255)
    np.testing.assert_allclose(posterior.mean, reader[2].run(features), atol=1e-4)
    assert posterior.log_variance is not None
    np.testing.assert_allclose(posterior.log_variance, reader[3].run(features), atol=1e-4)


# What is refused


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        open_foreign(path)
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("Lambda", "is code of its author's"), ("LSTM", "of a kind that is not read"), ("TFOpLambda", "is code")],
)
def test_a_layer_that_is_code_is_refused_by_name(kind: str, said: str, tmp_path: Path) -> None:
    layers = [k.dense(4, 192), k.plain(kind, lambda x: x), k.reshape(8, 8, 3)]
    k.write_h5(tmp_path / "g.h5", k.sequential(layers, (4,)), layers)
    told = refused(tmp_path / "g.h5")
    assert layers[1].name in told
    assert said in told


def test_weights_alone_say_that_the_model_is_missing(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as opened:
        opened.attrs["layer_names"] = [b"dense", b"conv"]
    assert "weights only (dense, conv)" in refused(tmp_path / "weights.h5")
    with h5py.File(tmp_path / "data.h5", "w") as opened:
        opened["pictures"] = np.zeros(3)
    assert "it holds pictures" in refused(tmp_path / "data.h5")


@pytest.mark.parametrize("how", ["soft link", "external link", "external numbers", "virtual"])
def test_numbers_outside_of_an_h5_file_are_never_touched(how: str, tmp_path: Path) -> None:
    layers = grower()
    path, name = tmp_path / "g.h5", "kernel:0"
    k.write_h5(path, k.sequential(layers, (5,)), layers)
    (tmp_path / "secret").write_bytes(bytes(4096))
    with h5py.File(path, "r+") as opened:
        held = opened[f"model_weights/{layers[0].name}/{layers[0].name}"]
        shape = held[name].shape
        del held[name]
        if how == "soft link":
            held[name] = h5py.SoftLink("/elsewhere")
        elif how == "external link":
            held[name] = h5py.ExternalLink(str(tmp_path / "secret"), "/x")
        elif how == "external numbers":
            held.create_dataset(name, shape, "f4", external=[(str(tmp_path / "secret"), 0, h5py.h5f.UNLIMITED)])
        else:
            layout = h5py.VirtualLayout(shape, "f4")
            held.create_virtual_dataset(name, layout)
    assert "outside of the file" in refused(path)


def test_shards_outside_of_the_folder_are_never_touched(tmp_path: Path) -> None:
    layers = grower()
    k.write_tfjs(tmp_path / "web", k.sequential(layers, (5,)), layers)
    said = json.loads((tmp_path / "web" / "model.json").read_text())
    said["weightsManifest"][0]["paths"][0] = "../secret.bin"
    (tmp_path / "secret.bin").write_bytes(bytes(9999))
    (tmp_path / "web" / "model.json").write_text(json.dumps(said))
    assert "outside of its folder" in refused(tmp_path / "web")


def test_an_h5_of_empty_room_does_not_fill_the_memory(tmp_path: Path) -> None:
    layers = grower()
    k.write_h5(tmp_path / "g.h5", k.sequential(layers, (5,)), layers)
    with h5py.File(tmp_path / "g.h5", "r+") as opened:
        held = opened[f"model_weights/{layers[0].name}/{layers[0].name}"]
        del held["kernel:0"]
        held.create_dataset("kernel:0", (10**6, 10**5), "f4", chunks=(100, 100))
    assert "GB" in refused(tmp_path / "g.h5")


def test_a_keras_zip_without_its_parts_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "g.keras", "w") as opened:
        opened.writestr("config.json", "{}")
        opened.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
    assert "damaged" in refused(tmp_path / "g.keras")
