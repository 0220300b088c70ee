"""What the values of a program are: which is the picture, how it lies, and what its numbers mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.models.foreign.lowering import Value, Writer
from explorer.models.foreign.stack import flat_picture

Layout = Literal["chw", "hwc", "hw", "flat"]
LEAST_SIDE, LEAST_FLAT = 8, 196  # of a picture, in pixels; numbers of one that lies flat
CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class Picture:
    """A picture in a shape: how it lies, and its (channels, height, width) in the file."""

    layout: Layout
    shape: tuple[int, int, int]

    @property
    def shown(self) -> tuple[int, int, int]:
        """(channels, height, width) without transparency."""
        return (min(self.shape[0], 3), *self.shape[1:])

    def in_words(self) -> str:
        """'channels last', what is worth to be said of it."""
        told = {
            "chw": "channels first",
            "hwc": "channels last",
            "hw": "grey",
            "flat": "flat rows, folded into a square",
        }
        alpha = "; its fourth channel, transparency, is left out" if self.shape[0] == 4 else ""
        return told[self.layout] + alpha


def picture_in(shape: Sequence[int]) -> Picture | None:
    """The picture that one item of this shape is; None where it is none."""
    sides = [side for place, side in enumerate(shape) if side != 1 or len(shape) - place <= 3]
    if len(sides) == 3:
        first, middle, last = sides
        if first in CHANNELS and min(middle, last) >= LEAST_SIDE:
            return Picture("chw", (first, middle, last))
        if last in CHANNELS and min(first, middle) >= LEAST_SIDE:
            return Picture("hwc", (last, first, middle))
        sides = [side for side in sides if side != 1]
    if len(sides) == 2 and min(sides) >= LEAST_SIDE:
        return Picture("hw", (1, sides[0], sides[1]))
    numbers = math.prod(sides)
    if len(sides) == 1 and numbers >= LEAST_FLAT and (folded := flat_picture(numbers)) is not None:
        return Picture("flat", folded)
    return None


def shown(writer: Writer, value: Value, picture: Picture) -> Value:
    """The value as pictures (n, channels, height, width) of ours."""
    n, (channels, height, width) = writer.n, picture.shape
    if picture.layout == "hwc":
        lying = writer.reshape(value, n, height, width, channels)
        made = writer.transpose(lying, 0, 3, 1, 2)
    else:
        made = writer.reshape(value, n, channels, height, width)
    return writer.emit("slice", made, axis=1, start=0, stop=3, step=1) if channels == 4 else made


def given(writer: Writer, value: Value, picture: Picture, shape: Sequence[int]) -> Value:
    """Pictures of ours as an encoder of the file takes them; `shape` is that of one item."""
    turned = writer.transpose(value, 0, 2, 3, 1) if picture.layout == "hwc" else value
    return writer.reshape(turned, writer.n, *shape)


ENDS: Mapping[str, tuple[float, float]] = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "whole": (0.0, 255.0)}
FINITE = 1e4  # a bound beyond it is none
_MOVES = {"reshape", "transpose", "slice", "flip", "copy", "expand"}


def range_read(nodes: Sequence[Mapping[str, object]]) -> tuple[float, float] | None:
    """The range that the last operation gives, or several that clip one after the other; None where they do not say."""
    makers = {str(node["out"]): node for node in nodes}
    low, high = -math.inf, math.inf
    node: Mapping[str, object] | None = nodes[-1]
    while node is not None and (node["op"] in _MOVES or node["op"] == "clip"):
        if node["op"] == "clip":
            low, high = max(low, _number(node, "low", low)), min(high, _number(node, "high", high))
        takes = node["in"]
        node = makers.get(str(takes[0])) if isinstance(takes, list) else None
    if low < high and max(-low, high) < FINITE:
        return low, high
    is_clipped = max(low, -high) > -FINITE
    return ENDS.get(str(node["op"])) if node is not None and not is_clipped else None


def _number(node: Mapping[str, object], name: str, default: float) -> float:
    said = node.get(name)
    return float(said) if isinstance(said, int | float) else default


def range_guessed(low: float, high: float) -> tuple[float, float]:
    """The usual range that fits the least and largest number seen."""
    if high > 2.5:
        return (0.0, 255.0)
    return (-1.0, 1.0) if low < -0.2 else (0.0, 1.0)
