"""Glow as levels of numbered steps ('flowlevels.0.flowsteps.1.2.conv1'): after kamenbliznashki's normalizing_flows."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found, scales_of
from explorer.models.foreign.flows.writing import Flowing, halves_swapped, mixing, net_of, odd_first, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack

USUAL = 64  # pixels
PARTS = ("p", "l", "u", "sign_s", "log_s")  # of a matrix


def recognise(reading: Reading) -> Recognised | None:
    """flowlevels.N.{flowsteps, split}, flowstep for the last scale, and gaussianize."""
    tensors = reading.tensors
    if not {"flowlevels.0.flowsteps.0.0.scale", "flowstep.0.0.scale", "gaussianize.net.bias"} <= set(tensors):
        return None
    levels = len({key.split(".")[1] for key in tensors if key.startswith("flowlevels.")})
    channels = tensors["flowlevels.0.flowsteps.0.0.scale"].numel() // 4
    side, size = asked_size(reading.hints, USUAL, 2 ** (levels + 1))
    flowing = Flowing(tensors)
    flowing.pass_over("base_dist_mean", "base_dist_var")
    shapes: list[Shape] = []
    _level(flowing, 0, levels, (channels, side, side), shapes)
    if channels not in (1, 3):
        return None
    facts = (
        Fact(f"{levels + 1} scales, their steps and widths, from keys and shapes", "read"),
        size,
        Fact("pictures in -0.5..0.5; scale sigmoid(s + 2); prior N(0, I)", "inferred"),
    )
    space, seen = scales_of(shapes), (-0.5, 0.5, False)
    return flow_found(reading, f"Glow, {levels + 1} scales", (side, side, channels), space, flowing, seen, facts)


def _level(flowing: Flowing, number: int, levels: int, before: Shape, shapes: list[Shape]) -> None:
    """Writes a level and those after it; puts what leaves into `shapes`, coarsest first."""
    shape = (4 * before[0], before[1] // 2, before[2] // 2)
    last, half = number == levels, 2 * before[0]
    key = "flowstep" if last else f"flowlevels.{number}.flowsteps"
    flowing.add("squeeze")
    step = 0
    while f"{key}.{step}.0.scale" in flowing.tensors:
        _step(flowing, f"{key}.{step}", shape)
        step += 1
    if last:
        _top(flowing, shape)
        shapes.append(shape)
        return
    rest = flowing.beside()
    _level(rest, number + 1, levels, (half, *shape[1:]), shapes)
    flowing.scales(half, rest, _scaled(flowing.stack(), flowing, f"flowlevels.{number}.split.gaussianize", "net", 1))
    shapes.append((half, *shape[1:]))


def _step(flowing: Flowing, key: str, shape: Shape) -> None:
    """The second half of the channels says what becomes of the first."""
    scale = 1 / flowing.take(f"{key}.0.scale")
    flowing.pass_over(f"{key}.0.initialized", f"{key}.1.l_mask")
    flowing.affine(scale, -flowing.take(f"{key}.0.bias") * scale, shape)
    flowing.mix(mixing(flowing, f"{key}.1", "w", PARTS), shape)
    net, swap = flowing.stack(), halves_swapped(shape[0])
    for number in (1, 2):  # both pad by 1, also the one of 1 x 1; the last one takes it back
        size, bias = flowing.take(f"{key}.2.actnorm{number}.scale"), flowing.take(f"{key}.2.actnorm{number}.bias")
        flowing.pass_over(f"{key}.2.actnorm{number}.initialized")
        weight = flowing.take(f"{key}.2.conv{number}.weight") / size.reshape(-1, 1, 1, 1)
        rows(net, weight, -bias / size, padding=1).add("relu")
    _scaled(net, flowing, f"{key}.2", "conv3", 0)
    form = {"form": "affine", "scale": "sigmoid", "offset": 2.0}
    flowing.permute(swap).add("coupling", net_of(net), kept=shape[0] // 2, net=net.layers, **form).permute(swap)


def _scaled(net: Stack, flowing: Flowing, key: str, conv: str, padding: int) -> Stack:
    """A convolution whose outputs are multiplied by e^factor; logs of scales in front of the shifts."""
    factor = torch.exp(flowing.take(f"{key}.log_scale_factor")).reshape(-1)
    weight, bias = flowing.take(f"{key}.{conv}.weight"), flowing.take(f"{key}.{conv}.bias") * factor
    return rows(net, weight * factor[:, None, None, None], bias, odd_first(len(bias)), padding=padding)


def _top(flowing: Flowing, shape: Shape) -> None:
    """What a convolution of zeros says: its bias."""
    flowing.pass_over("gaussianize.net.weight")
    said: Tensor = flowing.take("gaussianize.net.bias") * torch.exp(
        flowing.take("gaussianize.log_scale_factor").reshape(-1)
    )
    mean, scale = said[0::2], torch.exp(-said[1::2])
    flowing.affine(scale, -mean * scale, shape)
