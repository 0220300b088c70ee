"""Samples on a bent sheet, and every kind of projection fitted to them once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.projections import KINDS, Projection, ProjectionChoice, fit, is_installed

DIM = 12
PLANES = tuple(kind for kind in KINDS if not KINDS[kind].library)
MAPS = tuple(kind for kind in KINDS if KINDS[kind].library)
CONCEPTS = (
    Concept("smile", np.eye(DIM, dtype=np.float32)[2], 0.8, 0.1),
    Concept("age", np.full(DIM, DIM**-0.5, np.float32), 1.5, -2.0),
)
every = pytest.mark.parametrize("kind", KINDS)
every_plane = pytest.mark.parametrize("kind", PLANES)
every_map = pytest.mark.parametrize("kind", MAPS)


@cache
def manifold(n: int = 400, noise: float = 0.02) -> LatentSet:
    """A bent sheet in twelve dimensions, with four classes along it."""
    random = np.random.default_rng(0)
    across, up = random.uniform(0, 1, (2, n))
    waves = [np.cos(f * across + 2 * up) for f in (1, 2, 3, 4)] + [np.sin(f * across - up) for f in (1, 2, 3, 4)]
    latents = np.column_stack([*waves, 3 * across, 2 * up, across * up, np.zeros(n)]) + 5
    latents += noise * random.standard_normal((n, DIM))
    kinds = Labels("part", (4 * across).astype(np.int64), ("a", "b", "c", "d"))
    halves = Labels("half", (2 * up).astype(np.int64), ("low", "high"))
    return LatentSet("z", latents.astype(np.float32), labels=(kinds, halves, Labels("size", across.astype(np.float32))))


@cache
def fitted(kind: str, seed: int = 0) -> Projection:
    if not is_installed(kind):
        pytest.skip(f"{KINDS[kind].library} is not installed")
    return fit(manifold(), ProjectionChoice(kind, seed=seed), CONCEPTS)
