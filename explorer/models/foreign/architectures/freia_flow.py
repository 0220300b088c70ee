"""Flows of FrEIA over vectors ('module_list.0.subnet.0'): all-in-one blocks, and pairs of couplings with permutations.

What the file does not hold is filled in with the defaults of FrEIA 0.2: scales of e^(2 tanh) or e^(2 . 0.636 atan).
"""

from __future__ import annotations

import torch
from torch.nn import functional

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.plain_nets import numbered
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.flows.writing import net_of, rows
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, UnfitError

CLAMP, SLOWED = 2.0, 0.1  # of the scales; what a network of an all-in-one block says is multiplied by the second
TOP = "module_list"


def recognise(reading: Reading) -> Recognised | None:
    """module_list.N of the blocks below."""
    tensors = reading.tensors
    if not all(key.startswith((f"{TOP}.", "tmp_var")) for key in tensors):
        return None
    features, given = _sizes(reading)
    if features < 2:
        return None
    numbers = {int(key.split(".")[1]) for key in tensors if key.startswith(f"{TOP}.")}
    found = Vectors(reading, "FrEIA", features, given)
    for number in sorted(numbers):
        _step(found, f"{TOP}.{number}")
    found.know("read", f"{len(numbers)} steps over {features} numbers, and the widths, from keys and shapes")
    found.know("inferred", "ReLU in the networks, and the defaults of FrEIA 0.2; prior N(0, I)")
    return found.recognised()


def _sizes(reading: Reading) -> tuple[int, int]:
    """Features, and numbers of context; 0 features where it is no such flow."""
    tensors = reading.tensors
    for key, value in tensors.items():
        if key.endswith(".global_scale") and value.dim() == 2:
            sees = tensors[f"{key.removesuffix('global_scale')}subnet.0.weight"].shape[1]
            return value.shape[1], sees - (value.shape[1] - value.shape[1] // 2)
    for key in tensors:
        if key.endswith(".subnet1.0.weight") and tensors[key].dim() == 2:
            start = key.removesuffix("subnet1.0.weight")
            ends = [tensors[f"{_last(reading, f'{start}{name}')}.weight"] for name in ("subnet1", "subnet2")]
            second, first = (len(end) // 2 for end in ends)
            return first + second, tensors[key].shape[1] - first
    return 0, 0


def _last(reading: Reading, key: str) -> str:
    """The last layer of a Sequential."""
    layers = [name.removesuffix(".weight") for name in reading.tensors if name.startswith(f"{key}.")]
    return [layer for layer in layers if layer.rpartition(".")[2].isdigit()][-1]


def _step(found: Vectors, key: str) -> None:
    flowing = found.flowing
    if f"{key}.global_scale" in flowing.tensors:
        _all_in_one(found, key)
    elif f"{key}.subnet1.0.weight" in flowing.tensors:
        _pair(found, key)
    elif f"{key}.perm" in flowing.tensors:
        flowing.pass_over(f"{key}.perm_inv")
        flowing.permute(flowing.take(f"{key}.perm"))
    else:
        raise UnfitError(key)


def _all_in_one(found: Vectors, key: str) -> None:
    """The first half says what becomes of the second; then a scale and a shift of each, and a rotation."""
    flowing, moved = found.flowing, found.features // 2
    _coupling(found, _dense(found, f"{key}.subnet", SLOWED), found.features - moved, moved, "tanh")
    raw = flowing.take(f"{key}.global_scale").reshape(-1)
    scale = 0.1 * functional.softplus(raw, beta=0.5)
    found.know("inferred", "global scales by a softplus")
    flowing.affine(scale, flowing.take(f"{key}.global_offset").reshape(-1), found.shape)
    flowing.pass_over(f"{key}.w_perm_inv")
    flowing.mix(flowing.take(f"{key}.w_perm"), found.shape)


def _pair(found: Vectors, key: str) -> None:
    """The second half says what becomes of the first, then the first what becomes of the second."""
    flowing = found.flowing
    first = len(flowing.tensors[f"{_last(found.reading, f'{key}.subnet2')}.weight"]) // 2
    second = found.features - first
    there = torch.cat([torch.arange(first, found.features), torch.arange(first)])
    flowing.permute(there)
    _coupling(found, _dense(found, f"{key}.subnet2", 1.0), second, first, "atan")
    flowing.permute(torch.argsort(there))
    _coupling(found, _dense(found, f"{key}.subnet1", 1.0), first, second, "atan")


def _coupling(found: Vectors, net: Stack, kept: int, moved: int, scale: str) -> None:
    tensors = {"form.bound": torch.full((moved,), CLAMP), **net_of(net)}
    found.flowing.add("coupling", tensors, kept=kept, net=net.layers, form="affine", scale=scale)


def _dense(found: Vectors, key: str, factor: float) -> Stack:
    flowing, net, layers = found.flowing, found.flowing.stack(), numbered(found.flowing, key)
    for layer in layers:
        weight, bias = flowing.take(f"{layer}.weight"), flowing.take(f"{layer}.bias")
        last = layer == layers[-1]
        rows(net, *((factor * weight, factor * bias) if last else (weight, bias)))
        if not last:
            net.add("relu")
    return net
