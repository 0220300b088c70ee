"""Feeds and tapes: pictures in order, few at a time, none lost in silence."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.work.feed import MOST_PART, PART, PART_BYTES, Feed, Tape, part_of


def picture(number: int) -> np.ndarray:
    return np.full((2, 2, 1), number % 256, np.uint8)


def numbers(batches: object) -> list[int]:
    return [int(image[0, 0, 0]) for images in batches for image in images]  # type: ignore[attr-defined]


class Baker:
    """Answers what a feed asks for, in two parts, and remembers how far ahead that was."""

    def __init__(self, count: int) -> None:
        self.feed = Feed(count, self.ask)
        self.asked: list[tuple[int, int]] = []

    def ask(self, start: int, stop: int) -> None:
        self.asked.append((start, stop))

    def answer(self) -> None:
        start, stop = self.asked[-1]
        middle = (start + stop) // 2
        for part in (range(start, middle), range(middle, stop)):
            if part:
                self.feed.put(part, np.stack([picture(frame) for frame in part]))


@pytest.mark.parametrize("count", [1, PART, PART + 1, 200])
def test_all_frames_come_once_and_in_order(count: int) -> None:
    baker = Baker(count)
    assert numbers(baker.feed.batches(baker.answer)) == [frame % 256 for frame in range(count)]
    assert baker.asked[-1][1] == count
    assert [start for start, _ in baker.asked[1:]] == [stop for _, stop in baker.asked[:-1]]


def test_no_more_is_asked_for_than_may_wait() -> None:
    baker = Baker(1000)
    batches = baker.feed.batches(baker.answer)
    next(batches)
    for _ in range(10):
        baker.answer()
    assert baker.asked[-1][1] <= 3 * PART


def test_parts_of_small_pictures_are_long_and_hold_no_more_bytes_than_they_may() -> None:
    for side in (16, 64, 256, 1024):
        size = side * side * 3
        assert PART <= part_of(size) <= MOST_PART
        assert part_of(size) == PART or part_of(size) * size <= PART_BYTES
    assert part_of(64 * 64 * 3) > 240


def test_what_got_lost_is_asked_for_again_and_what_comes_twice_counts_once() -> None:
    baker = Baker(10)
    batches = baker.feed.batches()
    baker.feed._ask_on()
    baker.feed.put(range(4), np.stack([picture(frame) for frame in range(4)]))
    baker.feed.ask_again()
    assert baker.asked[-1] == (4, 10)
    baker.feed.put(range(10), np.stack([picture(frame) for frame in range(10)]))
    assert numbers(batches) == list(range(10))


def test_a_feed_that_fails_says_why_in_the_writers_thread() -> None:
    feed = Feed(3, lambda _start, _stop: None)
    feed.fail(InputError("The model is gone.", "Open it again."))
    with pytest.raises(InputError, match="gone"):
        next(feed.batches())


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


def test_a_tape_has_a_frame_for_every_interval_and_the_newest_picture_by_then() -> None:
    clock = Clock()
    tape = Tape(clock=clock)
    for at, number in ((10.0, 1), (10.15, 2), (10.16, 3), (10.55, 4)):
        clock.now = at
        tape.put(picture(number))
    clock.now = 10.8
    tape.end()
    assert numbers(tape.frames(10.0)) == [1, 1, 3, 3, 3, 3, 4, 4]


def test_what_a_tape_cannot_hold_is_dropped_and_counted() -> None:
    clock = Clock()
    tape = Tape(most=3, clock=clock)
    for number in range(5):
        clock.now += 0.1
        tape.put(picture(number))
    assert tape.dropped == 2
    tape.end()
    tape.put(picture(9))
    assert tape.dropped == 2
    assert set(numbers(tape.frames(10.0))) == {0, 1, 2}
