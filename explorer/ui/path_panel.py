"""The path: from pin A to pin B, as a film strip that is played and scrubbed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.latents.arrays import Images, Latent, Latents
from explorer.latents.paths import points
from explorer.session.shown import shown_latent, shown_place
from explorer.session.state import NOTHING, PathSetting, Pin, Place, State, frozen
from explorer.session.store import Store
from explorer.ui.film import Film
from explorer.ui.path_controls import KINDS, MODES, PathControls
from explorer.ui.playing import Player
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.picture import image_of
from explorer.ui.widgets.strip import FilmStrip
from explorer.work.messages import Opened

_PAUSE_MS = 120  # a film is asked for when its path has held still this long
_NOTES = {
    (False, False): "Choose a sample and press P to pin A, another for B.",
    (True, False): "Choose another sample and press P to pin B.",
    (False, True): "Choose another sample and press P to pin A.",
}
_NO_MODEL = "Open a model to make a film of its latents."
_MISFIT = "These pins belong to another latent space. Pin two latents of this one."


class PathPanel(QWidget):
    """Shows the path, plays it; asks the store for pins and settings.

    `film_wanted` carries the latents of the film, float32 (n, d), or None when there is nothing to decode any more;
    their pictures come back by `show_frames`, marked 0..n-1. `frame_shown` carries a decoded picture, uint8 (h, w, c),
    and its number when the bead moves to it; where it is not decoded yet, `missing_frame` says what to decode.
    """

    film_wanted = Signal(object)
    frame_shown = Signal(object, int)
    export_wanted = Signal()

    def __init__(
        self, store: Store, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._film = Film()
        self.player = Player(clock, self)
        self.controls = PathControls(self)
        self.strip = FilmStrip(self)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self.ask_film)
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
        """The latents of the whole path, float32 (frames, d), or None when it has not two fitting ends."""
        path = self._store.state.path
        if not self._is_complete() or path.a is None or path.b is None:
            return None
        return points(path.kind, path.a.latent, path.b.latent, np.linspace(0, 1, self._frames))

    @property
    def film(self) -> Images | None:
        """One round of the film as it is played, uint8 (n, h, w, c), there and back for 'ping-pong'.

        None until all of it is decoded.
        """
        is_whole = self._is_complete() and not self._later.isActive()
        return self._film.played(self._frames, self._store.state.path.mode) if is_whole else None

    @property
    def frame(self) -> int | None:
        """The frame the bead is at, or None while the stage shows the current latent."""
        path = self._store.state.path
        return None if path.position is None else round(path.position * (self._frames - 1))

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, stops the film; the same one once more is only asked for the frames that lack."""
        if opened is not None and opened.is_same_as(self._opened):
            self._opened = opened
            if self._film.lacks_frames:
                self._later.start()
            return
        self.pause()
        self._opened = opened
        self.controls.show_model(opened is not None)
        self._begin_film()

    # pins and playing: also reached by keys of the window

    def pin(self) -> None:
        """Pin what is shown as A; as B when A is pinned."""
        self._ask_pin("a" if self._store.state.path.a is None else "b")

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
        if self._film.wanted is None or self._later.isActive():
            return
        only_b = len(self._film.wanted) == 1 and self._store.state.path.a is None
        fresh = self._film.take(marks, images, latents, first=1 if only_b else 0)
        self.strip.show_images({frame: image_of(image) for frame, image in fresh.items()})

    def forget_frames(self) -> None:
        self._film.forget()
        self.strip.forget_images()

    def missing_frame(self) -> Latent | None:
        """The latent under the bead, (d,), where its picture is not decoded; None where it is, or without a bead."""
        path = self._store.state.path
        frame = self.frame
        if frame is None or not self._is_complete() or path.a is None or path.b is None or path.position is None:
            return None
        if frame in self._film.frames and abs(path.position * (self._frames - 1) - frame) < 1e-6:
            return None
        latent: Latent = points(path.kind, path.a.latent, path.b.latent, [path.position])[0]
        return latent

    # out

    def _ask_pin(self, end: str) -> None:
        if self._opened is None:
            return
        self.pause()
        state = self._store.state
        place = shown_place(state)
        pin = Pin(frozen(shown_latent(state, self._opened.concepts_of(place.space, *state.studio.known))), place.sample)
        # the bead goes where the pinned latent is now, so that the picture stays
        position = None if state.path.position is None else {"a": 0.0, "b": 1.0}[end]
        self._store.change_path(f"Pin {end.upper()}", **{end: pin, "position": position})

    def _ask_swap(self) -> None:
        path = self._store.state.path
        self._store.change_path("Swap A and B", a=path.b, b=path.a)

    def _ask_clear(self) -> None:
        self.pause()
        self._store.change_path("Clear the path", a=None, b=None, position=None)

    def _ask_chosen(self, field: str, value: object) -> None:
        words = {"kind": KINDS, "mode": MODES}.get(field)
        told = words[str(value)][0].lower() if words else f"{value:g} {'fps' if field == 'rate' else field}"
        gesture = ("path", field) if not words else None
        self._store.change_path(f"Path: {told}", gesture=gesture, **{field: value})

    def _ask_frame(self, frame: int) -> None:
        self._store.show_position(frame / (self._frames - 1))

    def _scrub(self, frame: int) -> None:
        self.pause()
        if self._is_complete():
            self._ask_frame(frame)

    def _take(self, frame: int) -> None:
        """Go to a frame of the path: it becomes the current latent."""
        latents, state = self.latents, self._store.state
        if latents is None:
            return
        self.pause()
        place = Place(state.place.space, frozen(latents[frame]), NOTHING, state.place.truncation)
        self._store.change(f"Take frame {frame + 1}", place=place, path=replace(state.path, position=None))

    def ask_film(self) -> None:
        """Ask for the pictures of the whole path, or of its one end, now."""
        self._later.stop()
        path = self._store.state.path
        latents = self.latents
        if latents is None and self._opened is not None and self._fits(path):
            ends = [pin.latent for pin in (path.a, path.b) if pin is not None]
            latents = np.stack(ends) if ends else None
        if latents is not None or self._film.wanted is not None:
            self._film.wanted = latents
            self.film_wanted.emit(latents)

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
        self._show_path(self._store.state)
        self._later.start()

    def _show_path(self, state: State) -> None:
        path, complete = state.path, self._is_complete()
        self.controls.show_path(path, complete=complete)
        self.player.show_film(self._frames, path.rate, path.mode)
        ends = ("A" if path.a else "", "B" if path.b else "")
        fits = self._fits(path)
        self.strip.show_count(self._frames if complete else 0, ends if fits else ("", ""))
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
        return _NOTES.get((path.a is not None, path.b is not None), _MISFIT) if self._fits(path) else _MISFIT

    def _show_position(self) -> None:
        frame = self.frame
        self.strip.show_current(frame)
        if frame is not None and frame in self._film.frames and self.missing_frame() is None:
            self.frame_shown.emit(self._film.frames[frame], frame)

    def _show_playing(self, playing: bool) -> None:
        self.play_button.show_glyph("pause" if playing else "play")
        self.play_button.show_words("Pause" if playing else "Play")

    @property
    def _frames(self) -> int:
        """Both ends at least, whatever a pasted state says."""
        return max(2, self._store.state.path.frames)

    def _is_complete(self) -> bool:
        path = self._store.state.path
        return self._opened is not None and path.a is not None and path.b is not None and self._fits(path)

    def _fits(self, path: PathSetting) -> bool:
        """Whether the pins there are belong to a space of this dimension."""
        shape = self._store.state.place.base.shape
        return all(pin.latent.shape == shape for pin in (path.a, path.b) if pin is not None)

    # built once

    def _join(self) -> None:
        self.controls.chosen.connect(self._ask_chosen)
        self.controls.pin_wanted.connect(self._ask_pin)
        self.controls.swap_wanted.connect(self._ask_swap)
        self.controls.clear_wanted.connect(self._ask_clear)
        self.controls.export_wanted.connect(self.export_wanted)
        self.strip.scrubbed.connect(self._scrub)
        self.strip.taken.connect(self._take)
        self.strip.setToolTip("Drag to scrub; double-click a frame to go there.")
        self.player.due.connect(self._ask_frame)
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
        film = QHBoxLayout()
        film.setSpacing(2 * ink.GRID)
        film.addLayout(transport)
        film.addWidget(self.strip, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ink.GRID, ink.GRID // 2, ink.GRID, ink.GRID)
        layout.setSpacing(ink.GRID)
        layout.addWidget(self.controls)
        layout.addLayout(film, 1)


def _subject(state: State) -> tuple[object, ...]:
    """What the pictures of a film depend on."""
    path = state.path
    return (path.a, path.b, path.kind, path.frames, state.place.space, state.place.truncation, state.model)
