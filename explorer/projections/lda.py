"""Linear discriminants: the directions that part the classes of a label best (Fisher 1936, Rao 1948)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.measures import variance_told
from explorer.latents.moments import moments, spread
from explorer.latents.samples import Labels, LatentSet
from explorer.projections.base import ProjectionChoice, Step
from explorer.projections.pca import what_remains
from explorer.projections.plane import LIFT_HINT, LIFT_NAME, Plane

Numbers = NDArray[np.float64]
MOST = 100_000  # samples that say where the classes lie
SOME = 1000  # samples that nearly always say whether there are two classes
FLOOR = 1e-4  # of the mean variance within classes, added to each: a direction without variance separates nothing


def fit(samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step) -> Plane:
    """The two best discriminants of the label `choice.label`, or of the label that tells most of the variance.

    A unit of the map is one standard deviation within the classes. Two classes have one discriminant: up goes the first
    principal component of what remains, in its own standard deviations. Raises InputError for samples without classes.
    """
    labels = chosen_labels(samples, choice.label)
    known = np.flatnonzero(known_classes(labels))
    known = known[spread(len(known), MOST)]
    axes, shares = discriminants(samples.latents[known].astype(np.float64), labels.values[known].astype(np.int64))
    names = [f"{labels.name} {index + 1} ({100 * share:.0f} %)" for index, share in enumerate(shares[:2])]
    mean, covariance = moments(samples.latents)
    if len(shares) < 2:
        axes = np.column_stack([axes, what_remains(covariance, axes[:, 0])])
        names = [labels.name, "most of what remains"]
    return Plane(choice, (names[0], names[1]), LIFT_NAME, LIFT_HINT, axes[:, :2], mean, mean)


def chosen_labels(samples: LatentSet, name: str) -> Labels:
    """The label `name` if it has classes, else the one whose classes tell most of the latents' variance."""
    fitting = [labels for labels in samples.labels if has_classes(labels)]
    if not fitting:
        raise InputError("These samples have no label with classes.", "Choose another projection, such as PCA.")
    named = next((labels for labels in fitting if labels.name == name), None)
    return named or max(fitting, key=lambda labels: _told(samples, labels))


def has_classes(labels: Labels) -> bool:
    """Whether a label parts the samples in two or more classes."""
    if not labels.is_category or not len(labels.values):
        return False
    some = labels.values[spread(len(labels.values), SOME)]
    return _differ(some, len(labels.names)) or _differ(labels.values, len(labels.names))


def _differ(codes: NDArray[np.generic], count: int) -> bool:
    """Whether two of the codes that are classes, 0..count - 1, differ."""
    known = codes.astype(np.int64, copy=False)
    known = known[(known >= 0) & (known < count)]
    return bool(len(known)) and bool(known.min() < known.max())


def known_classes(labels: Labels) -> NDArray[np.bool_]:
    """Which samples have a class, bool (n,)."""
    codes = labels.values.astype(np.int64)
    return (codes >= 0) & (codes < len(labels.names))


def discriminants(latents: Numbers, codes: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Columns (d, k), the best first, and their shares of the variance between classes (k,); k = classes - 1 at most.

    The variance within classes becomes the unit first; then the principal components of the class means are taken.
    """
    classes, index, counts = np.unique(codes, return_inverse=True, return_counts=True)
    means = np.stack([latents[index == place].mean(axis=0) for place in range(len(classes))])
    within = latents - means[index]
    covariance = within.T @ within / max(1, len(latents) - len(classes))
    variances, vectors = np.linalg.eigh(covariance)
    floor = FLOOR * float(variances.mean()) or 1.0
    whitening = vectors / np.sqrt(np.clip(variances, 0, None) + floor)
    spread = (means - latents.mean(axis=0)) * np.sqrt(counts / len(latents))[:, None] @ whitening
    _, lengths, directions = np.linalg.svd(spread, full_matrices=False)
    kept = lengths > 1e-9 * max(float(lengths[0]), 1e-300)
    kept[len(classes) - 1 :] = False
    if not kept.any():
        raise InputError("The classes of this label all have the same mean.", "Choose another label.")
    axes = whitening @ directions[kept].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return axes * np.where(largest < 0, -1.0, 1.0), lengths[kept] ** 2 / np.square(lengths[kept]).sum()


def _told(samples: LatentSet, labels: Labels) -> float:
    known = np.flatnonzero(known_classes(labels))
    known = known[spread(len(known), MOST)]
    return variance_told(samples.latents[known], labels.values[known].astype(np.int64))
