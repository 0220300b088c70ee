"""Weights that a file holds in parts, put together as the network does before each use.

Spectral norms (Miyato et al. 2018) of torch, old and new, and of three well-known repositories; weight norms (Salimans
and Kingma 2016); equalised learning rates (Karras et al. 2018); pruned weights. Behind this, a file has plain weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

EPS = 1e-12  # of every known spectral norm
SPECTRAL, WRAPPED, NORMED = "Spectral norms", "Spectral norms in wrappers", "Weight norms"
EQUAL, PRUNED = "Equalised learning rates", "Masks"
WRAPPER = ".module."  # around a layer with `weight_bar`
Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Whole:
    """A weight put together. `parts`: keys that are in it, but for the one that told; `kind`: how it was kept."""

    value: Tensor
    kind: str
    parts: tuple[str, ...] = ()


def composed(tensors: Tensors) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The tensors with plain weights, in the same order; what was put together, in words."""
    made: dict[str, Tensor] = {}
    gone: set[str] = set()
    counts: dict[str, int] = {}
    for key, value in tensors.items():
        name, whole = _whole(tensors, key)
        if whole is None:
            made.setdefault(key, value)
            continue
        made[name] = whole.value
        gone |= {key, *whole.parts} - {name}
        counts[whole.kind] = counts.get(whole.kind, 0) + 1
    bare = WRAPPED in counts
    kept = {key.replace(WRAPPER, ".") if bare else key: value for key, value in made.items() if key not in gone}
    return kept, tuple(f"{kind} of {count} layers were put into the weights." for kind, count in counts.items())


def _whole(tensors: Tensors, key: str) -> tuple[str, Whole | None]:
    """The name of the weight that this key tells of, and the weight; none for a plain tensor."""
    for end, (make, plain) in _MAKERS.items():
        if key.endswith(end):
            stem = key.removesuffix(end)
            whole = make(tensors, stem, tensors[key])
            if whole is not None:
                return f"{stem}{plain}", whole
    return key, None


def _orig(tensors: Tensors, stem: str, weight: Tensor) -> Whole | None:
    """weight_orig: with weight_u of a spectral norm, with weight_mask pruned, alone of equalised learning rate."""
    u, v, mask = (tensors.get(f"{stem}_{name}") for name in ("u", "v", "mask"))
    if u is not None:
        return Whole(weight / _sigma(weight, u.flatten(), v), SPECTRAL, (f"{stem}_u", f"{stem}_v"))
    if mask is not None:
        return Whole(weight * mask, PRUNED, (f"{stem}_mask",))
    alone = weight.dim() > 1 and stem.endswith("weight")
    return Whole(weight * math.sqrt(2 / weight[0].numel()), EQUAL) if alone else None


def _parametrized(tensors: Tensors, stem: str, weight: Tensor) -> Whole | None:
    """parametrizations.weight.original with 0._u and 0._v."""
    keys = [f"{stem}.parametrizations.weight.0._{name}" for name in ("u", "v")]
    u, v = (tensors.get(key) for key in keys)
    return Whole(weight / _sigma(weight, u, v), SPECTRAL, tuple(keys)) if u is not None else None


def _normed(tensors: Tensors, stem: str, g: Tensor) -> Whole | None:
    """weight_g and weight_v."""
    return _directed(tensors, g, f"{stem}_v")


def _normed_anew(tensors: Tensors, stem: str, g: Tensor) -> Whole | None:
    """parametrizations.weight.original0 and .original1."""
    return _directed(tensors, g, f"{stem}.parametrizations.weight.original1")


def _directed(tensors: Tensors, g: Tensor, key: str) -> Whole | None:
    """g v / |v|, the norm over all axes but those of g."""
    v = tensors.get(key)
    axes = [axis for axis, size in enumerate(g.shape) if size == 1]
    if v is None or v.dim() != g.dim() or not axes:
        return None
    return Whole(v * (g / torch.linalg.vector_norm(v, dim=axes, keepdim=True).clamp_min(EPS)), NORMED, (key,))


def _barred(tensors: Tensors, stem: str, weight: Tensor) -> Whole | None:
    """weight_bar and weight_u: one step of the power method before each use, always over the first axis."""
    u = tensors.get(f"{stem}_u")
    if u is None:
        return None
    return Whole(weight / _stepped(weight.flatten(1), u), WRAPPED, (f"{stem}_u", f"{stem}_v"))


def _counted(tensors: Tensors, stem: str, u: Tensor) -> Whole | None:
    """u0 and sv0 beside a weight, as in BigGAN-PyTorch: one step before each use."""
    weight = tensors.get(f"{stem}.weight")
    if weight is None or u.shape != (1, len(weight)):
        return None
    beside = tuple(f"{stem}.{name}{number}" for name in ("u", "sv") for number in range(8))
    return Whole(weight / _stepped(weight.flatten(1), u[0]), SPECTRAL, beside)


def _kept(tensors: Tensors, stem: str, sigma: Tensor) -> Whole | None:
    """sn_sigma and sn_u beside a weight."""
    weight = tensors.get(f"{stem}.weight")
    return Whole(weight / sigma, SPECTRAL, (f"{stem}.sn_u",)) if weight is not None and sigma.numel() == 1 else None


def _stepped(flat: Tensor, u: Tensor) -> Tensor:
    """The largest singular value after one step from u."""
    v = normalize(flat.T @ u, dim=0, eps=EPS)
    return normalize(flat @ v, dim=0, eps=EPS) @ flat @ v


def _sigma(weight: Tensor, u: Tensor, v: Tensor | None) -> Tensor:
    """The largest singular value by the vectors that a file kept, over the axis that they belong to.

    Of a transposed convolution that is the second; where both axes are of one length, the one that u and v fit.
    """
    flats = [weight.flatten(1), weight.transpose(0, 1).flatten(1)]
    found = [(flat, v if v is not None else _follows(flat.T, u)) for flat in flats if len(flat) == len(u)]
    if not found:
        return torch.ones(())
    flat, v = min(found, key=lambda pair: float((u - _follows(*pair)).norm()))
    return u @ flat @ v


def _follows(flat: Tensor, vector: Tensor) -> Tensor:
    return normalize(flat @ vector, dim=0, eps=EPS)


_MAKERS: Mapping[str, tuple[Callable[[Tensors, str, Tensor], Whole | None], str]] = {
    "_orig": (_orig, ""),
    ".parametrizations.weight.original": (_parametrized, ".weight"),
    ".parametrizations.weight.original0": (_normed_anew, ".weight"),
    "_g": (_normed, ""),
    "_bar": (_barred, ""),
    ".u0": (_counted, ".weight"),
    ".sn_sigma": (_kept, ".weight"),
}
"""By how a key ends: what puts the weight together, and how the key of the weight ends in its place."""
