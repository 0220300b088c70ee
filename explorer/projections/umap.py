"""UMAP: a map that keeps the graph of neighbours (McInnes, Healy and Melville 2018), by umap-learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import Parameter, ProjectionChoice, Step
from explorer.projections.embedding import FITTED, METRIC, Watch, embedded, seen, watched
from explorer.projections.neighbours import NeighbourMap, Numbers

NEIGHBOURS = Parameter(
    "neighbours",
    "Neighbours",
    "How many neighbours each sample is tied to: few show fine grain, many show larger forms.",
    15.0,
    2.0,
    200.0,
)
LEAST_DISTANCE = Parameter(
    "least_distance",
    "Least distance",
    "How close samples may lie on the map: 0 packs clumps tightly.",
    0.1,
    0,
    0.99,
    0.05,
)
ITERATIONS = Parameter("epochs", "Epochs", "How long the map settles.", 500.0, 50.0, 2000.0, 50.0)
PARAMETERS = (NEIGHBOURS, LEAST_DISTANCE, ITERATIONS, METRIC, FITTED)


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d). Its first run on a machine compiles for a minute or two."""
    return embedded(samples, choice, "UMAP", PARAMETERS, _embed, step)


def _embed(latents: Latents, choice: ProjectionChoice, watch: Watch) -> Numbers:
    from umap import UMAP, layouts

    epochs = int(ITERATIONS.number(choice))
    mapping = UMAP(
        n_neighbors=min(int(NEIGHBOURS.number(choice)), len(latents) - 1),
        min_dist=LEAST_DISTANCE.number(choice),
        metric=METRIC.of(choice),
        n_epochs=epochs,
        random_state=choice.seed,
        init="random" if choice.seed else "pca",
    )

    def telling(choose: Callable[..., Any]) -> Callable[..., object]:
        return lambda *told, **named: seen(choose(*told, **named), watch, epochs)

    with watched(layouts, "_get_optimize_layout_euclidean_single_epoch_fn", telling):
        return np.asarray(mapping.fit_transform(latents), dtype=np.float64)
