"""RealNVP of many scales, each in the next ('flows.in_couplings.0.st_net'): masks, residual networks, weight norm.

After chrischute's real-nvp. A latent has the shape of the picture, as there.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.base import Fact, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found
from explorer.models.foreign.flows.writing import Flowing, halves_swapped, net_of, normalised, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack

USUAL = 32  # pixels
CONSTRAINT = 0.9  # how much of 0..1 is used, where the file does not say


def recognise(reading: Reading) -> Recognised | None:
    """flows.in_couplings.N.st_net.{in_norm, in_conv, in_skip, blocks, skips, out_norm, out_conv} and rescale."""
    tensors = reading.tensors
    norm = tensors.get("flows.in_couplings.0.st_net.in_norm.weight")
    if norm is None or norm.numel() not in (1, 3):
        return None
    scales = 1 + max(key.count("next_block.") for key in tensors)
    side, size = asked_size(reading.hints, USUAL, 2**scales)
    shape = (norm.numel(), side, side)
    flowing = Flowing(tensors)
    used = float(flowing.take("data_constraint")) if "data_constraint" in tensors else CONSTRAINT
    _scale(flowing, "flows", shape)
    if not 0 < used <= 1:
        return None
    blocks = 1 + max(int(key.split(".")[5]) for key in tensors if key.startswith("flows.in_couplings.0.st_net.blocks."))
    facts = (
        Fact(f"{scales} scales, {blocks} residual blocks a network, {used:.2g} of the range used, from keys", "read"),
        size,
        Fact("checkerboards and halves of channels in turn, logits of the pixels, prior N(0, I)", "inferred"),
        Fact("pictures are set back to the full range, which the authors' own samples are not", "inferred"),
    )
    space = Space("z", side * side * shape[0], shape, "standard normal")
    low = (1 - used) / 2
    seen = (low, 1 - low, True)
    return flow_found(reading, f"RealNVP, {scales} scales", (side, side, shape[0]), space, flowing, seen, facts)


def _scale(flowing: Flowing, key: str, shape: Shape) -> None:
    channels, height, width = shape
    last = not any(name.startswith(f"{key}.out_couplings.") for name in flowing.tensors)
    for number in range(4 if last else 3):
        board = (torch.arange(height)[:, None] + torch.arange(width)) % 2
        _board(flowing, f"{key}.in_couplings.{number}", (1 - board if number % 2 else board).float()[None])
    if last:
        return
    flowing.add("squeeze")
    for number in range(3):
        _halves(flowing, f"{key}.out_couplings.{number}", 4 * channels, changes_first=number % 2 == 0)
    flowing.add("squeeze", grow=1).add("squeeze")
    order = torch.tensor([4 * channel + place for place in (0, 3, 1, 2) for channel in range(channels)])
    rest = flowing.beside()
    _scale(rest, f"{key}.next_block", (2 * channels, height // 2, width // 2))
    flowing.permute(order).partly(2 * channels, rest).permute(torch.argsort(order)).add("squeeze", grow=1)


def _board(flowing: Flowing, key: str, mask: Tensor) -> None:
    net = _net(flowing, f"{key}.st_net", doubled=True)
    tensors = {"mask": mask, "form.bound": _bound(flowing, key), **net_of(net)}
    flowing.add("masked", tensors, over="places", net=net.layers, form="affine", scale="tanh", shift_first=1)


def _halves(flowing: Flowing, key: str, channels: int, changes_first: bool) -> None:
    net = _net(flowing, f"{key}.st_net", doubled=False)
    tensors = {"form.bound": _bound(flowing, key), **net_of(net)}
    swap = halves_swapped(channels)
    if changes_first:
        flowing.permute(swap)
    form = {"form": "affine", "scale": "tanh", "shift_first": 1}
    flowing.add("coupling", tensors, kept=channels // 2, net=net.layers, **form)
    if changes_first:
        flowing.permute(swap)


def _net(flowing: Flowing, key: str, doubled: bool) -> Stack:
    """Norm, [x, -x], ReLU, a convolution; then residual blocks, and the sum of what a skip says of each."""
    net = flowing.stack().norm(f"{key}.in_norm")
    if doubled:
        net.add("affine", factor=2.0, shift=0.0)
    net.parallel(net.beside().add("relu"), net.beside().add("affine", factor=-1.0, shift=0.0).add("relu"))
    _conv(net, flowing, f"{key}.in_conv")
    blocks = len({name.split(".blocks.")[1].split(".")[0] for name in flowing.tensors if f"{key}.blocks." in name})
    _summed(net, flowing, key, 0, blocks)
    return _conv(net.norm(f"{key}.out_norm").add("relu"), flowing, f"{key}.out_conv")


def _summed(net: Stack, flowing: Flowing, key: str, number: int, blocks: int) -> None:
    """skip_n(x) + (the same of block_n + 1 of x, and so on)."""
    around = f"{key}.skips.{number - 1}" if number else f"{key}.in_skip"
    if number == blocks:
        _conv(net, flowing, around)
        return
    rest = net.beside()
    rest.residual(_block(net.beside(), flowing, f"{key}.blocks.{number}"))
    _summed(rest, flowing, key, number + 1, blocks)
    net.residual(rest, _conv(net.beside(), flowing, around))


def _block(net: Stack, flowing: Flowing, key: str) -> Stack:
    for side in ("in", "out"):
        _conv(net.norm(f"{key}.{side}_norm").add("relu"), flowing, f"{key}.{side}_conv")
    return net


def _conv(net: Stack, flowing: Flowing, key: str) -> Stack:
    weight = _weight(flowing, f"{key}.conv")
    bias = flowing.take(f"{key}.conv.bias") if f"{key}.conv.bias" in flowing.tensors else None
    return rows(net, weight, bias, padding=weight.shape[2] // 2)


def _weight(flowing: Flowing, key: str) -> Tensor:
    """A weight that is kept as a size and a direction, in the older and the newer spelling of torch."""
    newer = f"{key}.parametrizations.weight.original0"
    size, direction = (newer, f"{newer[:-1]}1") if newer in flowing.tensors else (f"{key}.weight_g", f"{key}.weight_v")
    return normalised(flowing.take(direction), flowing.take(size))


def _bound(flowing: Flowing, key: str) -> Tensor:
    return _weight(flowing, f"{key}.rescale")
