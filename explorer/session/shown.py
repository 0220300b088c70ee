"""What stands on the stage: the current place, or the frame of the path that the bead is at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.session.route import course_of, strengths_at
from explorer.session.state import NOTHING, Place, State, frozen


def shown_place(state: State) -> Place:
    """The place whose picture is shown: under a bead a latent of the path with the strengths of its keyframes.

    It is of no sample. A path that does not fit the space of the place, or has fewer than two waypoints, shows nothing
    of itself.
    """
    path, place = state.path, state.place
    course = None if path.position is None else course_of(path, place.base.size)
    if course is None or path.position is None:
        return place
    strengths = {name: float(values[0]) for name, values in strengths_at(path.keyframes, [path.position]).items()}
    return Place(place.space, frozen(course([path.position])[0]), MappingProxyType(strengths), place.truncation)


def shown_state(state: State, preview: Latent | None) -> State:
    """The state whose current place is what the stage shows: the place under the cursor (d,), if any, or the bead's."""
    place = shown_place(state)
    if preview is not None:
        place = Place(state.place.space, frozen(preview), NOTHING, state.place.truncation)
    return state if place is state.place else replace(state, place=place, path=replace(state.path, position=None))


def shown_latent(state: State, concepts: Iterable[Concept]) -> Latent:
    """The latent (d,) whose picture is shown; `concepts` are those of the space of the place."""
    place = shown_place(state)
    return edited(place.base, concepts, place.strengths)
