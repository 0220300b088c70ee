"""Waypoints that nobody chose one by one: loops, walks, a curve drawn by hand; and a blend of four corners."""

from __future__ import annotations

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.paths import linear, spherical
from explorer.latents.paths.base import Floats

HARMONICS = 3


def noise_loop(centre: Latent, radius: float, count: int, seed: int) -> Latents:
    """`count` waypoints of a smooth closed curve that stays at `radius` from `centre` (d,), float32 (count, d).

    A random curve of three harmonics, (cos kt u_k + sin kt v_k) / k with u, v of N(0, I), scaled to the radius in every
    waypoint. Where a space has one dimension only, it goes to and fro.
    """
    if count < 3 or radius < 0:
        raise InputError("A loop needs three waypoints and a radius of 0 or more.", "Give others.")
    random = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    curve = np.zeros((count, centre.size))
    for harmonic in range(1, HARMONICS + 1):
        cosine, sine = random.standard_normal((2, centre.size)) / harmonic
        curve += np.cos(harmonic * turn) * cosine + np.sin(harmonic * turn) * sine
    lengths = np.linalg.norm(curve, axis=1, keepdims=True)
    loop: Latents = (centre + radius * curve / np.maximum(lengths, 1e-12)).astype(np.float32)
    return loop


def random_walk(start: Latent, stride: float, count: int, seed: int) -> Latents:
    """`count` waypoints from `start` (d,), each a `stride` from the one before, float32 (count, d).

    The steps are of a stationary kind: z' = cos(a) z + sin(a) n for the direction, so that a walk in many dimensions
    keeps about its length and does not run away from the prior.
    """
    if count < 2 or stride < 0:
        raise InputError("A walk needs two waypoints and a stride of 0 or more.", "Give others.")
    random = np.random.default_rng(seed)
    walked = [start.astype(np.float64)]
    for _ in range(count - 1):
        here, noise = walked[-1], random.standard_normal(start.size)
        length = float(np.linalg.norm(here))
        if length > stride and start.size > 1:
            noise -= noise @ here / length**2 * here  # along the sphere
        walked.append(_stepped(here, noise, stride, length))
    return np.stack(walked).astype(np.float32)


def _stepped(here: Floats, noise: Floats, stride: float, length: float) -> Floats:
    """A chord of length `stride` on the sphere, or a straight step near the origin."""
    along = noise / max(float(np.linalg.norm(noise)), 1e-12)
    if length <= stride or here.size == 1:
        return np.asarray(here + stride * along)
    angle = 2 * np.arcsin(stride / (2 * length))
    return np.asarray(np.cos(angle) * here + np.sin(angle) * length * along)


def resampled(curve: Floats, count: int) -> Floats:
    """`count` points evenly along a curve (n, k), both ends kept, float64 (count, k)."""
    hops = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(hops)])
    wanted = np.linspace(0, along[-1], count)
    return np.stack([np.interp(wanted, along, curve[:, axis]) for axis in range(curve.shape[1])], axis=1)


def blended(corners: Latents, across: float, down: float, *, flat: bool = False) -> Latent:
    """The latent (d,) between four corners (4, d), those of the upper row first; exact in the corners.

    Bilinear: the upper and the lower edge at `across`, and between both at `down`; on the sphere (by default) or in the
    plane (`flat`).
    """
    between = linear.between if flat else spherical.between
    exact = corners.astype(np.float64)
    share = np.array([[across]])
    upper, lower = between(exact[0], exact[1], share)[0], between(exact[2], exact[3], share)[0]
    found: Latent = between(upper, lower, np.array([[down]]))[0].astype(np.float32)
    if across in (0, 1) and down in (0, 1):
        corner: Latent = corners[int(across) + 2 * int(down)]
        return corner
    return found
