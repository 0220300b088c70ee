"""The networks of nflows and normflows, as layers: residual ones, masked or not, and how a context enters them.

Masks are multiplied into the weights. With a context c the state of a masked network is [features, c] all the way.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.foreign.flows.writing import Flowing, rows
from explorer.models.foreign.stack import Stack, UnfitError

NORM_EPS = 1e-3  # of batch norms in their blocks


def residual_net(flowing: Flowing, key: str, order: Tensor | None = None) -> Stack:
    """initial_layer, blocks.N of two layers each, final_layer; `order` of what comes out."""
    if f"{key}.blocks.0.context_layer.weight" in flowing.tensors:
        return _told_net(flowing, key, order)
    net = flowing.stack()
    rows(net, *_layer(flowing, f"{key}.initial_layer"))
    inner = "linear_layers" if f"{key}.blocks.0.linear_layers.0.weight" in flowing.tensors else "conv_layers"
    for number in range(_blocks(flowing, key)):
        _block(net, flowing, f"{key}.blocks.{number}", inner)
    return rows(net, *_layer(flowing, f"{key}.final_layer"), order)


def _told_net(flowing: Flowing, key: str, order: Tensor | None) -> Stack:
    """The same of [x, context], where a block is weighed by what the context says."""
    net = flowing.stack()
    first, bias = _layer(flowing, f"{key}.initial_layer")
    given = flowing.tensors[f"{key}.blocks.0.context_layer.weight"].shape[1]
    net.parallel(rows(net.beside(), first, bias), _pass_on(net.beside(), first.shape[1] - given, given))
    for number in range(_blocks(flowing, key)):
        _weighed_block(net, flowing, f"{key}.blocks.{number}", len(first))
    weight, last = _layer(flowing, f"{key}.final_layer")
    return rows(net, torch.cat([weight, weight.new_zeros(len(weight), given)], 1), last, order)


def _weighed_block(net: Stack, flowing: Flowing, key: str, hidden: int) -> None:
    """[h + second(ReLU(first(ReLU(h)))) * sigmoid(what the context says), context] of [h, context]."""
    if any(name.startswith(f"{key}.batch_norm") for name in flowing.tensors):
        raise UnfitError("a context and norms")
    (first, bias), (second, last) = (_layer(flowing, f"{key}.linear_layers.{number}") for number in range(2))
    said, own = flowing.take(f"{key}.context_layer.weight"), flowing.take(f"{key}.context_layer.bias")
    given = said.shape[1]
    made = rows(net.beside(), torch.eye(hidden + given)[:hidden], None).add("relu")
    rows(rows(made, first, bias).add("relu"), second, last)
    gate = rows(net.beside(), torch.cat([said.new_zeros(hidden, hidden), said], 1), own)
    body = net.beside().parallel(made, gate).add("glu")
    net.residual(rows(body, torch.eye(hidden + given)[:, :hidden].contiguous(), None))


def masked_net(flowing: Flowing, key: str, order: Tensor | None, curbed: bool) -> Stack:
    """The same, masked; or of plain blocks of one layer. `curbed`: a ReLU over what the context says at first."""
    net = flowing.stack()
    first = _layer(flowing, f"{key}.initial_layer")
    given = f"{key}.context_layer.weight" in flowing.tensors
    _begin(net, flowing, key, first, curbed) if given else rows(net, *first)
    count = _blocks(flowing, key)
    residual = f"{key}.blocks.0.linear_layers.0.weight" in flowing.tensors
    if count and not residual:
        if given:
            raise UnfitError("a context before plain blocks")
        net.add("relu")
    for number in range(count):
        block = f"{key}.blocks.{number}"
        if not residual:
            rows(net, *_layer(flowing, f"{block}.linear")).add("relu")
        elif given:
            _told_block(net, flowing, block, len(first[0]))
        else:
            _block(net, flowing, block, "linear_layers")
    weight, bias = _layer(flowing, f"{key}.final_layer")
    wide = torch.cat([weight, weight.new_zeros(len(weight), _given(flowing, key))], 1)
    return rows(net, wide, bias, order)


def _given(flowing: Flowing, key: str) -> int:
    weight = flowing.tensors.get(f"{key}.context_layer.weight")
    return 0 if weight is None else weight.shape[1]


def _layer(flowing: Flowing, key: str) -> tuple[Tensor, Tensor]:
    """Weight, masked where there is a mask, and bias."""
    weight, bias = flowing.take(f"{key}.weight"), flowing.take(f"{key}.bias")
    flowing.pass_over(f"{key}.degrees")
    mask = flowing.take(f"{key}.mask") if f"{key}.mask" in flowing.tensors else None
    return (weight if mask is None else weight * mask.float()), bias


def _blocks(flowing: Flowing, key: str) -> int:
    start = f"{key}.blocks."
    return len({name[len(start) :].partition(".")[0] for name in flowing.tensors if name.startswith(start)})


def _block(net: Stack, flowing: Flowing, key: str, inner: str) -> None:
    """x + second(ReLU(first(ReLU(x)))), each after a norm where there is one."""
    if f"{key}.context_layer.weight" in flowing.tensors:
        raise UnfitError("a context in its residual blocks")
    flowing.pass_over(f"{key}.degrees")
    body = net.beside()
    for number in range(2):
        norm = f"{key}.batch_norm_layers.{number}"
        if f"{norm}.running_mean" in flowing.tensors:
            body.norm(norm, NORM_EPS)
        weight, bias = _layer(flowing, f"{key}.{inner}.{number}")
        body.add("relu")
        if weight.dim() == 4:
            rows(body, weight, bias, padding=weight.shape[2] // 2)
        else:
            rows(body, weight, bias)
    net.residual(body)


def _begin(net: Stack, flowing: Flowing, key: str, first: tuple[Tensor, Tensor], curbed: bool) -> None:
    """[first(x) + what the context says, context] of [x, context]."""
    weight, bias = first
    said, own = flowing.take(f"{key}.context_layer.weight"), flowing.take(f"{key}.context_layer.bias")
    features, given = weight.shape[1], said.shape[1]
    told = rows(net.beside(), torch.cat([said.new_zeros(len(said), features), said], 1), own)
    if curbed:
        told.add("relu")
    seen = rows(net.beside(), torch.cat([weight, weight.new_zeros(len(weight), given)], 1), bias)
    net.parallel(net.beside().residual(told, seen), _pass_on(net.beside(), features, given))


def _told_block(net: Stack, flowing: Flowing, key: str, hidden: int) -> None:
    """[h + second(ReLU(first(ReLU(h)) + what the context says)), context] of [h, context]."""
    said, own = flowing.take(f"{key}.context_layer.weight"), flowing.take(f"{key}.context_layer.bias")
    (first, bias), (second, last) = (_layer(flowing, f"{key}.linear_layers.{number}") for number in range(2))
    if any(name.startswith(f"{key}.batch_norm") for name in flowing.tensors):
        raise UnfitError("a context and norms")
    given = said.shape[1]
    chosen = torch.eye(hidden + given)[:hidden]
    body = net.beside()
    kept = rows(body.beside(), chosen, None).add("relu")
    body.parallel(kept, _pass_on(body.beside(), hidden, given))
    rows(body, torch.cat([first, said], 1), bias + own).add("relu")
    none = second.new_zeros(given, hidden)
    rows(body, torch.cat([second, none]), torch.cat([last, last.new_zeros(given)]))
    net.residual(body)


def _pass_on(net: Stack, before: int, given: int) -> Stack:
    """The context alone of [so many numbers, context]."""
    return rows(net, torch.eye(before + given)[before:], None)
