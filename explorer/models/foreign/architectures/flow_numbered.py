"""Flows over vectors as a numbered list ('0.joiner.linear', '0.scale_net.0'): ikostrikov's pytorch-flows.

MAF (one network or two), RealNVP, and Glow's matrices between them. What has no weights left a gap: Reverse.
"""

from __future__ import annotations

import torch

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.plain_nets import (
    autoregressive,
    dense,
    log_batch_norm,
    made,
    masked_coupling,
    masked_dense,
    numbered,
)
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError


def recognise(reading: Reading) -> Recognised | None:
    """N.joiner and N.trunk, or N.scale_net and N.translate_net. Raises CheckpointError for matrices in LU parts."""
    heads = {key.partition(".")[0] for key in reading.tensors}
    if not all(head.isdigit() for head in heads):
        return None
    features, given = _sizes(reading)
    if features < 2:
        return None
    if any(key.endswith(".log_S") for key in reading.tensors):
        raise CheckpointError(
            "This is a flow of pytorch-flows whose matrices are in LU parts, and the file lacks their permutations.",
            "One of InvertibleMM (a whole matrix) opens; so do MAF and RealNVP.",
        )
    numbers = sorted(int(head) for head in heads)
    kind = "RealNVP" if any(".scale_net." in key for key in reading.tensors) else "MAF"
    found = Vectors(reading, kind, features, given, labels=True)
    for number in range(_count(numbers)):
        _step(found, str(number), number in numbers)
    found.know("read", f"{len(numbers)} steps over {features} numbers, and the widths, from keys and shapes")
    found.know("inferred", "prior N(0, I)")
    return found.recognised()


def _sizes(reading: Reading) -> tuple[int, int]:
    """Features, and numbers of context; 0 features where it is no such flow."""
    for key, value in reading.tensors.items():
        if key.endswith((".joiner.mask", ".s_joiner.mask")):
            told = reading.tensors.get(key.replace("mask", "cond_linear.weight"))
            return value.shape[1], 0 if told is None else told.shape[1]
    for key, value in reading.tensors.items():
        last = numbered_last(reading, key)
        if last is not None:
            return last, value.shape[1] - last
    return 0, 0


def numbered_last(reading: Reading, key: str) -> int | None:
    """How many numbers a scale network makes, by the key of its first layer; None for another key."""
    if not key.endswith(".scale_net.0.weight"):
        return None
    start = key.removesuffix("0.weight")
    lasts = [name for name in reading.tensors if name.startswith(start) and name.endswith(".weight")]
    return reading.tensors[lasts[-1]].shape[0]


def _count(numbers: list[int]) -> int:
    """How many steps there are, with a last one that left nothing, where every so many-th left nothing."""
    gaps = [number for number in range(numbers[-1]) if number not in numbers]
    trailing = bool(gaps) and (numbers[-1] + 2) % (gaps[0] + 1) == 0
    return numbers[-1] + 1 + int(trailing)


def _step(found: Vectors, key: str, stored: bool) -> None:
    flowing = found.flowing
    if not stored:
        found.know("inferred", "a step without anything in the file turns the order round")
        flowing.permute(torch.arange(found.features).flip(0))
    elif f"{key}.joiner.mask" in flowing.tensors:
        found.know("inferred", "ReLU in the networks")
        made(found, [f"{key}.joiner", *numbered(flowing, f"{key}.trunk")], "relu")
    elif f"{key}.s_joiner.mask" in flowing.tensors:
        _two_nets(found, key)
    elif f"{key}.scale_net.0.weight" in flowing.tensors:
        _coupling(found, key)
    elif f"{key}.log_gamma" in flowing.tensors:
        log_batch_norm(found, key, 0.0)  # their running variance has it already
    elif f"{key}.W" in flowing.tensors:
        flowing.mix(flowing.take(f"{key}.W").t(), found.shape)
    elif f"{key}.weight" in flowing.tensors:  # an activation norm
        scale = torch.exp(flowing.take(f"{key}.weight"))
        flowing.affine(scale, -flowing.take(f"{key}.bias") * scale, found.shape)
    else:
        raise UnfitError(key)


def _two_nets(found: Vectors, key: str) -> None:
    """MADE of two networks: 's' says the means, 't' the logs of the scales."""
    flowing = found.flowing
    found.know("inferred", "tanh in the networks of means, ReLU in those of scales")
    scales, means = (
        masked_dense(flowing, [f"{key}.{side}_joiner", *numbered(flowing, f"{key}.{side}_trunk")], activation)
        for side, activation in (("t", "relu"), ("s", "tanh"))
    )
    autoregressive(found, flowing.stack().parallel(scales, means))


def _coupling(found: Vectors, key: str) -> None:
    """x e^s + t; the mask is not in the file: every other number, in turn."""
    flowing = found.flowing
    earlier = sum(step["step"] == "masked" for step in flowing.steps)
    found.know(
        "inferred", "couplings of every other number, in turn; tanh in the networks of scales, ReLU in the others"
    )
    mask = (torch.arange(found.features) + earlier) % 2
    scale, shift = (
        dense(flowing, f"{key}.{side}", activation)
        for side, activation in (("scale_net", "tanh"), ("translate_net", "relu"))
    )
    masked_coupling(found, mask, scale, shift, shift_first=False)
