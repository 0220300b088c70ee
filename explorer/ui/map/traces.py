"""What the map remembers of the way here: the last places of the latent, and the concept that was moved last. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.projections.base import Projection
from explorer.session.state import State
from explorer.ui.map import scene
from explorer.ui.map.marks import Marks

TRAIL = 20  # places that are remembered


class Traces:
    """`current` is the latent on the stage: the base with its concepts, float32 (d,)."""

    def __init__(self, state: State, concepts: Sequence[Concept] = ()) -> None:
        self.current: Latent = scene.current_latent(state, concepts)
        self._trail: list[Latent] = []
        self._moved: str | None = None

    def follow(self, old: State, new: State, concepts: Sequence[Concept]) -> None:
        """The place changed."""
        before, self.current = self.current, scene.current_latent(new, concepts)
        self._moved = scene.moved_concept(old.place, new.place, self._moved)
        if before.shape != self.current.shape:
            self._trail.clear()
        elif not np.array_equal(before, self.current):
            self._trail = [*self._trail, before][-TRAIL:]

    def marks(self, state: State, concepts: Sequence[Concept], projection: Projection) -> Marks:
        """Everything that follows from the state; the preview is not in it."""
        trail = np.stack([*self._trail, self.current])
        colour = state.studio.arrangement.colours.get(self._moved or "", "")
        return Marks(
            current=scene.place_one(projection, self.current),
            trail=projection.place(trail) if len(trail) > 1 else None,
            arrow=scene.arrow(state.place, concepts, self._moved, projection, colour),
            route=scene.route(state.path, len(self.current), projection, concepts),
        )
