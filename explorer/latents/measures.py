"""Numbers about latents and likelihoods, each with its formula, its unit and its source."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.moments import are_finite, blocks, moments, spread
from explorer.latents.samples import HELD_OUT, Labels, LatentSet

Where = Literal["inside", "edge", "outside"]

ACTIVE = 0.01
"""A unit is active when its posterior mean varies more than this over the data (Burda et al. 2016)."""


def kl_per_dimension(mean: Latents, log_variance: Latents) -> NDArray[np.float64]:
    """KL of the posterior from N(0, 1), nats, float64 (d,): (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, mean over data."""
    nats = np.zeros(mean.shape[1])
    for rows in blocks(len(mean)):
        mu, ln_variance = (np.asarray(part[rows], dtype=np.float64) for part in (mean, log_variance))
        nats += (mu**2 + np.exp(ln_variance) - 1 - ln_variance).sum(axis=0)
    return nats / (2 * max(1, len(mean)))


def kl(mean: Latents, log_variance: Latents) -> float:
    """KL of the posterior from the prior, nats: the SUM over dimensions, mean over data."""
    return float(kl_per_dimension(mean, log_variance).sum())


def active_units(mean: Latents) -> NDArray[np.bool_]:
    """Which dimensions carry something, bool (d,): variance of mu over data > 0.01 (Burda et al. 2016)."""
    return np.asarray(np.diag(moments(mean)[1]) > ACTIVE)


def bits_per_dimension(log_p: NDArray[np.floating], dimensions: int) -> NDArray[np.float64]:
    """Bits for each value of a picture: -log p / (D ln 2).

    `log_p`: log probability of the 8-bit picture, nats. `dimensions` D: height * width * channels.
    """
    return -np.asarray(log_p, dtype=np.float64) / (dimensions * log(2))


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
        worth = np.diag(moments(samples.latents)[1])
    return np.argsort(-worth, kind="stable").astype(np.int64)


@dataclass(frozen=True)
class Nearness:
    """How near a latent is to the data.

    `distance` to the nearest sample, whose index is `sample`. `percentile` (0..100): share of the samples that have a
    nearer neighbour themselves. `where`: 'inside' to the 95th percentile, 'edge' to the 99.5th, 'outside' beyond; and
    'edge' at most beyond the usual lengths of the samples, 'outside' beyond all of them. The length of a latent is its
    distance from the mean of the samples.
    """

    distance: float
    percentile: float
    where: Where
    sample: int


class Neighbourhood:
    """The distances of a set of samples to each other, kept to tell whether a latent lies among them.

    Where `log_variances` (n, d) are known, the percentiles and the greatest lengths are those of draws of the
    posteriors, mean + sigma eps with a fixed seed: they are what the decoder learned from, and lie farther out and
    farther apart than the means. A sample counts by the distance to the nearest *other* one.

    At most `limit` samples are kept (evenly spread over the set), so that one question is one small matrix product.
    Never changed after it is built, so it may be asked from any thread.
    """

    def __init__(self, latents: Latents, limit: int = 4000, log_variances: Latents | None = None) -> None:
        if len(latents) < 2 or not are_finite(latents):
            raise InputError("There are too few samples to measure distances.", "Give two or more finite latents.")
        self._index = spread(len(latents), limit)
        self._centre = latents[self._index].mean(axis=0)  # far from the origin float32 would lose small distances
        self._latents = np.ascontiguousarray(latents[self._index] - self._centre)
        self._squares = np.einsum("ij,ij->i", self._latents, self._latents)
        drawn = self._latents if log_variances is None else _drawn(self._latents, log_variances[self._index])
        self._own = np.sort(self._own_distances(drawn))
        lengths = np.sqrt(self._squares), np.linalg.norm(drawn, axis=1)
        self._usual = float(np.quantile(lengths[0], 0.005)), float(np.quantile(lengths[1], 0.995))
        self._known = float(lengths[0].min()), float(lengths[1].max())

    def nearness(self, latent: Latent) -> Nearness:
        """Where a latent (d,) lies. Raises InputError for another dimension."""
        if latent.shape != self._centre.shape:
            raise InputError("This latent does not fit the samples.", f"Give {len(self._centre)} numbers.")
        at = latent - self._centre
        nearest = int(np.argmin(self._squares - 2 * (self._latents @ at)))
        distance = float(np.linalg.norm(self._latents[nearest] - at))
        percentile = 100.0 * float(np.searchsorted(self._own, distance)) / len(self._own)
        where = self._where(percentile, float(np.linalg.norm(at)))
        return Nearness(distance, percentile, where, int(self._index[nearest]))

    def _where(self, percentile: float, length: float) -> Where:
        if percentile <= 95 and _lies(length, self._usual):
            return "inside"
        return "edge" if percentile <= 99.5 and _lies(length, self._known) else "outside"

    def _own_distances(self, drawn: Latents, most: int = 1000, block: int = 250) -> NDArray[np.float32]:
        """Distance of `most` of the `drawn` to the nearest sample but their own, in blocks so that memory is small."""
        chosen = spread(len(drawn), most)
        own = np.empty(len(chosen), dtype=np.float32)
        for start in range(0, len(chosen), block):
            rows = chosen[start : start + block]
            squares = self._squares[None] - 2 * (drawn[rows] @ self._latents.T)
            squares[np.arange(len(rows)), rows] = np.inf
            nearest = squares.argmin(axis=1)
            own[start : start + block] = np.linalg.norm(self._latents[nearest] - drawn[rows], axis=1)
        return own


def _drawn(means: Latents, log_variances: Latents) -> Latents:
    """One draw of each posterior, float32 (n, d)."""
    noise = np.random.default_rng(0).standard_normal(means.shape, dtype=np.float32)
    draws: Latents = (means + np.exp(log_variances / 2) * noise).astype(np.float32)
    return draws


def _lies(length: float, ends: tuple[float, float]) -> bool:
    slack = 1e-4 * ends[1] + 1e-6  # of float32
    return ends[0] - slack <= length <= ends[1] + slack


def variance_told(latents: Latents, codes: NDArray[np.integer]) -> float:
    """Share of the latents' variance that lies between classes, 0..1 (eta squared, summed over dimensions).

    `latents` (n, d), `codes` (n,) the class of each; what is of no known class (below 0) is left out. Which label shows
    best on a map of these latents.
    """
    latents, codes = latents[codes >= 0], codes[codes >= 0]
    if not len(codes):
        return 0.0
    centred = latents - latents.mean(axis=0)
    total = float(np.square(centred).sum())
    counts = np.bincount(codes)
    sums = np.stack([np.bincount(codes, along, len(counts)) for along in centred.T], axis=1)
    between = np.square(sums).sum(axis=1)[counts > 0] / counts[counts > 0]
    return float(between.sum()) / total if total > 0 else 0.0


def most_telling(samples: LatentSet, points: Latents, most_classes: int = 12) -> Labels | None:
    """The labels whose classes lie farthest apart among `points` (n, 2): what to colour a map by. None without any.

    Labels of one class, or of more than `most_classes`, which cannot be told apart at a glance, are left out; so are
    colours where there is anything else, for a picture shows its colours anyway. Numbers come last.
    """
    rows = spread(len(points), 50_000)
    points = points[rows]
    codes = {labels.name: labels.values[rows].astype(np.int64) for labels in samples.labels if labels.is_category}
    candidates = [labels for labels in samples.labels if labels.name != HELD_OUT]
    fitting = [
        labels
        for labels in candidates
        if labels.is_category and 2 <= len(np.unique(codes[labels.name])) <= most_classes
    ]
    if not fitting:
        return next((labels for labels in candidates if not labels.is_category), None)
    fitting = [labels for labels in fitting if not labels.are_colours] or fitting
    return max(fitting, key=lambda labels: variance_told(points, codes[labels.name]))


def typical(samples: LatentSet, neighbours: int = 10) -> int:
    """The sample to start with: a usual length, in a dense place, its neighbours labelled as itself.

    The sample nearest to the mean of all is no usual one: it lies between the classes, and its picture is a blur.
    So: of the fifth whose length (distance from the mean) is nearest to the median, those whose classes agree best with
    their `neighbours`; of equals the one that lies more densely than about 70 % (the densest of all are the plainest).
    Raises InputError without samples.
    """
    if not len(samples):
        raise InputError("There is no sample to start with.", "Give one or more.")
    rows = spread(len(samples), 20_000)
    some = samples.latents[rows]
    lengths = np.linalg.norm(some - some.mean(axis=0), axis=1)
    usual = np.argsort(np.abs(lengths - np.median(lengths)), kind="stable")[: max(len(lengths) // 5, 1)]
    chosen = rows[np.sort(usual)[spread(len(usual), 400)]]
    others = spread(len(samples), 2000)
    near, distances = _nearest(samples.latents, chosen, others, min(neighbours, len(others) - 1))
    density = np.argsort(np.argsort(distances, kind="stable")) / len(chosen)
    order = np.lexsort((np.abs(density - 0.3), -_agreement(samples, chosen, others[near]).round(6)))
    return int(chosen[order[0]])


def _nearest(
    latents: Latents, chosen: NDArray[np.int64], others: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The `count` nearest of `others` to each of `chosen`, places in `others` (c, count), and their mean distance."""
    if count < 1:
        return np.zeros((len(chosen), 0), dtype=np.int64), np.zeros(len(chosen), dtype=np.float32)
    centre = latents[others].mean(axis=0)  # far from the origin float32 would lose small distances
    ours, theirs = (latents[rows] - centre for rows in (chosen, others))
    lengths = [np.einsum("ij,ij->i", rows, rows) for rows in (ours, theirs)]
    squares = lengths[0][:, None] - 2 * (ours @ theirs.T) + lengths[1]
    squares[chosen[:, None] == others] = np.inf
    near = np.argpartition(squares, count - 1, axis=1)[:, :count]
    return near, np.sqrt(np.maximum(np.take_along_axis(squares, near, axis=1), 0)).mean(axis=1)


def _agreement(samples: LatentSet, chosen: NDArray[np.int64], near: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many classes each of `chosen` shares with its neighbours `near` (c, k): the sum over labels, float64 (c,)."""
    shared = np.zeros(len(chosen))
    for labels in samples.labels:
        if labels.is_category and labels.name != HELD_OUT and near.size:
            shared += (labels.values[near] == labels.values[chosen][:, None]).mean(axis=1)
    return shared
