"""What can be asked of a path, from wherever the hand is: the strip, the list, the map, the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.session.route import letter
from explorer.session.shown import shown_latent, shown_place
from explorer.session.state import Pin, State, frozen
from explorer.session.store import Store
from explorer.ui.carried import Carried
from explorer.work.messages import Opened

FREE_HAND = 16
"""Waypoints of a curve drawn on the map: enough to follow a hand, few enough to be moved one by one."""


class Itinerary:
    """Asks the store for other waypoints; every wish is one step of undo."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def pins(self) -> tuple[Pin, ...]:
        return self._store.state.path.waypoints

    def shown(self, concepts: Sequence[Concept]) -> Pin:
        """What stands on the stage, as a waypoint."""
        state = self._store.state
        return Pin(frozen(shown_latent(state, concepts)), shown_place(state).sample)

    def add(self, pin: Pin, index: int | None = None) -> None:
        """Put a waypoint at the end, or before the one of an index. Waypoints of another space make room for it."""
        known = tuple(one for one in self.pins if one.latent.shape == pin.latent.shape)
        place = len(known) if index is None or len(known) < len(self.pins) else min(index, len(known))
        # a bead stays where its picture is
        at_end = None if self._store.state.path.position is None else 1.0
        self._store.change_path(
            f"Pin {letter(place)}",
            waypoints=(*known[:place], pin, *known[place:]),
            position=at_end if place == len(known) else None,
        )

    def drop(self, carried: Carried, opened: Opened | None, index: int | None = None) -> None:
        """Samples and snapshots of this space that were let go here: at the end, or before the waypoint of an index."""
        for offset, pin in enumerate(_carried_pins(carried, self._store.state, opened)):
            self.add(pin, None if index is None else index + offset)

    def replace(self, index: int, pin: Pin) -> None:
        """Another latent for a waypoint."""
        self._change(f"Replace {letter(index)}", (*self.pins[:index], pin, *self.pins[index + 1 :]))

    def drag(self, index: int, latent: Latent, gesture: object) -> None:
        """A waypoint follows the hand; one gesture is one step."""
        pins = (*self.pins[:index], Pin(frozen(latent)), *self.pins[index + 1 :])
        self._store.change_path(f"Move {letter(index)}", gesture=("waypoint", index, gesture), waypoints=pins)

    def remove(self, index: int) -> None:
        if index < len(self.pins):
            self._change(f"Remove {letter(index)}", (*self.pins[:index], *self.pins[index + 1 :]))

    def move(self, index: int, to: int) -> None:
        """Put a waypoint at another place in the order."""
        pins = list(self.pins)
        pin = pins.pop(index)
        pins.insert(to, pin)
        if tuple(pins) != self.pins:
            self._change(f"Move {letter(index)}", tuple(pins))

    def reverse(self) -> None:
        self._change("Turn the path round", self.pins[::-1])

    def clear(self) -> None:
        self._store.change_path("Clear the path", waypoints=(), keyframes=(), position=None)

    def lay(self, title: str, latents: Sequence[Latent], *, kind: str, closed: bool, seed: int | None = None) -> None:
        """Another path altogether."""
        pins = tuple(Pin(frozen(latent)) for latent in latents)
        path = self._store.state.path.changed(waypoints=pins, kind=kind, closed=closed, keyframes=(), position=None)
        if seed is not None:
            path = replace(path, seed=seed)
        if closed and path.mode == "ping-pong":
            path = replace(path, mode="loop")
        self._store.change(title, path=path)

    def _change(self, title: str, pins: tuple[Pin, ...]) -> None:
        """Where fewer than two are left nothing can be under a bead."""
        position = self._store.state.path.position if len(pins) > 1 else None
        self._store.change_path(title, waypoints=pins, position=position)


def _carried_pins(carried: Carried, state: State, opened: Opened | None) -> list[Pin]:
    space = state.place.space
    samples = opened.samples.get(space) if opened is not None else None
    known = len(samples) if samples is not None else 0
    pins = [Pin(frozen(samples.latents[one]), one) for one in carried.samples if samples is not None and one < known]
    concepts = opened.concepts_of(space, *state.studio.known) if opened is not None else ()
    shelf = {kept.number: kept.place for kept in state.shelf if kept.place.space == space}
    for number in carried.snapshots:
        if number in shelf:
            place = shelf[number]
            pins.append(Pin(frozen(shown_latent(State(state.model, place), concepts)), place.sample))
    return pins
