"""PaCMAP: neighbours, and pairs farther apart that hold the whole together (Wang and others 2021), by pacmap."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import Parameter, ProjectionChoice, Step
from explorer.projections.embedding import FITTED, METRIC, Watch, embedded, seen, watched
from explorer.projections.neighbours import NeighbourMap, Numbers

NEIGHBOURS = Parameter(
    "pairs",
    "Neighbours",
    "How many near pairs each sample has; half as many middling and twice as many far ones go with them.",
    10.0,
    2.0,
    100.0,
)
ITERATIONS = Parameter("steps", "Iterations", "How long the map settles.", 450.0, 250.0, 2000.0, 50.0)
PARAMETERS = (NEIGHBOURS, ITERATIONS, METRIC, FITTED)
PHASES = (100, 100)  # iterations for the whole and for its parts, before those for the grain
METRICS = {"euclidean": "euclidean", "cosine": "angular"}


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d)."""
    return embedded(samples, choice, "PaCMAP", PARAMETERS, _embed, step)


def _embed(latents: Latents, choice: ProjectionChoice, watch: Watch) -> Numbers:
    from pacmap import PaCMAP
    from pacmap import pacmap as within

    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns of every seed
    iterations = int(ITERATIONS.number(choice))
    mapping = PaCMAP(
        n_components=2,
        n_neighbors=min(int(NEIGHBOURS.number(choice)), len(latents) // 2),
        distance=METRICS[str(METRIC.of(choice))],
        num_iters=(*PHASES, iterations - sum(PHASES)),
        random_state=choice.seed,
    )

    def telling(move: Callable[..., object]) -> Callable[..., object]:
        return seen(move, watch, iterations)

    with watched(within, "update_embedding_adam", telling):
        places = mapping.fit_transform(latents, init="random" if choice.seed else "pca")
    return np.asarray(places, dtype=np.float64)
