"""Glow of scales that stand in each other ('flows.next.steps.0.coup'): after chrischute's glow.

Every level squeezes what the one before left and works on half of it; a latent has the shape of the picture.
"""

from __future__ import annotations

import torch

from explorer.models.base import Fact, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import asked_size, flow_found
from explorer.models.foreign.flows.writing import Flowing, even_first, halves_swapped, net_of, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading

USUAL = 32  # pixels
USED = 0.9  # how much of 0..1, where the file does not say


def recognise(reading: Reading) -> Recognised | None:
    """flows.(next.)*steps.N.{norm, conv, coup}."""
    tensors = reading.tensors
    if "flows.steps.0.coup.nn.in_conv.weight" not in tensors:
        return None
    scales = 1 + max(key.count("next.") for key in tensors)
    channels = tensors["flows.steps.0.norm.logs"].numel() // 4
    side, size = asked_size(reading.hints, USUAL, 2**scales)
    shape = (channels, side, side)
    flowing = Flowing(tensors)
    used = float(flowing.take("bounds")) if "bounds" in tensors else USED
    steps = _level(flowing.add("squeeze"), "flows", (4 * channels, side // 2, side // 2))
    flowing.add("squeeze", grow=1)
    if channels not in (1, 3) or not 0 < used <= 1:
        return None
    facts = (
        Fact(f"{scales} scales of {steps} steps, widths, {used:.2g} of the range used, from keys and shapes", "read"),
        size,
        Fact("scale e^(b tanh(s)), logits of the pixels, prior N(0, I)", "inferred"),
        Fact("pictures are set back to the full range, which the authors' own samples are not", "inferred"),
    )
    low = (1 - used) / 2
    space = Space("z", channels * side * side, shape, "standard normal")
    seen = (low, 1 - low, True)
    return flow_found(reading, f"Glow, {scales} scales", (side, side, channels), space, flowing, seen, facts)


def _level(flowing: Flowing, key: str, shape: Shape) -> int:
    """Writes the steps of a level, and the next one on half of it, finely squeezed. How many steps it has."""
    channels, height, width = shape
    number = 0
    while f"{key}.steps.{number}.norm.logs" in flowing.tensors:
        _step(flowing, f"{key}.steps.{number}", shape)
        number += 1
    if any(name.startswith(f"{key}.next.") for name in flowing.tensors):
        rest = flowing.beside()
        _level(rest, f"{key}.next", (2 * channels, height // 2, width // 2))
        flowing.add("squeeze").partly(2 * channels, rest).add("squeeze", grow=1)
    return number


def _step(flowing: Flowing, key: str, shape: Shape) -> None:
    """The second half of the channels says what becomes of the first."""
    scale, bias = torch.exp(flowing.take(f"{key}.norm.logs")), flowing.take(f"{key}.norm.bias")
    flowing.pass_over(f"{key}.norm.is_initialized")
    flowing.affine(scale, scale * bias, shape).mix(flowing.take(f"{key}.conv.weight"), shape)
    net, nets = flowing.stack(), f"{key}.coup.nn"
    net.norm(f"{nets}.in_norm").add("relu").conv(f"{nets}.in_conv")
    net.norm(f"{nets}.mid_norm").add("relu").conv(f"{nets}.mid_conv").norm(f"{nets}.out_norm").add("relu")
    last, own = flowing.take(f"{nets}.out_conv.weight"), flowing.take(f"{nets}.out_conv.bias")
    rows(net, last, own, even_first(shape[0]), padding=last.shape[2] // 2)
    swap, form = halves_swapped(shape[0]), {"form": "affine", "scale": "tanh", "shift_first": 1}
    tensors = {"form.bound": flowing.take(f"{key}.coup.scale"), **net_of(net)}
    flowing.permute(swap).add("coupling", tensors, kept=shape[0] // 2, net=net.layers, **form).permute(swap)
