"""Whole flows of nflows, zuko and normflows for the tests: their weights, and their way from data to noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from vector_references import (
    Keys,
    Weights,
    coupling,
    coupling_keys,
    linear,
    lower_upper,
    lower_upper_keys,
    masked,
    masked_keys,
    mlp,
    mlp_keys,
    spline,
)


@dataclass(frozen=True)
class Library:
    """`noise` of data (n, features) and context, which is (n, given) or None."""

    weights: Weights
    features: int
    noise: Callable[[Tensor, Tensor | None], Tensor]
    given: int = 0


def nflows_maf(features: int, given: int, steps: int, hidden: int) -> Library:
    """As in many notebooks: turned order and masked affine steps; with a context, a base that listens to it."""
    keys = Keys(steps)
    for step in range(steps):
        keys.held[f"_transform._transforms.{2 * step}._permutation"] = torch.arange(features - 1, -1, -1)
        net = f"_transform._transforms.{2 * step + 1}.autoregressive_net"
        masked_keys(keys, net, features, hidden, 2, given)
    if given:
        keys.layer("_distribution._context_encoder", given, 2 * features)
    else:
        keys.held["_distribution._log_z"] = torch.tensor(0.9)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            x = x[:, held[f"_transform._transforms.{2 * step}._permutation"]]
            said = masked(held, f"_transform._transforms.{2 * step + 1}.autoregressive_net", x, c, curbed=True)
            said = said.reshape(len(x), features, 2)
            x = x * (functional.softplus(said[..., 0]) + 1e-3) + said[..., 1]
        if c is None:
            return x
        mean, log_scale = (
            c @ held["_distribution._context_encoder.weight"].T + held["_distribution._context_encoder.bias"]
        ).chunk(2, 1)
        return (x - mean) / log_scale.exp()

    return Library(held, features, noise, given)


def nflows_couplings(features: int, each: int, bins: int = 0) -> Library:
    """LU, a coupling, an activation norm and a batch norm in turn; composites in a composite."""
    keys = Keys(each)
    for step in range(2):
        inner = f"_transform._transforms.{step}._transforms"
        keys.order(f"{inner}.0._permutation", features)
        lower_upper_keys(keys, f"{inner}.1", features)
        coupling_keys(keys, f"{inner}.2", features, 12, each, bins)
        keys.held[f"{inner}.3.initialized"] = torch.tensor(True)
        keys.normal(f"{inner}.3.log_scale", features)
        keys.normal(f"{inner}.3.shift", features)
        keys.normal(f"{inner}.4.unconstrained_weight", features)
        keys.normal(f"{inner}.4.bias", features)
        keys.normal(f"{inner}.4.running_mean", features)
        keys.held[f"{inner}.4.running_var"] = keys.normal("spread", features).abs() + 0.5
        del keys.held["spread"]
    keys.normal("_distribution.mean_", 1, features)
    keys.normal("_distribution.log_std_", 1, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(2):
            inner = f"_transform._transforms.{step}._transforms"
            x = lower_upper(held, f"{inner}.1", x[:, held[f"{inner}.0._permutation"]])
            x = coupling(held, f"{inner}.2", x, 3.0)
            x = x * held[f"{inner}.3.log_scale"].exp() + held[f"{inner}.3.shift"]
            normal = (x - held[f"{inner}.4.running_mean"]) / (held[f"{inner}.4.running_var"] + 1e-5).sqrt()
            weight = functional.softplus(held[f"{inner}.4.unconstrained_weight"]) + 1e-5
            x = weight * normal + held[f"{inner}.4.bias"]
        return (x - held["_distribution.mean_"]) / held["_distribution.log_std_"].exp()

    return Library(held, features, noise)


def nflows_told(features: int, given: int, each: int) -> Library:
    """Couplings whose networks see a context, which also weighs what their blocks add."""
    keys, bins = Keys(each), (each + 1) // 3 if each > 2 else 0
    for step in range(2):
        key = f"_transform._transforms.{step}"
        coupling_keys(keys, key, features, 10, each)
        if step:
            kept, moved = (keys.held[f"{key}.{name}_features"] for name in ("identity", "transform"))
            keys.held |= {f"{key}.identity_features": moved, f"{key}.transform_features": kept}
        keys.layer(f"{key}.transform_net.initial_layer", features // 2 + given, 10)
        for block in range(2):
            keys.layer(f"{key}.transform_net.blocks.{block}.context_layer", given, 10)
    held = keys.held

    def says(key: str, x: Tensor, c: Tensor) -> Tensor:
        h = linear(held, f"{key}.initial_layer", torch.cat([x, c], 1))
        for block in range(2):
            name = f"{key}.blocks.{block}"
            inner = linear(held, f"{name}.linear_layers.0", h.relu()).relu()
            weighed = torch.sigmoid(linear(held, f"{name}.context_layer", c))
            h = h + linear(held, f"{name}.linear_layers.1", inner) * weighed
        return linear(held, f"{key}.final_layer", h)

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        assert c is not None
        for step in range(2):
            key, z = f"_transform._transforms.{step}", x.clone()
            kept, moved = held[f"{key}.identity_features"], held[f"{key}.transform_features"]
            said = says(f"{key}.transform_net", x[:, kept], c)
            if bins:
                raw = said.reshape(len(x), len(moved), each)
                raw = torch.cat([raw[..., : 2 * bins] / 10**0.5, raw[..., 2 * bins :]], 2)
                z[:, moved] = spline(x[:, moved], raw, 3.0, zuko=False)[0]
            else:
                scale = torch.sigmoid(said[:, len(moved) :] + 2) + 1e-3
                z[:, moved] = x[:, moved] * scale + said[:, : len(moved)]
            x = z
        return x

    return Library(held, features, noise, given)


def nflows_reflections(features: int) -> Library:
    """SVDLinear, QRLinear and a bare sequence of reflections."""
    keys = Keys(features)
    start = "_transform._transforms"
    for name in ("0.orthogonal_1", "0.orthogonal_2", "1.orthogonal", "2"):
        keys.normal(f"{start}.{name}.q_vectors", 2, features, spread=1.0)
    keys.normal(f"{start}.0.unconstrained_diagonal", features)
    keys.normal(f"{start}.1.log_upper_diag", features, spread=0.2)
    keys.normal(f"{start}.1.upper_entries", features * (features - 1) // 2, spread=0.5 / features)
    for number in (0, 1):
        keys.normal(f"{start}.{number}.bias", features)
    held = keys.held

    def reflected(key: str, x: Tensor) -> Tensor:
        for vector in held[f"{start}.{key}.q_vectors"]:
            x = x - 2 * (x @ vector)[:, None] * vector / (vector @ vector)
        return x

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        diagonal = functional.softplus(held[f"{start}.0.unconstrained_diagonal"]) + 1e-3
        x = reflected("0.orthogonal_1", reflected("0.orthogonal_2", x) * diagonal) + held[f"{start}.0.bias"]
        upper = torch.diag(held[f"{start}.1.log_upper_diag"].exp())
        entries = iter(held[f"{start}.1.upper_entries"])
        for row in range(features):
            for column in range(row + 1, features):
                upper[row, column] = next(entries)
        x = reflected("1.orthogonal", x @ upper.T) + held[f"{start}.1.bias"]
        return reflected("2", x)

    return Library(held, features, noise)


def zuko_flow(features: int, given: int, bins: int, masks: bool) -> Library:
    """MAF (no bins, no masks), NSF (bins), NICE (masks)."""
    keys, each = Keys(bins), 3 * bins - 1 if bins else 2
    for step in range(3):
        key = f"transform.transforms.{step}"
        order = torch.arange(features).flip(0) if step % 2 else torch.arange(features)
        if masks:
            keys.held[f"{key}.mask"] = torch.arange(features) % 2 == step % 2
            kept = int(keys.held[f"{key}.mask"].sum())
            mlp_keys(keys, f"{key}.hyper", kept + given, 14, each * (features - kept))
            continue
        keys.held[f"{key}.order"] = order
        mlp_keys(keys, f"{key}.hyper", features + given, 14, each * features)
        hidden = torch.arange(14) % features
        before = torch.cat([order, torch.full((given,), -1)])
        keys.held[f"{key}.hyper.0.mask"] = hidden[:, None] >= before
        keys.held[f"{key}.hyper.2.mask"] = order.repeat_interleave(each)[:, None] > hidden
    keys.normal("base.loc", features)
    keys.held["base.scale"] = torch.full((features,), 1.3)
    held = keys.held

    def moved(x: Tensor, said: Tensor) -> Tensor:
        said = said.reshape(len(x), -1, each)
        if bins:
            return spline(x, said, 5.0, zuko=True)[0]
        return x * (said[..., 1] / (1 + (said[..., 1] / torch.tensor(1e-3).log()).abs())).exp() + said[..., 0]

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(3):
            key, z = f"transform.transforms.{step}", x.clone()
            kept = held.get(f"{key}.mask", torch.ones(features, dtype=torch.bool))
            seen = x[:, kept] if c is None else torch.cat([x[:, kept], c], 1)
            free = ~kept if masks else kept
            z[:, free] = moved(x[:, free], mlp(held, f"{key}.hyper", seen))
            x = z
        return (x - held["base.loc"]) / held["base.scale"]

    return Library(held, features, noise, given)


def normflows_nvp(features: int, *, scaled: bool = True) -> Library:
    """Masked affine flows and activation norms; both lead from noise to data."""
    keys = Keys(2)
    board = (torch.arange(features) % 2).float()
    for step in range(2):
        keys.held[f"flows.{2 * step}.b"] = (board if step else 1 - board)[None]
        for side in ("s", "t") if scaled else ("t",):
            mlp_keys(keys, f"flows.{2 * step}.{side}.net", features, 10, features, spread=0.5)
        for name in ("s", "t"):
            keys.normal(f"flows.{2 * step + 1}.{name}", 1, features)
        keys.held[f"flows.{2 * step + 1}.data_dep_init_done"] = torch.tensor(1.0)
    _normal_base(keys, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in (1, 0):
            x = (x - held[f"flows.{2 * step + 1}.t"]) / held[f"flows.{2 * step + 1}.s"].exp()
            mask = held[f"flows.{2 * step}.b"]
            shift = mlp(held, f"flows.{2 * step}.t.net", mask * x)
            scale = mlp(held, f"flows.{2 * step}.s.net", mask * x) if scaled else torch.zeros_like(x)
            x = mask * x + (1 - mask) * (x - shift) / scale.exp()
        return _from_base(held, x)

    return Library(held, features, noise)


def normflows_halves(features: int, width: int) -> Library:
    """Couplings of halves, each followed by a swap of the halves, which leaves nothing in the file."""
    keys, half = Keys(width), features // 2
    for step in range(2):
        mlp_keys(keys, f"flows.{2 * step}.flows.1.param_map.net", half, width, width, 2 * half, spread=0.6)
    _normal_base(keys, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in (1, 0):
            one, other = torch.cat([x[:, half:], x[:, :half]], 1).chunk(2, 1)
            said = mlp(held, f"flows.{2 * step}.flows.1.param_map.net", one)
            x = torch.cat([one, (other - said[:, 0::2]) / said[:, 1::2].exp()], 1)
        return _from_base(held, x)

    return Library(held, features, noise)


def normflows_splines(features: int, bins: int) -> Library:
    """Autoregressive splines, LU, and coupled splines."""
    keys, each = Keys(bins), 3 * bins - 1
    masked_keys(keys, "flows.0.mprqat.autoregressive_net", features, 10, each, 0, blocks=1)
    keys.order("flows.1.permutation._permutation", features)
    lower_upper_keys(keys, "flows.1.linear", features)
    coupling_keys(keys, "flows.2.prqct", features, 10, each, bins)
    _normal_base(keys, features)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        x = coupling(held, "flows.2.prqct", x, 3.0)
        x = lower_upper(held, "flows.1.linear", x[:, held["flows.1.permutation._permutation"]])
        said = masked(held, "flows.0.mprqat.autoregressive_net", x, None, curbed=False, blocks=1)
        return _from_base(held, spline(x, said.reshape(len(x), features, each), 3.0, zuko=False)[0])

    return Library(held, features, noise)


def _normal_base(keys: Keys, features: int) -> None:
    keys.normal("q0.loc", 1, features)
    keys.normal("q0.log_scale", 1, features)


def _from_base(held: Weights, x: Tensor) -> Tensor:
    return (x - held["q0.loc"]) / held["q0.log_scale"].exp()
