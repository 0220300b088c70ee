"""The two array shapes that cross a border, and the points of a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Latents = NDArray[np.float32]
"""float32 (n, latent_dim). The plural is the batch axis."""

Latent = NDArray[np.float32]
"""float32 (latent_dim,)."""

Images = NDArray[np.uint8]
"""uint8 (n, height, width, channels), channels 1 or 3."""

Points = NDArray[np.float32]
"""float32 (n, 2), positions on the map."""
