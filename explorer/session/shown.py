"""What stands on the stage: the current place, or the frame of the path that the bead is at."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.paths import points
from explorer.session.state import NOTHING, Place, State, frozen


def shown_place(state: State) -> Place:
    """The place whose picture is shown: under a bead a latent of the path, without strengths and of no sample.

    A path that does not fit the space of the place, or lacks an end, shows nothing of itself.
    """
    latent = _under_bead(state)
    return state.place if latent is None else Place(state.place.space, frozen(latent), NOTHING, state.place.truncation)


def shown_latent(state: State, concepts: Iterable[Concept]) -> Latent:
    """The latent (d,) whose picture is shown; `concepts` are those of the space of the place."""
    place = shown_place(state)
    return edited(place.base, concepts, place.strengths)


def _under_bead(state: State) -> Latent | None:
    path, shape = state.path, state.place.base.shape
    if path.position is None or path.a is None or path.b is None:
        return None
    if path.a.latent.shape != shape or path.b.latent.shape != shape:
        return None
    latent: Latent = points(path.kind, path.a.latent, path.b.latent, [path.position])[0]
    return latent
