"""From the state to what lies over the map. No Qt: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.latents.arrays import Latent, Points
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.models.base import Card
from explorer.projections.base import Projection
from explorer.projections.equalised import Equalised
from explorer.session.route import latents_along, waypoints_of
from explorer.session.state import PathSetting, Place, State
from explorer.session.studio import Bucket, Studio
from explorer.ui.map.marks import Arrow, Draft, Route
from explorer.ui.map.nearest import PointGrid

PATH_POINTS, MOST_PATH_POINTS = 64, 512
GAUSSIAN = ("standard normal", "N(0, I)")  # what a card calls a prior whose every number is N(0, 1)
SIGMAS = np.arange(-3, 4)


def is_gaussian(projection: Projection, card: Card, space: str, prior: ChosenPrior | None = None) -> bool:
    """Whether both axes are numbers of a latent whose prior is a Gaussian: N(0, I), or one that was fitted."""
    fitted = prior.fitted if prior is not None and space == card.spaces[0].name else None
    gaussian = any(known.name == space and known.prior in GAUSSIAN for known in card.spaces)
    return (gaussian or (fitted is not None and fitted.components == 1)) and projection.choice.kind == "axes"


def bent(
    projection: Projection, points: Points, index: PointGrid | None, prior: ChosenPrior | None = None
) -> tuple[Projection, Points, PointGrid | None]:
    """A projection, its points (n, 2) and the grid over them on axes of equal probability of a Gaussian prior."""
    equal = Equalised(projection)
    if prior is not None and prior.fitted is not None:
        first, second = (prior.fitted.margin(one) for one in (projection.choice.first, projection.choice.second))
        equal = Equalised(projection, (first[0], second[0]), (first[1], second[1]))
    return equal, equal.bend(points), index.bent(equal.bend) if index else None


def place_text(projection: Projection, point: NDArray[np.float64]) -> str:
    """The two numbers of a place (2,), in the latent's own units: 'z 1: 0.53' and 'z 2: -1.20'."""
    if isinstance(projection, Equalised):
        point = projection.straighten(point[None].astype(np.float32))[0].astype(np.float64)
    names = [name.partition(" (")[0] for name in projection.axis_names]
    lines = [f"{name}: {value:.2f}" for name, value in zip(names, point.tolist(), strict=True)]
    return "\n".join(lines).replace("-", "\N{MINUS SIGN}")


def place_one(projection: Projection, latent: Latent) -> Points:
    """Position of one latent (d,), float32 (2,)."""
    position: Points = projection.place(latent[None])[0]
    return position


def moved_concept(old: Place, new: Place, before: str | None) -> str | None:
    """The concept that a change moved; the one of `before` while nothing speaks against it, None when all rest at 0."""
    names = {*old.strengths, *new.strengths}
    moved = [name for name in names if old.strengths.get(name, 0.0) != new.strengths.get(name, 0.0)]
    name = moved[0] if len(moved) == 1 else before
    return name if name is not None and new.strengths.get(name, 0.0) else None


def arrow(
    place: Place, concepts: Sequence[Concept], name: str | None, projection: Projection, colour: str = ""
) -> Arrow | None:
    """The arrow of the concept called `name`: what it moved, along its whole line from -3 to +3 sigma."""
    concept = next((concept for concept in concepts if concept.name == name), None)
    if concept is None or concept.direction.shape != place.base.shape:
        return None
    strength = place.strengths.get(concept.name, 0.0)
    rest = {other: value for other, value in place.strengths.items() if other != concept.name}
    tail = edited(place.base, concepts, rest)
    line = tail + (SIGMAS[:, None] * concept.sigma * concept.direction).astype(np.float32)
    tip = tail + np.float32(strength * concept.sigma) * concept.direction
    text = f"{concept.name} moved {strength:+.1f}".replace("-", "\N{MINUS SIGN}")
    text += f"  \N{MIDDLE DOT}  {visible(projection, concept.direction)}"
    return Arrow(projection.place(line), place_one(projection, tail), place_one(projection, tip), text, colour)


def visible(projection: Projection, direction: Latent) -> str:
    """How much of a direction (d,) this map shows; a map that bends shows no direction as a whole."""
    if projection.lift_error:
        return "bent by this map"
    return f"{100 * projection.share(direction):.0f} % visible here"


def draft(studio: Studio, samples: LatentSet, projection: Projection) -> Draft | None:
    """The concept in the making on the map; None while there is none in this space."""
    making = studio.making
    if making.space != samples.space or making.is_empty:
        return None
    means = [_mean(bucket, samples) for bucket in (making.without, making.with_)]
    without, with_ = (samples.latents.mean(axis=0) if mean is None else mean for mean in means)
    text = making.name or "new concept"
    if studio.draft is not None:
        text += f"  \N{MIDDLE DOT}  {visible(projection, studio.draft.direction)}"
    return Draft(place_one(projection, without), place_one(projection, with_), text)


def _mean(bucket: Bucket, samples: LatentSet) -> Latent | None:
    rows = [samples.latents[[place for place in bucket.samples if place < len(samples)]]]
    rows += [latent[None] for latent in bucket.latents if latent.shape == (samples.dim,)]
    found = np.concatenate(rows)
    return found.mean(axis=0) if len(found) else None


def route(path: PathSetting, dim: int, projection: Projection, concepts: Sequence[Concept] = ()) -> Route:
    """The path with its waypoints and its bead; empty where the waypoints are of another space."""
    waypoints = waypoints_of(path, dim)
    if waypoints is None:
        return Route()
    pins = Route(stops=projection.place(waypoints))
    positions = np.linspace(0, 1, min(PATH_POINTS * max(len(waypoints) - 1, 1), MOST_PATH_POINTS))
    if path.position is not None:
        positions = np.append(positions, path.position)
    line = _along(path, positions, dim, projection, concepts)
    if line is None:
        return pins
    bead = None if path.position is None else line[-1]
    return replace(pins, line=line if bead is None else line[:-1], bead=bead)


def with_bead(known: Route, path: PathSetting, projection: Projection, concepts: Sequence[Concept] = ()) -> Route:
    """The same path with its bead elsewhere: a frame of a film draws no line anew."""
    if path.position is None or known.line is None:
        return replace(known, bead=None)
    dim = path.waypoints[0].latent.size
    placed = _along(path, np.array([path.position]), dim, projection, concepts)
    return replace(known, bead=None if placed is None else placed[0])


def routes_differ(old: PathSetting, new: PathSetting) -> bool:
    """Whether the line of a path has to be drawn anew."""
    return any(
        getattr(old, name) is not getattr(new, name) and getattr(old, name) != getattr(new, name)
        for name in ("waypoints", "kind", "closed", "keyframes", "course")
    )


def current_latent(state: State, concepts: Sequence[Concept]) -> Latent:
    """What the picture shows: the base with its concepts, (d,)."""
    return edited(state.place.base, concepts, state.place.strengths)


def _along(
    path: PathSetting, positions: np.ndarray, dim: int, projection: Projection, concepts: Sequence[Concept]
) -> Points | None:
    try:
        latents = latents_along(path, positions, dim, concepts)
    except ExplorerError:  # the path panel says what is wrong with this path
        return None
    return None if latents is None else projection.place(latents)
