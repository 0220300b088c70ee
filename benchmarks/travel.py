"""Paths: what even speed does to the largest change of the picture, and how much shorter a geodesic is.

python benchmarks/travel.py [pairs]
"""

from __future__ import annotations

import json
import sys
from statistics import median

import numpy as np

from explorer.latents.paths import Course, laid, positions, searched
from explorer.latents.paths.costs import changes, evenly, jump
from explorer.models import folder
from explorer.models.checkpoint import open_model
from explorer.models.network import NetworkModel
from explorer.models.terrain import Terrain

PAIRS, FEWER = 50, 12
STOPS, FRAMES = 4, 96
GEODESICS = ("toonfaces-vae", "digits-vae-2d")


def main() -> None:
    """Print the figures as one line of JSON."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    figures: dict[str, float] = {}
    for name in folder.bundled():
        figures[f"even {name}"] = round(even_over_plain(name, min(pairs, FEWER)), 3)
    for name in GEODESICS:
        figures[f"geodesic {name}"] = round(geodesic_over_linear(name, pairs), 3)
    figures["even"] = max(value for key, value in figures.items() if key.startswith("even "))
    figures["geodesic"] = max(value for key, value in figures.items() if key.startswith("geodesic "))
    print(json.dumps(figures))


def even_over_plain(name: str, paths: int) -> float:
    """Largest over median change of the picture, frames spaced evenly by it over plain ones: median of paths.

    Of paths through four samples: between two, many a plain path is nearly even already (1 is the least there is).
    """
    model, samples, _ground = _opened(name)
    found = []
    for stops in _drawn(samples, paths, STOPS):
        course = laid("spherical", stops)
        at = np.linspace(0, 1, 2 * FRAMES + 1)
        timed = evenly(at, changes(model.decode(course(at))), FRAMES)
        plain, even = (jump(changes(model.decode(course(where)))) for where in (positions(FRAMES), timed))
        found.append(even / plain)
    return median(found)


def geodesic_over_linear(name: str, pairs: int) -> float:
    """Picture length of the geodesic over that of the straight line: median of pairs."""
    model, samples, ground = _opened(name)
    found = []
    for ends in _drawn(samples, pairs, 2):
        *_earlier, best = searched("geodesic", ends, ground)
        found.append(_length(model, best) / _length(model, laid("linear", ends)))
    return median(found)


def _length(model: NetworkModel, course: Course) -> float:
    return float(changes(model.decode(course(np.linspace(0, 1, 64)))).sum())


def _opened(name: str) -> tuple[NetworkModel, np.ndarray, Terrain]:
    model = open_model(folder.resolve(name), device="cpu")
    space = model.card.default_space.name
    samples = folder.read_samples(folder.resolve(name), model.card)[space].latents
    return model, samples, Terrain(model, samples, space)


def _drawn(samples: np.ndarray, count: int, stops: int) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [samples[random.choice(len(samples), stops, replace=False)] for _ in range(count)]


if __name__ == "__main__":
    main()
