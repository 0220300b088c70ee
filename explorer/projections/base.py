"""The contract of a projection: fit, place, lift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet


@dataclass(frozen=True)
class ProjectionChoice:
    """Which projection the user asked for: 'pca' with two components, 'axes' with two dimensions, counted from 0, ...

    `label` tells what 'lda' separates; `across` and `up` name the concepts of 'concepts', where '' leaves the choice to
    the fit; `seed` is the chance in the neighbour maps.
    """

    kind: str = "pca"
    first: int = 0
    second: int = 1
    label: str = ""
    across: str = ""
    up: str = ""
    seed: int = 0


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


class Step(Protocol):
    """Told between the parts of a fit; may raise to end it."""

    def __call__(self, done: int, total: int, text: str = "") -> None: ...


def silent(done: int, total: int, text: str = "") -> None:
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
    in a process of its own. `chosen`: the fields of a `ProjectionChoice` that it heeds.
    """

    name: str
    hint: str
    fit: Fit
    chosen: tuple[str, ...] = ()
    library: str = ""
