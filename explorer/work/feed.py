"""Pictures on their way from the window to a job that writes them: never more than a few, whatever the length."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from threading import Condition

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.latents.arrays import Images

PART, MOST_PART = 32, 512  # frames asked for at a time
PART_BYTES = 16 * 2**20  # of them, where that is more than PART frames: between two parts the decoder rests
LOOK_S = 0.1  # how soon a writer notices that it was cancelled

Pixels = NDArray[np.uint8]


class Feed:
    """Frames 0..count - 1 in their order. `ask(start, stop)` is called, in any thread, when these are wanted next;
    `put` brings them, in parts and as they come. Twice `part` frames may wait to be written."""

    def __init__(self, count: int, ask: Callable[[int, int], None], part: int = PART) -> None:
        self._count, self._ask, self._part = count, ask, part
        self._frames: dict[int, Pixels] = {}
        self._taken = 0
        self._wanted = (0, 0)  # what was asked for last
        self._error: ExplorerError | None = None
        self._changed = Condition()

    def put(self, marks: Sequence[int], images: Images) -> None:
        """Pictures of frames; those that are not wanted any more are let go."""
        with self._changed:
            start, stop = self._wanted
            self._frames |= {
                mark: image for mark, image in zip(marks, images, strict=True) if max(start, self._taken) <= mark < stop
            }
            self._changed.notify_all()
        self._ask_on()

    def fail(self, error: ExplorerError) -> None:
        """No more will come."""
        with self._changed:
            self._error = error
            self._changed.notify_all()

    def ask_again(self) -> None:
        """What was asked for got lost."""
        with self._changed:
            start, stop = self._wanted
            first = next((frame for frame in range(start, stop) if self._is_missing(frame)), stop)
        if first < stop:
            self._ask(first, stop)

    def batches(self, check: Callable[[], None] = lambda: None) -> Iterator[Images]:
        """Everything that comes, for the writer's thread. `check` is called now and then, and may raise to stop."""
        self._ask_on()
        while self._taken < self._count:
            check()
            with self._changed:
                if self._error is not None:
                    raise self._error
                ready = self._ready()
                if not ready:
                    self._changed.wait(LOOK_S)
                    continue
                images = np.stack([self._frames.pop(self._taken + step) for step in range(ready)])
                self._taken += ready
            self._ask_on()
            yield images

    def _ready(self) -> int:
        ready = 0
        while self._taken + ready in self._frames:
            ready += 1
        return ready

    def _ask_on(self) -> None:
        """Ask for the next part when the one before is here and there is room for it."""
        with self._changed:
            start, stop = self._wanted
            all_here = not any(self._is_missing(frame) for frame in range(start, stop))
            if not all_here or stop >= self._count or stop - self._taken >= 2 * self._part:
                return
            self._wanted = (stop, min(stop + self._part, self._count))
            wanted = self._wanted
        self._ask(*wanted)

    def _is_missing(self, frame: int) -> bool:
        return frame >= self._taken and frame not in self._frames


def part_of(image_bytes: int) -> int:
    """How many frames of so many bytes are asked for at a time."""
    return max(PART, min(PART_BYTES // image_bytes, MOST_PART))


class Tape:
    """What is shown live, as it comes. Where the writer is too slow, the newest pictures are dropped, and counted."""

    def __init__(self, most: int = 120, clock: Callable[[], float] = time.perf_counter) -> None:
        self._most, self._clock = most, clock
        self._waiting: deque[tuple[float, Pixels]] = deque()
        self._end: float | None = None
        self.dropped = 0
        self._changed = Condition()

    def put(self, image: Pixels) -> None:
        """A picture is on the screen from now on."""
        with self._changed:
            if self._end is not None:
                return
            if len(self._waiting) >= self._most:
                self.dropped += 1
                return
            self._waiting.append((self._clock(), image))
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more is recorded; what waits is still written."""
        with self._changed:
            self._end = self._end or self._clock()
            self._changed.notify_all()

    def frames(self, rate: float, check: Callable[[], None] = lambda: None) -> Iterator[Images]:
        """One picture for each frame interval since the first one, until the end: the newest that was there by then."""
        shown: Pixels | None = None
        start, written = 0.0, 0
        while True:
            check()
            with self._changed:
                if not self._waiting and self._end is None:
                    self._changed.wait(min(LOOK_S, 1 / rate))
                end, known = self._end, list(self._waiting)
                self._waiting.clear()
            if shown is None and known:
                start, shown = known[0]
            until = self._clock() if end is None else end
            for at, image in [*known, (until, None)]:
                while shown is not None and start + written / rate < at:
                    written += 1
                    yield shown[None]
                shown = image if image is not None else shown
            if end is not None and not known:
                return
