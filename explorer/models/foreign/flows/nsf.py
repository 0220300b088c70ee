"""The steps that nflows and normflows share (both come from the code of neural spline flows, Durkan et al. 2019)."""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.base import How
from explorer.models.foreign.flows.masked_nets import masked_net, residual_net
from explorer.models.foreign.flows.vectors import said_number
from explorer.models.foreign.flows.writing import Flowing, halves_swapped, net_of, odd_first, rows
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, UnfitError

LEAST = 1e-3  # of widths, heights, slopes and scales
LU_EPS, NORM_EPS = 1e-3, 1e-5
BOUND = ("tail_bound", "bound")


class Finding(Protocol):
    """A flow that is being written: over vectors, or over the channels of pictures."""

    reading: Reading
    flowing: Flowing

    @property
    def features(self) -> int:
        """How many numbers or channels its next step is over."""
        ...

    @property
    def shape(self) -> Shape:
        """Of one item before its next step."""
        ...

    def know(self, how: How, text: str) -> None:
        """A fact for the card."""
        ...


def made(found: Finding, key: str, scale: str, curbed: bool, bound: float) -> None:
    """A masked autoregressive step below `key`."""
    net = f"{key}.autoregressive_net"
    each = found.flowing.tensors[f"{net}.final_layer.weight"].shape[0] / found.features
    form = spline_form(found, each, bound, 1.0)
    if each == 2:
        stack = masked_net(found.flowing, net, torch.cat([_every(found, 0), _every(found, 1)]), curbed)
        form = {"form": "affine", "scale": scale, "least": LEAST, "offset": 2.0 if scale == "sigmoid" else 0.0}
    else:
        stack = masked_net(found.flowing, net, None, curbed)
    tensors = net_of(stack)
    options = {"passes": found.features, "net": stack.layers, **form}
    if scale == "sigmoid" and each == 2:  # normflows: from latents to data
        found.flowing.turned("autoregressive", tensors, **options)
    else:
        found.flowing.add("autoregressive", tensors, **options)


def _every(found: Finding, first: int) -> Tensor:
    return torch.arange(first, 2 * found.features, 2)


def spline_form(found: Finding, each: float, bound: float, divide: float) -> dict[str, object]:
    """How a spline of so many numbers each is told. 1 and 2 are affine. Raises UnfitError, CheckpointError."""
    if each in (1, 2):
        return {}
    if each != int(each):
        raise UnfitError(f"{each} numbers each")
    if each % 3 != 2:
        raise CheckpointError(
            f"The networks of this flow say {int(each)} numbers of each: no rational-quadratic spline has so many.",
            "Linear, quadratic and cubic splines are not opened; rational-quadratic ones with linear tails are.",
        )
    found.know("inferred", "splines are rational-quadratic")
    bins, said = int(each + 1) // 3, said_number(found.reading.hints, BOUND)
    if said is not None and said > 0:
        found.know("read", f"splines in -{said:g}..{said:g}, as said beside the weights")
    else:
        found.know("guessed", f"splines in -{bound:g}..{bound:g}: the bound is not in the file")
    limit = said if said is not None and said > 0 else bound
    return {"form": "spline", "style": "nflows", "bins": bins, "bound": limit, "divide": divide, "least": LEAST}


def coupling(found: Finding, key: str, bound: float) -> None:
    """A coupling of two sets of features, with what happens to those that stay."""
    flowing = found.flowing
    kept, moved = flowing.take(f"{key}.identity_features"), flowing.take(f"{key}.transform_features")
    order = torch.cat([kept, moved]).long()
    if not torch.equal(order.sort().values, torch.arange(found.features)):
        raise UnfitError("features that are no order")
    net, each, divide = _coupling_net(found, f"{key}.transform_net", len(moved))
    form = spline_form(found, each, bound, divide) or _affine(each)
    flowing.permute(order).add("coupling", net_of(net), kept=len(kept), net=net.layers, **form)
    own = f"{key}.unconditional_transform.unnormalized_"
    if f"{own}widths" in flowing.tensors:
        raw = torch.cat([flowing.take(f"{own}{name}") for name in ("widths", "heights", "derivatives")], 1)
        alone = flowing.beside()
        told = spline_form(found, raw.shape[1], bound, 1.0)
        alone.add("elementwise", {"raw": raw.reshape(1, -1)}, **told)
        flowing.partly(len(kept), alone)
    flowing.permute(torch.argsort(order))


def _affine(each: float) -> dict[str, object]:
    if each == 1:
        return {"form": "affine", "scale": "one"}
    return {"form": "affine", "scale": "sigmoid", "offset": 2.0, "least": LEAST}


def _coupling_net(found: Finding, key: str, moved: int) -> tuple[Stack, float, float]:
    """The network, how many numbers it says of each, and what raw widths are divided by."""
    flowing = found.flowing
    last = "final_layer" if f"{key}.final_layer.weight" in flowing.tensors else "_output_layer"
    weight = flowing.tensors[f"{key}.{last}.weight"]
    each, hidden = weight.shape[0] / moved, weight.shape[1]
    swap = halves_swapped(2 * moved) if each == 2 else None
    if last == "final_layer":
        return residual_net(flowing, key, swap), each, math.sqrt(hidden)
    stack = flowing.stack()
    rows(stack, flowing.take(f"{key}._input_layer.weight"), flowing.take(f"{key}._input_layer.bias")).add("relu")
    number = 0
    while f"{key}._hidden_layers.{number}.weight" in flowing.tensors:
        name = f"{key}._hidden_layers.{number}"
        rows(stack, flowing.take(f"{name}.weight"), flowing.take(f"{name}.bias")).add("relu")
        number += 1
    return rows(stack, flowing.take(f"{key}.{last}.weight"), flowing.take(f"{key}.{last}.bias"), swap), each, 1.0


def lower_upper(found: Finding, key: str) -> None:
    """W = L U from their entries, and a bias."""
    flowing, size = found.flowing, found.features
    lower, upper = torch.eye(size, dtype=torch.float64), torch.zeros(size, size, dtype=torch.float64)
    below, above = torch.tril_indices(size, size, -1), torch.triu_indices(size, size, 1)
    lower[below[0], below[1]] = flowing.take(f"{key}.lower_entries").double()
    upper[above[0], above[1]] = flowing.take(f"{key}.upper_entries").double()
    diagonal = functional.softplus(flowing.take(f"{key}.unconstrained_upper_diag").double()) + LU_EPS
    flowing.mix(lower @ (upper + torch.diag(diagonal)), found.shape, flowing.take(f"{key}.bias"))


def batch_norm(found: Finding, key: str) -> None:
    """A batch norm as a step, by the mean and variance that were kept."""
    names = ("unconstrained_weight", "bias", "running_mean", "running_var")
    weight, bias, mean, variance = (found.flowing.take(f"{key}.{name}") for name in names)
    scale = (functional.softplus(weight) + NORM_EPS) / torch.sqrt(variance + NORM_EPS)
    found.flowing.affine(scale, bias - mean * scale, found.shape)


def masked_halves(found: Finding, key: str) -> None:
    """normflows' MaskedAffineFlow: two networks say log scales and shifts; from latents to data."""
    flowing = found.flowing
    mask = flowing.take(f"{key}.b").reshape(-1)
    net = flowing.stack()
    sides = [side for side in ("s", "t") if any(name.startswith(f"{key}.{side}.net.") for name in flowing.tensors)]
    nets = {side: _mlp(flowing.stack(), found, f"{key}.{side}.net") for side in sides}
    width = found.features
    for side in {"s", "t"} - nets.keys():
        nets[side] = rows(flowing.stack(), torch.zeros(width, width), None)
    net.parallel(nets["s"], nets["t"])
    form = {"form": "affine", "scale": "exp", "over": "all"}
    flowing.turned("masked", {"mask": mask, **net_of(net)}, net=net.layers, **form)


def block_coupling(found: Finding, key: str) -> None:
    """normflows' AffineCouplingBlock: the first half says shift and log scale of the second, in turn."""
    kept = (found.features + 1) // 2
    moved = found.features - kept
    net = f"{key}.flows.1.param_map.net"
    last = max(int(name[len(net) + 1 :].partition(".")[0]) for name in found.flowing.tensors if name.startswith(net))
    out = found.flowing.tensors[f"{net}.{last}.weight"].shape[0]
    scaled = out == 2 * moved
    stack = _mlp(found.flowing.stack(), found, net, odd_first(out) if scaled else None)
    if scaled:
        found.know("guessed", "couplings scale by e^s: whether they do by a sigmoid is not in the file")
    form = {"form": "affine", "scale": "exp" if scaled else "one"}
    found.flowing.turned("coupling", net_of(stack), kept=kept, net=stack.layers, **form)


def _mlp(net: Stack, found: Finding, key: str, order: Tensor | None = None) -> Stack:
    """Linear layers with ReLU between them."""
    start = f"{key}."
    names = [name for name in found.flowing.tensors if name.startswith(start) and name.endswith(".weight")]
    for name in names:
        weight = found.flowing.take(name)
        bias = found.flowing.take(f"{name.removesuffix('weight')}bias")
        rows(net, weight, bias, order if name == names[-1] else None)
        if name != names[-1]:
            net.add("relu")
    if not names:
        raise UnfitError(key)
    found.know("inferred", "ReLU in the networks (a slope below zero is not in the file)")
    return net
