"""Flows of nflows ('_transform._transforms.3'): masked autoregressive ones, couplings, permutations, LU, norms."""

from __future__ import annotations

import torch

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.nsf import batch_norm, coupling, lower_upper, made
from explorer.models.foreign.flows.reflections import householder, singular_values, triangular
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.flows.writing import halves_swapped, rows
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

BOUND = 3.0  # of splines, where the file does not say
TOP = "_transform"


def recognise(reading: Reading) -> Recognised | None:
    """_transform and _distribution. Raises CheckpointError for a flow over numbers that nothing shows."""
    keys = [key for key in reading.tensors if key.startswith(f"{TOP}.")]
    features = _features(reading)
    if not keys or features < 1:
        return None
    found = Vectors(reading, "nflows", features, _given(reading))
    _steps(found, TOP)
    _base(found)
    kinds = [str(step["step"]) for step in found.flowing.steps]
    counted = {name: kinds.count(name) for name in ("autoregressive", "coupling", "mix") if name in kinds}
    told = ", ".join(f"{count} {name}" for name, count in counted.items())
    found.know("read", f"{told or len(kinds)} steps over {features} numbers, and the widths, from keys and shapes")
    found.know("inferred", "ReLU, and the defaults of nflows 0.14; prior N(0, I)")
    return found.recognised()


def _features(reading: Reading) -> int:
    """How many numbers the flow is over; 0 where nothing tells."""
    for key, value in reading.tensors.items():
        if key.startswith(TOP) and key.endswith("autoregressive_net.initial_layer.weight"):
            return value.shape[1]
        if key.startswith(TOP) and key.endswith(("._permutation", ".unconstrained_upper_diag")):
            return value.numel()
        if key.startswith(TOP) and key.endswith((".log_upper_diag", ".unconstrained_diagonal", ".q_vectors")):
            return value.shape[-1]
        if key.startswith(TOP) and key.endswith(".identity_features"):
            other = reading.tensors.get(key.replace("identity_features", "transform_features"))
            return 0 if other is None else value.numel() + other.numel()
    return 0


def _given(reading: Reading) -> int:
    names = (".context_layer.weight", "_context_encoder.weight", "_context_encoder.0.weight")
    return next((value.shape[1] for key, value in reading.tensors.items() if key.endswith(names)), 0)


def _steps(found: Vectors, key: str) -> None:
    inner = f"{key}._transforms."
    numbers = {int(name[len(inner) :].partition(".")[0]) for name in found.flowing.tensors if name.startswith(inner)}
    if not numbers:
        _step(found, key)
        return
    if numbers != set(range(len(numbers))):
        raise CheckpointError(
            "This is a flow of nflows, but a step of it has nothing in the file: it may be a sigmoid, a logit, a "
            "squeeze or a reshape.",
            "Only flows whose every step has weights or a permutation can be opened from them.",
        )
    for number in sorted(numbers):
        _steps(found, f"{inner}{number}")


def _step(found: Vectors, key: str) -> None:
    tensors, flowing = found.flowing.tensors, found.flowing
    if f"{key}._permutation" in tensors:
        flowing.permute(flowing.take(f"{key}._permutation"))
    elif f"{key}.autoregressive_net.final_layer.weight" in tensors:
        made(found, key, "softplus", True, BOUND)
    elif f"{key}.identity_features" in tensors:
        coupling(found, key, BOUND)
    elif f"{key}.orthogonal_1.q_vectors" in tensors:
        flowing.mix(singular_values(flowing, key), found.shape, flowing.take(f"{key}.bias"))
    elif f"{key}.orthogonal.q_vectors" in tensors:
        flowing.mix(triangular(flowing, key), found.shape, flowing.take(f"{key}.bias"))
    elif f"{key}.q_vectors" in tensors:
        flowing.mix(householder(flowing, key).t(), found.shape)
    elif f"{key}.lower_entries" in tensors:
        lower_upper(found, key)
    elif f"{key}._weight" in tensors:
        flowing.mix(flowing.take(f"{key}._weight"), found.shape, flowing.take(f"{key}.bias"))
    elif f"{key}.unconstrained_weight" in tensors:
        batch_norm(found, key)
    elif f"{key}.log_scale" in tensors:
        flowing.pass_over(f"{key}.initialized")
        scale = torch.exp(flowing.take(f"{key}.log_scale"))
        flowing.affine(scale, flowing.take(f"{key}.shift"), found.shape)
    elif f"{key}._scale" in tensors:
        flowing.affine(flowing.take(f"{key}._scale"), flowing.take(f"{key}._shift"), found.shape)
    else:
        raise UnfitError(key)


def _base(found: Vectors) -> None:
    """The distribution of the noise: as a step that makes it N(0, I)."""
    flowing = found.flowing
    flowing.pass_over("_distribution._log_z")
    if "_distribution.mean_" in flowing.tensors:
        scale = torch.exp(-flowing.take("_distribution.log_std_")).reshape(-1)
        flowing.affine(scale, -flowing.take("_distribution.mean_").reshape(-1) * scale, found.shape)
    key = "_distribution._context_encoder"
    layers = [name for name in flowing.tensors if name.startswith(f"{key}.") and name.endswith("weight")]
    if not layers:
        return
    net, order = flowing.stack(), halves_swapped(2 * found.features)
    for name in layers:
        last = name == layers[-1]
        weight, bias = flowing.take(name), flowing.take(f"{name.removesuffix('weight')}bias")
        rows(net, weight, bias, order if last else None)
        if not last:
            net.add("relu")
    flowing.add("given", {f"net.{name}": value for name, value in net.weights.items()}, net=net.layers)
