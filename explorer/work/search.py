"""The search for a path in the engine process: a step now and then, so that it is never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from explorer.errors import InputError
from explorer.latents.paths import Course, Knots, searched
from explorer.models.base import LatentModel
from explorer.work.messages import Found
from explorer.work.orders import SearchOrder

if TYPE_CHECKING:
    from explorer.latents.arrays import Latents
    from explorer.models.network import NetworkModel


class Search:
    """One search. It runs as far as the next better course with each `step`."""

    def __init__(self, order: SearchOrder, model: LatentModel, samples: Latents) -> None:
        """Raises InputError for a model without gradients."""
        if not hasattr(model, "pictures_with_slope"):
            raise InputError(f"{model.card.name} offers no gradients.", "Choose another kind of path.")
        from explorer.models.terrain import Terrain

        ground = Terrain(cast("NetworkModel", model), samples, order.space, order.truncation)
        self._order = order
        self._ways: Iterator[Course] = searched(order.kind, order.waypoints, ground, closed=order.closed)
        self._best: Knots | None = None

    def step(self) -> Found | None:
        """What was found meanwhile; None when it is over before anything was."""
        course = next(self._ways, None)
        if isinstance(course, Knots):
            self._best = course
            return Found(self._order.key, self._order.mark, course, is_last=False)
        return None if self._best is None else Found(self._order.key, self._order.mark, self._best, is_last=True)
