"""Glow as a list of layers ('flow.layers.1.actnorm'): squeezes, steps and splits, told apart by their keys and gaps.

After chaiyujin's glow-pytorch and y0ast's Glow-PyTorch. The size of pictures is in the file, in 'prior_h'.
"""

from __future__ import annotations

import math
import re

import torch
from torch import Tensor
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.base import Fact, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import flow_found, per_class, places, scales_of, with_class
from explorer.models.foreign.flows.writing import Flowing, mixing, net_of, odd_first, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack

PARTS = ("p", "lower", "upper", "sign_s", "log_s")  # of a matrix
LAYER = re.compile(r"flow\.layers\.(\d+)\.")


def recognise(reading: Reading) -> Recognised | None:
    """flow.layers.N.{actnorm, invconv, f or block} and prior_h. Raises CheckpointError for what no file tells."""
    keys, tensors = list(reading.tensors), reading.tensors
    if "prior_h" not in tensors or "flow.layers.1.actnorm.logs" not in tensors:
        return None
    if not any(".invconv." in key for key in keys) and not _reversed(reading):
        raise _unknown(
            "Its channels are shuffled or turned round, and which of both the file does not hold.",
            'One with \'invconv\' opens, or one whose hparams.json says "flow_permutation": "reverse".',
        )
    if any(key.endswith(".invconv.l") for key in keys):
        raise _unknown(
            "Its mixing matrices are in LU parts, of which the file lacks the permutation and the signs.",
            "Save each weight as one matrix, by its 'get_weight', and open that.",
        )
    numbers = {int(match[1]) for key in keys if (match := LAYER.match(key))}
    count, squeezes = 1 + max(numbers), {n for n in range(1 + max(numbers)) if n not in numbers}
    scales, top = len(squeezes), tensors["prior_h"].shape
    side = (top[2] * 2**scales, top[3] * 2**scales)
    named = "f" if "flow.layers.1.f.0.weight" in tensors else "block"
    flowing = Flowing(tensors)
    shapes: list[Shape] = []
    channels = tensors["flow.layers.1.actnorm.logs"].shape[1] // 4
    _layers(flowing, list(range(count)), squeezes, (channels, *side), shapes, named)
    space, told = scales_of(shapes), None
    if "project_ycond.logs" in tensors:
        told, space = _told(flowing, space, shapes[0])
    if channels not in (1, 3):
        return None
    low, high = (0.0, 1.0) if named == "f" else (-0.5, 0.5)
    facts = (
        Fact(
            f"{scales} scales in {count} layers, widths, and {side[0]} x {side[1]} pixels, from keys and shapes", "read"
        ),
        Fact(f"pictures in {low}..{high}; scale sigmoid(s + 2) where a coupling scales; prior N(0, I)", "inferred"),
    )
    name, image_shape, seen = f"Glow, {scales} scales", (side[0], side[1], channels), (low, high, False)
    return flow_found(reading, name, image_shape, space, flowing, seen, facts, told)


def _reversed(reading: Reading) -> bool:
    """Whether it is said beside the weights that channels are turned round in every step."""
    return any(place.get("flow_permutation") == "reverse" for place in places(reading.hints))


def _unknown(why: str, hint: str) -> CheckpointError:
    return CheckpointError(f"This is a Glow, but not all of it is in the file. {why}", hint)


def _layers(
    flowing: Flowing, numbers: list[int], squeezes: set[int], shape: Shape, shapes: list[Shape], named: str
) -> None:
    """Writes the layers from the first of `numbers` on; puts what leaves into `shapes`, coarsest first."""
    for place, number in enumerate(numbers):
        key = f"flow.layers.{number}"
        if number in squeezes:
            flowing.add("squeeze")
            shape = (4 * shape[0], shape[1] // 2, shape[2] // 2)
        elif f"{key}.actnorm.logs" in flowing.tensors:
            _step(flowing, key, shape, named)
        else:
            half, rest = shape[0] // 2, flowing.beside()
            _layers(rest, numbers[place + 1 :], squeezes, (half, *shape[1:]), shapes, named)
            flowing.scales(half, rest, _last(flowing.stack(), flowing, f"{key}.conv", odd_first(2 * half)))
            shapes.append((half, *shape[1:]))
            return
    if "project_ycond.logs" in flowing.tensors:
        shapes.append(shape)
        return
    mean, log_scale = _top(flowing).chunk(2)
    flowing.affine(torch.exp(-log_scale), -mean * torch.exp(-log_scale), shape)
    shapes.append(shape)


def _step(flowing: Flowing, key: str, shape: Shape, named: str) -> None:
    scale, bias = torch.exp(flowing.take(f"{key}.actnorm.logs")), flowing.take(f"{key}.actnorm.bias")
    flowing.affine(scale, scale * bias, shape)
    if any(name.startswith(f"{key}.invconv.") for name in flowing.tensors):
        flowing.mix(mixing(flowing, f"{key}.invconv", "weight", PARTS), shape)
    else:
        flowing.permute(torch.arange(shape[0]).flip(0))
    net, half = flowing.stack(), shape[0] // 2
    for number in (0, 2):
        _normed(net, flowing, f"{key}.{named}.{number}")
    made = _weights(flowing, f"{key}.{named}.4")[0].shape[0]
    _last(net, flowing, f"{key}.{named}.4", odd_first(made) if made == shape[0] else None)
    moved = "sigmoid" if made == shape[0] else "one"
    form = {"form": "affine", "scale": moved, "offset": 2.0, "shift_first": 1}
    flowing.add("coupling", net_of(net), kept=half, net=net.layers, **form)


def _weights(flowing: Flowing, key: str) -> tuple[Tensor, str]:
    """The kernel of a convolution, and where its bias stands: in the layer itself, or in one inside."""
    inner = f"{key}.conv" if f"{key}.conv.weight" in flowing.tensors else key
    return flowing.take(f"{inner}.weight"), inner


def _normed(stack: Stack, flowing: Flowing, key: str) -> None:
    """A convolution and the normalisation after it, as one; and a ReLU."""
    weight, inner = _weights(flowing, key)
    if f"{key}.actnorm.logs" in flowing.tensors:
        scale = torch.exp(flowing.take(f"{key}.actnorm.logs")).reshape(-1)
        bias = flowing.take(f"{key}.actnorm.bias").reshape(-1) * scale
        weight = weight * scale[:, None, None, None]
    else:
        bias = flowing.take(f"{inner}.bias")
    rows(stack, weight, bias, padding=weight.shape[2] // 2).add("relu")


def _last(stack: Stack, flowing: Flowing, key: str, order: Tensor | None) -> Stack:
    """A convolution whose outputs are multiplied by exp(3 logs)."""
    weight, inner = _weights(flowing, key)
    factor = torch.exp(3 * flowing.take(f"{key}.logs")).reshape(-1)
    bias = flowing.take(f"{inner}.bias") * factor
    return rows(stack, weight * factor[:, None, None, None], bias, order, padding=weight.shape[2] // 2)


def _top(flowing: Flowing) -> Tensor:
    """Means, then logs of the scales, of the coarsest latents: (2 channels, height, width)."""
    start = flowing.take("prior_h")[:1]
    key = next((name for name in ("learn_top", "learn_top_fn") if f"{name}.logs" in flowing.tensors), "")
    if not key:
        return start[0]
    weight, inner = _weights(flowing, key)
    factor = torch.exp(3 * flowing.take(f"{key}.logs")).reshape(1, -1, 1, 1)
    made = functional.conv2d(start, weight, flowing.take(f"{inner}.bias"), padding=weight.shape[2] // 2) * factor
    return made[0]


def _told(flowing: Flowing, space: Space, coarse: Shape) -> tuple[Flowing, Space]:
    """The coarsest latents, of which each class has another mean and scale for every channel, as a step."""
    flowing.pass_over(*(key for key in flowing.tensors if key.startswith("project_class.")))
    inner = "project_ycond.linear" if "project_ycond.linear.weight" in flowing.tensors else "project_ycond"
    factor = torch.exp(3 * flowing.take("project_ycond.logs"))[:, None]
    more = (flowing.take(f"{inner}.weight") + flowing.take(f"{inner}.bias")[:, None]) * factor
    said = _top(flowing).flatten(1)[:, :, None] + more[:, None]
    mean, log_scale = (half.reshape(-1, half.shape[2]) for half in said.chunk(2))
    rest = mean.new_zeros(space.dim - math.prod(coarse), mean.shape[1])
    flowing.add("fold", shape=[space.dim])
    told = per_class(flowing, torch.cat([log_scale, rest]), torch.cat([mean, rest]))
    return told, with_class(space, mean.shape[1])
