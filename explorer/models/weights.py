"""Weights looked at without torch: whether the file is whole, of about the right size, and all of numbers."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from safetensors import safe_open

from explorer.errors import CheckpointError
from explorer.models.base import Card
from explorer.models.config import AGAIN, WEIGHTS, check_file, whole

NUMBERS = {"F16", "F32", "F64"}  # the kinds that numpy knows
CONSTANTS = 0.01, 10_000  # beside the parameters a file holds some constants: at most this share, or so many


def check_weights(folder: Path, card: Card) -> None:
    """Raises CheckpointError when the weights are missing, cut short, of another size or hold what is no number.

    Whether every array has the name and the shape of its place, only the network knows: it is looked at on opening.
    """
    path = folder / WEIGHTS
    where = f"{folder.name}/{WEIGHTS}"
    check_file(path)
    with whole(path), safe_open(path, framework="numpy") as opened:
        slices = {name: opened.get_slice(name) for name in opened.keys()}  # noqa: SIM118
        learnt = (one for one in slices.values() if "F" in one.get_dtype())  # whole numbers are tables, not learnt
        _check_count(sum(math.prod(one.get_shape()) for one in learnt), card.parameters, where)
        for name, one in slices.items():
            if one.get_dtype() in NUMBERS and not np.isfinite(opened.get_tensor(name)).all():
                raise CheckpointError(f"{where}: '{name}' holds values that are no numbers.", "The file is damaged.")


def _check_count(count: int, parameters: int, where: str) -> None:
    share, least = CONSTANTS
    if not parameters <= count <= parameters + max(share * parameters, least):
        raise CheckpointError(
            f"{where} does not fit its config.json: it holds {count:,} numbers for {parameters:,} parameters.",
            f"It is of another model: {AGAIN}",
        )
