"""Batch norms by their keys, those that a class steers among them: which numbers normalise, which scale and shift.

A table of classes, one row a class, or a linear layer of an embedding; one for both, or one each; around 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from explorer.models.foreign.stack import COUNTED, Stack, UnfitError

MEANS, VARIANCES = ("running_mean", "stored_mean"), ("running_var", "stored_var")
GAINS = ("gain", "gamma", "gamma_embed", "weights", "embed_gamma", "scale")
SHIFTS = ("bias", "beta", "beta_embed", "biases", "embed_beta", "offset", "shift")
BOTH = ("embed", "embedding", "emb")


@dataclass(frozen=True, eq=False)
class Norm:
    """A batch norm. `gain`, `shift`: vectors, or matrices (features, numbers that steer) of a class' or its row's.

    `one`: what is added to the gain. `keys`: all its tensors in the file.
    """

    key: str
    mean: Tensor
    variance: Tensor
    gain: Tensor | None
    shift: Tensor | None
    one: float
    keys: tuple[str, ...]

    @property
    def features(self) -> int:
        return len(self.mean)

    @property
    def steered(self) -> int:
        """How many numbers steer it: classes, or the width of what is made of the class; 0 for a plain norm."""
        return self.gain.shape[1] if self.gain is not None and self.gain.dim() == 2 else 0

    def write(self, stack: Stack, eps: float, steering: str = "") -> None:
        """Adds the norm; it looks at what was kept as `steering`."""
        plain = self.gain is not None and not self.steered
        stack.add("norm", eps=eps, affine=int(plain)).own("running_mean", self.mean).own("running_var", self.variance)
        stack.taken |= set(self.keys)
        if self.gain is None or self.shift is None:
            return
        if plain:
            stack.own("weight", self.gain).own("bias", self.shift)
            return
        branch: list[dict[str, object]] = [{"layer": "linear", "out": self.features, "bias": 0}]
        stack.add("modulate", **{"from": steering}, one=self.one, factor=branch, shift=list(branch))
        stack.own("factor.0.weight", self.gain).own("shift.0.weight", self.shift)


def norm_of(tensors: Mapping[str, Tensor], key: str) -> Norm:
    """The norm below a key. Raises UnfitError where there is none, or where its parts do not fit."""
    held = {name.removeprefix(f"{key}."): value for name, value in tensors.items() if name.startswith(f"{key}.")}
    mean, variance = _named(held, MEANS), _named(held, VARIANCES)
    if mean is None or variance is None:
        raise UnfitError(key)
    keys = tuple(f"{key}.{name}" for name in held)
    gain, shift, one = _steering(held, len(mean))
    return Norm(key, mean, variance, gain, shift, one, keys)


def norms_among(tensors: Mapping[str, Tensor]) -> list[str]:
    """The keys of all norms, a class' tables or layers included."""
    heads = [key.rpartition(".")[0] for key in tensors if key.endswith(MEANS)]
    tables = {key.rpartition(".")[0].rpartition(".")[0] for key in tensors if _steers(key)}
    owners = (
        head if head in tables or head.rpartition(".")[0] not in tables else head.rpartition(".")[0] for head in heads
    )
    return list(dict.fromkeys(owners))


def _steers(key: str) -> bool:
    head, _, name = key.rpartition(".")
    return name == "weight" and head.rpartition(".")[2] in (*GAINS, *SHIFTS, *BOTH)


def _named(held: Mapping[str, Tensor], names: tuple[str, ...]) -> Tensor | None:
    found = [value for name, value in held.items() if name.rpartition(".")[2] in names]
    return found[0] if len(found) == 1 else None


def _steering(held: Mapping[str, Tensor], features: int) -> tuple[Tensor | None, Tensor | None, float]:
    """Gain, shift, and what is added to the gain."""
    both = next((value for name in BOTH if (value := held.get(f"{name}.weight")) is not None), None)
    if both is not None and both.dim() == 2 and both.shape[1] == 2 * features:
        gain, shift = both[:, :features].T.contiguous(), both[:, features:].T.contiguous()
        return gain, shift, _one(gain)
    pair = [
        next((held[f"{name}.weight"] for name in names if f"{name}.weight" in held), None) for names in (GAINS, SHIFTS)
    ]
    if pair[0] is not None and pair[1] is not None:
        if any(name.endswith(".bias") for name in held):
            raise UnfitError("a layer with a bias steers a norm")
        gain, shift = (_upright(value, features) for value in pair if value is not None)
        return gain, shift, 1.0 if "gain.weight" in held or "scale.weight" in held else _one(gain)
    vectors = [next((held[name] for name in names if name in held), None) for names in (("weight", "gain"), ("bias",))]
    left = [name for name in held if not name.endswith((*MEANS, *VARIANCES, COUNTED))]
    if len(left) not in (0, 2) or (left and any(value is None or value.shape != (features,) for value in vectors)):
        raise UnfitError(f"{left}")
    return vectors[0], vectors[1], 0.0


def _upright(value: Tensor, features: int) -> Tensor:
    """(features, steering) of a linear layer as it is, of a table turned."""
    if value.dim() != 2 or features not in value.shape:
        raise UnfitError("a table of a norm")
    return value if value.shape[0] == features and value.shape[1] != features else value.T.contiguous()


def _one(gain: Tensor) -> float:
    """What a training began with tells: a gain around 0 is added to 1."""
    return 1.0 if abs(float(gain.mean())) < 0.5 else 0.0
