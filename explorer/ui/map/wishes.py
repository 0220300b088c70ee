"""What is done on a map, as wishes to the store. No Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.measures import by_effect
from explorer.latents.selections import NONE, Indices, Way, chosen, combined, same
from explorer.projections.base import ProjectionChoice
from explorer.session.scoped import led_to, titled
from explorer.session.state import Seat
from explorer.session.store import Store
from explorer.ui.map.chart import Chart


class Wishes:
    """Of the map in one seat."""

    def __init__(self, store: Store, chart: Chart, seat: Seat) -> None:
        self._store, self._chart, self._seat = store, chart, seat
        self._stroke: tuple[int, Indices] = (0, NONE)  # the last one that picked, and what was selected before it

    def ask_preview(self, point: NDArray[np.float64] | None) -> None:
        """The cursor is at a place (2,), or nowhere."""
        latent = None if point is None else self._chart.lifted(point)
        self._chart.hovered = None if point is None or latent is None else (point, latent)
        self._store.show_preview(latent)

    def ask_place(self, point: NDArray[np.float64], sample: int | None) -> None:
        """A click: to a sample, which alone is selected, or to the place itself. The path no longer holds the stage."""
        state, samples = self._store.state, self._chart.samples
        latent = self._chart.lifted(point) if sample is None or samples is None else samples.latents[sample]
        if latent is None:
            return
        title = titled("Go to this point" if sample is None else f"Choose sample {sample}", self._chart.scope_words)
        place = led_to(state.place, self._chart.current, latent, self._chart.moving, sample=sample)
        self._chart.asked = (point, place.base) if sample is None else None
        selection = state.selection if sample is None else chosen([sample])
        self._store.change(title, place=place, path=replace(state.path, position=None), selection=selection)

    def ask_picked(self, picked: Indices, way: Way, stroke: int) -> None:
        """Samples were picked by hand; what one stroke picks is one step. It counts from where the stroke began."""
        now = self._store.state.selection
        if self._stroke[0] != stroke:
            self._stroke = stroke, now
        selection = combined(self._stroke[1], picked, way)
        if not same(selection, now):
            title = f"Select {len(selection):,} samples" if len(selection) else "Select nothing"
            self._store.change(title, gesture=(self, stroke), selection=selection)

    def ask_all(self) -> None:
        """No sample is hidden any more."""
        if self._store.state.only is not None:
            self._store.change("Show all samples", only=None)

    def ask_kind(self, kind: str) -> None:
        """Two dimensions begin with the two that change the picture most."""
        samples, choice = self._chart.samples, self._store.state.choice(self._seat)
        first, second = 0, 1
        if kind == "axes" and samples is not None and samples.dim > 2:
            first, second = by_effect(samples)[:2].tolist()
        if choice is not None:
            self.ask_projection(replace(choice, kind=kind, first=first, second=second, stopped=0))

    def ask_projection(self, choice: ProjectionChoice) -> None:
        """Another projection, or the same one of other parameters."""
        state = self._store.state
        if choice != state.choice(self._seat):
            self._store.change("Change the projection", **state.choosing(self._seat, choice))

    def ask_colour(self, name: str) -> None:
        """Colour by the label of this name; '' for nothing."""
        if name != self._store.state.colour:
            self._store.change(f"Colour by {name}" if name else "Colour by nothing", colour=name)
