"""MADE, MAF and RealNVP over vectors ('net.0.net_input', 'net.0.s_net.0'): kamenbliznashki's normalizing_flows.

With labels: one 1 among zeros, of as many as there are classes.
"""

from __future__ import annotations

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.plain_nets import dense, log_batch_norm, made, masked_coupling, numbered
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

EPS = 1e-5  # of batch norms
BASE = ("base_dist_mean", "base_dist_var")


def recognise(reading: Reading) -> Recognised | None:
    """base_dist_mean, and net.N or a single net_input. Raises CheckpointError for mixtures."""
    tensors = reading.tensors
    if BASE[0] not in tensors or tensors[BASE[0]].numel() < 2:
        return None
    features = tensors[BASE[0]].numel()
    if any(key.startswith("mademog.") for key in tensors) or _last(reading) == 3:
        raise CheckpointError(
            "This is a flow whose numbers are mixtures of normal distributions: no latent belongs to a picture.",
            "Those of one component (MADE, MAF, RealNVP) open.",
        )
    found = _written(reading, features)
    found.know("inferred", "prior N(0, I)")
    return found.recognised()


def _last(reading: Reading) -> int:
    """How many numbers a single MADE says of each; 0 where it is none."""
    lasts = [key for key in reading.tensors if key.startswith("net.") and key.endswith(".mask")]
    if "net_input.mask" not in reading.tensors or not lasts:
        return 0
    said, features = reading.tensors[lasts[-1]].shape[0], reading.tensors[BASE[0]].numel()
    return 3 if said // features > 2 else 2


def _written(reading: Reading, features: int) -> Vectors:
    keys = list(reading.tensors)
    numbers = sorted({int(key.split(".")[1]) for key in keys if key.startswith("net.")})
    single = "net_input.mask" in keys
    kind = "MAF" if single or "net.0.net_input.mask" in keys else "RealNVP"
    found = Vectors(reading, kind, features, _given(reading, features), labels=True)
    found.flowing.pass_over(*(key for key in keys if key.endswith(BASE)))
    if single:
        _made(found, "")
    for number in () if single else numbers:
        _step(found, f"net.{number}")
    count = 1 if single else len(numbers)
    found.know("read", f"{count} steps over {features} numbers, their masks and widths, from the file")
    return found


def _given(reading: Reading, features: int) -> int:
    for key, value in reading.tensors.items():
        if key.endswith("cond_weight"):
            return value.shape[1]
        if key.endswith("s_net.0.weight"):
            return value.shape[1] - features
    return 0


def _step(found: Vectors, key: str) -> None:
    flowing = found.flowing
    if f"{key}.net_input.mask" in flowing.tensors:
        _made(found, f"{key}.")
    elif f"{key}.s_net.0.weight" in flowing.tensors:
        found.know("inferred", "tanh in the networks of scales, ReLU in the others")
        scale = dense(flowing, f"{key}.s_net", "tanh", -1.0, found.given)
        shift = dense(flowing, f"{key}.t_net", "relu", -1.0, found.given)
        masked_coupling(found, flowing.take(f"{key}.mask"), scale, shift, shift_first=True)
    elif f"{key}.log_gamma" in flowing.tensors:
        log_batch_norm(found, key, EPS)
    else:
        raise UnfitError(key)


def _made(found: Vectors, start: str) -> None:
    found.know("inferred", "ReLU in the networks")
    made(found, [f"{start}net_input", *numbered(found.flowing, f"{start}net")], "relu")
