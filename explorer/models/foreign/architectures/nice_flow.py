"""NICE over vectors ('coupling.0.in_block.0', 'coupling_layers.0.m.0'): additive couplings, then a scale each.

After fmu2's and DakshIdnani's. Every other number stays, in turn; the noise is logistic.
"""

from __future__ import annotations

import torch

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import places
from explorer.models.foreign.flows.plain_nets import numbered
from explorer.models.foreign.flows.vectors import Vectors, said_number
from explorer.models.foreign.flows.writing import net_of, rows
from explorer.models.foreign.reading import Reading

SLOPE = 0.2  # of DakshIdnani's activations
SCALES = {"scaling.scale": "coupling", "scaling_layer.log_scale_vector": "coupling_layers"}


def recognise(reading: Reading) -> Recognised | None:
    """coupling.N and scaling, or coupling_layers.N and scaling_layer."""
    key = next((key for key in SCALES if key in reading.tensors), "")
    if not key:
        return None
    found = Vectors(reading, "NICE", reading.tensors[key].numel())
    count = len({name.split(".")[1] for name in reading.tensors if name.startswith(f"{SCALES[key]}.")})
    for number in range(count):
        (_blocks if key == "scaling.scale" else _sequence)(found, number)
    found.flowing.affine(torch.exp(found.flowing.take(key)).reshape(-1), torch.zeros(found.features), found.shape)
    normal = any(place.get("latent") == "normal" for place in places(reading.hints))
    if not normal:
        found.flowing.add("logistic")
    found.know("read", f"{count} couplings over {found.features} numbers, and the widths, from keys and shapes")
    found.know("read" if normal else "inferred", "noise of N(0, I)" if normal else "logistic noise, drawn by N(0, I)")
    return found.recognised()


def _blocks(found: Vectors, number: int) -> None:
    """fmu2: a network of half of the numbers says what is added to the other half."""
    flowing, key, half = found.flowing, f"coupling.{number}", found.features // 2
    first = said_number(found.reading.hints, ("mask_config",))
    if first is None:
        found.know("inferred", "the first coupling moves the numbers at 1, 3, 5 …")
    if number == 0:
        found.know("guessed", "what its authors took away from pictures, such as their mean, is not in the file")
    moved = (int(1 if first is None else first) + number + 1) % 2  # 0: those at 1, 3, 5 ... counted from 1
    order = torch.cat([torch.arange(1 - moved, 2 * half, 2), torch.arange(moved, 2 * half, 2)])
    net = flowing.stack().linear(f"{key}.in_block.0").add("relu")
    inner = 0
    while f"{key}.mid_block.{inner}.0.weight" in flowing.tensors:
        net.linear(f"{key}.mid_block.{inner}.0").add("relu")
        inner += 1
    net.linear(f"{key}.out_block")
    form = {"form": "affine", "scale": "one"}
    flowing.permute(order).add("coupling", net_of(net), kept=half, net=net.layers, **form)
    flowing.permute(torch.argsort(order))


def _sequence(found: Vectors, number: int) -> None:
    """DakshIdnani: a network of all numbers, of which every other one is hidden."""
    flowing, net = found.flowing, found.flowing.stack()
    found.know("inferred", "the first coupling moves the numbers at 1, 3, 5 …; activations of slope 0.2")
    layers = numbered(flowing, f"coupling_layers.{number}.m")
    for layer in layers:
        rows(net, flowing.take(f"{layer}.weight"), flowing.take(f"{layer}.bias"))
        if layer != layers[-1]:
            net.add("leaky", slope=SLOPE)
    mask = ((torch.arange(found.features) + number) % 2).float()
    form = {"form": "affine", "scale": "one", "over": "all"}
    flowing.add("masked", {"mask": mask, **net_of(net)}, net=net.layers, **form)
