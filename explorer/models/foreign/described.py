"""From a manifest and a reading to an architecture: its layers, with the weights that their keys name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.layers import stacked
from explorer.models.foreign.manifest import Manifest
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import COUNTED, card_of

Layers = Sequence[Mapping[str, object]]
PARTS = {"residual": ("body", "skip"), "modulate": ("factor", "shift")}
"""Layers with layers in them, by the names of their branches."""


def described(manifest: Manifest, reading: Reading) -> Recognised:
    """The architecture that a manifest says a reading has. Raises CheckpointError where they do not fit."""
    sides = {"decoder": manifest.decoder, "encoder": manifest.encoder}
    wanted: dict[str, str] = {}
    expected: dict[str, tuple[int, ...]] = {}
    height, width, channels = manifest.image_shape
    for side, shape in (("decoder", manifest.space.shape), ("encoder", (channels, height, width))):
        if sides[side]:
            net = _built(sides[side], side, shape)
            wanted |= {f"{side}.{ours}": theirs for ours, theirs in _sources(sides[side], net, "")}
            expected |= {f"{side}.{key}": tuple(value.shape) for key, value in net.state_dict().items()}
    _compare(manifest, reading.tensors, wanted, expected)
    hyper: dict[str, object] = {"decoder": bare(manifest.decoder)}
    if manifest.encoder:
        hyper |= {"encoder": bare(manifest.encoder), "posterior": manifest.posterior}
    card = card_of(reading, manifest.architecture, manifest.space, manifest.image_shape, manifest.image_range)
    card = replace(card, facts=manifest.facts + _origin(manifest, reading))
    return Recognised(Config(card, hyper), {ours: reading.tensors[theirs] for ours, theirs in wanted.items()})


def bare(layers: Layers) -> list[dict[str, object]]:
    """The layers without the keys of the file."""
    found: list[dict[str, object]] = []
    for layer in layers:
        kept = {name: value for name, value in layer.items() if name not in ("key", "keys")}
        for name in (one for one in PARTS.get(str(layer.get("layer")), ()) if one in layer):
            kept[name] = bare(layer[name])  # type: ignore[arg-type]
        if layer.get("layer") == "parallel":
            kept["branches"] = [{"layers": bare(one["layers"])} for one in layer["branches"]]  # type: ignore[attr-defined]
        found.append(kept)
    return found


def _built(layers: Layers, side: str, shape: tuple[int, ...]) -> nn.Sequential:
    try:
        with torch.device("meta"):
            return stacked(Fields({side: list(layers)}, "The manifest"), side, shape)[0]
    except CheckpointError:
        raise
    except Exception as error:  # torch refuses absurd sizes in many ways
        raise CheckpointError("The layers of the manifest cannot be built.", f"{error}"[:300]) from error


def _sources(layers: Layers, net: nn.Module, prefix: str) -> Iterator[tuple[str, str]]:
    """(key of ours, key of the file) of every weight below a list of layers. Raises CheckpointError without a key."""
    for number, (layer, module) in enumerate(zip(layers, net.children(), strict=True)):
        kind, own = layer["layer"], f"{prefix}{number}."
        if kind in PARTS:
            for name in (one for one in PARTS[kind] if one in layer):
                yield from _sources(layer[name], module.get_submodule(name), f"{own}{name}.")  # type: ignore[arg-type]
        elif kind == "parallel":
            for place, one in enumerate(layer["branches"]):  # type: ignore[arg-type, var-annotated]
                branch = module.get_submodule(f"branches.{place}")
                yield from _sources(one["layers"], branch, f"{own}branches.{place}.")
        elif isinstance(keys := layer.get("keys"), Mapping):
            for name in module.state_dict():
                head, dot, rest = name.partition(".")
                yield f"{own}{name}", f"{keys.get(head, head)}{dot}{rest}"
        else:
            for name in module.state_dict():
                if not isinstance(layer.get("key"), str):
                    raise CheckpointError(
                        f"The manifest does not say where layer {number} ({kind}) has its weights.",
                        "Add \"key\": the name of the module in the file, such as 'decoder.0'.",
                    )
                yield f"{own}{name}", f"{layer['key']}.{name}"


def _compare(
    manifest: Manifest, tensors: Mapping[str, Tensor], wanted: Mapping[str, str], expected: Mapping[str, Sequence[int]]
) -> None:
    """Every weight there, of its shape, and none left over that the manifest does not call unused."""
    missing = [theirs for theirs in wanted.values() if theirs not in tensors]
    other = [
        f"{theirs} {tuple(tensors[theirs].shape)} for {expected[ours]}"
        for ours, theirs in wanted.items()
        if theirs in tensors and tuple(tensors[theirs].shape) != expected[ours]
    ]
    known, unused = set(wanted.values()), set(manifest.unused)
    left = [
        key
        for key in tensors
        if key not in known and not key.endswith(COUNTED) and key not in unused and key.rpartition(".")[0] not in unused
    ]
    told = [
        f"{len(keys)} {title} ({', '.join(keys[:4])}{' …' if len(keys) > 4 else ''})"
        for title, keys in (("missing", missing), ("not named", left), ("of another shape", other))
        if keys
    ]
    if told:
        raise CheckpointError(
            f"The manifest does not fit {manifest.weights}: {', '.join(told)}.",
            "It may be of another network. Mend it, or remove it and draft anew.",
        )


def _origin(manifest: Manifest, reading: Reading) -> tuple[Fact, ...]:
    said = "layers, prior and range as a manifest beside the weights says"
    if manifest.sha256 and reading.file_hash and manifest.sha256 != reading.file_hash:
        said += "; it was made for other weights of the same shapes"
    return (Fact(said, "read"),)
