"""What a path costs: how much the picture changes on the way, and how long it is. Each number with its unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Images, Latents
from explorer.latents.paths.base import Floats, Positions

BLOCK = 64


def changes(images: Images) -> Floats:
    """Change of the picture from frame to frame, float64 (n - 1,): root mean square of all values, in 0..1."""
    steps = np.empty(max(len(images) - 1, 0))
    for start in range(0, len(steps), BLOCK):
        part = images[start : start + BLOCK + 1].reshape(len(images[start : start + BLOCK + 1]), -1).astype(np.float32)
        steps[start : start + BLOCK] = np.sqrt(np.square(np.diff(part, axis=0)).mean(axis=1)) / 255
    return steps


def evenly(at: Positions, steps: Floats, frames: int, *, closed: bool = False) -> Positions:
    """Positions of `frames` frames between which the picture changes by equal amounts.

    `steps` (m - 1,) are the changes measured between positions `at` (m,), from 0 to 1. Where nothing changes at all the
    positions are even. A closed path stops short of its start.
    """
    total = float(steps.sum())
    wanted = np.linspace(0, 1, frames, endpoint=not closed)
    if total <= 0:
        return wanted
    travelled = np.concatenate([[0.0], np.cumsum(steps / total + 1e-9)])  # rises everywhere
    timed: Positions = np.interp(wanted, travelled / travelled[-1], at)
    return timed


@dataclass(frozen=True)
class Costs:
    """A path in numbers.

    `latent_length`: the sum of |z_i+1 - z_i|. `picture_length`: the sum of the changes of the picture. `jump`: the
    largest change over the median one, 1 for a path of even speed. `pixel_path_length`: the mean of (change / dt)^2
    with t from 0 to 1, as the perceptual path length of Karras et al. (2019), in pixels and along this path.
    """

    latent_length: float
    picture_length: float
    jump: float
    pixel_path_length: float


def costs(latents: Latents, images: Images, at: Positions) -> Costs:
    """The costs of frames: latents (n, d) and their pictures (n, h, w, c) at positions (n,)."""
    steps, dt = changes(images), np.maximum(np.diff(at), 1e-12)
    if not len(steps):
        return Costs(0.0, 0.0, 1.0, 0.0)
    hops = np.linalg.norm(np.diff(latents.astype(np.float64), axis=0), axis=1)
    return Costs(float(hops.sum()), float(steps.sum()), jump(steps), float(np.mean((steps / dt) ** 2)))


def jump(steps: Floats) -> float:
    """Largest over median change; 1 where nothing changes, infinite where only few frames change at all."""
    largest, middle = float(steps.max()), float(np.median(steps))
    if middle > 0:
        return largest / middle
    return 1.0 if largest == 0 else float("inf")


def bad(steps: Floats, outside: NDArray[np.bool_], most: float = 3.0) -> NDArray[np.bool_]:
    """Frames (n,) of a bad stretch: outside the data, or beside a change of over `most` times the median one."""
    marked = outside.copy()
    if len(steps):
        leaps = steps > max(most * float(np.median(steps)), 1e-3)
        marked[:-1] |= leaps
        marked[1:] |= leaps
    return marked


@dataclass(frozen=True, eq=False)
class Bill:
    """What every frame of a path costs: `steps` (n - 1,) changes of the picture, `distances` (n,) to the nearest sample
    and the `usual` one, `lengths` (n,) of the latents; `log_p` (n,) in nats where the model knows it exactly."""

    total: Costs
    steps: Floats
    lengths: Floats
    distances: Floats | None = None
    usual: float = float("inf")
    log_p: Floats | None = None

    @property
    def bad(self) -> NDArray[np.bool_]:
        """Frames (n,) of bad stretches."""
        far = np.zeros(len(self.lengths), bool) if self.distances is None else self.distances > self.usual
        return bad(self.steps, far)
