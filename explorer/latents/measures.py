"""Numbers about latents and likelihoods, each with its formula, its unit and its source."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.samples import HELD_OUT, Labels, LatentSet

Where = Literal["inside", "edge", "outside"]

ACTIVE = 0.01
"""A unit is active when its posterior mean varies more than this over the data (Burda et al. 2016)."""


def kl_per_dimension(mean: Latents, log_variance: Latents) -> NDArray[np.float64]:
    """KL of the posterior from N(0, 1), nats, float64 (d,): (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, mean over data."""
    mu, ln_variance = mean.astype(np.float64), log_variance.astype(np.float64)
    nats: NDArray[np.float64] = ((mu**2 + np.exp(ln_variance) - 1 - ln_variance) / 2).mean(axis=0)
    return nats


def kl(mean: Latents, log_variance: Latents) -> float:
    """KL of the posterior from the prior, nats: the SUM over dimensions, mean over data."""
    return float(kl_per_dimension(mean, log_variance).sum())


def active_units(mean: Latents) -> NDArray[np.bool_]:
    """Which dimensions carry something, bool (d,): variance of mu over data > 0.01 (Burda et al. 2016)."""
    return np.asarray(mean.astype(np.float64).var(axis=0) > ACTIVE)


def bits_per_dimension(log_p: NDArray[np.floating], dimensions: int) -> NDArray[np.float64]:
    """Bits for each value of a picture: -log p / (D ln 2).

    `log_p`: log probability of the 8-bit picture, nats. `dimensions` D: height * width * channels.
    """
    return -np.asarray(log_p, dtype=np.float64) / (dimensions * log(2))


def bits_per_dimension_of_density(
    log_density: NDArray[np.floating], dimensions: int, bins: int = 256
) -> NDArray[np.float64]:
    """The same from a density over pictures scaled to 0..1, uniformly dequantised: (-log p + D ln bins) / (D ln 2).

    A bin is 1/bins wide, so its probability is about density / bins^D.
    """
    return bits_per_dimension(np.asarray(log_density, dtype=np.float64) - dimensions * log(bins), dimensions)


def typical_length(dim: int) -> float:
    """Expected length of a latent of N(0, I): sqrt(2) Gamma((d + 1)/2) / Gamma(d/2), close to sqrt(d - 1/2)."""
    return sqrt(2) * exp(lgamma((dim + 1) / 2) - lgamma(dim / 2))


def by_effect(samples: LatentSet) -> NDArray[np.int64]:
    """Dimensions, the most effective first, int64 (d,).

    By the measured effect on the picture; without one by the KL of each dimension; without that by the variance.
    """
    if samples.effects is not None:
        worth = np.asarray(samples.effects, dtype=np.float64)
    elif samples.log_variances is not None:
        worth = kl_per_dimension(samples.latents, samples.log_variances)
    else:
        worth = samples.latents.astype(np.float64).var(axis=0)
    return np.argsort(-worth, kind="stable").astype(np.int64)


@dataclass(frozen=True)
class Nearness:
    """How near a latent is to the data.

    `distance` to the nearest sample, whose index is `sample`. `percentile` (0..100): share of the samples whose own
    nearest neighbour is nearer than that. `where`: 'inside' to the 95th, 'edge' to the 99.5th, 'outside' beyond.
    """

    distance: float
    percentile: float
    where: Where
    sample: int


class Neighbourhood:
    """The distances of a set of samples to each other, kept to tell whether a latent lies among them.

    At most `limit` samples are kept (evenly spread over the set), so that one question is one small matrix product.
    Never changed after it is built, so it may be asked from any thread.
    """

    def __init__(self, latents: Latents, limit: int = 4000) -> None:
        if len(latents) < 2 or not np.isfinite(latents).all():
            raise InputError("There are too few samples to measure distances.", "Give two or more finite latents.")
        self._index = np.linspace(0, len(latents) - 1, min(limit, len(latents))).astype(np.int64)
        self._centre = latents[self._index].mean(axis=0)  # far from the origin float32 would lose small distances
        self._latents = np.ascontiguousarray(latents[self._index] - self._centre)
        self._squares = np.einsum("ij,ij->i", self._latents, self._latents)
        self._own = np.sort(self._own_distances())

    def nearness(self, latent: Latent) -> Nearness:
        """Where a latent (d,) lies. Raises InputError for another dimension."""
        if latent.shape != self._centre.shape:
            raise InputError("This latent does not fit the samples.", f"Give {len(self._centre)} numbers.")
        at = latent - self._centre
        nearest = int(np.argmin(self._squares - 2 * (self._latents @ at)))
        distance = float(np.linalg.norm(self._latents[nearest] - at))
        percentile = 100.0 * float(np.searchsorted(self._own, distance)) / len(self._own)
        where: Where = "inside" if percentile <= 95 else "edge" if percentile <= 99.5 else "outside"
        return Nearness(distance, percentile, where, int(self._index[nearest]))

    def _own_distances(self, block: int = 512) -> NDArray[np.float32]:
        """Distance of every sample to its nearest other, float32 (n,), in blocks so that memory stays small."""
        own = np.empty(len(self._latents), dtype=np.float32)
        for start in range(0, len(own), block):
            rows = slice(start, start + block)
            squares = self._squares[None] - 2 * (self._latents[rows] @ self._latents.T)
            squares[np.arange(len(squares)), np.arange(start, start + len(squares))] = np.inf
            nearest = squares.argmin(axis=1)
            own[rows] = np.linalg.norm(self._latents[nearest] - self._latents[rows], axis=1)
        return own


def variance_told(latents: Latents, codes: NDArray[np.integer]) -> float:
    """Share of the latents' variance that lies between classes, 0..1 (eta squared, summed over dimensions).

    `latents` (n, d), `codes` (n,) the class of each. Which label shows best on a map of these latents.
    """
    centred = latents - latents.mean(axis=0)
    total = float(np.square(centred).sum())
    counts = np.bincount(codes)
    sums = np.zeros((len(counts), latents.shape[1]))
    np.add.at(sums, codes, centred)
    between = np.square(sums).sum(axis=1)[counts > 0] / counts[counts > 0]
    return float(between.sum()) / total if total > 0 else 0.0


def most_telling(samples: LatentSet, points: Latents, most_classes: int = 12) -> Labels | None:
    """The labels whose classes lie farthest apart among `points` (n, 2): what to colour a map by. None without any.

    Labels of one class, or of more than `most_classes`, which cannot be told apart at a glance, are left out; so are
    colours where there is anything else, for a picture shows its colours anyway. Numbers come last.
    """
    candidates = [labels for labels in samples.labels if labels.name != HELD_OUT]
    fitting = [
        labels for labels in candidates if labels.is_category and 2 <= len(np.unique(labels.values)) <= most_classes
    ]
    if not fitting:
        return next((labels for labels in candidates if not labels.is_category), None)
    fitting = [labels for labels in fitting if not labels.are_colours] or fitting
    return max(fitting, key=lambda labels: variance_told(points, labels.values.astype(np.int64)))
