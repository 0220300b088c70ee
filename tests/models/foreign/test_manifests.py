"""A manifest beside the weights opens them without questions, can be shared, and cannot do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from references import shaken
from torch import nn

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model
from explorer.models.folder import read_card
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.kept import explored, keep
from explorer.models.foreign.manifest import manifest_path, write_manifest
from explorer.models.foreign.opening import convert, read


def network(seed: int = 0) -> nn.Module:
    net = nn.Sequential(nn.Linear(5, 12), nn.Softplus(), nn.Linear(12, 64), nn.Sigmoid())
    return shaken(net, seed)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Weights that are drafted as softplus, with the manifest beside."""
    path = tmp_path / "my_net.pth"
    torch.save(network().state_dict(), path)
    write_manifest(draft(read(path), {"activation": "softplus"}).manifest, manifest_path(path))
    return path


def expected(net: nn.Module, latents: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return net(torch.from_numpy(latents)).view(-1, 8, 8, 1).numpy()


def test_the_file_and_the_manifest_open_alike(weights: Path) -> None:
    for path in (weights, manifest_path(weights)):
        model = open_model(path, "cpu")
        latents = model.sample(4, seed=1)
        assert np.allclose(model.decode_float(latents), expected(network(), latents), atol=1e-6)


def test_a_shared_manifest_opens_other_weights_of_the_same_shapes_and_says_so(weights: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    torch.save(network(seed=7).state_dict(), other / weights.name)
    (other / manifest_path(weights).name).write_bytes(manifest_path(weights).read_bytes())
    model = open_model(other / weights.name, "cpu")
    latents = model.sample(4, seed=1)
    assert np.allclose(model.decode_float(latents), expected(network(seed=7), latents), atol=1e-6)
    assert "other weights" in model.card.facts[-1].text
    assert "other weights" not in open_model(weights, "cpu").card.facts[-1].text


def test_a_changed_manifest_is_another_model_in_the_cache(weights: Path) -> None:
    first = keep(weights, step=lambda *_told: None)
    assert not keep(weights, step=lambda *_told: None).known
    explored(first.folder)
    again = keep(weights, step=lambda *_told: None)
    assert again.known
    assert again.folder == first.folder
    write_manifest(draft(read(weights), {"activation": "tanh"}).manifest, manifest_path(weights))
    other = keep(weights, step=lambda *_told: None)
    assert not other.known
    assert other.folder != first.folder


def test_it_converts_to_a_folder_of_ours(weights: Path, tmp_path: Path) -> None:
    convert(weights, tmp_path / "ours")
    model = open_model(tmp_path / "ours", "cpu")
    latents = model.sample(4, seed=1)
    assert np.allclose(model.decode_float(latents), expected(network(), latents), atol=1e-6)
    assert any(fact.how == "guessed" for fact in read_card(tmp_path / "ours").facts)


def test_a_manifest_of_another_file_is_left_alone(weights: Path) -> None:
    weights.rename(weights.with_suffix(".pt"))
    with pytest.raises(CheckpointError, match="not beside"):
        open_model(manifest_path(weights))


def nested(depth: int) -> list[dict[str, object]]:
    layers: list[dict[str, object]] = [{"layer": "relu"}]
    for _ in range(depth):
        layers = [{"layer": "residual", "body": layers, "skip": []}]
    return layers


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "a path for weights": lambda said: said.update(weights="../../etc/passwd"),
    "a backslash in weights": lambda said: said.update(weights="..\\secret.pth"),
    "an unknown layer": lambda said: said["decoder"].insert(0, {"layer": "os.system", "key": "0"}),
    "a layer without a name": lambda said: said["decoder"].insert(0, {"eval": "1"}),
    "a huge layer": lambda said: said["decoder"].insert(0, {"layer": "linear", "out": 10**12, "key": "0"}),
    "a large layer": lambda said: said["decoder"].insert(0, {"layer": "linear", "out": 2**26, "key": "0"}),
    "many layers": lambda said: said.update(decoder=[{"layer": "relu"}] * 5000),
    "deep lists": lambda said: said.update(decoder=nested(200)),
    "a number for a key": lambda said: said["decoder"][0].update(key=7),
    "a key of nothing": lambda said: said["decoder"][0].update(key="nowhere"),
    "a swapped key": lambda said: said["decoder"][0].update(key="2"),
    "an endless eps": lambda said: said["decoder"].insert(1, {"layer": "norm", "eps": 1e999}),
    "a list for a layer": lambda said: said["decoder"].insert(1, []),
    "a negative picture": lambda said: said["picture"].update(shape=[8, -8, -1]),
    "another picture": lambda said: said["picture"].update(shape=[4, 16, 1]),
    "an empty range": lambda said: said["picture"].update(range=[1, 1]),
    "a latent of lies": lambda said: said["latent"].update(dim=9),
    "a huge latent": lambda said: said["latent"].update(dim=2**40, shape=[2**40]),
    "a newer version": lambda said: said.update(version=99),
    "facts without an end": lambda said: said.update(facts=[{"text": "a", "how": "read"}] * 5000),
    "an unknown posterior": lambda said: said.update(encoder=[{"layer": "flatten"}], posterior="__import__"),
    "everything a text": lambda said: said.update({key: "x" for key in said if key != "format"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_manifest_is_refused_with_a_message(name: str, weights: Path) -> None:
    beside = manifest_path(weights)
    said = json.loads(beside.read_bytes())
    HOSTILE[name](said)
    beside.write_text(json.dumps(said))
    for path in (weights, beside):
        with pytest.raises(CheckpointError) as told:
            open_model(path, "cpu")
        assert told.value.hint


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"format": "latent-explorer manifest"}', "\0" * 50])
def test_a_damaged_manifest_says_that_it_is_one(text: str, weights: Path) -> None:
    manifest_path(weights).write_text(text)
    with pytest.raises(CheckpointError, match=r"my_net\.latent\.json"):
        open_model(weights, "cpu")


def test_a_manifest_written_by_hand_needs_only_what_cannot_be_known(tmp_path: Path) -> None:
    torch.save(network().state_dict(), tmp_path / "net.pth")
    layers = [{"layer": "linear", "out": 12, "key": "0"}, {"layer": "softplus"}]
    layers += [{"layer": "linear", "out": 64, "key": "2"}, {"layer": "sigmoid"}, {"layer": "fold", "shape": [1, 8, 8]}]
    said = {
        "format": "latent-explorer manifest",
        "version": 1,
        "weights": "net.pth",
        "latent": {"name": "z", "dim": 5, "shape": [5]},
        "picture": {"shape": [8, 8, 1], "range": [0, 1]},
        "decoder": layers,
    }
    (tmp_path / "net.latent.json").write_text(json.dumps(said))
    model = open_model(tmp_path / "net.pth", "cpu")
    latents = model.sample(4, seed=1)
    assert np.allclose(model.decode_float(latents), expected(network(), latents), atol=1e-6)
