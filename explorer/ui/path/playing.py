"""Playing a film: which frame is due, by the clock and not by counting ticks, so that late frames drop evenly."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.session.state import PlayMode


def frame_of(phase: int, frames: int, mode: PlayMode) -> int:
    """The frame shown `phase` frames after the start. 'ping-pong' shows each end once a round."""
    if mode == "once":
        return min(phase, frames - 1)
    if mode == "loop":
        return phase % frames
    there = phase % (2 * (frames - 1))
    return there if there < frames else 2 * (frames - 1) - there


class Player(QObject):
    """Says `due` when another frame is due, and `playing` when it starts or stops; `skipped`: frames that came and went
    unseen since the last one, 0 in good time."""

    due = Signal(int)
    playing = Signal(bool)
    skipped = Signal(int)

    def __init__(self, clock: Callable[[], float] = time.perf_counter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._frames, self._rate = 2, 24.0
        self._mode: PlayMode = "once"
        self._started = 0.0
        self._first = 0
        self._phase = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._is_playing = False

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def show_film(self, frames: int, rate: float, mode: PlayMode) -> None:
        """The film: frames, frames a second, mode. While it plays it goes on from the frame that is shown."""
        if (frames, rate, mode) == (self._frames, self._rate, self._mode):
            return
        shown = frame_of(self._phase, self._frames, self._mode)
        self._frames, self._rate, self._mode = max(2, frames), rate, mode
        self._begin_at(min(shown, self._frames - 1))
        if self._is_playing:
            self.tick()

    def play(self, frame: int) -> None:
        """Play on from a frame; from the first one when a film that is played once is at its end."""
        if self._mode == "once" and frame >= self._frames - 1:
            frame = 0
        phase = self._phase if frame_of(self._phase, self._frames, self._mode) == frame else frame
        self._begin_at(phase)
        self._is_playing = True
        self.playing.emit(True)
        self._show_due()

    def pause(self) -> None:
        self._timer.stop()
        if self._is_playing:
            self._is_playing = False
            self.playing.emit(False)

    def tick(self) -> None:
        """Look at the clock and show what is due."""
        if not self._is_playing:
            return
        before = self._phase
        self._phase = self._first + math.floor((self._clock() - self._started) * self._rate + 1e-6)
        if self._phase > before:
            self.skipped.emit(self._phase - before - 1)
        self._show_due()

    def _begin_at(self, phase: int) -> None:
        self._first = self._phase = phase
        self._started = self._clock()

    def _show_due(self) -> None:
        self.due.emit(frame_of(self._phase, self._frames, self._mode))
        if self._mode == "once" and self._phase >= self._frames - 1:
            self.pause()
        elif self._is_playing:
            next_one = self._started + (self._phase - self._first + 1) / self._rate
            self._timer.start(max(1, math.ceil((next_one - self._clock()) * 1000)))
