"""Convolutional generators in their spellings: DCGAN (Radford et al. 2016), WGAN-GP, upsampling, conditional."""

from __future__ import annotations

from explorer.models.base import Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.growing import USUAL_SIDES, Growing, Style, plans
from explorer.models.foreign.labels import entry
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain, made_of

DCGAN = Style("ReLU between layers, as in DCGAN")
UDACITY = Style("leaky ReLU 0.2, none after the first layer", 0.2, first_is_bare=True, prior="uniform")
UPSAMPLING = Style("leaky ReLU 0.2; eps 0.8 in batch norms, as the authors have it", 0.2, late_eps=0.8)


def recognise(reading: Reading) -> Recognised | None:
    """Modules that lead from a vector to a picture through convolutions, and nothing else."""
    keys = chain(reading.tensors, "")
    if not keys or any("encoder" in key for key in keys):
        return None
    for strides in plans(reading):
        try:
            found = _found(reading, keys, strides)
        except (UnfitError, IndexError, KeyError):
            return None
        if found is not None:
            return found
    return None


def _found(reading: Reading, keys: list[str], more: tuple[int, ...]) -> Recognised | None:
    style = _style(keys)
    stack = Stack(reading.tensors)
    way = entry(stack, keys, reading.hints, style.prior)
    net = Growing(stack, way.rest, way.width, style, more)
    net.write()
    made = made_of(stack, way.space.shape)
    if made is None or made[1] not in USUAL_SIDES or made[1] != made[2]:
        return None
    found = Found(reading, _called(way.space, keys), way.space, stack, values=style.values)
    found.know("read", f"{way.space.dim} inputs, {net.count} convolutions and their kernels, from the shapes")
    found.know("inferred", f"strides and paddings, from the kernels and the size {made[1]} x {made[2]}")
    found.know("inferred", style.said, f"{style.end} at the end", f"prior {way.space.prior}")
    found.facts += way.facts
    return found.recognised()


def _called(space: Space, keys: list[str]) -> str:
    kind = "upsampling generator" if any("conv_blocks" in key for key in keys) else "DCGAN generator"
    return f"{'conditional ' if space.classes else ''}{kind}, {space.dim} inputs"


def _style(keys: list[str]) -> Style:
    if any(key.startswith("generator_deconv") for key in keys):
        return UDACITY
    if any(key.startswith("conv_blocks") for key in keys):
        return UPSAMPLING
    return DCGAN
