"""From the steps of a flow of pictures to a config of our family, with what is known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer.models.base import Fact, Part, Space
from explorer.models.config import LARGEST_DIM, Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.writing import Flowing
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import ASKED
from explorer.models.foreign.stack import card_of

FAMILY = "flow-steps"


def asked_size(hints: Mapping[str, object], usual: int, factor: int) -> tuple[int, Fact]:
    """The side of pictures of a flow that takes any: as said beside the weights, or as its authors used it."""
    places = [hints, *(value for value in hints.values() if isinstance(value, Mapping))]
    said = [place[name] for place in places for name in ASKED if isinstance(place.get(name), int)]
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


def flow_found(
    reading: Reading,
    architecture: str,
    image_shape: tuple[int, int, int],
    space: Space,
    flowing: Flowing,
    seen: tuple[float, float, bool],
    facts: Sequence[Fact],
) -> Recognised | None:
    """The finished config; `seen` is low, high and whether as logits. None where tensors are left over."""
    if flowing.left() or space.dim > LARGEST_DIM:
        return None
    low, high, logits = seen
    card = card_of(reading, architecture, space, image_shape, (low, high), FAMILY)
    hyper: dict[str, object] = {"steps": flowing.steps, "low": low, "high": high, "logits": int(logits)}
    tensors = {f"chain.steps.{name}": value for name, value in flowing.weights.items()}
    return Recognised(Config(replace(card, likelihood="exact", facts=tuple(facts)), hyper), tensors)
