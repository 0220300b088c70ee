"""How many threads decode one latent on the CPU."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.models.network import NetworkModel

LONG_MS = 8.0
"""What takes less stays on one thread: two gain little (1.9 to 1.4 ms for a VAE of 64x64 in torch, nothing in
onnxruntime) and, when the other core is busy with the window, wait for each other (1.9 to 4 ms and more)."""
MOST = 16


def threads_for(one_latent_ms: float) -> int:
    """One for a quick model; for a slow one all cores but the window's."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if one_latent_ms < LONG_MS:
        return 1
    return max(1, min(cores if cores <= 2 else cores - 1, MOST))


def settle_threads(model: NetworkModel) -> None:
    """Give torch, in this process, as many threads as the model deserves; decodes a few latents to find out."""
    import torch

    latents = np.zeros((1, model.card.default_space.dim), np.float32)
    torch.set_num_threads(1)
    shortest = _milliseconds(model, latents)  # the first one is the slowest; three more tell, where they cost little
    if shortest < 20 * LONG_MS:
        shortest = min(_milliseconds(model, latents) for _ in range(3))
    torch.set_num_threads(threads_for(shortest))


def _milliseconds(model: NetworkModel, latents: np.ndarray) -> float:
    start = time.perf_counter()
    model.decode(latents)
    return 1e3 * (time.perf_counter() - start)
