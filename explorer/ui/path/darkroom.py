"""Which frames of a path are decoded: all of a short film; of a long one those of the strip and some ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.latents.arrays import Images, Latents
from explorer.latents.paths import KINDS, Positions, positions
from explorer.latents.paths.costs import changes, evenly
from explorer.session.route import latents_along, waypoints_of
from explorer.session.store import Store
from explorer.ui.path.film import Film
from explorer.work.messages import Opened

PAUSE_MS = 120  # a film is asked for when its path has held still this long
FINER, FINEST = 2, 960  # times as many frames as are played measure the change of the picture; at most so many
BUDGET = 256 * 2**20  # bytes of decoded frames in memory
ON_STRIP, AHEAD = 64, 96  # frames of a long film: for the strip, and from the bead on


class Darkroom(QObject):
    """`wanted(latents or None)`: their pictures come back by `take`, marked 0..n-1. `developed(frames)`: new frames by
    number. `timed`: the frames are spaced otherwise. `filled`: the last frame that lacked has come."""

    wanted = Signal(object)
    developed = Signal(object)
    timed = Signal()
    filled = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.opened: Opened | None = None
        self.film = Film()
        self.timing: Positions = positions(2)
        self._measured: Film | None = None  # while the change of the picture is measured
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self.ask)

    @property
    def frames(self) -> int:
        """Two at least, whatever a pasted state says."""
        return max(2, self._store.state.path.frames)

    @property
    def is_complete(self) -> bool:
        """Whether there is a path: two waypoints that fit the space one is in."""
        path = self._store.state.path
        return self.opened is not None and len(path.waypoints) > 1 and waypoints_of(path, self._dim) is not None

    @property
    def latents(self) -> Latents | None:
        """The latents of all frames, float32 (frames, d); None where there is no path."""
        return self.along(self.timing) if self.is_complete else None

    @property
    def images(self) -> Images | None:
        """All frames, uint8 (n, h, w, c); None until all are decoded, and for a film that is too long."""
        whole = self.is_complete and not self._later.isActive() and not self.is_long
        return self.film.images(self.frames) if whole else None

    @property
    def is_long(self) -> bool:
        """Whether the film is too long to be held in memory."""
        return self.opened is not None and self.frames * int(np.prod(self.opened.card.image_shape)) > BUDGET

    def along(self, at: Positions) -> Latents | None:
        """Latents at positions of the path."""
        state = self._store.state
        known = self.opened.concepts_of(state.place.space, *state.studio.known) if self.opened is not None else ()
        return latents_along(state.path, at, self._dim, known)

    def begin(self) -> None:
        """The path is another one: its frames are asked for when it holds still."""
        self._fit()
        self._later.start()

    def ask_rest(self) -> None:
        """What has not come will not come: ask again."""
        if self.film.lacks_frames:
            self._later.start()

    def ask(self) -> None:
        """Ask for the frames, or for what measures how they are to be spaced, now."""
        self._later.stop()
        path = self._store.state.path
        self._measured = None
        self.timing = positions(self.frames, closed=path.closed)
        if path.even and self.is_complete and not KINDS[path.kind].mixes:
            self._measured = Film()
            self._measured.wanted = self.along(np.linspace(0, 1, min(FINER * self.frames, FINEST) + 1))
            self.wanted.emit(self._measured.wanted)
        else:
            self._ask_frames()

    def take(self, marks: Sequence[int], images: Images, latents: Latents | None) -> None:
        """Pictures of what was wanted. Given their `latents`, those of an older film are refused."""
        if self._later.isActive():
            return
        if self._measured is not None:
            self._measured.take(marks, images, latents)
            if not self._measured.lacks_frames:
                self._end_measuring(self._measured)
            return
        fresh = self.film.take(marks, images, latents)
        if fresh:
            self.developed.emit(fresh)
        if fresh and not self.film.lacks_frames:
            self.filled.emit()

    def follow(self, frame: int) -> None:
        """The bead is at a frame: of a long film, decode on from there in time."""
        if not self.is_long or self._later.isActive() or self._measured is not None or not self.is_complete:
            return
        asked = set() if self.film.numbers is None else set(self.film.numbers.tolist())
        coming = range(frame, min(frame + AHEAD // 2, self.frames))
        if any(number not in self.film.frames and number not in asked for number in coming):
            self._ask_frames(frame)

    def _ask_frames(self, bead: int = 0) -> None:
        path, latents = self._store.state.path, self.latents
        waypoints = waypoints_of(path, self._dim) if self.opened is not None else None
        mixes = latents is not None and KINDS[path.kind].mixes
        self.film.mix = (self.timing, path.closed) if mixes else None
        numbers = _some(self.frames, bead) if self.is_long and not mixes and latents is not None else None
        if latents is None or mixes:
            latents = waypoints if latents is not None or waypoints is None else waypoints[:1]
        elif numbers is not None:
            self.film.keep(set(numbers.tolist()))
            numbers = np.array([number for number in numbers.tolist() if number not in self.film.frames], np.int64)
            latents = latents[numbers]
        if latents is not None or self.film.wanted is not None:
            self.film.wanted, self.film.numbers = latents, numbers
            self.wanted.emit(latents)

    def _end_measuring(self, measured: Film) -> None:
        self._measured = None
        images = measured.images(len(measured.wanted) if measured.wanted is not None else 0)
        if images is not None:
            at = np.linspace(0, 1, len(images))
            self.timing = evenly(at, changes(images), self.frames, closed=self._store.state.path.closed)
            self.timed.emit()
            self._ask_frames()

    def _fit(self) -> None:
        if len(self.timing) != self.frames:
            self.timing = positions(self.frames, closed=self._store.state.path.closed)

    @property
    def _dim(self) -> int:
        return self._store.state.place.base.size


def _some(frames: int, bead: int) -> NDArray[np.int64]:
    """The frames of a long film that are held: evenly over all, and on from the bead, those first."""
    ahead = np.arange(bead, min(bead + AHEAD, frames))
    spread = np.linspace(0, frames - 1, ON_STRIP).round().astype(np.int64)
    return np.concatenate([ahead, np.setdiff1d(spread, ahead)])
