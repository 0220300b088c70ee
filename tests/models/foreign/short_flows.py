"""Short flows over vectors that are copied a lot, for the tests: weights, and the way from data to noise."""

from __future__ import annotations

from itertools import pairwise

import torch
from handwritten_flows import masks
from library_flows import Library
from torch import Tensor
from torch.nn import functional
from vector_references import Keys, Weights, linear


def chain_keys(keys: Keys, key: str, *widths: int) -> None:
    for number, (before, after) in enumerate(pairwise(widths)):
        keys.layer(f"{key}.{2 * number}", before, after, 0.6)


def chain(held: Weights, key: str, x: Tensor, slope: float) -> Tensor:
    number = 0
    while f"{key}.{2 * number}.weight" in held:
        x = linear(held, f"{key}.{2 * number}", functional.leaky_relu(x, slope) if number else x)
        number += 1
    return x


def notebook_nvp(features: int, steps: int) -> Library:
    """senya-ashukha: masks in one tensor; the networks of scales end in a tanh."""
    keys = Keys(steps)
    keys.held["mask"] = (torch.arange(steps)[:, None] + torch.arange(features)).remainder(2).float()
    for step in range(steps):
        for side in ("t", "s"):
            chain_keys(keys, f"{side}.{step}", features, 9, 9, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in reversed(range(steps)):
            mask = held["mask"][step]
            kept = x * mask
            scale = torch.tanh(chain(held, f"s.{step}", kept, 0.01)) * (1 - mask)
            shift = chain(held, f"t.{step}", kept, 0.01) * (1 - mask)
            x = (1 - mask) * (x - shift) * (-scale).exp() + kept
        return x

    return Library(held, features, noise)


def nflib_halves(features: int, steps: int, *, scaled: bool = True) -> Library:
    """karpathy: activation norms and couplings of every other number; additive ones without networks of scales."""
    keys, half = Keys(steps), features // 2
    for step in range(steps):
        for name in ("s", "t"):
            keys.normal(f"flow.flows.{2 * step}.{name}", 1, features)
        for name in ("s_cond", "t_cond") if scaled else ("t_cond",):
            chain_keys(keys, f"flow.flows.{2 * step + 1}.{name}.net", half, 7, 7, 7, half)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(steps):
            start, key, z = f"flow.flows.{2 * step}", f"flow.flows.{2 * step + 1}", torch.empty_like(x)
            x = x * held[f"{start}.s"].exp() + held[f"{start}.t"]
            kept, moved = (x[:, 1::2], x[:, ::2]) if step % 2 else (x[:, ::2], x[:, 1::2])
            scale = chain(held, f"{key}.s_cond.net", kept, 0.2).exp() if scaled else 1.0
            made = moved * scale + chain(held, f"{key}.t_cond.net", kept, 0.2)
            z[:, 1::2], z[:, ::2] = (kept, made) if step % 2 else (made, kept)
            x = z
        return x

    return Library(held, features, noise)


def nflib_maf(features: int, steps: int) -> Library:
    """karpathy: masked networks; every other step turns the order round."""
    keys = Keys(steps)
    widths = (features, 9, 9, 2 * features)
    for step in range(steps):
        for number, mask in enumerate(masks(features, 9, 2 * features)):
            layer = f"flow.flows.{step}.net.net.net.{2 * number}"
            keys.layer(layer, widths[number], widths[number + 1], 0.6)
            keys.held[f"{layer}.mask"] = mask.bool()
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(steps):
            h = x
            for number in range(3):
                h = linear(held, f"flow.flows.{step}.net.net.net.{2 * number}", h.relu() if number else h)
            log_scale, shift = h.chunk(2, 1)
            x = x * log_scale.exp() + shift
            x = x.flip(1) if step % 2 else x
        return x

    return Library(held, features, noise)
