"""Mixing pictures instead of latents: the bad example on purpose."""

from __future__ import annotations

import numpy as np

from explorer.latents.arrays import Images, Latents
from explorer.latents.paths.base import Chain, Course, Floats, Kind, rounded


def lay(waypoints: Latents, closed: bool) -> Course:
    """The nearer waypoint: nothing lies between them but the mixture of their pictures."""
    ends = rounded(waypoints, closed)
    exact = ends.astype(np.float64)
    return Chain(lambda section, share: np.where(share < 0.5, exact[section], exact[section + 1]), ends)


def mixed(pictures: Images, positions: Floats, closed: bool) -> Images:
    """Pictures (k, h, w, c) of the waypoints mixed at positions (n,), uint8 (n, h, w, c)."""
    ends = np.concatenate([pictures, pictures[:1]]) if closed and len(pictures) > 1 else pictures
    along = np.clip(positions, 0, 1) * (len(ends) - 1)
    section = np.minimum(along.astype(np.int64), max(len(ends) - 2, 0))
    share = (along - section).astype(np.float32)[:, None, None, None]
    after = np.minimum(section + 1, len(ends) - 1)
    frames: Images = np.rint((1 - share) * ends[section] + share * ends[after]).astype(np.uint8)
    return frames


KIND = Kind(
    "crossfade",
    "Cross-fade",
    "Mixes the pictures and not the latents: the bad example. Half way both can be seen, and nothing is a picture.",
    lay,
    mixes=True,
)
