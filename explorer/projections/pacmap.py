"""PaCMAP: neighbours, and pairs farther apart that hold the whole together (Wang and others 2021), by pacmap."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import ProjectionChoice, Step
from explorer.projections.embedding import embedded
from explorer.projections.neighbours import NeighbourMap, Numbers

NEIGHBOURS = 10


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d)."""
    return embedded(samples, choice, "PaCMAP", {"neighbours": NEIGHBOURS}, partial(_embed, seed=choice.seed), step)


def _embed(latents: Latents, *, seed: int) -> Numbers:
    from pacmap import PaCMAP

    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns of every seed
    mapping = PaCMAP(n_components=2, n_neighbors=min(NEIGHBOURS, len(latents) // 2), random_state=seed)
    return np.asarray(mapping.fit_transform(latents, init="random" if seed else "pca"), dtype=np.float64)
