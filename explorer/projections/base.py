"""The contract of a projection: fit, place, lift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.scope import WHOLE, Scope

Value = float | str


@dataclass(frozen=True)
class ProjectionChoice:
    """Which projection the user asked for: 'pca' with two components, 'axes' with two dimensions, counted from 0, ...

    `label` tells what 'lda' separates; `across` and `up` name the concepts of 'concepts', where '' leaves the choice to
    the fit; `seed` is the chance in the neighbour maps. `tuned`: the parameters that are not as usual, by name, in
    order (see `Kind.parameters`). `stopped`: the iteration at which a map was kept that was not yet done; 0 for a map
    that ran to its end. `scope`: the part of a latent that the map is of, for the kinds that have maps of a part.
    """

    kind: str = "pca"
    first: int = 0
    second: int = 1
    label: str = ""
    across: str = ""
    up: str = ""
    seed: int = 0
    tuned: tuple[tuple[str, Value], ...] = ()
    stopped: int = 0
    scope: Scope = WHOLE


@dataclass(frozen=True)
class Parameter:
    """A number in `low`..`high`, or one of `options`, that a kind of projection can be told."""

    name: str
    label: str
    hint: str
    usual: Value
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    options: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it counts something."""
        return not self.options and self.step >= 1

    def fitting(self, value: Value) -> Value:
        """The nearest value that there is: the usual one for a word that is no option."""
        if self.options:
            return value if value in self.options else self.usual
        if isinstance(value, str):
            return self.usual
        number = min(max(float(value), self.low), self.high)
        return float(round(number)) if self.is_whole else number

    def of(self, choice: ProjectionChoice) -> Value:
        """Its value in a choice."""
        return self.fitting(dict(choice.tuned).get(self.name, self.usual))

    def number(self, choice: ProjectionChoice) -> float:
        """Its value in a choice, where it is a number."""
        return float(self.of(choice))

    def set(self, choice: ProjectionChoice, value: Value) -> ProjectionChoice:
        """The choice with another value of it: a map that was stopped begins anew."""
        tuned = {**dict(choice.tuned), self.name: self.fitting(value)}
        if tuned[self.name] == self.usual:
            del tuned[self.name]
        return replace(choice, tuned=tuple(sorted(tuned.items())), stopped=0)


class Projection(Protocol):
    """A fitted projection. A value: it is never changed after the fit."""

    @property
    def choice(self) -> ProjectionChoice: ...

    @property
    def axis_names(self) -> tuple[str, str]:
        """'PC 1 (12 %)', 'z 4'; empty where an axis means nothing."""
        ...

    @property
    def lift_name(self) -> str:
        """What kind of inverse `lift` is, in words: 'plane through the current latent'."""
        ...

    @property
    def lift_hint(self) -> str:
        """A few sentences that explain it to a newcomer."""
        ...

    @property
    def lift_error(self) -> float:
        """0 for an exact inverse; else the measured error of an estimated latent: the root of its mean square, over
        that of the samples' mean as an estimate, for samples whose own latent the estimate did not know."""
        ...

    def place(self, latents: Latents) -> Points:
        """Positions of latents (n, d) on the map, float32 (n, 2)."""
        ...

    def lift(self, points: Points, current: Latent) -> Latents:
        """Latents of positions (n, 2), through the latent `current` (d,).

        Where the inverse is exact, `place(lift(points, current))` gives the points back, and
        `lift(place(current), current)` gives current. An estimate knows only the samples: it leaves `current` aside.
        """
        ...

    def share(self, direction: Latent) -> float:
        """Share of the length of a direction (d,) that is visible on the map, 0..1."""
        ...


@dataclass(frozen=True, eq=False)
class Partial:
    """A map that is not done yet, after `iteration` of `total`: float32 places (m, 2) of the samples `rows` (m,), None
    for all of them."""

    points: Points
    rows: NDArray[np.intp] | None
    iteration: int
    total: int


class Step(Protocol):
    """Told between the parts of a fit, with what there is to see already; may raise to end it."""

    def __call__(self, done: int, total: int, text: str = "", partial: Partial | None = None) -> None: ...


def silent(done: int, total: int, text: str = "", partial: Partial | None = None) -> None:
    """A step that nobody listens to."""


class Fit(Protocol):
    """How a kind of projection is fitted; one file each."""

    def __call__(
        self, samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept], step: Step
    ) -> Projection: ...


@dataclass(frozen=True)
class Kind:
    """A kind of projection: its name, a hint of one line, how it is fitted, and what that needs.

    `library`: the module that must be installed, '' for none; its fit is long and holds the interpreter, so it belongs
    in a process of its own. `chosen`: the fields of a `ProjectionChoice` that it heeds. `parameters`: those of its
    `tuned` values that it heeds. `has_parts`: it can be fitted to a part of a latent.
    """

    name: str
    hint: str
    fit: Fit
    chosen: tuple[str, ...] = ()
    library: str = ""
    parameters: tuple[Parameter, ...] = ()
    has_parts: bool = False
