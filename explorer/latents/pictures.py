"""Pictures made smaller, where a glance at them is enough."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Images


def shrunk(images: Images, side: int) -> Images:
    """Pictures (n, h, w, c) of at most `side` pixels a side, each the mean of a block; an unfinished block is cut."""
    n, height, width, channels = images.shape
    step = max(1, -(-max(height, width) // side))
    if step == 1:
        return images
    rows, columns = max(1, height // step), max(1, width // step)
    cut = images[:, : rows * step, : columns * step]
    blocks = cut.reshape(n, rows, cut.shape[1] // rows, columns, cut.shape[2] // columns, channels)
    small: Images = np.rint(blocks.mean(axis=(2, 4), dtype=np.float32)).astype(np.uint8)
    return small
