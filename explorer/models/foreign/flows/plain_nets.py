"""Steps of plain dense networks, as hand-written flows over vectors have them: MADE, masked couplings, batch norms.

Their formula is mostly (x - m) e^-a: a network of ours says -a, then -m.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.flows.writing import Flowing, halves_swapped, net_of, rows
from explorer.models.foreign.stack import Stack, UnfitError

MASKED = {"form": "affine", "scale": "exp", "over": "all"}
CONTEXTS = ("cond_linear.weight", "cond_weight")


def numbered(flowing: Flowing, key: str) -> list[str]:
    """The layers of a Sequential that have weights, in order. Raises UnfitError without any."""
    start, endings = f"{key}.", (".weight", ".linear.weight")
    names = {name[len(start) :].partition(".")[0] for name in flowing.tensors if name.startswith(start)}
    layers = [f"{key}.{number}" for number in sorted(int(name) for name in names if name.isdigit())]
    found = [layer for layer in layers if any(f"{layer}{ending}" in flowing.tensors for ending in endings)]
    if not found:
        raise UnfitError(key)
    return found


def dense(flowing: Flowing, key: str, activation: str, sign: float = 1.0, first: int = 0, **options: float) -> Stack:
    """Layers with an activation between them; `first` so many inputs go behind the others, `sign` of what comes out."""
    net, layers = flowing.stack(), numbered(flowing, key)
    for layer in layers:
        weight, bias = flowing.take(f"{layer}.weight"), flowing.take(f"{layer}.bias")
        if layer == layers[0]:
            weight = weight.roll(-first, 1)
        if layer == layers[-1]:
            rows(net, sign * weight, sign * bias)
        else:
            rows(net, weight, bias).add(activation, **options)
    return net


def masked_dense(
    flowing: Flowing, layers: list[str], activation: str, order: Tensor | None = None, sign: float = -1.0
) -> Stack:
    """Masked layers with an activation between them; `sign` of what comes out."""
    net = flowing.stack()
    for layer in layers:
        inner = f"{layer}.linear" if f"{layer}.linear.weight" in flowing.tensors else layer
        weight = flowing.take(f"{inner}.weight") * flowing.take(f"{layer}.mask").float()
        told = [flowing.take(f"{layer}.{name}") for name in CONTEXTS if f"{layer}.{name}" in flowing.tensors]
        weight, bias = torch.cat([weight, *told], 1), flowing.take(f"{inner}.bias")
        if layer == layers[-1]:
            rows(net, sign * weight, sign * bias, order)
        else:
            rows(net, weight, bias).add(activation)
    return net


def made(found: Vectors, layers: list[str], activation: str) -> None:
    """One network of means, then logs of scales."""
    autoregressive(found, masked_dense(found.flowing, layers, activation, halves_swapped(2 * found.features)))


def autoregressive(found: Vectors, net: Stack, shift_first: int = 1) -> None:
    options = {"passes": found.features, "net": net.layers, "form": "affine", "scale": "exp"}
    found.flowing.add("autoregressive", net_of(net), shift_first=shift_first, **options)


def masked_coupling(found: Vectors, mask: Tensor, scale: Stack, shift: Stack, shift_first: bool) -> None:
    """Where the mask is 1 numbers stay, and say what becomes of the others."""
    net = found.flowing.stack().parallel(scale, shift)
    tensors = {"mask": mask.reshape(-1).float(), **net_of(net)}
    found.flowing.add("masked", tensors, net=net.layers, **MASKED, shift_first=int(shift_first))


def log_batch_norm(found: Vectors, key: str, eps: float) -> None:
    """e^log_gamma (x - mean) / sqrt(var + eps) + beta."""
    names = ("log_gamma", "beta", "running_mean", "running_var")
    log_gamma, beta, mean, variance = (found.flowing.take(f"{key}.{name}") for name in names)
    scale = torch.exp(log_gamma) / torch.sqrt(variance + eps)
    found.flowing.affine(scale, beta - mean * scale, found.shape)
