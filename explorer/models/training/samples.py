"""Which encoded samples are kept with a model, and how much each dimension does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.latents.samples import HELD_OUT, Labels, LatentSet
from explorer.models.base import CanEncode, CanScore, LatentModel
from explorer.models.training.datasets import Dataset

EFFECT_LATENTS = 48  # from which each dimension is moved to measure its effect


def encoded(model: LatentModel, dataset: Dataset, count: int, *, seed: int = 0) -> LatentSet:
    """`count` pictures through the encoder, a quarter of them held out (where there are so many), in a random order."""
    assert isinstance(model, CanEncode)
    rows = kept_rows(dataset.held_out, count, seed)
    images = dataset.images[rows]
    posterior = model.encode(images)
    space = model.card.spaces[-1]
    scores = model.log_prob(images, seed=seed) if isinstance(model, CanScore) else None
    held_out = Labels(HELD_OUT, dataset.held_out[rows].astype(np.int64), ("no", "yes"))
    return LatentSet(
        space=space.name,
        latents=posterior.mean,
        log_variances=posterior.log_variance,
        labels=(*(chosen(labels, rows) for labels in dataset.labels), held_out),
        log_likelihoods=scores,
        effects=effects(model, posterior.mean, space.name),
        provenance=f"encoded samples of {dataset.name}",
        grouped_by=dataset.grouped_by,
    )


def kept_rows(held_out: NDArray[np.bool_], count: int, seed: int) -> NDArray[np.int64]:
    """At most `count` rows, a quarter of them held out, in a random order."""
    random = np.random.default_rng(seed)
    tested = random.permutation(np.flatnonzero(held_out))[: count // 4]
    learned = random.permutation(np.flatnonzero(~held_out))[: count - len(tested)]
    return random.permutation(np.concatenate([tested, learned])).astype(np.int64)


def chosen(labels: Labels, rows: NDArray[np.int64]) -> Labels:
    """The labels of some rows."""
    return Labels(labels.name, labels.values[rows], labels.names)


def effects(model: LatentModel, latents: Latents, space: str) -> NDArray[np.float32]:
    """How much each dimension does, float32 (d,): mean absolute change of a pixel (0..1) per deviation of the samples.

    Each dimension is moved by one deviation down and up from a few samples.
    """
    base, spread = latents[:EFFECT_LATENTS], latents.std(axis=0)
    found = np.empty(latents.shape[1], np.float32)
    for dim, step in enumerate(spread):
        moved = np.zeros(latents.shape[1], np.float32)
        moved[dim] = step
        down, up = (model.decode_float(base + sign * moved, space=space) for sign in (-1, 1))
        found[dim] = np.abs(up - down).mean() / 2
    return found
