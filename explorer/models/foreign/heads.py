"""The two heads of a VAE's encoder among its layers: which one is the mean."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

SPREADS = ("var", "sigma", "std", "fc22", "scale")
LOG_DEVIATIONS = ("logsigma", "logstd", "logscale")  # without '_'


def heads_among(tensors: Mapping[str, Tensor], linear: list[str], more: int = 0) -> tuple[str, str] | None:
    """(mean, spread): neighbours of one shape that narrow, and the next layer takes what they give. None without.

    `more`: how many numbers beside it that one takes, such as a class.
    """
    for one, other, after in zip(linear, linear[1:], linear[2:], strict=False):
        shapes = [tuple(tensors[f"{key}.weight"].shape) for key in (one, other, after)]
        if shapes[0] == shapes[1] and shapes[2][1] == shapes[0][0] + more and shapes[0][1] > shapes[0][0]:
            return (other, one) if is_spread(one) and not is_spread(other) else (one, other)
    return None


def is_spread(key: str) -> bool:
    """Whether a layer is called like a variance or a deviation."""
    return any(word in key.lower() for word in SPREADS)


def is_log_deviation(key: str) -> bool:
    """Whether a layer is called the log of a deviation, and not of a variance."""
    name = key.lower().replace("_", "")
    return any(word in name for word in LOG_DEVIATIONS)


def encoder_first(keys: list[str]) -> list[str]:
    """The same modules; where a file begins with the decoder, that comes last."""
    if not keys or not keys[0].lower().startswith("decoder"):
        return keys
    return sorted(keys, key=lambda key: key.lower().startswith("decoder"))
