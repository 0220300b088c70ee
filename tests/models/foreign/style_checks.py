"""What is asked of every style-based generator: the pictures of its reference, from the file and from our folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert
from explorer.models.foreign.style import StyleModel


def shown(pictures: torch.Tensor) -> np.ndarray:
    """Pictures (n, c, h, w) in -1..1 as (n, h, w, c) in 0..1."""
    return ((pictures + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()


def gives_the_same_pictures(net: nn.Module, path: Path, folder: Path, count: int) -> tuple[StyleModel, StyleModel]:
    """The model of a file of its authors and the one that was converted: both decode as `net` does."""
    model = convert(path, folder / "ours")
    again = open_model(folder / "ours", "cpu")
    z = model.sample(count, seed=4, space="z")
    with torch.no_grad():
        wanted = shown(net(torch.from_numpy(z)))
    assert np.abs(wanted[0] - wanted[1]).max() > 0.01
    for one in (model, again):
        assert isinstance(one, StyleModel)
        assert np.abs(one.decode_float(z, space="z") - wanted).max() < 1e-4
        assert np.abs(one.decode_float(one.map(z)) - wanted).max() < 1e-4
    assert isinstance(model, StyleModel)
    assert isinstance(again, StyleModel)
    return model, again
