"""The path: waypoint after waypoint, as a film strip that is played and scrubbed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.latents.arrays import Images, Latent, Latents
from explorer.latents.concepts import Concept
from explorer.latents.paths import KINDS, Positions
from explorer.latents.paths.costs import Bill
from explorer.session.route import letter, stops, waypoints_of
from explorer.session.shown import shown_latent, shown_place
from explorer.session.state import PathSetting, State
from explorer.session.store import Store
from explorer.ui.path.controls import MODES, PathControls
from explorer.ui.path.darkroom import Darkroom
from explorer.ui.path.end_cell import EndCell
from explorer.ui.path.itinerary import Itinerary
from explorer.ui.path.journey_strip import JourneyStrip
from explorer.ui.path.pace import Pace
from explorer.ui.path.playing import Player
from explorer.ui.path.rows import PathRows
from explorer.ui.path.telling import lanes_of, total_told
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.lanes import Lanes
from explorer.ui.widgets.picture import image_of
from explorer.work.messages import Opened

_NOTES = ("Choose a sample and press P to pin A, another for B.", "Choose another sample and press P to pin B.")
_NO_MODEL = "Open a model to make a film of its latents."
_MISFIT = "These waypoints belong to another latent space. Pin two latents of this one."


class PathPanel(QWidget):
    """Shows the path, plays it; asks the store for waypoints and settings.

    `film_wanted` carries the latents of the film, float32 (n, d), or None when there is nothing to decode any more;
    their pictures come back by `show_frames`, marked 0..n-1. `frame_shown` carries a decoded picture, uint8 (h, w, c),
    and its number when the bead moves to it; where it is not decoded yet, `missing_frame` says what to decode.
    `filled`: the last frame that lacked has come.
    """

    film_wanted = Signal(object)
    frame_shown = Signal(object, int)
    filled = Signal()
    export_wanted = Signal()

    def __init__(
        self, store: Store, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self.itinerary = Itinerary(store)
        self.darkroom = Darkroom(store, self)
        self.player = Player(clock, self)
        self.controls = PathControls(self)
        self.strip, self.ends = JourneyStrip(self), (EndCell(self), EndCell(self))
        self.pace = Pace(self)
        self.lanes, self.rows = Lanes(self.strip.x_of, self), PathRows(self)
        self._lay_out()
        self._join()
        self._show_path(store.state)
        self.controls.show_model(False)
        store.listen(self._show_change)

    @property
    def is_playing(self) -> bool:
        return self.player.is_playing

    @property
    def latents(self) -> Latents | None:
        """The latents of the whole path, float32 (frames, d), or None when it has not two fitting waypoints."""
        return self.darkroom.latents

    @property
    def timing(self) -> Positions:
        """The position of every frame, float64 (frames,)."""
        return self.darkroom.timing

    @property
    def images(self) -> Images | None:
        """All frames from the first waypoint to the last, uint8 (n, h, w, c); None until all are decoded."""
        return self.darkroom.images

    @property
    def film(self) -> Images | None:
        """One round of the film as it is played, uint8 (n, h, w, c), there and back for 'ping-pong'.

        None until all of it is decoded.
        """
        if self.darkroom.images is None:
            return None
        return self.darkroom.film.played(self._frames, self._store.state.path.mode)

    @property
    def frame(self) -> int | None:
        """The frame the bead is at, or None while the stage shows the current latent."""
        position = self._store.state.path.position
        return None if position is None else int(np.abs(self.timing - position).argmin())

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, stops the film; the same one once more is only asked for the frames that lack."""
        if opened is not None and opened.is_same_as(self._opened):
            self._opened = self.darkroom.opened = opened
            self.darkroom.ask_rest()
            return
        self.pause()
        self._opened = self.darkroom.opened = opened
        self.controls.show_model(opened is not None)
        self._begin_film()

    # pins and playing: also reached by keys of the window

    def pin(self) -> None:
        """Add what is shown to the path."""
        if self._opened is not None:
            self.pause()
            self.itinerary.add(self.itinerary.shown(self._concepts))

    def play(self) -> None:
        if self._is_complete():
            self.player.play(self.frame or 0)

    def pause(self) -> None:
        self.player.pause()

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def step(self, by: int) -> None:
        """Move by whole frames; a loop goes round, else the ends hold."""
        if not self._is_complete():
            return
        self.pause()
        is_loop, frame, frames = self._store.state.path.mode == "loop", self.frame, self._frames
        wanted = 0 if frame is None else frame + by
        self._ask_frame(wanted % frames if is_loop else min(max(wanted, 0), frames - 1))

    def leave(self) -> None:
        """Stop, and let the stage show the current latent again."""
        self.pause()
        self._store.show_position(None)

    # frames

    def show_frames(self, marks: Sequence[int], images: Images, latents: Latents | None = None) -> None:
        """Frames of the film that was asked for. Given their `latents`, those of an older film are refused."""
        self.darkroom.take(marks, images, latents)

    def _show_developed(self, fresh: Mapping[int, NDArray[np.uint8]]) -> None:
        self.strip.show_images({frame: image_of(image) for frame, image in fresh.items()})

    def show_bill(self, bill: Bill | None) -> None:
        """What the path costs, frame by frame; None while that is not known."""
        if bill is None:
            self.lanes.show_lanes((), np.zeros(0, bool))
        else:
            self.lanes.show_lanes(lanes_of(bill), bill.bad, total_told(bill.total))

    def forget_frames(self) -> None:
        self.darkroom.film.forget()
        self.lanes.show_lanes(self.lanes.lanes, np.zeros(0, bool))
        self.strip.forget_images()

    def missing_frame(self) -> Latent | None:
        """The latent under the bead, (d,), where its picture is not decoded; None where it is, or without a bead."""
        frame, position = self.frame, self._store.state.path.position
        if frame is None or position is None or not self._is_complete():
            return None
        if frame in self.darkroom.film.frames and abs(position - self.timing[frame]) < 1e-6:
            return None
        return shown_latent(self._store.state, self._concepts)

    # out

    def _clear(self) -> None:
        self.pause()
        self.itinerary.clear()

    def _ask_chosen(self, field: str, value: object) -> None:
        gesture = ("path", field) if field in ("frames", "rate") else None
        self._store.change_path(f"Path: {_told(field, value)}", gesture=gesture, **{field: value})

    def _ask_frame(self, frame: int) -> None:
        self._store.show_position(float(self.timing[frame]))

    def _ask_due(self, frame: int) -> None:
        self._ask_frame(frame)
        if self.missing_frame() is not None:
            self.pace.note_missing()

    def _scrub(self, frame: int) -> None:
        self.pause()
        if self._is_complete():
            self._ask_frame(frame)

    def _take(self, frame: int) -> None:
        """Go to a frame of the path: it becomes the current latent."""
        if not self._is_complete():
            return
        self.pause()
        state = self._store.state
        on_it = replace(state, path=replace(state.path, position=float(self.timing[frame])))
        path = replace(state.path, position=None)
        self._store.change(f"Take frame {frame + 1}", place=shown_place(on_it), path=path)

    def ask_film(self) -> None:
        """Ask for the pictures of the whole path, or of its one waypoint, now."""
        self.darkroom.ask()

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.path is not old.path:
            self._show_path(new)
        if _subject(old) != _subject(new):
            self._begin_film()
        if new.path.position != old.path.position:
            self._show_position()
        elif new.path.position is not None and (new.place is not old.place or not self._is_complete()):
            # The current latent moved: leave the path. Later, so that all hear of this change before the next one.
            self.pause()
            QTimer.singleShot(0, self, self._leave_later)

    def _leave_later(self) -> None:
        self._store.show_position(None)

    def _begin_film(self) -> None:
        self.forget_frames()
        self.darkroom.begin()
        self._show_path(self._store.state)

    def _show_path(self, state: State) -> None:
        path, complete = state.path, self._is_complete()
        self.controls.show_path(path, complete=complete)
        self.player.show_film(self._frames, path.rate * self.pace.speed, path.mode)
        self.strip.show_count(self._frames if complete else 0)
        at = np.interp(stops(path), self.timing, np.arange(len(self.timing)))
        self.strip.show_stops([(place, letter(index)) for index, place in enumerate(at.tolist())])
        self.strip.show_note("" if complete else self._told_missing(path))
        for button in (self.back, self.play_button, self.forward):
            button.setEnabled(complete)
        if not complete:
            self.pause()
        self.strip.show_current(self.frame if complete else None)

    def _told_missing(self, path: PathSetting) -> str:
        """What to do to get a film."""
        if self._opened is None:
            return _NO_MODEL
        return _NOTES[len(path.waypoints)] if self._fits(path) and len(path.waypoints) < 2 else _MISFIT

    def _show_position(self) -> None:
        frame = self.frame
        self.strip.show_current(frame)
        self.rows.show_current(frame)
        if frame is None:
            return
        self.darkroom.follow(frame)
        frames = self.darkroom.film.frames
        if frame in frames and self.missing_frame() is None:
            self.frame_shown.emit(frames[frame], frame)

    def _show_playing(self, playing: bool) -> None:
        self.pace.begin(self._store.state.path.rate)
        self.play_button.show_glyph("pause" if playing else "play")
        self.play_button.show_words("Pause" if playing else "Play")

    @property
    def _frames(self) -> int:
        return self.darkroom.frames

    @property
    def _dim(self) -> int:
        return self._store.state.place.base.size

    @property
    def _concepts(self) -> tuple[Concept, ...]:
        state = self._store.state
        return self._opened.concepts_of(state.place.space, *state.studio.known) if self._opened is not None else ()

    def _is_complete(self) -> bool:
        return self.darkroom.is_complete

    def _fits(self, path: PathSetting) -> bool:
        """Whether the waypoints there are belong to a space of this dimension."""
        return not path.waypoints or waypoints_of(path, self._dim) is not None

    # built once

    def _join(self) -> None:
        room = self.darkroom
        room.wanted.connect(self.film_wanted)
        room.filled.connect(self.filled)
        room.developed.connect(self._show_developed)
        room.timed.connect(lambda: self._show_path(self._store.state))
        self.controls.chosen.connect(self._ask_chosen)
        self.controls.pin_wanted.connect(self.pin)
        self.controls.reverse_wanted.connect(self.itinerary.reverse)
        self.controls.clear_wanted.connect(self._clear)
        self.controls.export_wanted.connect(self.export_wanted)
        self.strip.scrubbed.connect(self._scrub)
        self.strip.taken.connect(self._take)
        self.strip.moved.connect(self.itinerary.move)
        self.strip.dropped.connect(lambda carried, index: self.itinerary.drop(carried, self._opened, index))
        self.player.due.connect(self._ask_due)
        self.player.skipped.connect(self.pace.note_skipped)
        self.pace.changed.connect(lambda: self._show_path(self._store.state))
        self.player.playing.connect(self._show_playing)
        self.back.clicked.connect(lambda: self.step(-1))
        self.forward.clicked.connect(lambda: self.step(1))
        self.play_button.clicked.connect(self.toggle)

    def _lay_out(self) -> None:
        self.back = GlyphButton("step-back", "Previous frame", self, key="Left")
        self.play_button = GlyphButton("play", "Play", self, key="Space")
        self.forward = GlyphButton("step-forward", "Next frame", self, key="Right")
        transport = QHBoxLayout()
        transport.setSpacing(0)
        for button in (self.back, self.play_button, self.forward):
            transport.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        ride = QVBoxLayout()
        ride.setSpacing(0)
        ride.addStretch(1)
        ride.addLayout(transport)
        ride.addWidget(self.pace)
        ride.addStretch(1)
        film = QHBoxLayout()
        film.setSpacing(2 * ink.GRID)
        film.addLayout(ride)
        table = QGridLayout()
        table.setHorizontalSpacing(ink.GRID // 2)
        table.setVerticalSpacing(0)
        table.setColumnStretch(1, 1)
        table.setRowStretch(0, 1)
        for column, part in enumerate((self.ends[0], self.strip, self.ends[1])):
            table.addWidget(part, 0, column)
        table.addWidget(self.lanes, 1, 1)
        film.addLayout(table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ink.GRID, ink.GRID // 2, ink.GRID, ink.GRID)
        layout.setSpacing(ink.GRID)
        layout.addWidget(self.controls)
        layout.addLayout(film, 1)
        layout.addWidget(self.rows)


def _told(field: str, value: object) -> str:
    """A setting in words, for undo."""
    match field:
        case "kind":
            return KINDS[str(value)].title.lower()
        case "mode":
            return MODES[str(value)][0].lower()
        case "compared":
            return "compared kinds"
        case "closed" | "company" | "even":
            return _SWITCHED[field][bool(value)]
        case _:
            return f"{value:g} {'fps' if field == 'rate' else field}"


_SWITCHED = {
    "closed": ("open", "closed"),
    "company": ("alone", "samples in step"),
    "even": ("plain speed", "even speed"),
}


def _subject(state: State) -> tuple[object, ...]:
    """What the pictures of a film depend on, besides arrays that are compared by themselves."""
    path, place = state.path, state.place
    drawn = (path.waypoints, path.keyframes, path.course, path.kind, path.closed, path.even, path.frames)
    return (*drawn, place.space, place.truncation, state.model)
