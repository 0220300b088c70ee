"""Glow of normflows ('flows.0.3.flows.0.flows.1.param_map.net.0'): a list of blocks and a base for every scale.

The first scale is the coarsest. A base is a normal distribution for each place, for each channel (GlowBase), or for
each class (ClassCondDiagGaussian).
"""

from __future__ import annotations

import re

import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found, per_class, scales_of, with_class
from explorer.models.foreign.flows.writing import Flowing, mixing, net_of, odd_first, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack

USUAL = 32  # pixels
PARTS = ("P", "L", "U", "sign_S", "log_S")  # of a matrix
FACTOR = 3.0  # of the logs beside a GlowBase
CONV = re.compile(r"flows\.(\d+)\.(\d+)\.flows\.0\.flows\.1\.param_map\.net\.0\.weight")


def recognise(reading: Reading) -> Recognised | None:
    """flows.N.M of blocks, and q0.N. Raises CheckpointError for couplings of a checkerboard."""
    tensors = reading.tensors
    found = [match for key in tensors if (match := CONV.fullmatch(key))]
    if not found or "q0.0.loc" not in tensors:
        return None
    levels = 1 + max(int(one[1]) for one in found)
    if any(tensors[one[0]].shape[1] == tensors[f"flows.{one[1]}.{one[2]}.flows.2.s"].numel() for one in found):
        raise CheckpointError(
            "This is a Glow of normflows whose couplings split a checkerboard, which is not read.",
            "Couplings that split the channels (split_mode='channel') open.",
        )
    channels = tensors[f"flows.{levels - 1}.0.flows.2.s"].numel() // 4
    height, width, size = _size(reading, levels)
    flowing = Flowing(tensors)
    shapes: list[Shape] = []
    _level(flowing, levels - 1, (channels, height, width), shapes)
    scale, mean = _bases(flowing, shapes)
    if channels not in (1, 3):
        return None
    space, told = scales_of(shapes), None
    flowing.add("fold", shape=[space.dim])
    if scale.shape[1] == 1:
        flowing.affine(torch.exp(-scale), -mean * torch.exp(-scale), (space.dim,))
    else:
        told, space = per_class(flowing, scale, mean), with_class(space, scale.shape[1])
    facts = (
        Fact(f"{levels} scales, their blocks, widths and bases, from keys and shapes", "read"),
        size,
        Fact("pictures in 0..1; scale sigmoid(s + 2), ReLU; the first half moves the second", "inferred"),
    )
    name, seen = f"Glow of normflows, {levels} scales", (0.0, 1.0, False)
    return flow_found(reading, name, (height, width, channels), space, flowing, seen, facts, told)


def _size(reading: Reading, levels: int) -> tuple[int, int, Fact]:
    """Height and width: of the finest base, where it has a number for each place."""
    finest = reading.tensors[f"q0.{levels - 1}.loc"]
    if f"q0.{levels - 1}.loc_logs" not in reading.tensors and finest.dim() == 4:
        height, width = finest.shape[2:] if finest.shape[0] == 1 else finest.shape[1:3]
        return 2 * height, 2 * width, Fact(f"{2 * height} x {2 * width} pixels, from the base's shape", "read")
    side, size = asked_size(reading.hints, USUAL, 2**levels)
    return side, side, size


def _level(flowing: Flowing, level: int, before: Shape, shapes: list[Shape]) -> None:
    """Writes a level and the coarser ones; puts the shapes of what leaves as latents into `shapes`, coarsest first."""
    shape = (4 * before[0], before[1] // 2, before[2] // 2)
    key, half = f"flows.{level}", 2 * before[0]
    flowing.add("squeeze")
    blocks = len({name.split(".")[2] for name in flowing.tensors if name.startswith(f"{key}.")})
    for number in reversed(range(blocks)):
        _block(flowing, f"{key}.{number}.flows", shape)
    if level == 0:
        shapes.append(shape)
        return
    rest = flowing.beside()
    _level(rest, level - 1, (half, *shape[1:]), shapes)
    flowing.scales(half, rest)
    shapes.append((half, *shape[1:]))


def _block(flowing: Flowing, key: str, shape: Shape) -> None:
    """Normalise, mix, couple; their formulas lead from latents to data."""
    scale = torch.exp(-flowing.take(f"{key}.2.s"))
    flowing.pass_over(f"{key}.2.data_dep_init_done", f"{key}.1.eye")
    flowing.affine(scale, -flowing.take(f"{key}.2.t") * scale, shape)
    flowing.mix(mixing(flowing, f"{key}.1", "W", PARTS), shape)
    net, moved = _net(flowing, f"{key}.0.flows.1.param_map.net", shape[0] // 2)
    form = {"form": "affine", "scale": moved, "offset": 2.0, "shift_first": 1}
    flowing.add("coupling", net_of(net), kept=shape[0] // 2, net=net.layers, **form)


def _net(flowing: Flowing, key: str, half: int) -> tuple[Stack, str]:
    """Convolutions with ReLU between them, and how the scale is meant; shifts are taken away, so they change sign."""
    net = flowing.stack()
    convs = [name for name in flowing.tensors if name.startswith(f"{key}.") and flowing.tensors[name].dim() == 4]
    convs = [name.removesuffix(".weight") for name in convs if name.endswith(".weight")]
    for conv in convs[:-1]:
        weight = flowing.take(f"{conv}.weight")
        norm = f"{key}.{int(conv.rpartition('.')[2]) + 1}.actNorm"
        bias: Tensor | None = None
        if f"{norm}.s" in flowing.tensors:
            flowing.pass_over(f"{norm}.data_dep_init_done")
            weight, bias = weight * torch.exp(flowing.take(f"{norm}.s")).reshape(-1, 1, 1, 1), flowing.take(f"{norm}.t")
        else:
            bias = flowing.take(f"{conv}.bias")
        rows(net, weight, bias, padding=weight.shape[2] // 2).add("relu")
    weight, bias = flowing.take(f"{convs[-1]}.weight"), flowing.take(f"{convs[-1]}.bias")
    scaled = len(bias) == 2 * half
    sign = torch.ones(len(bias))
    sign[0 :: 2 if scaled else 1] = -1
    order = odd_first(len(bias)) if scaled else None
    rows(net, weight * sign.reshape(-1, 1, 1, 1), bias * sign, order, padding=weight.shape[2] // 2)
    return net, "sigmoid" if scaled else "one"


def _bases(flowing: Flowing, shapes: list[Shape]) -> tuple[Tensor, Tensor]:
    """Logs of scales and means of all latents, coarsest first: (d, 1), or (d, classes)."""
    each = [_base(flowing, f"q0.{number}", shape) for number, shape in enumerate(shapes)]
    scales, means = ([pair[side] for pair in each] for side in (0, 1))
    return torch.cat(scales), torch.cat(means)


def _base(flowing: Flowing, key: str, shape: Shape) -> tuple[Tensor, Tensor]:
    channels, places = shape[0], shape[1] * shape[2]
    both = []
    for name in ("log_scale", "loc"):
        value = flowing.take(f"{key}.{name}")
        if f"{key}.{name}_logs" in flowing.tensors:
            value = value * torch.exp(FACTOR * flowing.take(f"{key}.{name}_logs"))
            each = value.reshape(channels, 1)
            if f"{key}.{name}_cc" in flowing.tensors:
                each = each + flowing.take(f"{key}.{name}_cc").t()
            value = each.repeat_interleave(places, 0)
        both.append(value.reshape(channels * places, -1))
    return both[0], both[1]
