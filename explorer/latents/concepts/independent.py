"""Independent components (FastICA, Hyvärinen 1999): directions along which the samples are least Gaussian.

Symmetric FastICA with the contrast log cosh, on whitened samples. Of a VAE's latents, which are pulled towards a
Gaussian, it tells little where the prior was matched well.
"""

from __future__ import annotations

import numpy as np

from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.principal import upright

MOST_STEPS = 200
MOST_DIMENSIONS = 64  # principal components among which sources are sought: the rest is taken for noise
ENOUGH = 1e-6


def fit(latents: Numbers, count: int, seed: int = 0) -> Numbers:
    """`count` unit directions (k, d), the least Gaussian first: moving along one changes one component alone."""
    centred = latents - latents.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = values > 1e-10 * values[-1]
    kept[:-MOST_DIMENSIONS] = False
    scale = np.sqrt(values[kept])
    white = centred @ (vectors[:, kept] / scale)
    unmixing = _unmixing(white, seed)
    mixing = (vectors[:, kept] * scale) @ unmixing.T  # (d, k): a column moves one component
    order = np.argsort(-np.abs(_excess(white @ unmixing.T)), kind="stable")[:count]
    directions = mixing.T[order]
    return upright(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def _unmixing(white: Numbers, seed: int) -> Numbers:
    """Rotation (k, k) to the independent components of whitened samples (n, k)."""
    found = _orthogonal(np.random.default_rng(seed).standard_normal((white.shape[1],) * 2))
    for _ in range(MOST_STEPS):
        bent = np.tanh(white @ found.T)
        turned = _orthogonal(bent.T @ white / len(white) - (1 - bent**2).mean(axis=0)[:, None] * found)
        still = np.abs(np.abs((turned * found).sum(axis=1)) - 1).max()
        found = turned
        if still < ENOUGH:
            break
    return found


def _orthogonal(matrix: Numbers) -> Numbers:
    """The nearest rotation: (M M^T)^(-1/2) M."""
    left, _values, right = np.linalg.svd(matrix)
    return np.asarray(left @ right)


def _excess(sources: Numbers) -> Numbers:
    """E log cosh of each source (n, k) less that of a Gaussian: 0 for a bell."""
    gaussian = 0.37456720  # E log cosh of N(0, 1)
    return np.asarray(np.log(np.cosh(np.clip(sources, -300, 300))).mean(axis=0) - gaussian)
