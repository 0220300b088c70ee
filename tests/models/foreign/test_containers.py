"""Containers are read as data: every kind gives the same tensors, whatever its ending, and names what it is not."""

from __future__ import annotations

import argparse
import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.foreign import hashes
from explorer.models.foreign.contents import contents
from explorer.models.foreign.opening import read


def weights() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {
        "fc.weight": torch.randn(6, 4),
        "fc.bias": torch.randn(6),
        "norm.running_mean": torch.randn(6, dtype=torch.float64),
        "norm.num_batches_tracked": torch.tensor(3),
        "half.weight": torch.randn(3, 5).half(),
        "turned": torch.randn(4, 6).t(),
    }


def as_numpy(path: Path) -> None:
    np.savez(path.with_suffix(".npz"), **{key: value.numpy() for key, value in weights().items()})
    path.with_suffix(".npz").rename(path)


class AttributeDict(dict):  # type: ignore[type-arg]
    """Of a library that is not there when the file is opened."""


WRITERS: dict[str, Callable[[Path], object]] = {
    "torch zip file": lambda path: torch.save(weights(), path),
    "torch legacy file": lambda path: torch.save(weights(), path, _use_new_zipfile_serialization=False),
    "ordered": lambda path: torch.save(OrderedDict(weights()), path),
    "in a dict": lambda path: torch.save({"epoch": 3, "state_dict": weights(), "nz": 4}, path),
    "parallel": lambda path: torch.save({f"module.{key}": value for key, value in weights().items()}, path),
    "compiled": lambda path: torch.save({f"_orig_mod.{key}": value for key, value in weights().items()}, path),
    "namespace": lambda path: torch.save({"model": weights(), "args": argparse.Namespace(nz=4)}, path),
    "with optimiser": lambda path: torch.save(
        {"optimizer": {"state": {0: {"exp_avg": torch.zeros(9)}}}, "model": weights()}, path
    ),
    "lightning": lambda path: torch.save(
        {"state_dict": weights(), "hyper_parameters": AttributeDict(latent_dim=4)}, path
    ),
    "safetensors": lambda path: save_file({key: value.contiguous() for key, value in weights().items()}, path),
    "npz": as_numpy,
    "pickle of arrays": lambda path: path.write_bytes(
        pickle.dumps({key: value.numpy() for key, value in weights().items()})
    ),
    "pickle of tensors": lambda path: path.write_bytes(pickle.dumps(weights())),
    "old pickle": lambda path: path.write_bytes(
        pickle.dumps({key: value.numpy() for key, value in weights().items()}, protocol=0)
    ),
    "parameters": lambda path: torch.save({key: nn.Parameter(value, False) for key, value in weights().items()}, path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_container_gives_the_same_tensors_under_any_ending(name: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.xyz"
    WRITERS[name](path)
    reading = read(path)
    wanted = weights()
    assert set(reading.tensors) == set(wanted)
    for key, value in wanted.items():
        expected = value.float() if value.is_floating_point() else value
        assert torch.equal(reading.tensors[key], expected), key
        assert reading.tensors[key].dtype == expected.dtype
    assert len(reading.file_hash) == 64


def test_hyper_parameters_are_read_as_plain_data_and_their_class_is_named(tmp_path: Path) -> None:
    WRITERS["lightning"](tmp_path / "a.ckpt")
    reading = read(tmp_path / "a.ckpt")
    assert reading.hints["hyper_parameters"] == {"latent_dim": 4}
    assert any(name.endswith("AttributeDict") for name in reading.named)
    WRITERS["namespace"](tmp_path / "b.pt")
    assert read(tmp_path / "b.pt").hints["args"] == {"nz": 4}


def test_a_side_car_is_read_as_a_hint(tmp_path: Path) -> None:
    torch.save(weights(), tmp_path / "model.pt")
    (tmp_path / "specs.json").write_text('{"latent_dim": 10}')
    assert read(tmp_path / "model.pt").hints["specs"] == {"latent_dim": 10}


def test_the_averaged_copy_is_preferred_and_the_discriminator_left(tmp_path: Path) -> None:
    ours, others = (
        weights(),
        {key: value + 1 if value.is_floating_point() else value for key, value in weights().items()},
    )
    torch.save({"g": others, "d": others, "g_ema": ours}, tmp_path / "both.pt")
    reading = read(tmp_path / "both.pt")
    assert torch.equal(reading.tensors["fc.weight"], ours["fc.weight"])
    assert any("EMA" in note for note in reading.notes)


def test_of_several_networks_the_wanted_one_is_taken(tmp_path: Path) -> None:
    others = {key: value + 1 if value.is_floating_point() else value for key, value in weights().items()}
    torch.save({"first": weights(), "second": others}, tmp_path / "two.pt")
    assert read(tmp_path / "two.pt").networks == ("first", "second")
    assert torch.equal(read(tmp_path / "two.pt", "second").tensors["fc.weight"], others["fc.weight"])


def test_a_whole_module_comes_as_a_tree_of_plain_data(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Sequential(nn.Linear(8, 4, bias=False), nn.Tanh()))
    for name, save in (("new", True), ("old", False)):
        path = tmp_path / f"{name}.pt"
        torch.save(net, path, _use_new_zipfile_serialization=save)
        reading = read(path)
        assert reading.modules is not None
        assert [child.kind.rpartition(".")[2] for child in reading.modules.children.values()] == [
            "Linear",
            "LeakyReLU",
            "Sequential",
        ]
        assert reading.modules.children["1"].attributes["negative_slope"] == 0.2
        assert list(reading.tensors) == ["0.weight", "0.bias", "2.0.weight"]
        assert torch.equal(reading.tensors["2.0.weight"], net.state_dict()["2.0.weight"])


def test_shared_tensors_are_each_in_memory_of_their_own(tmp_path: Path) -> None:
    one = torch.randn(4, 4)
    torch.save({"a.weight": one, "b.weight": one, "c.weight": one[:2]}, tmp_path / "tied.pt")
    tensors = read(tmp_path / "tied.pt").tensors
    assert torch.equal(tensors["c.weight"], one[:2])
    tensors["a.weight"].zero_()
    assert torch.equal(tensors["b.weight"], one)


def test_layers_of_a_safetensors_file_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """safetensors writes by the alphabet: net.10 before net.2."""
    save_file({f"net.{number}.weight": torch.zeros(2, 2) for number in range(12)}, tmp_path / "a.safetensors")
    assert list(read(tmp_path / "a.safetensors").tensors) == [f"net.{number}.weight" for number in range(12)]


def test_a_large_file_is_known_again_by_a_sample_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(range(256)) * 400)
    whole = hashes.file_hash(path)
    assert whole == hashes.whole_hash(path)
    assert hashes.changed(path) == ""
    monkeypatch.setattr(hashes, "LARGE", 10_000)
    monkeypatch.setattr(hashes, "PIECE", 1000)
    sampled = hashes.file_hash(path)
    assert sampled != whole
    assert hashes.changed(path)
    for place in (0, len(path.read_bytes()) - 1):
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)
        assert hashes.file_hash(path) != sampled


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("notes.txt", "nothing")


def objects(path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{"x": 1}], dtype=object))
    path.write_bytes(buffer.getvalue())


NO_MODELS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "a git-LFS pointer": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
        "git lfs pull",
    ),
    "a web page": (lambda path: path.write_text("<!DOCTYPE html><html>Sign in</html>"), "web page"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), "picture"),
    "losses": (lambda path: path.write_bytes(pickle.dumps([0.5] * 100)), "list of 100 numbers"),
    "objects": (objects, "Python objects"),
    "a zip": (zipped, "zip of 1 files"),
    "noise": (lambda path: path.write_bytes(bytes([0xEE, 0, 1, 2]) * 99), "damaged, or of a kind"),
    "one array": (lambda path: path.write_bytes(b"\x93NUMPY" + bytes(99)), "single numpy array"),
    "no tensors": (lambda path: torch.save({"epoch": 3}, path), "no tensors"),
    "a tar": (lambda path: path.write_bytes(bytes(257) + b"ustar" + bytes(300)), "tar"),
    "settings": (lambda path: path.write_text('{"lr": 1}'), "settings"),
    "flax": (lambda path: path.write_bytes(b"\x82\xa6params\x80" + bytes(20)), "flax"),
}


@pytest.mark.parametrize("name", NO_MODELS)
def test_what_is_no_model_is_named_for_what_it_is(name: str, tmp_path: Path) -> None:
    write, said = NO_MODELS[name]
    path = tmp_path / "generator.pth"
    write(path)
    with pytest.raises(CheckpointError) as caught:
        contents(path)
    assert said in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
@pytest.mark.parametrize("name", ["torch zip file", "torch legacy file", "safetensors", "npz"])
def test_a_file_cut_short_says_so(name: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / "cut.pt"
    WRITERS[name](path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError) as caught:
        read(path)
    assert any(word in str(caught.value) for word in ("cut short", "damaged"))


def test_a_stylegan_of_tensorflow_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ffhq.pkl"  # three networks, each made of a state
    path.write_bytes(b"cdnnlib.tflib.network\nNetwork\n)R(dS'version'\nI5\nsb.")
    with pytest.raises(CheckpointError, match=r"TensorFlow"):
        contents(path)


NETWORKS: dict[str, tuple[dict[str, tuple[int, ...]], str]] = {
    "style-based": (
        {"b8.fromrgb.weight": (6, 3, 1, 1), "b8.conv0.weight": (6, 6, 3, 3), "b4.out.weight": (1, 6)},
        "dis",
    ),
    "progressive": (
        {
            "scaleLayers.0.0.weight": (6, 6, 3, 3),
            "fromRGBLayers.0.weight": (6, 3, 1, 1),
            "decisionLayer.weight": (1, 6),
        },
        "discriminator",
    ),
    "fully connected": ({"model.0.weight": (64, 784), "model.2.weight": (1, 64)}, "discriminator"),
    "patches": ({"model.0.weight": (8, 3, 4, 4), "model.2.weight": (1, 8, 4, 4)}, "discriminator"),
    "lightweight-gan": (
        {
            "G.initial_conv.0.weight": (8, 16, 4, 4),
            "GE.initial_conv.0.weight": (8, 16, 4, 4),
            "GE.layers.0.0.1.weight": (12, 8, 3, 3),
            "GE.out_conv.weight": (3, 6, 3, 3),
            "D.to_logits.0.weight": (4, 4, 1, 1),
        },
        "lightweight-gan",
    ),
    "encoder": ({"0.weight": (8, 3, 3, 3), "1.conv.0.weight": (8, 8, 3, 3), "9.weight": (32, 8, 3, 3)}, "encoder"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_makes_no_pictures_is_named_by_its_layers(name: str, tmp_path: Path) -> None:
    from explorer.models.foreign.opening import open_foreign

    shapes, said = NETWORKS[name]
    torch.save({key: torch.zeros(shape) for key, shape in shapes.items()}, tmp_path / "net.pt")
    with pytest.raises(CheckpointError, match=said):
        open_foreign(tmp_path / "net.pt")


@pytest.mark.parametrize(("last", "said"), [((1, 32), "discriminator"), ((10, 32), "classifier")])
def test_networks_that_make_no_pictures_are_told_by_their_shapes(
    last: tuple[int, int], said: str, tmp_path: Path
) -> None:
    from explorer.models.foreign.opening import open_foreign

    layers = {"c.weight": torch.zeros(8, 3, 4, 4), "d.weight": torch.zeros(32, 8, 4, 4), "f.weight": torch.zeros(last)}
    torch.save(layers, tmp_path / "net.pt")
    with pytest.raises(CheckpointError, match=said):
        open_foreign(tmp_path / "net.pt")
