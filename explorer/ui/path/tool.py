"""The path as a tool: its waypoints in order, keyframes of concepts, ways to make others, and the blend pad."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.paths.wander import blended, noise_loop, random_walk
from explorer.session.route import letter, stops, waypoints_of
from explorer.session.shown import shown_latent
from explorer.session.state import NOTHING, Keyframe, Pin, State, frozen
from explorer.session.store import Store
from explorer.ui.path.itinerary import Itinerary
from explorer.ui.path.tool_layout import Parts
from explorer.ui.path.waypoints import Entry
from explorer.work.messages import Opened

LOOP, WALK = 12, 8  # waypoints of a loop and of a walk


class PathTool(QWidget):
    """`draw_wanted(on)`: the next drag on the map draws a path. `pictures_wanted(latents)`: of the waypoints."""

    draw_wanted = Signal(bool)
    pictures_wanted = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self.itinerary = Itinerary(store)
        self._images: dict[bytes, QImage] = {}
        self._stroke = 0
        self.parts = Parts(self)
        self._join()
        self.show_model(None)
        store.listen(self._show_change)

    def show_model(self, opened: Opened | None) -> None:
        if opened is None or not opened.is_same_as(self._opened):
            self._images = {}
        self._opened = opened
        self.setEnabled(opened is not None)
        self._show_all()

    def show_pictures(self, latents: Latents, images: Sequence[QImage]) -> None:
        """Pictures of waypoints."""
        self._images |= {latent.tobytes(): image for latent, image in zip(latents, images, strict=True)}
        self._show_waypoints()

    def show_drawing(self, on: bool) -> None:
        """Whether the next drag on the map draws."""
        self.parts.draw.setChecked(on)

    # out

    def _loop(self) -> None:
        place = self._shown()
        seed = self._store.state.path.seed + 1
        latents = noise_loop(place, self.parts.radius.value(), LOOP, seed)
        self.itinerary.lay("Noise loop", list(latents), kind="catmull-rom", closed=True, seed=seed)

    def _walk(self) -> None:
        seed = self._store.state.path.seed + 1
        latents = random_walk(self._shown(), self.parts.radius.value(), WALK, seed)
        self.itinerary.lay("Random walk", list(latents), kind="catmull-rom", closed=False, seed=seed)

    def _add_keyframe(self) -> None:
        """Where the bead is, or half way: the strengths that the sliders have now, or the first concept's."""
        path, place = self._store.state.path, self._store.state.place
        strengths = {name: value for name, value in place.strengths.items() if value}
        if not strengths and self._concepts:
            strengths = {self._concepts[0].name: 1.0}
        at = 0.5 if path.position is None else path.position
        rest = MappingProxyType(dict.fromkeys(strengths, 0.0))  # the first one leaves both ends as they are
        ends = () if path.keyframes else tuple(Keyframe(end, rest) for end in (0.0, 1.0) if end != at)
        frames = (*ends, *path.keyframes, Keyframe(at, MappingProxyType(strengths)))
        self._change_keyframes("Add a keyframe", frames)

    def _edit_keyframe(self, index: int, keyframe: Keyframe | None) -> None:
        """Another keyframe in its place, or none."""
        known = self._store.state.path.keyframes
        instead = () if keyframe is None else (keyframe,)
        title = "Change a keyframe" if instead else "Remove a keyframe"
        self._change_keyframes(title, (*known[:index], *instead, *known[index + 1 :]))

    def _change_keyframes(self, title: str, keyframes: tuple[Keyframe, ...]) -> None:
        ordered = tuple(sorted(keyframes, key=lambda one: one.at))
        self._store.change_path(title, keyframes=ordered, position=None)

    def _blend(self, across: float, down: float) -> None:
        state = self._store.state
        corners = waypoints_of(state.path, state.place.base.size)
        if corners is None or len(corners) < 4:
            return
        latent = blended(corners[:4], across, down, flat=self.parts.flat.isChecked())
        gesture = ("blend", self._stroke)
        self._store.move("Blend", gesture=gesture, base=frozen(latent), strengths=NOTHING, sample=None, seed=None)

    def _begin_blend(self) -> None:
        self._stroke += 1

    # in

    def _show_change(self, old: State, new: State) -> None:
        path, before = new.path, old.path
        if path.waypoints is not before.waypoints or new.place.space != old.place.space:
            self._show_waypoints()
        if path.keyframes is not before.keyframes or new.studio.known is not old.studio.known:
            self._show_keyframes()

    def _show_all(self) -> None:
        self._show_waypoints()
        self._show_keyframes()

    def _show_waypoints(self) -> None:
        path = self._store.state.path
        entries = [
            Entry(letter(index), _told(pin, at), self._images.get(pin.latent.tobytes()))
            for index, (pin, at) in enumerate(zip(path.waypoints, stops(path).tolist(), strict=True))
        ]
        self.parts.waypoints.show_entries(entries)
        corners = waypoints_of(path, self._store.state.place.base.size)
        self.parts.pad.show_corners(tuple("ABCD") if corners is not None and len(corners) > 3 else ())
        self.parts.show_pad_hint(corners is not None and len(corners) > 3)
        missing = [pin.latent for pin in path.waypoints if pin.latent.tobytes() not in self._images]
        if missing and corners is not None and self._opened is not None:
            self.pictures_wanted.emit(np.stack(missing))

    def _show_keyframes(self) -> None:
        names = tuple(concept.name for concept in self._concepts)
        self.parts.keyframes.show_keyframes(self._store.state.path.keyframes, names)
        self.parts.add_keyframe.setEnabled(bool(names))

    @property
    def _concepts(self) -> tuple[Concept, ...]:
        state = self._store.state
        return self._opened.concepts_of(state.place.space, *state.studio.known) if self._opened is not None else ()

    def _shown(self) -> np.ndarray:
        return shown_latent(self._store.state, self._concepts)

    def _join(self) -> None:
        parts = self.parts
        parts.waypoints.dropped.connect(lambda carried: self.itinerary.drop(carried, self._opened))
        parts.waypoints.moved.connect(self.itinerary.move)
        parts.waypoints.removed.connect(self.itinerary.remove)
        parts.waypoints.replaced.connect(
            lambda index: self.itinerary.replace(index, self.itinerary.shown(self._concepts))
        )
        parts.waypoints.inserted.connect(lambda index: self.itinerary.add(self.itinerary.shown(self._concepts), index))
        parts.draw.toggled.connect(self.draw_wanted)
        parts.loop.clicked.connect(self._loop)
        parts.walk.clicked.connect(self._walk)
        parts.add_keyframe.clicked.connect(self._add_keyframe)
        parts.keyframes.edited.connect(self._edit_keyframe)
        parts.pad.moved.connect(self._blend)
        parts.pad.began.connect(self._begin_blend)
        parts.pad.ended.connect(self._store.end_gesture)


def _told(pin: Pin, at: float) -> str:
    """A waypoint in words."""
    what = f"sample {pin.sample}" if pin.sample is not None else "a latent of its own"
    return f"{what}, at {at:.0%} of the path"
