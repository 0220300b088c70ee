"""Closed-form factorisation (SeFa, Shen & Zhou 2021): what the first layer that takes the latent amplifies most.

For y = A z the change |A n| of a step n of length 1 is greatest along the eigenvectors of A^T A. It asks for no
samples; it serves GANs and the first layer of any decoder.
"""

from __future__ import annotations

import numpy as np

from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.principal import upright


def fit(weights: Numbers, count: int) -> Numbers:
    """`count` orthogonal unit directions (k, d) for weights (outputs, d), the most amplified first."""
    _values, vectors = np.linalg.eigh(weights.T @ weights)
    return upright(vectors.T[::-1][:count])
