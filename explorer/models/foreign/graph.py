"""The family of networks described as a graph of operations, as ONNX and Keras files do it.

Hyper-parameters::

    "decoder": {"nodes": [...], "weights": {name: shape}, "items": how many}
               from latents (n, *shape of the space) to pictures (n, channels, height, width)
    "encoder": the same?, from pictures to the numbers of the posterior
    "posterior", "input_range": as in `layered`

A node is an object such as {"op": "conv", "in": ["x", "w0", "w1"], "out": "v1", "stride": [2, 2], ...}, see
`operators`. The first value is called x; the last node makes the result. `items`: 0 where any number may go through at
once; k where the network was made for exactly k; they go through k at a time then, and what is missing is zeros.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.layered import (
    LAYOUTS,
    LayeredAutoencoder,
    LayeredModel,
    LayeredNet,
    check_posterior,
)
from explorer.models.foreign.operators import OPERATORS, Operation
from explorer.models.network import described

INPUT = "x"
MOST_NODES = 4096
LARGEST = 2**28  # numbers of a few items between two nodes
PROBED = 2  # items, for the shapes
Run = tuple[Operation, tuple[str, ...], str, tuple[str, ...]]


class GraphNet(nn.Module):
    """Nodes one after the other; a value is dropped after its last use. Raises CheckpointError for what is unknown."""

    def __init__(self, raw: Fields) -> None:
        super().__init__()
        self.items = raw.integer("items", 0, 4096, 0)
        for name, shape in sorted(raw.mapping("weights").items()):
            sides = Fields({"shape": shape}, f"{raw.where}, '{name}'")
            size = sides.integers("shape", 0, 2**31) if shape else []
            self.register_parameter(_plain_name(name), nn.Parameter(torch.zeros(size)))
        self._runs = _runs(raw, set(dict(self.named_parameters())))

    def forward(self, values: Tensor) -> Tensor:
        return self._whole(values) if self.items == 0 else self._pieces(values)

    def _pieces(self, values: Tensor) -> Tensor:
        made = []
        for start in range(0, len(values), self.items):
            piece = values[start : start + self.items]
            missing = self.items - len(piece)
            full = torch.cat([piece, piece.new_zeros(missing, *piece.shape[1:])]) if missing else piece
            made.append(self._whole(full)[: len(piece)])
        return torch.cat(made)

    def _whole(self, values: Tensor) -> Tensor:
        known: dict[str, Tensor] = {INPUT: values}
        n, result = values.shape[0], values
        for operation, takes, gives, over in self._runs:
            tensors = [known[name] if name in known else getattr(self, name) for name in takes]
            result = known[gives] = operation(n, *tensors)
            for name in over:
                known.pop(name, None)
        return result


def _plain_name(name: object) -> str:
    if not isinstance(name, str) or not name.isidentifier() or len(name) > 40 or not name.startswith("w"):
        raise CheckpointError(f"A weight cannot be called {str(name)[:40]!r}.", "The file is damaged.")
    return name


def _runs(raw: Fields, weights: set[str]) -> list[Run]:
    made: list[tuple[Operation, tuple[str, ...], str]] = []
    known = {INPUT} | weights
    for node in raw.inners("nodes", 1, MOST_NODES):
        kind, gives = node.choice("op", tuple(OPERATORS)), node.text("out")
        takes = tuple(str(name) for name in _names(node))
        if missing := [name for name in takes if name not in known]:
            raise CheckpointError(f"{node.where}: nothing makes '{missing[0][:40]}'.", "The file is damaged.")
        made.append((OPERATORS[kind](node), takes, gives))
        known.add(gives)
    last = {name: number for number, (_, takes, _) in enumerate(made) for name in takes}
    over: list[list[str]] = [[] for _ in made]
    for name, number in last.items():
        if name not in weights:
            over[number].append(name)
    return [(*one, tuple(names)) for one, names in zip(made, over, strict=True)]


def _names(node: Fields) -> list[object]:
    names = node.everything().get("in")
    if not isinstance(names, list) or not 1 <= len(names) <= 64:
        raise CheckpointError(f"{node.where}: 'in' should be a list of names.", "The file is damaged.")
    return names


def shape_of(net: GraphNet, shape: tuple[int, ...], where: str) -> tuple[int, ...]:
    """The shape of one item that the graph makes of items of `shape`; nothing is computed. Raises CheckpointError."""
    items = net.items or PROBED
    with torch.device("meta"), torch.no_grad():
        meta = copy.deepcopy(net).to("meta")
        try:
            made = meta(torch.zeros(items, *shape))
        except (RuntimeError, ValueError, TypeError, IndexError, KeyError, NotImplementedError) as error:
            raise CheckpointError(f"{where}: its operations do not fit each other.", f"{error}"[:200]) from error
    if made.dim() < 1 or made.shape[0] != items or made.numel() > LARGEST:
        raise CheckpointError(f"{where}: it makes {tuple(made.shape)} of {items}.", "Its sizes disagree.")
    return tuple(made.shape[1:])


def build(config: Config) -> LayeredModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    card, raw = config.card, Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    if len(card.spaces) != 1 or card.image_range[0] >= card.image_range[1]:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "It needs one space and a range.")
    height, width, channels = card.image_shape
    picture = (channels, height, width)
    decoder = GraphNet(raw.inner("decoder"))
    if (made := shape_of(decoder, card.default_space.shape, raw.where)) != picture:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", f"Its decoder makes {made}.")
    if "encoder" not in config.hyperparameters:
        net = LayeredNet(decoder, None)
        return LayeredModel(described(card, net), config.hyperparameters, net)
    encoder = GraphNet(raw.inner("encoder"))
    numbers = math.prod(shape_of(encoder, picture, raw.where))
    check_posterior(raw, card, numbers, raw.choice("posterior", LAYOUTS))
    net = LayeredNet(decoder, encoder)
    return LayeredAutoencoder(described(card, net), config.hyperparameters, net)


def graph_of(nodes: list[dict[str, object]], weights: Mapping[str, Tensor], items: int = 0) -> dict[str, object]:
    """A graph as `GraphNet` takes it."""
    return {"nodes": nodes, "weights": {name: list(value.shape) for name, value in weights.items()}, "items": items}
