"""What the gallery can show: the selection, all samples, the nearest of something, a subset. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.latents.arrays import Latent
from explorer.latents.near import Metric, nearest
from explorer.latents.samples import LatentSet
from explorer.latents.selections import NONE, to_mask
from explorer.session.state import State

SELECTION, ALL, NEAR_LATENT, NEAR_MEAN = "selection", "all", "near latent", "near mean"
TITLES = {
    SELECTION: "Selection",
    ALL: "All samples",
    NEAR_LATENT: "Nearest to the current latent",
    NEAR_MEAN: "Nearest to the selection's mean",
}
NEAREST = 200  # samples


@dataclass(frozen=True, eq=False)
class Shown:
    """Samples int64 (k,) in their order, and the distances that stand under them, if any."""

    samples: np.ndarray
    distances: np.ndarray | None = None

    def within(self, found: np.ndarray, count: int) -> Shown:
        """Those of them that a query found, in the same order."""
        kept = to_mask(found, count)[self.samples]
        return Shown(self.samples[kept], None if self.distances is None else self.distances[kept])


@dataclass(frozen=True)
class Source:
    """What is asked for: `kind` is one of TITLES, or '' for the subset `name`."""

    kind: str = SELECTION
    name: str = ""
    metric: Metric = "euclidean"

    @property
    def is_near(self) -> bool:
        return self.kind in (NEAR_LATENT, NEAR_MEAN)


def shown(source: Source, state: State, samples: LatentSet, current: Callable[[], Latent]) -> Shown:
    """The samples of a source. `current` gives the latent on the stage (d,)."""
    count = len(samples)
    if source.kind == ALL:
        return Shown(np.arange(count))
    if source.is_near:
        latent = current() if source.kind == NEAR_LATENT else _mean(state, samples)
        if latent is None or latent.shape != (samples.dim,):
            return Shown(NONE)
        near = nearest(samples.latents, latent, NEAREST, source.metric)
        return Shown(near.samples, near.distances)
    subset = state.subset(source.name) if not source.kind else None
    indices = state.selection if source.kind == SELECTION else NONE if subset is None else subset.indices
    return Shown(indices[indices < count])


def _mean(state: State, samples: LatentSet) -> Latent | None:
    selected = state.selection[state.selection < len(samples)]
    mean: Latent | None = samples.latents[selected].mean(axis=0) if len(selected) else None
    return mean
