"""The figures of a model card that every family has, measured on held-out pictures where pictures are needed."""

from __future__ import annotations

import math

import numpy as np

from explorer.latents import measures as numbers
from explorer.latents.arrays import Images
from explorer.models.base import CanEncode, CanScore, LatentModel, Posterior
from explorer.models.training.datasets import Dataset

TESTED = 1000  # held-out pictures the figures are taken from
SPREAD = 500  # pictures whose mutual distance is the diversity


def measured(model: LatentModel, dataset: Dataset) -> dict[str, object]:
    """Figures by name, as the card shows them."""
    images = dataset.tested[np.random.default_rng(0).permutation(len(dataset.tested))[:TESTED]]
    found: dict[str, object] = {"held_out_pictures": len(images)}
    if isinstance(model, CanEncode):
        posterior = model.encode(images)
        found |= reconstruction(model, images, posterior) | information(posterior)
    if isinstance(model, CanScore):
        dimensions = math.prod(model.card.image_shape)
        scores = model.log_prob(images, seed=0)
        found["bits_per_dimension"] = rounded(float(numbers.bits_per_dimension(scores, dimensions).mean()))
    sampled = model.decode(model.sample(SPREAD, seed=0))
    found["sample_diversity"] = rounded(
        mean_distance(sampled) / mean_distance(dataset.images[~dataset.held_out][:SPREAD])
    )
    return found


def reconstruction(model: LatentModel, images: Images, posterior: Posterior) -> dict[str, object]:
    """Root mean square and mean absolute error of a pixel, in 0..1, decoding the posterior's mean."""
    error = model.decode_float(posterior.mean) - images.astype(np.float32) / 255
    return {
        "reconstruction_rmse": rounded(float(np.sqrt(np.square(error).mean()))),
        "reconstruction_mae": rounded(float(np.abs(error).mean())),
    }


def information(posterior: Posterior) -> dict[str, object]:
    """KL of the posterior from the prior in nats, active units, and how well all posteriors together fill the prior.

    `aggregate_variance` is the mean over dimensions of var(mean) + E[variance]; 1 for the prior itself.
    """
    if posterior.log_variance is None:
        return {}
    variance = np.exp(posterior.log_variance.astype(np.float64)).mean(axis=0) + posterior.mean.astype(np.float64).var(
        axis=0
    )
    return {
        "kl_nats": rounded(numbers.kl(posterior.mean, posterior.log_variance)),
        "active_units": int(numbers.active_units(posterior.mean).sum()),
        "aggregate_variance": rounded(float(variance.mean())),
    }


def mean_distance(images: Images) -> float:
    """Mean distance of two pictures of a set: root mean square over pixels, in 0..1."""
    flat = images.reshape(len(images), -1).astype(np.float32) / 255
    squares = np.square(flat).sum(axis=1)
    gaps = np.clip(squares[:, None] + squares[None] - 2 * flat @ flat.T, 0, None) / flat.shape[1]
    pairs = max(1, len(flat) * (len(flat) - 1))
    return float(np.sqrt(gaps).sum() / pairs)


def rounded(value: float) -> float:
    """Four significant figures: the card shows no more."""
    return float(f"{value:.4g}")
