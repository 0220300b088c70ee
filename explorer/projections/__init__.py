"""Many dimensions to two, and back where there is a way back. A new kind is one file and one line in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Points
from explorer.latents.concepts import Concept
from explorer.latents.moments import are_finite
from explorer.latents.samples import LatentSet
from explorer.projections import axes, concepts, embedding, lda, pacmap, pca, tsne, umap
from explorer.projections.base import Fit, Kind, Parameter, Partial, Projection, ProjectionChoice, Step, silent
from explorer.projections.neighbours import NeighbourMap
from explorer.projections.part import NeighboursWithin, Part

__all__ = [
    "KINDS",
    "Fit",
    "Kind",
    "Parameter",
    "Part",
    "Partial",
    "Projection",
    "ProjectionChoice",
    "choices",
    "fit",
    "fitting",
    "is_installed",
    "lack",
    "points_of",
    "stopped",
]

PLACED_AT_ONCE = 5000
MAPS_HINT = "Install it with: pip install 'latent-explorer[maps]'"
KINDS: Mapping[str, Kind] = {
    "pca": Kind(
        "PCA",
        "Principal components: the directions along which the samples differ most.",
        pca.fit,
        ("first", "second"),
        has_parts=True,
    ),
    "axes": Kind("Two dimensions", "Two of the latent's own numbers, as they are.", axes.fit, ("first", "second")),
    "concepts": Kind("Concepts", "Across one concept, up another: each says how much.", concepts.fit, ("across", "up")),
    "lda": Kind("LDA", "The directions that part the classes of a label best.", lda.fit, ("label",), has_parts=True),
    "tsne": Kind(
        "t-SNE",
        "Neighbours stay together; sizes and distances mean little.",
        tsne.fit,
        ("seed",),
        "openTSNE",
        tsne.PARAMETERS,
        has_parts=True,
    ),
    "umap": Kind(
        "UMAP",
        "The graph of neighbours, drawn flat; distances mean little.",
        umap.fit,
        ("seed",),
        "umap",
        umap.PARAMETERS,
        has_parts=True,
    ),
    "pacmap": Kind(
        "PaCMAP",
        "Neighbours, and more of the whole than t-SNE keeps.",
        pacmap.fit,
        ("seed",),
        "pacmap",
        pacmap.PARAMETERS,
        has_parts=True,
    ),
}


def fit(
    samples: LatentSet,
    choice: ProjectionChoice,
    concepts: Sequence[Concept] = (),
    step: Step = silent,
    part: Part | None = None,
) -> Projection:
    """Fit the projection that was asked for; its `choice` says which components it took (see `fitting`).

    `concepts`: those of the model, for axes that are concepts. `part`: what of a latent `choice.scope` is, for the
    kinds that have maps of a part. `step` is told of progress and may raise to end the fit.
    Raises InputError for an unknown kind, a library that is not installed, no samples, samples with NaN, fewer than two
    dimensions, and where a kind lacks labels or concepts.
    """
    if choice.kind not in KINDS:
        raise InputError(f"There is no projection called '{choice.kind}'.", f"Choose one of: {', '.join(KINDS)}.")
    if not len(samples) or not are_finite(samples.latents):
        raise InputError("The samples cannot be drawn on a map.", "Give one or more samples of finite numbers.")
    kind = KINDS[choice.kind]
    if not is_installed(choice.kind):
        raise InputError(f"{kind.name} is not installed.", f"{MAPS_HINT}.")
    if part is None or not kind.has_parts:
        return kind.fit(samples, fitting(choice, samples.dim), concepts, step)
    within = part.of(samples)
    return part.widened(kind.fit(within, fitting(choice, within.dim), concepts, step), samples)


def stopped(samples: LatentSet, partial: Partial, choice: ProjectionChoice, part: Part | None = None) -> Projection:
    """The map that was to be seen when its fit was stopped; `choice.stopped` says after which iteration."""
    kind, within = KINDS[choice.kind], samples if part is None else part.of(samples)
    made = embedding.stopped(within, choice, kind.name, kind.parameters, partial)
    return made if part is None else part.widened(made, samples)


def points_of(projection: Projection, samples: LatentSet, step: Step = silent) -> Points:
    """Where the samples (n, d) are, float32 (n, 2): by the fit itself where it took them all.

    `step` is told where placing them takes a while.
    """
    if not isinstance(projection, NeighbourMap):
        return projection.place(samples.latents)
    known = samples.latents[:, projection.part.numbers] if isinstance(projection, NeighboursWithin) else samples.latents
    if np.array_equal(projection.latents, known):
        return projection.points
    points = np.empty((len(samples), 2), dtype=np.float32)
    for start in range(0, len(samples), PLACED_AT_ONCE):
        step(start, len(samples), "Placing the samples")
        points[start : start + PLACED_AT_ONCE] = projection.place(samples.latents[start : start + PLACED_AT_ONCE])
    return points


def is_installed(kind: str) -> bool:
    """Whether the library of a kind is there; nothing is imported."""
    library = KINDS[kind].library
    return not library or find_spec(library) is not None


def lack(kind: str, samples: LatentSet, known: Sequence[Concept]) -> str:
    """Why a kind cannot be fitted to these samples, for a person; '' if it can."""
    if not is_installed(kind):
        return MAPS_HINT
    if kind == "concepts" and not any(concepts.fits(concept, samples) for concept in known):
        return "This space has no concepts yet."
    if kind == "lda" and not any(lda.has_classes(labels) for labels in samples.labels):
        return "The samples have no label with classes."
    return ""


def choices(dim: int) -> tuple[ProjectionChoice, ...]:
    """The kinds for every space of `dim` dimensions, whatever is known of its samples and whatever is installed.

    The best for a start comes first; none for fewer than two dimensions.
    """
    if dim < 2:
        return ()
    kinds = ("axes", "pca") if dim == 2 else ("pca", "axes")  # two latents are a map already
    return tuple(ProjectionChoice(kind) for kind in kinds)


def fitting(choice: ProjectionChoice, dim: int) -> ProjectionChoice:
    """The choice with two different components that a space of `dim` dimensions has.

    A choice outlives a change of model, so a component that is not there becomes the nearest one that is. Raises
    InputError for fewer than two dimensions.
    """
    if dim < 2:
        raise InputError(
            "A map needs at least two latent dimensions.", f"This space has {dim}: use its sliders instead of the map."
        )
    first, second = (min(max(index, 0), dim - 1) for index in (choice.first, choice.second))
    if first == second:
        second = first - 1 if first == dim - 1 else first + 1
    return replace(choice, first=first, second=second)
