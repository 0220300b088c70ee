"""From the steps of a flow of pictures to a config of our family, with what is known of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from explorer.models.base import Fact, Part, Space
from explorer.models.config import LARGEST_DIM, Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.writing import Flowing, net_of, rows
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import ASKED
from explorer.models.foreign.stack import card_of

FAMILY, OF_CLASSES = "flow-steps", "flow-classes"


def places(hints: Mapping[str, object], depth: int = 3) -> Iterator[Mapping[str, object]]:
    """What is said beside the weights, and what stands in it, at most so deep."""
    yield hints
    for value in hints.values():
        if isinstance(value, Mapping) and depth > 1:
            yield from places(value, depth - 1)


def asked_size(hints: Mapping[str, object], usual: int, factor: int) -> tuple[int, Fact]:
    """The side of pictures of a flow that takes any: as said beside the weights, or as its authors used it."""
    said = [place[name] for place in places(hints) for name in ASKED if isinstance(place.get(name), int)]
    fitting = [side for side in said if isinstance(side, int) and side > 0 and side % factor == 0]
    if fitting:
        return fitting[0], Fact(f"{fitting[0]} x {fitting[0]} pixels, as said beside the weights", "read")
    return usual, Fact(f"{usual} x {usual} pixels, its authors' own size: the network takes any", "guessed")


def scales_of(shapes: Sequence[tuple[int, ...]]) -> Space:
    """z in parts, the coarsest first; shapes (channels, height, width) of the parts in that order."""
    dims = [math.prod(shape) for shape in shapes]
    parts = tuple(
        Part(f"{height} x {width}, {channels} deep", dim, "normal")
        for (channels, height, width), dim in zip(shapes, dims, strict=True)
    )
    if len(shapes) == 1:
        return Space("z", dims[0], shapes[0], "standard normal")
    return Space("z", sum(dims), (sum(dims),), f"standard normal, {len(shapes)} scales", parts)


def with_class(space: Space, classes: int) -> Space:
    """The same with a class behind it."""
    parts = space.parts or (Part(space.name, space.dim, "normal"),)
    dim = space.dim + classes
    return Space(space.name, dim, (dim,), f"{space.prior}, and a class", (*parts, Part("class", classes, "one-hot")))


def per_class(flowing: Flowing, log_scale: Tensor, mean: Tensor) -> Flowing:
    """The noise, whose mean and log of the scale are others for each class, (d, classes), as steps that are told."""
    net = rows(flowing.stack(), torch.cat([log_scale, mean]), None)
    return flowing.beside().add("given", net_of(net), net=net.layers)


def flow_found(
    reading: Reading,
    architecture: str,
    image_shape: tuple[int, int, int],
    space: Space,
    flowing: Flowing,
    seen: tuple[float, float, bool],
    facts: Sequence[Fact],
    told: Flowing | None = None,
) -> Recognised | None:
    """The finished config; `seen` is low, high and whether as logits. None where tensors are left over.

    `told`: the steps behind those of `flowing` that are given the class, which `space` has then.
    """
    if flowing.left() or space.dim > LARGEST_DIM:
        return None
    low, high, logits = seen
    card = card_of(reading, architecture, space, image_shape, (low, high), FAMILY if told is None else OF_CLASSES)
    hyper: dict[str, object] = {"steps": flowing.steps, "low": low, "high": high, "logits": int(logits)}
    tensors = {f"chain.steps.{name}": value for name, value in flowing.weights.items()}
    if told is not None and space.classes is not None:
        hyper |= {"told": told.steps, "classes": space.classes.stop - space.classes.start}
        tensors |= {f"told.steps.{name}": value for name, value in told.weights.items()}
    return Recognised(Config(replace(card, likelihood="exact", facts=tuple(facts)), hyper), tensors)
