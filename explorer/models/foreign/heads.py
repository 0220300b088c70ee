"""The two heads of a VAE's encoder among its layers: which one is the mean."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

SPREADS = ("var", "sigma", "std", "fc22", "scale")


def heads_among(tensors: Mapping[str, Tensor], linear: list[str]) -> tuple[str, str] | None:
    """(mean, spread): neighbours of one shape that narrow, and the next layer takes what they give. None without."""
    for one, other, after in zip(linear, linear[1:], linear[2:], strict=False):
        shapes = [tuple(tensors[f"{key}.weight"].shape) for key in (one, other, after)]
        if shapes[0] == shapes[1] and shapes[2][1] == shapes[0][0] and shapes[0][1] > shapes[0][0]:
            return (other, one) if is_spread(one) and not is_spread(other) else (one, other)
    return None


def is_spread(key: str) -> bool:
    """Whether a layer is called like a variance or a deviation."""
    return any(word in key.lower() for word in SPREADS)


def encoder_first(keys: list[str]) -> list[str]:
    """The same modules; where a file begins with the decoder, that comes last."""
    if not keys or not keys[0].startswith("decoder"):
        return keys
    return sorted(keys, key=lambda key: key.startswith("decoder"))
