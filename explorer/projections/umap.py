"""UMAP: a map that keeps the graph of neighbours (McInnes, Healy and Melville 2018), by umap-learn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice, Step
from explorer.projections.embedding import embedded
from explorer.projections.neighbours import NeighbourMap, Numbers

NEIGHBOURS, LEAST_DISTANCE = 15, 0.1


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d). Its first run on a machine compiles for a minute or two."""
    parameters = {"neighbours": NEIGHBOURS, "least distance": LEAST_DISTANCE}
    return embedded(samples, choice, "UMAP", parameters, partial(_embed, seed=choice.seed), step)


def _embed(latents: Latents, *, seed: int) -> Numbers:
    from umap import UMAP

    neighbours = min(NEIGHBOURS, len(latents) - 1)
    mapping = UMAP(n_neighbors=neighbours, min_dist=LEAST_DISTANCE, random_state=seed, init="random" if seed else "pca")
    return np.asarray(mapping.fit_transform(latents), dtype=np.float64)
