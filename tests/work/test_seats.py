"""Seats, lists and the wire, without a process."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest

from explorer.work import wire
from explorer.work.lists import CHUNK_MS, IDLE, LARGEST, MEASURES, Lists
from explorer.work.messages import DecodeRequest, MeasureRequest, Purpose
from explorer.work.orders import Forget, OpenOrder, SampleOrder
from explorer.work.seats import Seats


def request(purpose: Purpose, count: int = 1) -> DecodeRequest:
    return DecodeRequest(1, purpose, np.zeros((count, 2), np.float32), "z", marks=tuple(range(count)))


def test_the_newest_order_takes_the_seat_of_an_older_one() -> None:
    seats, older, newer = Seats(), request("live"), request("live")
    seats.put(older)
    seats.put(newer)
    assert seats.take() is newer
    assert seats.take() is None


def test_orders_leave_by_their_urgency() -> None:
    seats = Seats()
    purposes: tuple[Purpose, ...] = ("thumbnails", "film", "live")
    for order in (*map(request, purposes), OpenOrder(1, "a")):
        seats.put(order)
    left = [seats.take() for _ in range(4)]
    assert isinstance(left[0], OpenOrder)
    assert [order.purpose for order in left[1:] if isinstance(order, DecodeRequest)] == ["live", "film", "thumbnails"]


def test_to_forget_a_list_takes_it_from_its_seat() -> None:
    seats = Seats()
    seats.put(request("film"))
    seats.put(Forget("film"))
    assert seats.take() == Forget("film")
    assert seats.empty


def test_only_the_seats_named_are_taken() -> None:
    seats = Seats()
    seats.put(SampleOrder(1, 1, 1, "z"))
    assert seats.take(("live",)) is None
    assert not seats.empty


def test_a_list_is_worked_off_once_in_order_and_in_growing_chunks() -> None:
    lists, sizes, done = Lists(), [], []
    lists.put(request("film", 100))
    while (chunk := lists.take()) is not None:
        found, part = chunk
        sizes.append(len(found.marks[part]))
        done += found.marks[part]
        lists.learn(request("film"), 0.1)
    assert done == list(range(100))
    assert sizes[0] == 1
    assert max(sizes) == LARGEST
    assert not lists


def test_a_chunk_of_slow_pictures_is_one_picture() -> None:
    lists = Lists()
    lists.put(request("film", 100))
    lists.learn(request("film"), CHUNK_MS / 5)
    lists.learn(request("film"), CHUNK_MS * 3)
    _, part = lists.take() or pytest.fail("nothing to do")
    assert part == slice(0, 1)


def test_what_is_learned_of_one_list_of_pictures_holds_for_the_next() -> None:
    lists = Lists()
    for _ in range(8):
        lists.learn(request("thumbnails"), 0.1)
    lists.put(request("grid", 100))
    assert lists.take() is not None
    _, part = lists.take() or pytest.fail("nothing to do")
    assert part == slice(LARGEST, 2 * LARGEST)


def test_the_first_picture_of_the_whole_waits_for_nothing_that_comes_after_it() -> None:
    lists = Lists()
    for _ in range(8):
        lists.learn(request("grid"), 0.1)
    lists.put(replace(request("grid", 100), first=LARGEST + 5))
    parts = [part for _, part in iter(lists.take, None)]
    assert parts[:3] == [slice(0, LARGEST), slice(LARGEST, LARGEST + 5), slice(LARGEST + 5, 2 * LARGEST + 5)]


def test_thumbnails_wait_and_the_other_lists_go_on() -> None:
    lists = Lists()
    lists.put(request("thumbnails", 3))
    assert lists.take(IDLE) is None
    lists.put(request("film", 3))
    found, _ = lists.take(IDLE) or pytest.fail("nothing to do")
    assert found.purpose == "film"


def test_numbers_wait_for_the_weights_and_are_chunked_by_their_own_cost() -> None:
    lists, zeros = Lists(), np.zeros((9, 2), np.float32)
    dear = MeasureRequest(1, "tile values", "stretch", zeros, "z", marks=tuple(range(9)))
    cheap = MeasureRequest(1, "tile values", "round trip", zeros, "z", marks=tuple(range(9)))
    lists.put(dear)
    assert lists.take(MEASURES) is None
    lists.learn(cheap, 1.0)
    assert lists.take() == (dear, slice(0, 1))
    lists.put(cheap)
    assert lists.take() == (cheap, slice(0, 2))


@pytest.mark.parametrize("shape", [(0,), (1,), (3, 4, 5, 3), (2, 300, 300, 3)])
def test_arrays_come_out_of_a_pipe_as_they_went_in(shape: tuple[int, ...]) -> None:
    ours, theirs = multiprocessing.Pipe()
    sent = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    sender = Thread(target=wire.send, args=(ours, {"images": sent, "text": "a"}))  # the pipe does not hold it all
    sender.start()
    found = wire.receive(theirs)
    sender.join()
    assert isinstance(found, dict)
    assert found["images"].shape == shape
    assert (found["images"] == sent).all()
    ours.close()
    with pytest.raises(EOFError):
        wire.receive(theirs)
    theirs.close()
