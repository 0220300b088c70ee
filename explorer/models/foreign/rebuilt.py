"""From what was recognised to a model: built anew, with the weights of the file put in strictly."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.checkpoint import build
from explorer.models.foreign.architectures import Recognised
from explorer.models.network import NetworkModel

LARGE = 4 * 10**6  # numbers of a tensor, above which a quick look takes samples
SPOTS, WIDTH = 64, 1024  # places looked at there, and numbers at each


def rebuilt(recognised: Recognised, *, quick: bool = False) -> NetworkModel:
    """The model, ready on the CPU. Raises CheckpointError where weights are missing, left over or no numbers.

    `quick`: of a large tensor, numbers at even places are looked at, as all of them would take longer than the first
    picture; one that escapes shows there (`NetworkModel.decode`).
    """
    with torch.device("meta"):
        model = build(recognised.config)
    weights = {key: value.float() if value.is_floating_point() else value for key, value in recognised.tensors.items()}
    if bad := [key for key, value in weights.items() if not _is_finite(_spots(value) if quick else value)]:
        raise CheckpointError(
            f"'{bad[0]}' holds values that are no numbers.", "The file is damaged, or training failed."
        )
    try:
        model.net.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        architecture = recognised.config.card.architecture
        raise CheckpointError(f"The weights do not fit the architecture '{architecture}'.", f"{error}"[:300]) from error
    model.ready()
    return model


def _spots(value: Tensor) -> Tensor:
    """Pieces of a large tensor, evenly from the first number to the last; any other one whole."""
    if value.numel() <= LARGE or not value.is_contiguous():
        return value
    flat, step = value.view(-1), value.numel() // SPOTS
    return torch.cat([flat[: SPOTS * step].view(SPOTS, step)[:, :WIDTH].reshape(-1), flat[-WIDTH:]])


def _is_finite(value: Tensor) -> bool:
    """By the least and the largest number: without a second tensor of that size."""
    return not value.is_floating_point() or not value.numel() or all(map(math.isfinite, torch.aminmax(value)))
