"""A distribution that was fitted to latents: a mixture of Gaussians, each of full covariance or along a few axes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents

Numbers = NDArray[np.float64]
JUDGED = 1000  # draws that a latent is held against
LEAST_SPREAD = 1e-6  # of a number, beside the largest: a density needs some


@dataclass(frozen=True, eq=False)
class Fitted:
    """z = mean + factor e + spread n, e and n of N(0, I), of one of k components.

    `weights` (k,), which sum to 1; `means` (k, d); `factors` (k, d, r): lower triangular with r = d for a full
    covariance L L^T, else a few axes; `spreads` (k, d): what each number moves by itself, 0 beside a full covariance.
    All float32. `source`: what it was fitted to, '512 pictures of faces'. Raises InputError for arrays that do not fit.
    """

    weights: NDArray[np.float32]
    means: NDArray[np.float32]
    factors: NDArray[np.float32]
    spreads: NDArray[np.float32]
    source: str = ""

    def __post_init__(self) -> None:
        k, d = self.means.shape if self.means.ndim == 2 else (0, 0)
        rank = self.factors.shape[2] if self.factors.ndim == 3 else -1
        fits = self.factors.shape == (k, d, rank) and self.weights.shape == (k,) and self.spreads.shape == (k, d)
        arrays = (self.weights, self.means, self.factors, self.spreads)
        if not fits or not k or not d or not all(np.isfinite(one).all() for one in arrays):
            raise InputError("This fitted prior is damaged: its arrays do not fit each other.", "Fit it again.")
        if (self.weights < 0).any() or not 0.999 < float(self.weights.sum()) < 1.001 or (self.spreads < 0).any():
            raise InputError("This fitted prior is damaged: its weights are none.", "Fit it again.")

    @property
    def dim(self) -> int:
        return int(self.means.shape[1])

    @property
    def components(self) -> int:
        return len(self.weights)

    @property
    def rank(self) -> int:
        """Axes of a component; as many as numbers for a full covariance."""
        return int(self.factors.shape[2])

    @property
    def words(self) -> str:
        """'Gaussian of full covariance fitted to 512 pictures of faces'."""
        how = "of full covariance" if self.rank == self.dim else f"along {self.rank} axes" if self.rank else "by number"
        what = f"Gaussian {how}" if self.components == 1 else f"mixture of {self.components} Gaussians {how}"
        return f"{what}, fitted to {self.source}" if self.source else what

    def draw(self, n: int, seed: int) -> Latents:
        """n latents, float32 (n, d); the first rows do not depend on n."""
        noise = np.random.default_rng(seed).standard_normal((n, self.rank))
        of = self.component_of(n, seed)
        drawn = self.means[of].astype(np.float64)
        for component in np.unique(of):
            rows = of == component
            drawn[rows] += noise[rows] @ self.factors[component].T
        if self.spreads.any():
            drawn += self.spreads[of] * np.random.default_rng([seed, 2]).standard_normal((n, self.dim))
        return drawn.astype(np.float32)

    def component_of(self, n: int, seed: int) -> NDArray[np.intp]:
        """Which component each of the n draws of a seed comes from, (n,)."""
        edges = np.cumsum(self.weights, dtype=np.float64)
        places = np.random.default_rng([seed, 1]).random(n) * edges[-1]
        found: NDArray[np.intp] = np.searchsorted(edges, places, side="right").astype(np.intp)
        return np.minimum(found, self.components - 1)

    @property
    def mean(self) -> Numbers:
        """Float64 (d,)."""
        return self.weights.astype(np.float64) @ self.means

    @property
    def covariance(self) -> Numbers:
        """Float64 (d, d): within the components, and between them."""
        total = np.zeros((self.dim, self.dim))
        centred = self.means - self.mean
        for weight, off, factor, spread in zip(self.weights, centred, self.factors, self.spreads, strict=True):
            wide = factor.astype(np.float64)
            total += float(weight) * (wide @ wide.T + np.diag(spread.astype(np.float64) ** 2) + np.outer(off, off))
        return total

    def margin(self, number: int) -> tuple[float, float]:
        """Mean and standard deviation of one number of a latent; of one component they are all there is to know."""
        within = np.square(self.factors[:, number]).sum(axis=1) + np.square(self.spreads[:, number])
        mean = float(self.weights @ self.means[:, number])
        variance = float(self.weights @ (within + np.square(self.means[:, number] - mean)))
        return mean, max(variance, 1e-24) ** 0.5

    def log_density(self, latents: Latents) -> Numbers:
        """ln p(z) of latents (n, d), nats, float64 (n,)."""
        parts = [
            log(max(float(weight), 1e-300)) + _log_gaussian(latents - mean.astype(np.float64), factor, spread)
            for weight, mean, factor, spread in zip(self.weights, self.means, self.factors, self.spreads, strict=True)
        ]
        total: Numbers = np.logaddexp.reduce(np.stack(parts), axis=0)
        return total

    def percentile(self, latent: NDArray[np.float32]) -> float:
        """How many of 100 draws have a lower density than a latent (d,)."""
        lower = self._densities < self.log_density(latent[None])[0]
        return 100.0 * float(lower.mean())

    @cached_property
    def _densities(self) -> Numbers:
        return self.log_density(self.draw(JUDGED, seed=0))

    @cached_property
    def digest(self) -> str:
        """What tells it from others: 16 hex digits of the sha256 of its numbers."""
        total = hashlib.sha256()
        for name, array in self.arrays().items():
            total.update(f"{name} {array.shape}".encode() + np.ascontiguousarray(array, dtype="<f4").tobytes())
        return total.hexdigest()[:16]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """What `of` makes the same again from."""
        return {"weights": self.weights, "means": self.means, "factors": self.factors, "spreads": self.spreads}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.generic]], source: str) -> Fitted:
        """The distribution of `arrays`. Raises InputError where one is missing or does not fit."""
        names = ("weights", "means", "factors", "spreads")
        if any(name not in arrays or arrays[name].dtype.kind != "f" for name in names):
            raise InputError("This fitted prior is damaged: an array is missing.", "Fit it again.")
        weights, means, factors, spreads = (np.ascontiguousarray(arrays[name], dtype=np.float32) for name in names)
        return cls(weights, means, factors, spreads, source)


def _log_gaussian(offs: Numbers, factor: NDArray[np.float32], spread: NDArray[np.float32]) -> Numbers:
    """ln N(0, F F^T + S^2) at offs (n, d), by the inverse of a small matrix (Woodbury) where the axes are few."""
    wide, (count, d) = factor.astype(np.float64), offs.shape
    own = np.maximum(spread.astype(np.float64), LEAST_SPREAD * max(1.0, float(np.abs(factor).max(initial=0.0))))
    if wide.shape[1] >= d:
        root = np.linalg.cholesky(wide @ wide.T + np.diag(own**2))
        squares = np.square(np.linalg.solve(root, offs.T)).sum(axis=0)
        return np.asarray(-0.5 * (squares + d * log(2 * pi)) - np.log(np.diag(root)).sum())
    scaled, axes = offs / own, wide / own[:, None]
    root = np.linalg.cholesky(np.eye(axes.shape[1]) + axes.T @ axes)
    within = np.square(np.linalg.solve(root, axes.T @ scaled.T)).sum(axis=0) if axes.shape[1] else np.zeros(count)
    squares = np.square(scaled).sum(axis=1) - within
    return np.asarray(-0.5 * (squares + d * log(2 * pi)) - np.log(own).sum() - np.log(np.diag(root)).sum())
