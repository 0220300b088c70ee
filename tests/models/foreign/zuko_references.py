"""Flows of zuko whose functions have no formula back: weights at random, and what they make, number by number.

Written for the tests from the papers: polynomials by de Casteljau's steps and by numpy's own integrals.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import torch
from library_flows import Library
from numpy.polynomial import Polynomial
from torch import Tensor
from vector_references import Keys, linear, mlp


def base(keys: Keys, features: int) -> None:
    keys.normal("base.loc", features, spread=0.1)
    keys.held["base.scale"] = torch.full((features,), 1.1)


def masked_keys(keys: Keys, key: str, features: int, given: int, each: int, residual: bool, spread: float) -> None:
    """A network of 12 hidden numbers; with `residual` two blocks between its ends."""
    hidden = torch.arange(12) % features
    before = torch.cat([torch.arange(features), torch.full((given,), -1)])
    after = torch.arange(features).repeat_interleave(each)
    masks = {"0": hidden[:, None] >= before}
    if residual:
        for block in (1, 2):
            masks |= {f"{block}.{place}": hidden[:, None] >= hidden for place in (0, 2)}
    masks["3" if residual else "2"] = after[:, None] > hidden
    for number, mask in masks.items():
        keys.layer(f"{key}.{number}", mask.shape[1], mask.shape[0], spread)
        keys.held[f"{key}.{number}.mask"] = mask


def residual_net(held: dict[str, Tensor], key: str, x: Tensor) -> Tensor:
    x = linear(held, f"{key}.0", x)
    for block in (1, 2):
        x = x + linear(held, f"{key}.{block}.2", linear(held, f"{key}.{block}.0", x).relu())
    return linear(held, f"{key}.3", x)


def rising(x: Tensor, raw: Tensor, kind: str) -> Tensor:
    """Every number of x (n, d) by its own raw numbers (n, d, each)."""
    made = torch.empty_like(x)
    for item in range(len(x)):
        for number in range(x.shape[1]):
            made[item, number] = KINDS[kind](float(x[item, number]), raw[item, number])
    return made


def mixture(x: float, raw: Tensor) -> float:
    shift, log_scale = raw.double().chunk(2)
    normal = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 1)
    return float(normal.icdf(normal.cdf(x * log_scale.exp() + shift).mean()))


def bernstein(x: float, raw: Tensor) -> float:
    if abs(x) >= 5:
        return x
    edge = 10 / (len(raw) + 4)
    steps = torch.softmax(raw.double(), 0) * (10 - 4 * edge)
    ends = torch.full((2,), edge, dtype=torch.float64)
    points = torch.cat([torch.tensor([-5.0], dtype=torch.float64), ends, steps, ends]).cumsum(0).tolist()
    share = (x + 5) / 10
    while len(points) > 1:
        points = [(1 - share) * a + share * b for a, b in pairwise(points)]
    return float(points[0])


def squares(x: float, raw: Tensor) -> float:
    total = Polynomial([0.0])
    rows = raw[:-1].double().reshape(-1, 5).numpy()
    for row in rows:
        one = Polynomial(row / 10.0 ** np.arange(5)) + 1
        total = total + one * one / len(rows)
    return float((total + 1e-3).integ()(x) + raw[-1])


KINDS = {"mixture": mixture, "bernstein": bernstein, "squares": squares}


def zuko_rising(kind: str, features: int, given: int, each: int, residual: bool = False) -> Library:
    """BPF and SOSPF; the latter clips between its transforms, which leaves nothing in the file."""
    keys, between = Keys(each), 2 if kind == "squares" else 1
    for step in range(2):
        key = f"transform.transforms.{between * step}"
        keys.held[f"{key}.order"] = torch.arange(features)
        masked_keys(keys, f"{key}.hyper", features, given, each, residual, 0.7)
    base(keys, features)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(2):
            key = f"transform.transforms.{between * step}.hyper"
            seen = x if c is None else torch.cat([x, c], 1)
            said = residual_net(held, key, seen) if residual else mlp(held, key, seen)
            x = rising(x, said.reshape(len(x), features, each), kind)
            x = x / (1 + (x / 11).abs()) if kind == "squares" and step == 0 else x
        return (x - held["base.loc"]) / held["base.scale"]

    return Library(held, features, noise, given)


def zuko_gaussianization(features: int, components: int) -> Library:
    """GF: mixtures of every number, and rotations between them."""
    keys = Keys(components)
    for step in (0, 2, 4):
        keys.normal(f"transform.transforms.{step}.phi.0", features, components, spread=1.0)
        keys.normal(f"transform.transforms.{step}.phi.1", features, components, spread=0.2)
    for step in (1, 3):
        keys.normal(f"transform.transforms.{step}.A", features, features, spread=1 / math.sqrt(features))
    base(keys, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(5):
            key = f"transform.transforms.{step}"
            if step % 2:
                skew = held[f"{key}.A"] - held[f"{key}.A"].T
                x = x @ torch.linalg.matrix_exp(skew).T
            else:
                raw = torch.cat([held[f"{key}.phi.0"], held[f"{key}.phi.1"]], 1)
                x = rising(x, raw.expand(len(x), *raw.shape), "mixture")
        return (x - held["base.loc"]) / held["base.scale"]

    return Library(held, features, noise)


def zuko_normalised(features: int, given: int) -> Library:
    """RealNVP whose networks normalise behind each activation, by the unbiased variance."""
    keys, half = Keys(given), features // 2
    for step in range(2):
        key = f"transform.transforms.{step}"
        keys.held[f"{key}.mask"] = torch.arange(features) % 2 == step % 2
        for number, (before, after) in {0: (half + given, 9), 3: (9, 8), 6: (8, 2 * half)}.items():
            keys.layer(f"{key}.hyper.{number}", before, after, 0.6)
    base(keys, features)
    held = keys.held

    def said(key: str, x: Tensor) -> Tensor:
        for number in (0, 3):
            x = linear(held, f"{key}.{number}", x).relu()
            x = (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True) + 1e-5).sqrt()
        return linear(held, f"{key}.6", x).reshape(len(x), half, 2)

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(2):
            key, z = f"transform.transforms.{step}", x.clone()
            kept = held[f"{key}.mask"]
            shift, raw = said(f"{key}.hyper", x[:, kept] if c is None else torch.cat([x[:, kept], c], 1)).unbind(2)
            z[:, ~kept] = x[:, ~kept] * (raw / (1 + (raw / math.log(1e-3)).abs())).exp() + shift
            x = z
        return (x - held["base.loc"]) / held["base.scale"]

    return Library(held, features, noise, given)
