"""The state: one frozen value that says what the user is looking at.

Arrays in it are never written in place; fields are compared with `is`. What can be computed from it is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeVar

import numpy as np

from explorer.latents.arrays import Latent
from explorer.latents.paths import Knots
from explorer.latents.priors import ChosenPrior
from explorer.latents.selections import NONE, Indices, Only, Subset, chosen
from explorer.models.scope import WHOLE, Scope
from explorer.projections.base import ProjectionChoice
from explorer.session.studio import Studio

PlayMode = Literal["once", "loop", "ping-pong"]
Seat = Literal["first", "second"]  # of a map
NOTHING: Mapping[str, float] = MappingProxyType({})


def frozen(latent: Latent) -> Latent:
    """A float32 copy that cannot be written."""
    copy = np.array(latent, dtype=np.float32)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, eq=False)
class Pin:
    """A waypoint: a latent, and the sample it came from, if any."""

    latent: Latent
    sample: int | None = None


@dataclass(frozen=True, eq=False)
class Keyframe:
    """Concept strengths, in sigma, that a path has reached at a position in 0..1; between keyframes they go evenly."""

    at: float
    strengths: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class PathSetting:
    """A path through waypoints. `position` in 0..1 is where the bead is, None while the stage shows the latent.

    `kind`: a name in `latents.paths.KINDS`; those of `compared` are shown beside it. `company`: the selected samples
    take the same way in rows of their own. `closed`: it comes back to the first waypoint. `even`: frames are spaced by
    the change of the picture. `course`: what was found for a kind that is searched for; None before.
    """

    waypoints: tuple[Pin, ...] = ()
    kind: str = "spherical"
    closed: bool = False
    keyframes: tuple[Keyframe, ...] = ()
    even: bool = False
    compared: tuple[str, ...] = ()
    company: bool = False
    frames: int = 48
    rate: float = 24.0  # frames a second
    mode: PlayMode = "ping-pong"
    seed: int = 0  # of the last loop or walk
    position: float | None = None
    course: Knots | None = None

    def changed(self, **fields: object) -> PathSetting:
        """The same with fields replaced; what was found for another course is forgotten."""
        if fields.keys() & {"waypoints", "kind", "closed"} and "course" not in fields:
            fields["course"] = None
        return replace(self, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Origin:
    """A picture of the user's, and the latent it led to. `error`: mean absolute difference of a pixel between it and
    what the latent decodes to, in 0..1; None where nobody measured it."""

    name: str
    latent: Latent
    error: float | None = None


@dataclass(frozen=True, eq=False)
class Place:
    """What one picture needs: a latent as `base` plus concept strengths, its space and truncation.

    `strengths`: in sigma, by concept name. `sample`: index of the sample that `base` is, or None. `seed`: the seed that
    made `base`, or None. `origin`: the picture that `base` was found for, as long as it is that very latent.
    `temperature`: what draws of the prior are scaled by, `base` where it is one.
    """

    space: str
    base: Latent
    strengths: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    truncation: float = 1.0
    sample: int | None = None
    seed: int | None = None
    origin: Origin | None = None
    temperature: float = 1.0

    @property
    def picture(self) -> Origin | None:
        """The picture of the user's that `base` was found for; None once it was moved."""
        return self.origin if self.origin is not None and self.origin.latent is self.base else None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A place on the shelf, with its exact state and a number that never repeats within a session."""

    number: int
    place: Place


@dataclass(frozen=True, eq=False)
class State:
    """Everything that undo covers."""

    model: str  # path of the opened model folder, as text; '' before the first
    place: Place
    projection: ProjectionChoice = field(default_factory=ProjectionChoice)
    colour: str = ""  # name of the labels that colour the map; '' for none
    path: PathSetting = field(default_factory=PathSetting)
    shelf: tuple[Snapshot, ...] = ()
    studio: Studio = field(default_factory=Studio)
    second: ProjectionChoice | None = None  # of the map beside the first; None while there is one map
    brought: str = ""  # what the user's own samples on show are kept under; '' for the model's
    selection: Indices = field(default_factory=lambda: NONE)  # of the samples on show
    subsets: tuple[Subset, ...] = ()  # of the same samples, no name twice
    only: Only | None = None  # of the same samples, those that are shown; None: all
    scope: Scope = WHOLE  # what of a latent gestures change
    prior: ChosenPrior | None = None  # what random latents are drawn from; None for what the model came with

    def subset(self, name: str) -> Subset | None:
        """The subset of this name."""
        return next((subset for subset in self.subsets if subset.name == name), None)

    def choice(self, seat: Seat) -> ProjectionChoice | None:
        """What the map in a seat shows; None where there is no map."""
        return self.projection if seat == "first" else self.second

    def choosing(self, seat: Seat, choice: ProjectionChoice) -> dict[str, ProjectionChoice]:
        """The fields to change so that the map in a seat shows another projection."""
        return {"projection" if seat == "first" else "second": choice}

    def within(self, count: int) -> State:
        """The same state without the samples that a set of `count` does not have."""
        waypoints = tuple(_without_sample(pin, count) for pin in self.path.waypoints)
        return replace(
            self,
            place=_without_sample(self.place, count),
            path=replace(self.path, waypoints=waypoints),
            shelf=tuple(replace(one, place=_without_sample(one.place, count)) for one in self.shelf),
            selection=chosen(self.selection, count),
            studio=self.studio.within(count),
            subsets=tuple(replace(one, indices=chosen(one.indices, count)) for one in self.subsets),
            only=self._only_within(count),
        )

    def _only_within(self, count: int) -> Only | None:
        """None where nothing would be left to see."""
        kept = None if self.only is None else chosen(self.only.indices, count)
        return replace(self.only, indices=kept) if self.only is not None and kept is not None and len(kept) else None

    def going(self, place: Place) -> dict[str, object]:
        """The fields to change for another place; in another space the waypoints of the path mean nothing: they go."""
        if place.space == self.place.space:
            return {"place": place}
        return {"place": place, "path": replace(self.path, waypoints=(), position=None, course=None)}

    def moved(self, **place: object) -> State:
        """The same state at another place."""
        return replace(self, place=replace(self.place, **place))  # type: ignore[arg-type]


Kept = TypeVar("Kept", Pin, Place)


def _without_sample(kept: Kept, count: int) -> Kept:
    """The same latent, of no sample where a set of `count` does not have it."""
    return kept if kept.sample is None or kept.sample < count else replace(kept, sample=None)


def empty(model: str = "") -> State:
    """The state before a model is open."""
    return State(model=model, place=Place(space="z", base=frozen(np.zeros(0, dtype=np.float32))))
