"""Flows over vectors of nflows, zuko and normflows: weights at random under their keys, and what they make of data.

Written for the tests from the papers and the documentation, one number after the other, with nothing of ours.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

Weights = dict[str, Tensor]


class Keys:
    """A dict of weights that grows."""

    def __init__(self, seed: int = 0) -> None:
        self.random = torch.Generator().manual_seed(seed)
        self.held: Weights = {}

    def normal(self, key: str, *shape: int, spread: float = 0.4) -> Tensor:
        self.held[key] = spread * torch.randn(shape, generator=self.random)
        return self.held[key]

    def layer(self, key: str, inputs: int, outputs: int, spread: float = 1.0) -> None:
        self.normal(f"{key}.weight", outputs, inputs, spread=spread / inputs**0.5)
        self.normal(f"{key}.bias", outputs, spread=0.2)

    def order(self, key: str, count: int) -> None:
        self.held[key] = torch.randperm(count, generator=self.random)


def linear(held: Weights, key: str, x: Tensor) -> Tensor:
    weight = held[f"{key}.weight"]
    return x @ (weight * held[f"{key}.mask"].float() if f"{key}.mask" in held else weight).T + held[f"{key}.bias"]


# A rational-quadratic spline, number by number (Durkan et al. 2019, equations 4 to 8)


def spline(x: Tensor, raw: Tensor, bound: float, zuko: bool, divide: float = 1.0) -> tuple[Tensor, Tensor]:
    """(n, d) and (n, d, 3 bins - 1) to what became of x, and log of the slope."""
    made, slopes = torch.empty_like(x), torch.empty_like(x)
    for item in range(len(x)):
        for number in range(x.shape[1]):
            made[item, number], slopes[item, number] = _one(x[item, number], raw[item, number], bound, zuko, divide)
    return made, slopes


def _one(x: Tensor, raw: Tensor, bound: float, zuko: bool, divide: float) -> tuple[float, float]:
    bins, value = (len(raw) + 1) // 3, float(x)
    if abs(value) >= bound:
        return value, 0.0
    parts = [raw[:bins] / divide, raw[bins : 2 * bins] / divide]
    if zuko:
        soft = math.log(1e-3)
        shares = [(part / (1 + (2 * part / soft).abs())).softmax(0) for part in parts]
        inner = (raw[2 * bins :] / (1 + (raw[2 * bins :] / soft).abs())).exp()
    else:
        shares = [1e-3 + (1 - 1e-3 * bins) * part.softmax(0) for part in parts]
        inner = 1e-3 + functional.softplus(raw[2 * bins :])
    across, up = ([2 * bound * float(share[:k].sum()) - bound for k in range(bins + 1)] for share in shares)
    slopes = [1.0, *map(float, inner), 1.0]
    k = max(k for k in range(bins) if across[k] <= value)
    height, width = up[k + 1] - up[k], across[k + 1] - across[k]
    steep, share, low, high = height / width, (value - across[k]) / width, slopes[k], slopes[k + 1]
    below = steep + (high + low - 2 * steep) * share * (1 - share)
    slope = steep**2 * (high * share**2 + 2 * steep * share * (1 - share) + low * (1 - share) ** 2) / below**2
    return up[k] + height * (steep * share**2 + low * share * (1 - share)) / below, math.log(slope)


# Masked networks of nflows and normflows


def masked_keys(keys: Keys, key: str, features: int, hidden: int, each: int, given: int, blocks: int = 2) -> None:
    inputs = torch.arange(1, features + 1)
    middle = torch.arange(hidden) % max(1, features - 1) + min(1, features - 1)

    def add(name: str, before: Tensor, after: Tensor, strict: bool) -> None:
        keys.layer(f"{key}.{name}", len(before), len(after), 0.3 if strict else 1.0)
        if strict:
            keys.held[f"{key}.{name}.bias"] += 0.4
        mask = after[:, None] > before if strict else after[:, None] >= before
        keys.held |= {f"{key}.{name}.mask": mask.float(), f"{key}.{name}.degrees": after}

    add("initial_layer", inputs, middle, strict=False)
    if given:
        keys.layer(f"{key}.context_layer", given, hidden)
    for number in range(blocks):
        if given:
            keys.layer(f"{key}.blocks.{number}.context_layer", given, hidden)
        for inner in range(2):
            add(f"blocks.{number}.linear_layers.{inner}", middle, middle, strict=False)
    add("final_layer", middle, inputs.repeat_interleave(each), strict=True)


def masked(held: Weights, key: str, x: Tensor, c: Tensor | None, curbed: bool, blocks: int = 2) -> Tensor:
    h = linear(held, f"{key}.initial_layer", x)
    if c is not None:
        said = linear(held, f"{key}.context_layer", c)
        h = h + (said.relu() if curbed else said)
    return linear(held, f"{key}.final_layer", residual(held, key, h, c, blocks))


def residual(held: Weights, key: str, h: Tensor, c: Tensor | None = None, blocks: int = 2) -> Tensor:
    for number in range(blocks):
        inner = linear(held, f"{key}.blocks.{number}.linear_layers.0", h.relu())
        if c is not None:
            inner = inner + linear(held, f"{key}.blocks.{number}.context_layer", c)
        h = h + linear(held, f"{key}.blocks.{number}.linear_layers.1", inner.relu())
    return h


def residual_keys(keys: Keys, key: str, inputs: int, hidden: int, outputs: int, blocks: int = 2) -> None:
    keys.layer(f"{key}.initial_layer", inputs, hidden)
    for number in range(blocks):
        for inner in range(2):
            keys.layer(f"{key}.blocks.{number}.linear_layers.{inner}", hidden, hidden)
    keys.layer(f"{key}.final_layer", hidden, outputs, 0.3)


def residual_net(held: Weights, key: str, x: Tensor) -> Tensor:
    return linear(held, f"{key}.final_layer", residual(held, key, linear(held, f"{key}.initial_layer", x)))


def coupling_keys(keys: Keys, key: str, features: int, hidden: int, each: int, bins: int = 0) -> None:
    """Every other feature stays; with `bins` these go through a spline of their own."""
    kept, moved = torch.arange(0, features, 2), torch.arange(1, features, 2)
    keys.held |= {f"{key}.identity_features": kept, f"{key}.transform_features": moved}
    residual_keys(keys, f"{key}.transform_net", len(kept), hidden, each * len(moved))
    if bins:
        for name, count in (("widths", bins), ("heights", bins), ("derivatives", bins - 1)):
            keys.normal(f"{key}.unconditional_transform.unnormalized_{name}", len(kept), count)


def coupling(held: Weights, key: str, x: Tensor, bound: float) -> Tensor:
    kept, moved = held[f"{key}.identity_features"], held[f"{key}.transform_features"]
    said, z = residual_net(held, f"{key}.transform_net", x[:, kept]), x.clone()
    each = said.shape[1] // len(moved)
    if each == 1:
        z[:, moved] = x[:, moved] + said
    elif each == 2:
        z[:, moved] = x[:, moved] * (torch.sigmoid(said[:, len(moved) :] + 2) + 1e-3) + said[:, : len(moved)]
    else:
        hidden = held[f"{key}.transform_net.final_layer.weight"].shape[1]
        raw = said.reshape(len(x), len(moved), each)
        raw = torch.cat([raw[..., : (each + 1) // 3 * 2] / hidden**0.5, raw[..., (each + 1) // 3 * 2 :]], 2)
        z[:, moved] = spline(x[:, moved], raw, bound, zuko=False)[0]
    own = f"{key}.unconditional_transform.unnormalized_"
    if f"{own}widths" in held:
        raw = torch.cat([held[f"{own}{name}"] for name in ("widths", "heights", "derivatives")], 1)
        z[:, kept] = spline(x[:, kept], raw.expand(len(x), *raw.shape), bound, zuko=False)[0]
    return z


def lower_upper_keys(keys: Keys, key: str, features: int) -> None:
    for name in ("lower_entries", "upper_entries"):
        keys.normal(f"{key}.{name}", features * (features - 1) // 2, spread=0.8 / features)
    keys.normal(f"{key}.unconstrained_upper_diag", features)
    keys.normal(f"{key}.bias", features)


def lower_upper(held: Weights, key: str, x: Tensor) -> Tensor:
    size = x.shape[1]
    lower, upper = torch.eye(size), torch.zeros(size, size)
    entries = iter(held[f"{key}.lower_entries"])
    for row in range(size):
        for column in range(row):
            lower[row, column] = next(entries)
    entries = iter(held[f"{key}.upper_entries"])
    for row in range(size):
        upper[row, row] = functional.softplus(held[f"{key}.unconstrained_upper_diag"][row]) + 1e-3
        for column in range(row + 1, size):
            upper[row, column] = next(entries)
    return x @ upper.T @ lower.T + held[f"{key}.bias"]


# Plain networks of zuko and normflows


def mlp_keys(keys: Keys, key: str, *widths: int, spread: float = 1.0) -> None:
    for number, (inputs, outputs) in enumerate(pairwise(widths)):
        keys.layer(f"{key}.{2 * number}", inputs, outputs, spread)


def mlp(held: Weights, key: str, x: Tensor) -> Tensor:
    number = 0
    while f"{key}.{2 * number}.weight" in held:
        x = linear(held, f"{key}.{2 * number}", x.relu() if number else x)
        number += 1
    return x
