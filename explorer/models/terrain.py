"""The ground that paths are searched on: the samples, and the slope of the decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.models.network import NetworkModel

AT_ONCE = 64


class Terrain:
    """A `Ground` of `latents.paths` around a torch model, on the device where the model is."""

    def __init__(self, model: NetworkModel, samples: Latents, space: str, truncation: float = 1.0) -> None:
        self.samples = samples
        self._model, self._space, self._truncation = model, space, truncation

    def pull_back(
        self, latents: NDArray[np.float64], cotangents: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Pictures (n, pixels) in 0..1, and J^T of what `cotangents` makes of them, float64 (n, d)."""
        leaf = torch.tensor(latents, dtype=torch.float32, requires_grad=True)
        with torch.enable_grad():
            pictures = self._model.pictures_with_slope(leaf, self._space, self._truncation).flatten(1)
        flat = pictures.detach().cpu().numpy()
        torch.autograd.backward([pictures], [torch.from_numpy(cotangents(flat)).to(pictures.device)])
        slope = cast(torch.Tensor, leaf.grad)
        return flat, slope.double().numpy()
