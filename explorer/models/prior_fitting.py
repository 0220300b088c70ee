"""A prior fitted to the latents of pictures: ex-post density estimation (Ghosh et al. 2020), for models that have none
or whose latents fill another one. scikit-learn fits, the result is numpy alone.
"""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.fitted import Fitted
from explorer.latents.moments import spread
from explorer.latents.samples import LatentSet

Numbers = NDArray[np.float64]
LEAST = 16  # latents
FULL_DIM = 256  # numbers of a latent whose covariance is fitted whole
TRIED = (2, 3, 5, 10)  # components; Ghosh et al. took 10
PER_NUMBER = 4  # latents a component and number, before mixtures are tried
MOST_FULL, MOST_AXES = 5000, 2000  # latents that are looked at: more take minutes
AXES = 256
EXPLAINED = 0.95  # of the variance lies along the axes; the rest each number moves by itself
LEAST_VARIANCE = 1e-8  # beside the largest: of a number that never moves
RIDGE = 1e-3  # of the variance, in every component: a few latents may lie in a plane


class Told(Protocol):
    """Told between steps; may raise to end it."""

    def __call__(self, done: int, total: int, text: str = "") -> None: ...


def fit_samples(samples: LatentSet, components: int = 0, *, step: Told) -> Fitted:
    """The prior that fits some samples: their posteriors where these are known, else their latents. Raises InputError.

    `components`: how many Gaussians; 0 takes as many as the Bayesian information criterion likes best.
    """
    latents = np.asarray(samples.latents)
    if samples.log_variances is not None:
        noise = np.random.default_rng(0).standard_normal(latents.shape, dtype=np.float32)
        latents = latents + np.exp(0.5 * np.asarray(samples.log_variances)) * noise
    return replace(fit(latents, components, step=step), source=samples.provenance)


def fit(latents: Latents, components: int = 0, *, step: Told) -> Fitted:
    """The prior that fits latents (n, d): a Gaussian or a mixture of full covariance; of large latents, a few axes.

    Raises InputError for too few.
    """
    n, d = latents.shape
    if n < max(LEAST, 2 * components):
        raise InputError(
            f"{n} latents are too few to fit a prior to.", f"Bring {max(LEAST, 2 * components)} pictures or more."
        )
    if d > FULL_DIM:
        step(0, 1, f"Looking for the axes of {min(n, MOST_AXES):,} latents")
        return _along_axes(latents[spread(n, MOST_AXES)].astype(np.float64))
    few = latents[spread(n, MOST_FULL)].astype(np.float64)
    scale = np.sqrt(np.maximum(few.var(axis=0), LEAST_VARIANCE * max(1e-12, few.var(axis=0).max())))
    return _rescaled(_best(few / scale, components, step), scale)


def _best(unit: Numbers, components: int, step: Told) -> Fitted:
    """The Gaussian or mixture with the least BIC; the numbers of `unit` (n, d) are of variance 1."""
    n, d = unit.shape
    tried = (components,) if components else (1, *(k for k in TRIED if n >= PER_NUMBER * k * d))
    best, least = None, np.inf
    for done, k in enumerate(tried):
        step(done, len(tried), "Fitting one Gaussian" if k == 1 else f"Fitting {k} Gaussians")
        one = _gaussian(unit) if k == 1 else _mixture(unit, k)
        if (score := bic(one, unit)) < least:
            best, least = one, score
    assert best is not None
    return best


def bic(fitted: Fitted, latents: NDArray[np.floating]) -> float:
    """-2 ln p of latents (n, d) + (free numbers) ln n (Schwarz 1978): less is better. Of full covariances."""
    k, d = fitted.components, fitted.dim
    free = k * (d + d * (d + 1) / 2) + k - 1
    return float(-2 * fitted.log_density(np.asarray(latents)).sum() + free * log(len(latents)))


def _gaussian(unit: Numbers) -> Fitted:
    """Shrunk towards a round one by Ledoit and Wolf (2004), so that it holds with fewer latents than numbers."""
    from sklearn.covariance import LedoitWolf

    found = LedoitWolf().fit(unit)
    return _of_covariances(np.ones(1), unit.mean(axis=0)[None], found.covariance_[None])


def _mixture(unit: Numbers, k: int) -> Fitted:
    from sklearn.mixture import GaussianMixture

    found = GaussianMixture(k, reg_covar=RIDGE, random_state=0, max_iter=100, tol=1e-3).fit(unit)
    return _of_covariances(found.weights_, found.means_, found.covariances_)


def _of_covariances(weights: Numbers, means: Numbers, covariances: Numbers) -> Fitted:
    roots = np.linalg.cholesky(covariances)
    return _floats(weights, means, roots, np.zeros_like(means))


def _along_axes(latents: Numbers) -> Fitted:
    """A Gaussian along the principal axes that hold `EXPLAINED` of the variance, and each number's own rest."""
    from sklearn.decomposition import PCA

    n, d = latents.shape
    found = PCA(min(AXES, n - 1, d), svd_solver="randomized", random_state=0).fit(latents)
    variances, total = found.explained_variance_, latents.var(axis=0, ddof=1)
    held = np.cumsum(variances) / max(total.sum(), 1e-12)
    rank = min(len(variances), int(np.searchsorted(held, EXPLAINED)) + 1)
    axes = found.components_[:rank].T * np.sqrt(variances[:rank])
    rest = np.sqrt(np.maximum(total - np.square(axes).sum(axis=1), 0.0))
    return _floats(np.ones(1), latents.mean(axis=0)[None], axes[None], rest[None])


def _rescaled(fitted: Fitted, scale: Numbers) -> Fitted:
    """The distribution of z * scale."""
    wide = fitted.factors * scale[None, :, None]
    return _floats(fitted.weights, fitted.means * scale, wide, fitted.spreads * scale)


def _floats(*arrays: NDArray[np.floating]) -> Fitted:
    weights, means, factors, spreads = (np.ascontiguousarray(one, dtype=np.float32) for one in arrays)
    return Fitted(weights, means, factors, spreads)
