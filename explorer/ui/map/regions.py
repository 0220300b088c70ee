"""Where there is no room for a picture of every sample: one for each region, of the sample in its middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points
from explorer.ui.map.thumbnails import mixed

REGIONS_FROM = 1.4  # times the fitted view; before that the density of the points says more
SIDE = 2.5  # sides of a picture along a region
CONSIDERED = 20_000  # samples that say where the middle of a region is
FEWEST = 6  # of those in a region; fewer are no crowd that one of them could stand for


def representatives(points: Points, ids: NDArray[np.integer], kept: NDArray[np.intp], size: float) -> NDArray[np.intp]:
    """One of the samples `ids` for each region, intp (k,): the nearest to the mean of those in it.

    The regions are squares of a lattice that stands still in the plane, at least `SIDE * size` wide, where `size` is
    the side of a picture in the plane. A region whose sample was one of `kept` keeps it, so that nothing changes while
    the view moves.
    """
    side = 2.0 ** np.ceil(np.log2(SIDE * size))
    ids = mixed(np.concatenate([kept, ids]), CONSIDERED)
    cells = np.floor(points[ids].astype(np.float64) / side).astype(np.int64)
    _, seats, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    seats = seats.reshape(-1)
    sums = np.stack([np.bincount(seats, points[ids, axis]) for axis in (0, 1)], axis=1)
    distances = np.hypot(*(points[ids] - (sums / counts[:, None])[seats]).T)
    distances[np.isin(ids, kept)] = -1.0
    order = np.lexsort((distances, seats))
    firsts = order[np.searchsorted(seats[order], np.flatnonzero(counts >= FEWEST))]
    return ids[firsts]
