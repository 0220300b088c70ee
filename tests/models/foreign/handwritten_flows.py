"""Hand-written flows over vectors for the tests: weights under their authors' keys, and the way from data to noise."""

from __future__ import annotations

from collections.abc import Callable

import torch
from library_flows import Library
from torch import Tensor
from torch.nn import functional
from vector_references import Keys, Weights, linear

Way = Callable[[Tensor, Tensor | None], Tensor]


def masks(features: int, hidden: int, outputs: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of a network of two hidden layers: a number sees those before it."""
    inputs, middle = torch.arange(features), torch.arange(hidden) % (features - 1)
    last = (torch.arange(outputs) % features) - 1
    pairs = ((inputs, middle), (middle, middle), (middle, last))
    first, second, third = ((after[:, None] >= before[None]).float() for before, after in pairs)
    return first, second, third


def made_keys(keys: Keys, layers: list[str], features: int, hidden: int, outputs: int, given: int, inner: str) -> None:
    widths = (features, hidden, hidden, outputs)
    for number, (layer, mask) in enumerate(zip(layers, masks(features, hidden, outputs), strict=True)):
        keys.layer(f"{layer}{inner}", widths[number], widths[number + 1], 0.6)
        keys.held[f"{layer}.mask"] = mask
    if given:
        name = f"{layers[0]}.cond_linear.weight" if inner else f"{layers[0]}.cond_weight"
        keys.normal(name, hidden, given)


def made(held: Weights, layers: list[str], x: Tensor, c: Tensor | None, tanh: bool = False) -> Tensor:
    hidden = x
    for layer in layers:
        inner = f"{layer}.linear" if f"{layer}.linear.weight" in held else layer
        if layer != layers[0]:
            hidden = hidden.tanh() if tanh else hidden.relu()
        hidden = hidden @ (held[f"{inner}.weight"] * held[f"{layer}.mask"]).T + held[f"{inner}.bias"]
        told = held.get(f"{layer}.cond_linear.weight", held.get(f"{layer}.cond_weight"))
        if told is not None and c is not None:
            hidden = hidden + c @ told.T
    return hidden


def norm_keys(keys: Keys, key: str, features: int) -> None:
    for name in ("log_gamma", "beta", "running_mean"):
        keys.normal(f"{key}.{name}", features)
    keys.held[f"{key}.running_var"] = 0.5 + torch.rand(features, generator=keys.random)


def norm(held: Weights, key: str, x: Tensor, eps: float) -> Tensor:
    normal = (x - held[f"{key}.running_mean"]) / (held[f"{key}.running_var"] + eps).sqrt()
    return held[f"{key}.log_gamma"].exp() * normal + held[f"{key}.beta"]


def dense_keys(keys: Keys, key: str, inputs: int, hidden: int, outputs: int) -> None:
    for number, (before, after) in enumerate(((inputs, hidden), (hidden, hidden), (hidden, outputs))):
        keys.layer(f"{key}.{2 * number}", before, after, 0.6)


def dense(held: Weights, key: str, x: Tensor, tanh: bool) -> Tensor:
    for number in (0, 2, 4):
        x = linear(held, f"{key}.{number}", (x.tanh() if tanh else x.relu()) if number else x)
    return x


def numbered_maf(features: int, given: int, steps: int, split: bool, mixes: bool = False) -> Library:
    """ikostrikov: MADE, a batch norm, then the order turned round (or a matrix)."""
    keys, hidden = Keys(steps), 9
    for step in range(steps):
        start = 3 * step
        for side in ("s_", "t_") if split else ("",):
            layers = [f"{start}.{side}joiner", f"{start}.{side}trunk.1", f"{start}.{side}trunk.3"]
            outputs = features if split else 2 * features
            made_keys(keys, layers, features, hidden, outputs, given, ".linear")
        norm_keys(keys, f"{start + 1}", features)
        if mixes:
            keys.held[f"{start + 2}.W"] = torch.linalg.qr(torch.randn(features, features, generator=keys.random))[0]
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            start = 3 * step
            said = [
                made(held, [f"{start}.{side}joiner", f"{start}.{side}trunk.1", f"{start}.{side}trunk.3"], x, c, tanh)
                for side, tanh in ((("s_", True), ("t_", False)) if split else (("", False),))
            ]
            mean, log_scale = said if split else said[0].chunk(2, 1)
            x = norm(held, f"{start + 1}", (x - mean) * (-log_scale).exp(), 0.0)
            x = x @ held[f"{start + 2}.W"] if mixes else x.flip(1)
        return x

    return Library(held, features, noise, given)


def numbered_nvp(features: int, given: int, steps: int) -> Library:
    """ikostrikov: couplings of every other number, in turn, each before a batch norm."""
    keys = Keys(steps)
    for step in range(steps):
        for side in ("scale_net", "translate_net"):
            dense_keys(keys, f"{2 * step}.{side}", features + given, 8, features)
        norm_keys(keys, f"{2 * step + 1}", features)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            mask = ((torch.arange(features) + step) % 2).float()
            seen = x * mask if c is None else torch.cat([x * mask, c], 1)
            log_scale = dense(held, f"{2 * step}.scale_net", seen, tanh=True) * (1 - mask)
            shift = dense(held, f"{2 * step}.translate_net", seen, tanh=False) * (1 - mask)
            x = norm(held, f"{2 * step + 1}", x * log_scale.exp() + shift, 0.0)
        return x

    return Library(held, features, noise, given)


def logistic_as_normal(x: Tensor) -> Tensor:
    wide = x.double()
    return torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 1).icdf(torch.sigmoid(wide)).float()


def nice_blocks(features: int, steps: int, hidden: int) -> Library:
    """fmu2: half of the numbers in turn say what is added to the others."""
    keys, half = Keys(steps), features // 2
    for step in range(steps):
        key = f"coupling.{step}"
        keys.layer(f"{key}.in_block.0", half, 9)
        for number in range(hidden - 1):
            keys.layer(f"{key}.mid_block.{number}.0", 9, 9)
        keys.layer(f"{key}.out_block", 9, half)
    keys.normal("scaling.scale", 1, features, spread=0.2)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(steps):
            key, z = f"coupling.{step}", x.clone()
            on, off = (0, 1) if (1 + step) % 2 else (1, 0)
            h = linear(held, f"{key}.in_block.0", x[:, off::2]).relu()
            for number in range(hidden - 1):
                h = linear(held, f"{key}.mid_block.{number}.0", h).relu()
            z[:, on::2] = x[:, on::2] + linear(held, f"{key}.out_block", h)
            x = z
        return logistic_as_normal(x * held["scaling.scale"].exp())

    return Library(held, features, noise)


def nice_sequence(features: int, steps: int) -> Library:
    """DakshIdnani: masked additive couplings with leaky activations."""
    keys = Keys(steps)
    for step in range(steps):
        dense_keys(keys, f"coupling_layers.{step}.m", features, 8, features)
    keys.normal("scaling_layer.log_scale_vector", 1, features, spread=0.2)
    held = keys.held

    def noise(x: Tensor, _c: Tensor | None) -> Tensor:
        for step in range(steps):
            mask = torch.zeros(features)
            mask[::2] = 1
            mask = 1 - mask if step % 2 == 0 else mask
            h = x * mask
            for number in (0, 2, 4):
                h = linear(held, f"coupling_layers.{step}.m.{number}", functional.leaky_relu(h, 0.2) if number else h)
            x = x + h * (1 - mask)
        return logistic_as_normal(x * held["scaling_layer.log_scale_vector"].exp())

    return Library(held, features, noise)


def freia_blocks(features: int, given: int, steps: int) -> Library:
    """FrEIA's all-in-one blocks, with rotations."""
    keys, moved = Keys(steps), features // 2
    for step in range(steps):
        key = f"module_list.{step}"
        keys.normal(f"{key}.global_scale", 1, features)
        keys.held[f"{key}.global_scale"] += 9.5
        keys.normal(f"{key}.global_offset", 1, features)
        turn = torch.linalg.qr(torch.randn(features, features, generator=keys.random))[0]
        keys.held |= {f"{key}.w_perm": turn, f"{key}.w_perm_inv": turn.T.contiguous()}
        dense_keys(keys, f"{key}.subnet", features - moved + given, 9, 2 * moved)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            key, kept = f"module_list.{step}", x[:, : features - moved]
            said = 0.1 * dense(held, f"{key}.subnet", kept if c is None else torch.cat([kept, c], 1), tanh=False)
            scale = (2 * torch.tanh(said[:, :moved])).exp()
            x = torch.cat([kept, x[:, features - moved :] * scale + said[:, moved:]], 1)
            wide = 0.2 * torch.log1p((0.5 * held[f"{key}.global_scale"]).exp())
            x = (x * wide + held[f"{key}.global_offset"]) @ held[f"{key}.w_perm"].T
        return x

    return Library(held, features, noise, given)


def freia_pairs(features: int, given: int, steps: int) -> Library:
    """FrEIA's couplings of both halves, and orders at random."""
    keys, half = Keys(steps), features // 2
    for step in range(steps):
        for name in ("subnet1", "subnet2"):
            dense_keys(keys, f"module_list.{2 * step}.{name}", half + given, 8, 2 * half)
        keys.order(f"module_list.{2 * step + 1}.perm", features)
        keys.held[f"module_list.{2 * step + 1}.perm_inv"] = torch.argsort(keys.held[f"module_list.{2 * step + 1}.perm"])
    held = keys.held

    def moved(key: str, x: Tensor, by: Tensor, c: Tensor | None) -> Tensor:
        said = dense(held, key, by if c is None else torch.cat([by, c], 1), tanh=False)
        return x * (2 * 0.636 * torch.atan(said[:, :half])).exp() + said[:, half:]

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            key = f"module_list.{2 * step}"
            one, two = x.chunk(2, 1)
            one = moved(f"{key}.subnet2", one, two, c)
            two = moved(f"{key}.subnet1", two, one, c)
            x = torch.cat([one, two], 1)[:, held[f"module_list.{2 * step + 1}.perm"]]
        return x

    return Library(held, features, noise, given)


def block_base(keys: Keys, features: int, start: str = "") -> None:
    keys.held |= {f"{start}base_dist_mean": torch.zeros(features), f"{start}base_dist_var": torch.ones(features)}


def block_maf(features: int, given: int, steps: int, norms: bool, single: bool = False) -> Library:
    """kamenbliznashki: MADE of turned orders with batch norms or without; or one MADE alone."""
    keys, hidden = Keys(steps), 11
    block_base(keys, features)
    names = [""] if single else [f"net.{(2 if norms else 1) * step}." for step in range(steps)]
    for number, name in enumerate(names):
        layers = [f"{name}net_input", f"{name}net.1", f"{name}net.3"]
        made_keys(keys, layers, features, hidden, 2 * features, given, "")
        block_base(keys, features, name)
        if number % 2:
            keys.held[f"{layers[0]}.mask"] = keys.held[f"{layers[0]}.mask"].flip(1)
            both = keys.held[f"{layers[2]}.mask"].chunk(2)
            keys.held[f"{layers[2]}.mask"] = torch.cat([half.flip(0) for half in both])
        if norms:
            norm_keys(keys, f"net.{2 * number + 1}", features)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for number, name in enumerate(names):
            mean, log_scale = made(held, [f"{name}net_input", f"{name}net.1", f"{name}net.3"], x, c).chunk(2, 1)
            x = (x - mean) * (-log_scale).exp()
            x = norm(held, f"net.{2 * number + 1}", x, 1e-5) if norms else x
        return x

    return Library(held, features, noise, given)


def block_nvp(features: int, given: int, steps: int) -> Library:
    """kamenbliznashki: masked couplings and batch norms; labels stand before the numbers."""
    keys = Keys(steps)
    block_base(keys, features)
    for step in range(steps):
        keys.held[f"net.{2 * step}.mask"] = ((torch.arange(features) + step) % 2).float()
        for side in ("s_net", "t_net"):
            dense_keys(keys, f"net.{2 * step}.{side}", features + given, 8, features)
        norm_keys(keys, f"net.{2 * step + 1}", features)
    held = keys.held

    def noise(x: Tensor, c: Tensor | None) -> Tensor:
        for step in range(steps):
            key = f"net.{2 * step}"
            mask = held[f"{key}.mask"]
            seen = x * mask if c is None else torch.cat([c, x * mask], 1)
            scale, shift = dense(held, f"{key}.s_net", seen, tanh=True), dense(held, f"{key}.t_net", seen, tanh=False)
            x = x * mask + (1 - mask) * (x - shift) * (-scale).exp()
            x = norm(held, f"net.{2 * step + 1}", x, 1e-5)
        return x

    return Library(held, features, noise, given)
