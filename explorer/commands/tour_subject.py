"""What a tour is about: a model, its samples and concepts, and the places worth visiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import explorer
from explorer.latents.arrays import Images, Latent, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, LatentModel
from explorer.models.folder import read_concepts, read_samples, resolve

AT_ONCE = 32
DRAWN = 1500
"""Samples of the prior, for a model that came without samples."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A model with its samples in one space, and the concepts that live there."""

    model: LatentModel
    samples: LatentSet
    concepts: tuple[Concept, ...]
    seed: int = 0

    @property
    def card(self) -> Card:
        return self.model.card

    def decode(self, latents: Latents) -> Images:
        """Pictures of any number of latents, some at a time."""
        parts = [latents[start : start + AT_ONCE] for start in range(0, len(latents), AT_ONCE)]
        return np.concatenate([self.model.decode(part, space=self.samples.space) for part in parts])

    @property
    def smooth(self) -> bool:
        """Whether its pictures look better smoothed when they are enlarged."""
        return min(self.card.image_shape[:2]) >= 48


def opened(name_or_path: str | Path, *, seed: int = 0, device: str | None = None) -> Subject:
    """Open a model for a tour. Raises CheckpointError, DeviceError."""
    folder = resolve(name_or_path)
    model = explorer.open(folder, device=device)
    known = read_samples(folder, model.card)
    space = model.card.default_space.name
    samples = known.get(space) or LatentSet(
        space, model.sample(DRAWN, seed=seed, space=space), provenance="samples of the prior"
    )
    concepts = tuple(one for one in read_concepts(folder, model.card) if one.space == space)
    return Subject(model, samples, concepts or dimensions(samples), seed)


def dimensions(samples: LatentSet, most: int = 6) -> tuple[Concept, ...]:
    """The latent dimensions that do the most, as directions: for a model without concepts."""
    spread = samples.latents.std(axis=0)
    effects = samples.effects if samples.effects is not None else spread
    order = np.argsort(-effects, kind="stable")[:most]
    axes = np.eye(samples.dim, dtype=np.float32)
    means = samples.latents.mean(axis=0)
    return tuple(
        Concept(
            f"{samples.space} {dim + 1}", axes[dim], max(float(spread[dim]), 1e-6), float(means[dim]), samples.space
        )
        for dim in order
    )


def ordinary(subject: Subject) -> Latent:
    """A sample without extremes, so that every slider has room on both sides, and yet with a face of its own.

    Of the tenth whose farthest coordinate along any concept is nearest to the middle, the one with the longest latent.
    """
    latents = subject.samples.latents
    farthest = np.abs(np.stack([concept.coordinate(latents) for concept in subject.concepts], axis=1)).max(axis=1)
    calm = np.argsort(farthest, kind="stable")[: max(len(latents) // 10, 1)]
    chosen: Latent = latents[calm[int((latents[calm] ** 2).sum(axis=1).argmax())]]
    return chosen


def ends(points: Points, seed: int) -> tuple[int, int]:
    """Two samples far apart on the map, of forty drawn inside it."""
    low, high = np.percentile(points, (6, 94), axis=0)
    inside = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    pool = inside if len(inside) >= 2 else np.arange(len(points))
    drawn = np.random.default_rng(seed).choice(pool, min(40, len(pool)), replace=False)
    distances = ((points[drawn][:, None] - points[drawn][None]) ** 2).sum(axis=-1)
    first, second = np.unravel_index(int(distances.argmax()), distances.shape)
    return int(drawn[first]), int(drawn[second])


def few(samples: LatentSet, most: int = 6000, seed: int = 0) -> LatentSet:
    """At most `most` of the samples, in a random order: a picture shows no more."""
    if len(samples) <= most:
        return samples
    rows = np.random.default_rng(seed).permutation(len(samples))[:most]
    labels = tuple(replace(one, values=one.values[rows]) for one in samples.labels)
    return LatentSet(samples.space, samples.latents[rows], labels=labels, provenance=samples.provenance)
