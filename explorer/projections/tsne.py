"""t-SNE: a map that keeps each sample beside its neighbours (van der Maaten and Hinton 2008), by openTSNE."""

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

PERPLEXITY = 30.0
EARLY, LATE = 250, 500  # iterations
TOLD = 25  # iterations between two words on progress


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d).

    Seed 0 starts from the principal components, which keeps the large forms best (Kobak and Berens 2019); every other
    seed starts from chance, to show what does not depend on the start.
    """
    parameters = {"perplexity": PERPLEXITY, "iterations": (EARLY, LATE)}
    return embedded(samples, choice, "t-SNE", parameters, partial(_embed, seed=choice.seed, step=step), step)


def _embed(latents: Latents, *, seed: int, step: Step) -> Numbers:
    from openTSNE import TSNE

    told = _Progress(step)
    embedding = TSNE(
        perplexity=min(PERPLEXITY, (len(latents) - 1) / 3),
        early_exaggeration_iter=EARLY,
        n_iter=LATE,
        initialization="random" if seed else "pca",
        random_state=seed,
        callbacks=told,
        callbacks_every_iters=TOLD,
    ).fit(latents)
    return np.asarray(embedding, dtype=np.float64)


class _Progress:
    """openTSNE counts the iterations of each of its two phases from 1."""

    def __init__(self, step: Step) -> None:
        self._step, self._done = step, 0

    def __call__(self, iteration: int, error: float, embedding: object) -> bool:
        self._done += TOLD
        self._step(min(self._done, EARLY + LATE), EARLY + LATE, "t-SNE")
        return False
