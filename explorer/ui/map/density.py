"""How densely points lie in a picture of them: a tone for every pixel, full where they are dense, paler where thin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points

CELL = 4  # pixels along a side of the squares in which points are counted
FAINTEST = 0.42  # opacity of a lonely point among a million: it still has to be seen
SPARSE, DENSE = 0.5, 8.0  # points a pixel has at most where nothing is shaded yet, and where all of it is
FLOOR = 0.05  # points a pixel: below this a place counts as empty
OPAQUE = 255
HALF, QUARTER = np.float32(0.5), np.float32(0.25)

Floats = NDArray[np.float32]


def toned(x: Points, y: Points, shape: tuple[int, ...], dense: float) -> NDArray[np.uint8] | None:
    """The tone of each pixel of an image of `shape` (height, width) with points at x, y (n,): uint8, 255 is full.

    Logarithmic in the number of points about a pixel, up to `dense`, the number that a pixel has where points lie most
    densely. None where that is so few that they hardly overlap.
    """
    if dense <= SPARSE:
        return None
    strength = min(np.log(dense / SPARSE) / np.log(DENSE / SPARSE), 1.0)
    counts = smooth(counted(x, y, shape)) / CELL**2
    shares = np.clip(np.log1p(counts / FLOOR) / np.log1p(dense / FLOOR), 0, 1)
    tone = np.rint(OPAQUE * (1 - strength * (1 - FAINTEST) * (1 - shares))).astype(np.uint8)
    return spread(tone, shape)


def counted(x: Points, y: Points, shape: tuple[int, ...]) -> Floats:
    """How many points lie in each square of CELL pixels, float32 (rows, columns)."""
    rows, columns = -(-shape[0] // CELL), -(-shape[1] // CELL)
    cells = y.astype(np.int32) // CELL
    cells *= columns
    cells += x.astype(np.int32) // CELL
    return np.bincount(cells, minlength=rows * columns).reshape(rows, columns).astype(np.float32)


def smooth(counts: Floats, times: int = 2) -> Floats:
    """Each count shared with its neighbours in parts of 1 : 2 : 1, so often along both axes; the sum stays."""
    for _ in range(2 * times):
        wide = np.pad(counts, ((1, 1), (0, 0)), mode="edge")
        counts = ((wide[:-2] + wide[2:]) * QUARTER + counts * HALF).T
    return counts


def spread(tone: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Squares as pixels again: uint8 of `shape`."""
    return np.repeat(np.repeat(tone, CELL, axis=0), CELL, axis=1)[: shape[0], : shape[1]]
