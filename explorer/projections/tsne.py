"""t-SNE: a map that keeps each sample beside its neighbours (van der Maaten and Hinton 2008), by openTSNE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections.base import Parameter, ProjectionChoice, Step
from explorer.projections.embedding import FITTED, METRIC, Watch, embedded
from explorer.projections.neighbours import NeighbourMap, Numbers

PERPLEXITY = Parameter(
    "perplexity",
    "Perplexity",
    "About how many neighbours each sample heeds: few show fine grain, many show larger forms.",
    30.0,
    2.0,
    200.0,
)
ITERATIONS = Parameter("iterations", "Iterations", "How long the map settles.", 750.0, 300.0, 3000.0, 50.0)
PARAMETERS = (PERPLEXITY, ITERATIONS, METRIC, FITTED)
EARLY = 250  # iterations in which the clumps are drawn together
TOLD = 5  # iterations between two words on progress


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> NeighbourMap:
    """The map of the samples (n, d).

    Seed 0 starts from the principal components, which keeps the large forms best (Kobak and Berens 2019); every other
    seed starts from chance, to show what does not depend on the start.
    """
    return embedded(samples, choice, "t-SNE", PARAMETERS, _embed, step)


def _embed(latents: Latents, choice: ProjectionChoice, watch: Watch) -> Numbers:
    from openTSNE import TSNE

    iterations = int(ITERATIONS.number(choice))
    embedding = TSNE(
        perplexity=min(PERPLEXITY.number(choice), (len(latents) - 1) / 3),
        metric=METRIC.of(choice),
        early_exaggeration_iter=EARLY,
        n_iter=iterations - EARLY,
        initialization="random" if choice.seed else "pca",
        random_state=choice.seed,
        callbacks=_Progress(watch, iterations),
        callbacks_every_iters=TOLD,
    ).fit(latents)
    return np.asarray(embedding, dtype=np.float64)


class _Progress:
    """openTSNE counts the iterations of each of its two phases from 1."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch, self._total, self._done = watch, total, 0

    def __call__(self, iteration: int, error: float, embedding: Numbers) -> bool:
        self._done += TOLD
        self._watch.see(self._done, self._total, embedding)
        return False
