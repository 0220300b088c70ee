"""Flows of nflows over pictures: levels of squeezes, activation norms, 1 x 1 convolutions and couplings.

What has no weights left a gap. Where channels grow fourfold the picture was squeezed; where they double, half of them
left as latents before, the first half, as in its MultiscaleCompositeTransform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor

from explorer.models.base import Fact, How
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found, scales_of
from explorer.models.foreign.flows.nsf import coupling, lower_upper
from explorer.models.foreign.flows.vectors import built, seen_range
from explorer.models.foreign.flows.writing import Flowing, halves_swapped
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

TOP = "_transform"
USUAL = 32  # pixels
BOUND = 3.0  # of splines
WIDTHS = (".unconstrained_upper_diag", "._permutation", ".log_scale")  # a number for each channel


@dataclass
class Channels:
    """A flow over the channels of pictures, as it is written: see `nsf.Finding`."""

    reading: Reading
    flowing: Flowing
    shape: Shape
    facts: list[Fact] = field(default_factory=list)

    @property
    def features(self) -> int:
        return self.shape[0]

    def know(self, how: How, text: str) -> None:
        if all(fact.text != text for fact in self.facts):
            self.facts.append(Fact(text, how))


def recognise(reading: Reading) -> Recognised | None:
    """_transform with convolutions in its couplings."""
    tensors = reading.tensors
    if not any(key.startswith(f"{TOP}.") and ".transform_net." in key and tensors[key].dim() == 4 for key in tensors):
        return None
    leaves = _leaves(reading, TOP)
    scaled = [key for key in leaves if f"{key}._scale" in tensors]
    widths = [_width(reading, key) for key in leaves if key not in scaled]
    channels = widths[0] // 4 if widths[0] not in (1, 3) else widths[0]
    squeezes = _squeezes([channels, *widths])
    side, size = asked_size(reading.hints, USUAL, 2**squeezes)
    found = Channels(reading, Flowing(tensors), (channels, side, side))
    found.flowing.pass_over("_distribution._log_z")
    low, high, logits = _range(found, scaled)
    shapes: list[Shape] = []
    _steps(found, [key for key in leaves if key not in scaled], widths, shapes)
    if not scaled:
        low, high, logits = _as_samples_look(found, (channels, side, side))
    if channels not in (1, 3):
        return None
    found.know("read", f"{len(shapes)} scales in {len(widths)} steps, and the widths, from keys and shapes")
    found.facts.append(size)
    found.know("inferred", "ReLU, and the defaults of nflows 0.14; prior N(0, I)")
    name, image_shape, seen = "nflows flow over pictures", (side, side, channels), (low, high, logits)
    return flow_found(reading, name, image_shape, scales_of(shapes), found.flowing, seen, found.facts)


def _leaves(reading: Reading, key: str) -> list[str]:
    """The steps below a key that have something in the file, in order."""
    inner = f"{key}._transforms."
    numbers = sorted({int(name[len(inner) :].partition(".")[0]) for name in reading.tensors if name.startswith(inner)})
    return [leaf for number in numbers for leaf in _leaves(reading, f"{inner}{number}")] if numbers else [key]


def _width(reading: Reading, key: str) -> int:
    """How many channels a step is over."""
    for ending in WIDTHS:
        if f"{key}{ending}" in reading.tensors:
            return reading.tensors[f"{key}{ending}"].numel()
    return sum(reading.tensors[f"{key}.{name}_features"].numel() for name in ("identity", "transform"))


def _squeezes(widths: list[int]) -> int:
    """How often the picture is squeezed. Raises UnfitError."""
    ratios = [after / before for before, after in pairwise(widths)]
    if set(ratios) - {1, 2, 4}:
        raise UnfitError("channels that no squeeze makes")
    return sum(ratio != 1 for ratio in ratios)


def _steps(found: Channels, leaves: list[str], widths: list[int], shapes: list[Shape]) -> None:
    """Writes the steps from the first on; puts what leaves into `shapes`, coarsest first."""
    for place, (key, width) in enumerate(zip(leaves, widths, strict=True)):
        channels, height, across = found.shape
        if width == 2 * channels:
            half = channels // 2
            rest = Channels(found.reading, found.flowing.beside(), (half, height, across), found.facts)
            _steps(rest, leaves[place:], widths[place:], shapes)
            found.flowing.permute(halves_swapped(channels)).scales(half, rest.flowing)
            shapes.append((half, height, across))
            return
        if width == 4 * channels:
            found.flowing.add("squeeze")
            found.shape = (width, height // 2, across // 2)
        _step(found, key)
    shapes.append(found.shape)


def _step(found: Channels, key: str) -> None:
    flowing = found.flowing
    if f"{key}.identity_features" in flowing.tensors:
        coupling(found, key, BOUND)
    elif f"{key}.lower_entries" in flowing.tensors:
        if f"{key}.permutation._permutation" in flowing.tensors:
            flowing.permute(flowing.take(f"{key}.permutation._permutation"))
        lower_upper(found, key)
    elif f"{key}.log_scale" in flowing.tensors:
        flowing.pass_over(f"{key}.initialized")
        flowing.affine(torch.exp(flowing.take(f"{key}.log_scale")), flowing.take(f"{key}.shift"), found.shape)
    elif f"{key}._permutation" in flowing.tensors:
        flowing.permute(flowing.take(f"{key}._permutation"))
    else:
        raise UnfitError(key)


def _range(found: Channels, scaled: list[str]) -> tuple[float, float, bool]:
    """Where black and white are for the first step with weights: by the affine steps in front of it.

    The last of them leads from 0..1, which those before it make of whole numbers; with two, logits follow.
    """
    if not scaled:
        return 0.0, 1.0, False
    pairs = [(_number(found, f"{key}._scale"), _number(found, f"{key}._shift")) for key in scaled]
    scale, shift = pairs[-1]
    if len(pairs) == 1:
        levels = 2 ** round(math.log2(1 / scale)) if scale < 1 else 1
        found.know("read", f"pictures of {levels} levels, moved to {shift:g}..{shift + scale * levels:g}")
        return shift, shift + scale * levels, False
    found.know("inferred", f"logits of pixels in {shift:g}..{shift + scale:g}, by the two steps in front")
    return shift, shift + scale, True


def _number(found: Channels, key: str) -> float:
    value: Tensor = found.flowing.take(key)
    if value.numel() != 1:
        raise UnfitError(key)
    return float(value)


def _as_samples_look(found: Channels, shape: Shape) -> tuple[float, float, bool]:
    chain = built(found.flowing, shape, 0)
    noise = torch.randn(4, math.prod(shape), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        drawn = chain.inverse(noise if _is_flat(found) else noise.reshape(-1, *found.shape))[0]
    seen = seen_range(drawn)
    scaled = "logits of 0..1" if seen[2] else f"{seen[0]:g}..{seen[1]:g}"
    found.know("guessed", f"pictures in {scaled}, as samples of the prior look")
    return seen


def _is_flat(found: Channels) -> bool:
    """Whether parts of the latents left on the way."""
    return any(step["step"] == "scales" for step in found.flowing.steps)
