"""From a folder to a model and back. Adding a family is one file and one line in `FAMILIES`.

A family's file offers `build(config) -> NetworkModel`, which checks the hyper-parameters and builds the networks. It
is called with torch's meta device: nothing is allocated before the weights are known to fit. So every constant of a
network is a persistent buffer, and is part of the weights.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn

from explorer.errors import CheckpointError, DeviceError, ExplorerError
from explorer.models import device as devices
from explorer.models.config import WEIGHTS, Config, check_file, read_config, resolve, whole, write_config
from explorer.models.foreign.sniff import foreign
from explorer.models.network import NetworkModel
from explorer.models.prior_files import kept_prior
from explorer.models.weights_file import write_weights

FAMILIES = {
    "vae": "explorer.models.vae",
    "gan": "explorer.models.gan",
    "flow": "explorer.models.flow",
    "layers": "explorer.models.foreign.layered",
    "graph": "explorer.models.foreign.graph",
    "uva-flow": "explorer.models.foreign.uva_flow",
    "styled": "explorer.models.foreign.styled",
    "stylegan2": "explorer.models.foreign.stylegan2",
    "stylegan3": "explorer.models.foreign.stylegan3",
    "flow-steps": "explorer.models.foreign.flows.pictures",
    "flow-classes": "explorer.models.foreign.flows.classed",
    "flow-points": "explorer.models.foreign.flows.points",
    "words": "explorer.models.word_vectors",
}


def open_model(path: str | Path, device: str | None = None, adapter: Path | None = None) -> NetworkModel:
    """The model in a folder, in a file of others, or of a bundled name, with the prior the user chose for it, if any.

    `adapter`: a Python file that builds the model of a file of others. Raises CheckpointError, DeviceError.
    Without a `device` the fastest one is tried, and the CPU where that fails.
    """
    if (stranger := foreign(path)) is not None:
        from explorer.models.foreign.opening import open_foreign

        model = open_foreign(stranger, adapter=adapter)
        model.prior = kept_prior(model.card) or model.prior
        _place(model, device)
        return model
    folder = resolve(path)
    config = read_config(folder)
    with torch.device("meta"):
        model = build(config)
    _fill(model.net, folder / WEIGHTS)
    model.ready()
    model.prior = kept_prior(model.card)
    _place(model, device)
    return model


def _place(model: NetworkModel, device: str | None) -> None:
    try:
        wanted = device or devices.best()
        if wanted != "cpu":
            model.to(wanted)
    except DeviceError:
        if device is not None:
            raise


def build(config: Config) -> NetworkModel:
    """The model that `config` describes, with weights at random. Raises CheckpointError."""
    if config.family not in FAMILIES:
        raise CheckpointError(
            f"'{config.card.name}' is of the unknown family '{config.family}'.", f"Known: {', '.join(FAMILIES)}."
        )
    family = importlib.import_module(FAMILIES[config.family])
    try:
        model: NetworkModel = family.build(config)
    except ExplorerError:
        raise
    except Exception as error:  # torch refuses absurd sizes in many ways
        raise CheckpointError(f"The networks of '{config.card.name}' cannot be built.", f"{error}"[:300]) from error
    return model


def save_model(model: NetworkModel, path: str | Path) -> None:
    """Writes `config.json` and `model.safetensors`, each whole or not at all. Raises StorageError."""
    folder = Path(path)
    write_weights(folder / WEIGHTS, model.net.state_dict())
    write_config(folder, model.card, model.hyperparameters)


def _fill(net: nn.Module, path: Path) -> None:
    """Puts the weights of a file in the place of meta tensors, one at a time: no second copy of them all."""
    check_file(path)
    expected = net.state_dict()
    where = f"{path.parent.name}/{path.name}"
    with whole(path), safe_open(path, framework="pt") as opened:
        shapes = {key: tuple(opened.get_slice(key).get_shape()) for key in opened.keys()}  # noqa: SIM118
        _compare({key: tuple(value.shape) for key, value in expected.items()}, shapes, where)
        weights = {key: _weight(opened.get_tensor(key), expected[key], key, where) for key in expected}
    net.load_state_dict(weights, assign=True)


def _weight(read: Tensor, expected: Tensor, key: str, where: str) -> Tensor:
    if read.is_floating_point() != expected.is_floating_point():
        raise CheckpointError(f"{where}: '{key}' holds numbers of the kind {read.dtype}.", f"{expected.dtype} fits.")
    value = read.to(expected.dtype, copy=True)  # a copy of its own: the file may change under a mapped one
    if value.is_floating_point() and value.numel() and not all(map(math.isfinite, torch.aminmax(value))):
        raise CheckpointError(f"{where}: '{key}' holds values that are no numbers.", "The file is damaged.")
    return value


def _compare(expected: Mapping[str, tuple[int, ...]], read: Mapping[str, tuple[int, ...]], where: str) -> None:
    missing = [key for key in expected if key not in read]
    unexpected = [key for key in read if key not in expected]
    other = [f"{key} {read[key]} for {shape}" for key, shape in expected.items() if read.get(key, shape) != shape]
    told = [
        f"{title}: {', '.join(keys[:6])}{' and more' if len(keys) > 6 else ''}."
        for title, keys in (("Missing", missing), ("Unexpected", unexpected), ("Of another shape", other))
        if keys
    ]
    if told:
        raise CheckpointError(f"The weights in {where} do not fit its config.json.", " ".join(told))
