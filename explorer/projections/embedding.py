"""What the neighbour maps of the libraries have in common: a limit, a cache, a way up, and a lift that is measured."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents, Points
from explorer.latents.moments import moments
from explorer.latents.samples import LatentSet
from explorer.projections import kept
from explorer.projections.base import Parameter, Partial, ProjectionChoice, Step
from explorer.projections.neighbours import NeighbourMap, Numbers, lift_error, upright
from explorer.projections.pca import principal_axes

FEWEST = 20  # samples
FITTED = Parameter(
    "fitted",
    "Samples fitted",
    "At most so many, drawn by chance; the others are placed among their neighbours. More take longer.",
    10_000.0,
    1000.0,
    50_000.0,
    1000.0,
)
METRIC = Parameter(
    "metric",
    "Distance",
    "What makes two latents neighbours: Euclidean heeds their length, cosine only their direction.",
    "euclidean",
    options=("euclidean", "cosine"),
)
PAUSE_S = 0.15  # between two pictures of a map that is not done yet
VERSION = 2  # of what the parameters mean; another one makes every map anew


class Enough(Exception):  # noqa: N818 - no error: the map was to stop here
    """Raised by `Watch.see` within a library, to end its work."""


@dataclass
class Watch:
    """Looks on while a library works: tells of progress, shows what there is, and ends it where it was to stop."""

    name: str
    plane: Numbers  # (n, 2): what the map is turned like
    rows: NDArray[np.intp] | None
    stop: int
    step: Step
    last: NDArray[np.float64] | None = None
    _shown_at: float = field(default_factory=time.monotonic)

    def see(self, iteration: int, total: int, positions: Numbers) -> None:
        """The places (n, 2) after an iteration, counted from 1."""
        is_end = 0 < self.stop <= iteration
        if is_end:
            self.last = np.array(positions, dtype=np.float64)
            raise Enough
        if time.monotonic() - self._shown_at < PAUSE_S:
            return
        self._shown_at = time.monotonic()
        points = upright(np.asarray(positions, dtype=np.float64), self.plane)
        partial = Partial(points, self.rows, iteration, total) if np.isfinite(points).all() else None
        self.step(iteration, total, self.name, partial)


Embed = Callable[[Latents, ProjectionChoice, Watch], Numbers]


def embedded(
    samples: LatentSet,
    choice: ProjectionChoice,
    name: str,
    parameters: tuple[Parameter, ...],
    embed: Embed,
    step: Step,
) -> NeighbourMap:
    """The map called `name` that `embed` makes of latents (n, d), as points (n, 2); from the disk if made before.

    Raises InputError for fewer than 20 samples.
    """
    rows = fitted_rows(len(samples), int(FITTED.number(choice)), choice.seed)
    latents = samples.latents if rows is None else samples.latents[rows]
    key = _key(latents, choice, parameters)
    points = kept.load(key, len(latents))
    if points is None:
        step(0, 0, f"{name}: finding neighbours")
        mean, covariance = moments(latents)
        plane = (latents - mean) @ principal_axes(covariance)[0][:, :2]
        watch = Watch(name, plane, rows, choice.stopped, step)
        points = made(latents, choice, embed, watch)
        kept.save(key, points)
    return around(samples, choice, name, points, rows)


def stopped(
    samples: LatentSet, choice: ProjectionChoice, name: str, parameters: tuple[Parameter, ...], partial: Partial
) -> NeighbourMap:
    """The map that a fit would give which stops where `partial` was seen; `choice` says where."""
    latents = samples.latents if partial.rows is None else samples.latents[partial.rows]
    kept.save(_key(latents, choice, parameters), partial.points)
    return around(samples, choice, name, partial.points, partial.rows)


def around(
    samples: LatentSet, choice: ProjectionChoice, name: str, points: Points, rows: NDArray[np.intp] | None
) -> NeighbourMap:
    """The projection of places (m, 2) of the samples `rows` (m,), None for all."""
    latents = samples.latents if rows is None else samples.latents[rows]
    axis_names = (f"{name} across", f"{name} up")
    metric = str(METRIC.of(choice))
    return NeighbourMap(choice, axis_names, lift_error(latents, points), latents, points, len(samples), metric)


def _key(latents: Latents, choice: ProjectionChoice, parameters: tuple[Parameter, ...]) -> str:
    told: dict[str, object] = {parameter.name: parameter.of(choice) for parameter in parameters}
    told.update(kind=choice.kind, seed=choice.seed, stopped=choice.stopped, version=VERSION)
    return kept.name_of(latents, told)


def made(latents: Latents, choice: ProjectionChoice, embed: Embed, watch: Watch) -> Points:
    """Places (n, 2) of latents (n, d), turned like their principal components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries warn of what is meant: a seed, one thread, few samples
        try:
            points = np.asarray(embed(latents.copy(), choice, watch), dtype=np.float64)
        except Enough:
            assert watch.last is not None
            points = watch.last
    if points.shape != (len(latents), 2) or not np.isfinite(points).all():
        raise InputError("This map did not come out: it has places that are no numbers.", "Try another seed.")
    return upright(points, watch.plane)


def fitted_rows(count: int, most: int, seed: int) -> NDArray[np.intp] | None:
    """The samples that a fit takes, in their own order: by chance, `most` of `count`; None for all."""
    if count < FEWEST:
        raise InputError(
            f"A map of neighbours needs {FEWEST} samples or more.", "Choose another projection, such as PCA."
        )
    return None if count <= most else np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


@contextmanager
def watched(module: ModuleType, name: str, around: Callable[[Callable[..., object]], object]) -> Iterator[None]:
    """While it lasts, `around(function)` stands for a function of a library.

    WORKAROUND: neither umap-learn 0.5 nor pacmap 0.9 tells of its iterations. Only in a process or a test of its own.
    """
    function = getattr(module, name)
    setattr(module, name, around(function))
    try:
        yield
    finally:
        setattr(module, name, function)


def seen(move: Callable[..., object], watch: Watch, total: int) -> Callable[..., object]:
    """`move` of a library, which takes one of `total` steps and writes into the places (n, 2) that it is given first;
    `watch` sees them after each."""
    done = 0

    def run(positions: Numbers, *told: Any, **named: Any) -> object:
        nonlocal done
        result = move(positions, *told, **named)
        done += 1
        watch.see(done, total, positions)
        return result

    return run
