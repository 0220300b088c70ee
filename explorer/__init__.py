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


def open(  # noqa: A001 - the library's front door
    path: str | Path, *, device: str | None = None, adapter: str | Path | None = None
) -> LatentModel:
    """Open a model folder, a checkpoint of others, or a bundled model by its name. Reads files, runs no code from them,
    but for what `latent-explorer trust` let run.

    `device`: 'cpu', 'cuda', 'mps', or None for the best there is. `adapter`: a Python file with `build_model(weights)`.
    Raises CheckpointError, DeviceError.
    """
    from explorer.models.checkpoint import open_model

    return open_model(path, device=device, adapter=Path(adapter) if adapter is not None else None)
