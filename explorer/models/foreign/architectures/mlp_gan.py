"""Fully connected generators in their spellings, conditional or not: what follows each layer is told by the names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drafts.pieces import UNKNOWN, gap_between
from explorer.models.foreign.labels import entry
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, chain, flat_picture, is_norm

LEAST = 196  # numbers of a picture: fewer are scores of a classifier


@dataclass(frozen=True)
class Manner:
    """What no file tells, as the authors of a spelling had it. `slope` of the leaky ReLU; 0 for ReLU."""

    slope: float = 0.2
    end: str = "tanh"
    eps: float = 1e-5

    @property
    def said(self) -> str:
        return f"{f'leaky ReLU {self.slope:g}' if self.slope else 'ReLU'} between layers, {self.end} at the end"


COLLECTION = Manner(eps=0.8)  # `model.N`: of the well-known collection of GANs
BLOCKS = Manner(
    slope=0.0, end="sigmoid"
)  # `gen.N.0`, `gen.N.1`: linear layer and batch norm, of a widely taught course
SHORT = Manner(slope=0.01)  # `gen.0`, `gen.2`: of another one
BARE = Manner(slope=0.0)  # `0`, `2`, `4`: the sequence of a widely read tutorial
DECODER = Manner(slope=0.0, end="sigmoid")


def recognise(reading: Reading) -> Recognised | None:
    """Linear layers and batch norms alone, from few numbers to a square picture."""
    tensors = reading.tensors
    keys = chain(tensors, "")
    if len(keys) < 2 or any(value.dim() > 2 for value in tensors.values()) or any("enc" in key for key in keys):
        return None
    stack = Stack(tensors)
    way = entry(stack, keys, reading.hints, "normal")
    picture = flat_picture(stack.weight(keys[-1], 2).shape[0])
    if picture is None or stack.weight(keys[-1], 2).shape[0] < max(LEAST, way.width):
        return None
    manner = _manner(reading, way.rest)
    _dense(stack, way.rest, manner)
    is_decoder = "dec" in keys[-1]
    stack.add(manner.end).add("fold", shape=list(picture))
    kind = "decoder of a VAE" if is_decoder else "conditional generator" if way.space.classes else "generator"
    found = Found(reading, f"fully connected {kind}, {way.space.dim} inputs", way.space, stack)
    found.values = (0.0, 1.0) if manner.end == "sigmoid" else (-1.0, 1.0)
    found.know("read", f"{way.space.dim} inputs and all widths, from the shapes")
    found.know("inferred", manner.said)
    found.know("inferred", f"prior {way.space.prior}", "a square picture")
    found.facts += way.facts
    return found.recognised()


def _manner(reading: Reading, keys: list[str]) -> Manner:
    if "dec" in keys[-1]:
        return DECODER
    if keys[0].startswith("model."):
        return COLLECTION
    if re.fullmatch(r"(gen\.)?0\.0", keys[0]) and is_norm(reading.tensors, keys[1]):
        return BLOCKS
    of_course = keys[0].startswith("gen.") or any("'gen.'" in note for note in reading.notes)
    if of_course and len(keys) == 2:
        return SHORT
    return BARE if keys[0] == "0" else Manner()


def _dense(stack: Stack, keys: list[str], manner: Manner) -> None:
    for number, key in enumerate(keys):
        after = keys[number + 1] if number + 1 < len(keys) else ""
        if is_norm(stack.tensors, key):
            late = number > 0 and gap_between(keys[number - 1], key) > 0  # an activation stands before it: not theirs
            stack.norm(key, 1e-5 if late else manner.eps)
        else:
            stack.linear(key)
        if after and _active_between(stack, key, after):
            stack.add("leaky", slope=manner.slope) if manner.slope else stack.add("relu")


def _active_between(stack: Stack, key: str, after: str) -> bool:
    """Whether an activation stands between two modules: a missing number tells, else what people do."""
    gap = gap_between(key, after)
    return gap > 0 if gap != UNKNOWN else not is_norm(stack.tensors, after)
