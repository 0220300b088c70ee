"""Latent Explorer: see what a generative model has learned.

As a library::

    import explorer
    model = explorer.open("pretrained/toonfaces-vae")
    images = model.decode(model.sample(4, seed=0))
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.models.base import LatentModel

__version__ = "0.1.0"


def open(path: str | Path, *, device: str | None = None) -> LatentModel:  # noqa: A001 - the library's front door
    """Open a model folder (or the name of a bundled model). Reads files, runs no code from them.

    `device`: 'cpu', 'cuda', 'mps', or None for the best there is. Raises CheckpointError, DeviceError.
    """
    from explorer.models.checkpoint import open_model

    return open_model(path, device=device)
