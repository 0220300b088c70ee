"""Flows of normflows over vectors ('flows.3.mprqat', 'flows.0.b', 'q0.loc'), written from the data to the latents."""

from __future__ import annotations

import re

import torch

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.nsf import block_coupling, coupling, lower_upper, made, masked_halves
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.flows.writing import from_lower_upper, halves_swapped
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

BOUND = 3.0  # of splines
NAMED = (
    (r"^q0\.weight_scores$", "whose noise is a mixture of normal distributions: no latent belongs to a point"),
    (r"\.iresblock\.nnet\.", "a residual one: its way back is a search, and its density a series"),
    (r"^flows\.\d+\.(u|z_0)$", "a planar or radial one: it has no formula for its way back"),
    (r"^flows\.\d+\.eps$", "with batch norms that keep nothing of the batches they saw"),
)
NUMBER = re.compile(r"flows\.(\d+)\.")


def recognise(reading: Reading) -> Recognised | None:
    """flows.N of the kinds below and q0, a diagonal normal distribution or none in the file."""
    tensors = reading.tensors
    numbers = {int(match[1]) for key in tensors if (match := NUMBER.match(key))}
    _refuse(reading, numbers)
    features = tensors["q0.loc"].numel() if "q0.loc" in tensors else 0
    if not numbers or not features or "q0.log_scale" not in tensors:
        return None
    found = Vectors(reading, "normflows", features)
    found.flowing.pass_over(*(key for key in tensors if key.startswith("p.")))
    if len(numbers) <= max(numbers) and not _in_turn(numbers):
        found.know("inferred", "a flow without anything in the file swaps the two halves")
    if _in_turn(numbers):
        found.know("guessed", "every other flow, and one after the last, swaps the halves: they leave no trace")
        _step(found, "", stored=False)
    for number in range(max(numbers), -1, -1):
        _step(found, f"flows.{number}", number in numbers)
    scale = torch.exp(-found.flowing.take("q0.log_scale")).reshape(-1)
    found.flowing.affine(scale, -found.flowing.take("q0.loc").reshape(-1) * scale, found.shape)
    found.know("read", f"{1 + max(numbers)} flows over {features} numbers, and the widths, from keys and shapes")
    found.know("inferred", "the defaults of normflows; prior N(0, I)")
    return found.recognised()


def _refuse(reading: Reading, numbers: set[int]) -> None:
    """Raises CheckpointError for flows of normflows that have no way back, or whose base is another."""
    if not numbers or not any(key.startswith("q0.") for key in reading.tensors):
        return
    for pattern, what in NAMED:
        if any(re.search(pattern, key) for key in reading.tensors):
            raise CheckpointError(
                f"This is a flow of normflows, {what}.",
                "Couplings, autoregressive flows, splines, matrices and activation norms over N(mean, scale) open.",
            )


def _in_turn(numbers: set[int]) -> bool:
    """Whether there is something in the file of every other flow alone: 0, 2, 4."""
    return numbers == set(range(0, 2 * len(numbers), 2)) and len(numbers) > 1


def _step(found: Vectors, key: str, stored: bool) -> None:
    tensors, flowing = found.flowing.tensors, found.flowing
    if not stored:
        back = torch.argsort(halves_swapped(found.features)) if found.features % 2 == 0 else None
        if back is None:
            raise UnfitError("halves of an odd number")
        flowing.permute(back)
    elif f"{key}.mprqat.autoregressive_net.final_layer.weight" in tensors:
        made(found, f"{key}.mprqat", "softplus", False, BOUND)
    elif f"{key}.autoregressive_net.final_layer.weight" in tensors:
        made(found, key, "sigmoid", False, BOUND)
    elif f"{key}.prqct.identity_features" in tensors:
        coupling(found, f"{key}.prqct", BOUND)
    elif f"{key}.linear.lower_entries" in tensors:
        flowing.permute(flowing.take(f"{key}.permutation._permutation"))
        lower_upper(found, f"{key}.linear")
    elif f"{key}.b" in tensors:
        masked_halves(found, key)
    elif any(name.startswith(f"{key}.flows.1.param_map.net.") for name in tensors):
        block_coupling(found, key)
    elif f"{key}.inv_perm" in tensors:
        flowing.pass_over(f"{key}.perm")
        flowing.permute(flowing.take(f"{key}.inv_perm"))
    elif f"{key}.log_S" in tensors or f"{key}.W" in tensors:
        _affine(found, key)
    elif f"{key}.s" in tensors:
        flowing.pass_over(f"{key}.data_dep_init_done")
        scale = torch.exp(-flowing.take(f"{key}.s")).reshape(-1)
        flowing.affine(scale, -flowing.take(f"{key}.t").reshape(-1) * scale, found.shape)
    else:
        raise UnfitError(key)


def _affine(found: Vectors, key: str) -> None:
    """x W, of rows: W as it is, or in LU parts."""
    flowing = found.flowing
    if f"{key}.W" in flowing.tensors:
        flowing.mix(flowing.take(f"{key}.W").t(), found.shape)
        return
    flowing.pass_over(f"{key}.eye")
    names = ("P", "L", "U", "sign_S", "log_S")
    permutation, lower, upper, sign, size = (flowing.take(f"{key}.{name}") for name in names)
    flowing.mix(from_lower_upper(permutation, lower, upper, sign.double() * torch.exp(size.double())).t(), found.shape)
