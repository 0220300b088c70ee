"""Glow as blocks of flows ('blocks.0.flows.0.actnorm'): squeeze, normalise, mix, couple, and split half off.

After rosinality's glow-pytorch. Its last convolution pads with ones, so that it knows where the border is.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor
from torch.nn import functional

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found, scales_of
from explorer.models.foreign.flows.writing import Flowing, halves_swapped, mixing, net_of, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack

USUAL = 64  # pixels
PARTS = ("w_p", "w_l", "w_u", "s_sign", "w_s")  # of a matrix
BLOCK = re.compile(r"blocks\.(\d+)\.flows\.(\d+)\.actnorm\.loc")


def recognise(reading: Reading) -> Recognised | None:
    """blocks.N.flows.M.{actnorm, invconv, coupling} and blocks.N.prior."""
    found = [match for key in reading.tensors if (match := BLOCK.fullmatch(key))]
    if not found:
        return None
    depths = [1 + max(int(one[2]) for one in found if int(one[1]) == block) for block in {int(one[1]) for one in found}]
    side, size = asked_size(reading.hints, USUAL, 2 ** len(depths))
    channels = reading.tensors["blocks.0.flows.0.actnorm.loc"].shape[1] // 4
    flowing = Flowing(reading.tensors)
    shapes: list[Shape] = []
    shape: Shape = (channels, side, side)
    _block(flowing, 0, depths, shape, shapes)
    if channels not in (1, 3):
        return None
    facts = (
        Fact(f"{len(depths)} scales of {' + '.join(map(str, depths))} flows, and the widths, from keys", "read"),
        size,
        Fact("8-bit pictures in -0.5..0.5; scale sigmoid(s + 2) where a coupling scales; prior N(0, I)", "inferred"),
    )
    space = scales_of(shapes)
    return flow_found(
        reading, f"Glow, {len(depths)} scales", (side, side, channels), space, flowing, (-0.5, 0.5, False), facts
    )


def _block(flowing: Flowing, number: int, depths: list[int], shape: Shape, shapes: list[Shape]) -> None:
    """Writes a block and those after it; puts the shapes of what leaves as latents into `shapes`, coarsest first."""
    channels, height, width = 4 * shape[0], shape[1] // 2, shape[2] // 2
    squeezed, key = (channels, height, width), f"blocks.{number}"
    flowing.add("squeeze")
    for flow in range(depths[number]):
        _flow(flowing, f"{key}.flows.{flow}", squeezed)
    if number + 1 == len(depths):
        said = _at_zero(flowing, f"{key}.prior", squeezed)
        mean, log_scale = said.chunk(2)
        flowing.affine(torch.exp(-log_scale), -mean * torch.exp(-log_scale), squeezed)
        shapes.append(squeezed)
        return
    rest = flowing.beside()
    _block(rest, number + 1, depths, (channels // 2, height, width), shapes)
    prior = _ones_around(flowing.stack(), flowing, f"{key}.prior", halves_swapped(channels))
    flowing.scales(channels // 2, rest, prior)
    shapes.append((channels // 2, height, width))


def _flow(flowing: Flowing, key: str, shape: Shape) -> None:
    loc, scale = flowing.take(f"{key}.actnorm.loc"), flowing.take(f"{key}.actnorm.scale")
    masks = (f"{key}.invconv.{name}" for name in ("u_mask", "l_mask", "l_eye"))
    flowing.pass_over(f"{key}.actnorm.initialized", *masks)
    flowing.affine(scale, scale * loc, shape).mix(mixing(flowing, f"{key}.invconv", "weight", PARTS), shape)
    net, half = flowing.stack(), shape[0] // 2
    net.conv(f"{key}.coupling.net.0").add("relu").conv(f"{key}.coupling.net.2").add("relu")
    _ones_around(net, flowing, f"{key}.coupling.net.4")
    moved = "one" if flowing.tensors[f"{key}.coupling.net.4.conv.weight"].shape[0] == half else "sigmoid"
    form = {"form": "affine", "scale": moved, "offset": 2.0, "shift_first": 1}
    flowing.add("coupling", net_of(net), kept=half, net=net.layers, **form)


def _folded(flowing: Flowing, key: str) -> tuple[Tensor, Tensor]:
    """Kernel and bias of a convolution whose outputs are multiplied by exp(3 scale)."""
    factor = torch.exp(3 * flowing.take(f"{key}.scale")).reshape(-1)
    weight, bias = flowing.take(f"{key}.conv.weight"), flowing.take(f"{key}.conv.bias")
    return weight * factor[:, None, None, None], bias * factor


def _ones_around(stack: Stack, flowing: Flowing, key: str, order: Tensor | None = None) -> Stack:
    weight, bias = _folded(flowing, key)
    return rows(stack.add("pad", sides=[1, 1, 1, 1], value=1.0), weight, bias, order)


def _at_zero(flowing: Flowing, key: str, shape: Shape) -> Tensor:
    """What it says of nothing but its border of ones: (2 channels, height, width)."""
    weight, bias = _folded(flowing, key)
    return functional.conv2d(functional.pad(torch.zeros(1, *shape), (1, 1, 1, 1), value=1.0), weight, bias)[0]
