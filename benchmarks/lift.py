"""How well the neighbour maps of the bundled models lift a place to a latent, by several estimates, and how quickly.

Every kind is fitted to the samples of a model; 500 of them are estimated from their places on the map by the others,
a tenth of the 500 left out at a time. The error is the root of the mean square of what is missed, over that of the
samples' mean as an estimate. Against the estimate that the program uses stand the nearest sample, the inverse-distance
mean of 10, and local linear fits on more neighbours. `told` is the largest difference to the error that the map tells
its user.

    python benchmarks/lift.py [MODEL ...]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from explorer.latents.arrays import Latents, Points
from explorer.latents.samples import LatentSet
from explorer.models import folder
from explorer.projections import ProjectionChoice, fit, neighbours
from explorer.projections.neighbours import NeighbourMap, nearest, regressed

MODELS = ("toonfaces-vae", "glyphs-vae", "pixelfaces-gan", "digits-vae-2d", "digits-flow")
KINDS = ("tsne", "umap", "pacmap")
HELD = 500  # samples of which the estimate must know nothing
Estimate = Callable[[Points, Points, Latents], Latents]


def main() -> None:
    """Print the figures as one line of JSON; `ratio` is the worst of ours over the nearest sample."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update({f"XDG_{kind}_HOME": home for kind in ("CONFIG", "CACHE", "DATA", "STATE")})
        found = {name: measure(name) for name in sys.argv[1:] or MODELS}
    maps = [one for model in found.values() for one in model.values()]
    figures = {
        "over_nearest": max(one["local linear of 20"] / one["nearest"] for one in maps),
        "over_best": max(one["local linear of 20"] / min(one[name] for name in ESTIMATES) for one in maps),
        "lift_ms": max(one["lift_ms"] for one in maps),
        "place_ms": max(one["place_ms"] for one in maps),
        "told": max(abs(one["told"] - one["local linear of 20"]) for one in maps),
    }
    print(json.dumps({name: round(value, 4) for name, value in figures.items()} | found))


def measure(name: str) -> dict[str, dict[str, float]]:
    """By kind of map: errors by estimate, the error that the map tells, and milliseconds of one lift and one place."""
    path = folder.resolve(name)
    sets = folder.read_samples(path)
    samples = sets[next(iter(sets))]
    return {kind: _measured(samples, kind) for kind in KINDS}


def _measured(samples: LatentSet, kind: str) -> dict[str, float]:
    chosen = np.random.default_rng(0).permutation(len(samples))[:HELD]
    mapped = fit(samples, ProjectionChoice(kind))
    assert isinstance(mapped, NeighbourMap)
    figures = {name: _error(estimate, chosen, mapped.points, samples.latents) for name, estimate in ESTIMATES.items()}
    figures |= {"told": mapped.lift_error, "lift_ms": _one_ms(mapped, mapped.points[chosen], "lift")}
    figures |= {"place_ms": _one_ms(mapped, samples.latents[chosen] + np.float32(1e-3), "place")}
    return {name: round(value, 4) for name, value in figures.items()}


def _error(estimate: Estimate, chosen: np.ndarray, points: Points, latents: Latents) -> float:
    """Of samples (k,) that the estimate does not know, each by all others: root of the mean square, normalised."""
    missed = 0.0
    for part in np.array_split(chosen, 10):
        others = np.setdiff1d(np.arange(len(points)), part)
        lifted = estimate(points[part], points[others], latents[others])
        missed += float(np.square((lifted - latents[part]).astype(np.float64)).sum())
    spread = float(np.square((latents[chosen] - latents.mean(axis=0)).astype(np.float64)).sum())
    return float(np.sqrt(missed / spread))


def _one_ms(mapped: NeighbourMap, given: np.ndarray, way: str) -> float:
    """Milliseconds of one at a time, as the cursor asks; the median."""
    times = []
    for row in range(100):
        start = time.perf_counter()
        if way == "lift":
            mapped.lift(given[row : row + 1], mapped.latents[0])
        else:
            mapped.place(given[row : row + 1])
        times.append(1e3 * (time.perf_counter() - start))
    return median(times)


def _nearest(queries: Points, points: Points, latents: Latents) -> Latents:
    near, _ = nearest(queries, points, 1)
    found: Latents = latents[near[:, 0]]
    return found


def _inverse_distance(queries: Points, points: Points, latents: Latents, count: int = 10) -> Latents:
    near, squares = nearest(queries, points, count)
    weights = 1 / np.sqrt(np.maximum(squares, 1e-30)).astype(np.float64)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,nkd->nd", weights, latents[near]).astype(np.float32)


def _linear(count: int, ridge: float) -> Estimate:
    def estimate(queries: Points, points: Points, latents: Latents) -> Latents:
        near, squares = nearest(queries, points, count + 1)
        before, neighbours.RIDGE = neighbours.RIDGE, ridge
        try:
            return regressed(queries, near, squares, points, latents)
        finally:
            neighbours.RIDGE = before

    return estimate


ESTIMATES: dict[str, Estimate] = {
    "nearest": _nearest,
    "inverse distance of 10": _inverse_distance,
    "local linear of 20": _linear(neighbours.LIFTING, neighbours.RIDGE),
    "local linear of 30": _linear(30, 0.1),
    "local linear of 40": _linear(40, 0.1),
}


if __name__ == "__main__":
    main()
