"""Which samples become pictures, and in what order they are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.map.regions import SIDE, representatives
from explorer.ui.map.thumbnails import GAP, SIZES, Thumbnails, has_room, mixed, size_for, spread


def scattered(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 600, (count, 2))


@given(st.integers(0, 200), st.integers(0, 2**32 - 1), st.sampled_from(SIZES))
def test_pictures_never_touch_and_no_room_is_wasted(count: int, seed: int, size: int) -> None:
    positions = scattered(count, seed)
    chosen = spread(positions.__getitem__, np.arange(count), [], size)
    apart = np.abs(positions[chosen][:, None] - positions[chosen][None]).max(axis=2)
    assert (apart + 1e9 * np.eye(len(chosen)) >= size + GAP).all()
    for left_out in set(range(count)) - set(chosen):
        assert np.abs(positions[chosen] - positions[left_out]).max(axis=1).min() < size + GAP


def test_what_is_shown_stays_when_the_view_moves() -> None:
    positions = scattered(300)
    shown = spread(positions.__getitem__, np.arange(300), [], 48)
    moved = positions + np.array([37.0, -12.0])
    still_there = np.flatnonzero((moved >= 0).all(axis=1) & (moved <= 600).all(axis=1))
    kept = [index for index in shown if index in still_there]
    assert set(kept) <= set(spread(moved.__getitem__, still_there, kept, 48))


def test_the_choice_is_the_same_every_time() -> None:
    positions = scattered(300)
    assert spread(positions.__getitem__, np.arange(300), [], 48) == spread(
        positions.__getitem__, np.arange(300), [], 48
    )


def test_nearer_views_have_larger_pictures_and_full_views_have_none() -> None:
    sizes = [size_for(zoom) for zoom in (1, 2, 5, 10, 50)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    assert not has_room(4000, size_for(1), 800 * 600, zoom=1)
    assert has_room(60, size_for(1), 800 * 600, zoom=1)
    assert has_room(4000, size_for(6), 800 * 600, zoom=6)


def test_pictures_are_asked_for_from_the_middle_outwards_and_once_while_they_are_on_their_way(qtbot: QtBot) -> None:
    positions = scattered(40)
    middle = np.array([300.0, 300.0])
    thumbnails = Thumbnails()
    thumbnails.shown = list(range(20))
    asked = thumbnails.ask(positions.__getitem__, middle)
    distances = np.hypot(*(positions[asked] - middle).T)
    assert sorted(asked) == list(range(20))
    assert (np.diff(distances) >= 0).all()
    assert thumbnails.ask(positions.__getitem__, middle) == []
    thumbnails.show(asked[:5], np.zeros((5, 8, 8, 3), np.uint8))
    assert thumbnails.ask(positions.__getitem__, middle) == []
    thumbnails.shown = list(range(22))
    # stands in for the older list, so it names the rest of that too
    assert thumbnails.ask(positions.__getitem__, middle)
    assert thumbnails._asked == set(range(22)) - set(asked[:5])


def test_memory_is_bounded_and_what_is_shown_is_kept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.map.thumbnails.IMAGE_BYTES", 10 * 8 * 8 * 3)
    thumbnails = Thumbnails()
    thumbnails.shown = [0, 1]
    for mark in range(30):
        thumbnails.show([mark], np.zeros((1, 8, 8, 3), np.uint8))
    assert sum(thumbnails.has(mark) for mark in range(30)) <= 12
    assert all(thumbnails.has(mark) for mark in (0, 1, 29))


@pytest.mark.parametrize(("side", "size", "expected"), [(64, 48, 48), (16, 48, 48), (28, 64, 56), (64, 64, 64)])
def test_small_pictures_grow_by_whole_steps_and_large_ones_shrink(
    qtbot: QtBot, side: int, size: int, expected: int
) -> None:
    thumbnails = Thumbnails()
    thumbnails.show([3], np.full((1, side, side, 1), 200, np.uint8))
    pixmap = thumbnails.pixmap(3, size, 1.0)
    assert pixmap is not None
    assert pixmap.width() == expected
    assert pixmap.toImage().pixelColor(expected // 2, expected // 2).red() == 200
    assert thumbnails.pixmap(4, size, 1.0) is None


def test_a_crowd_has_one_picture_a_region_of_the_sample_in_its_middle() -> None:
    rng = np.random.default_rng(0)
    middles = np.array([[x, y] for x in (0.5, 4.5, 8.5) for y in (0.5, 4.5)])
    points = (np.repeat(middles, 400, axis=0) + rng.normal(scale=0.1, size=(2400, 2))).astype(np.float32)
    chosen = representatives(points, np.arange(2400), np.empty(0, np.intp), 1.0 / SIDE)
    assert len(chosen) == 6
    assert np.hypot(*(np.sort(points[chosen], axis=0) - np.sort(middles, axis=0)).T).max() < 0.1


def test_a_lonely_sample_stands_for_no_region() -> None:
    points = np.array([[0.5, 0.5]] * 20 + [[50.5, 50.5]], np.float32)
    assert 20 not in representatives(points, np.arange(21), np.empty(0, np.intp), 1.0 / SIDE)


def test_a_region_keeps_its_picture_while_the_view_moves() -> None:
    points = np.random.default_rng(0).uniform(0, 20, (50_000, 2)).astype(np.float32)
    before = representatives(points, np.arange(50_000), np.empty(0, np.intp), 1.0)
    moved = np.flatnonzero((points > 5).all(axis=1))
    kept = before[(points[before] > 5).all(axis=1)]
    assert set(kept.tolist()) <= set(representatives(points, moved, kept, 1.0).tolist())


@given(st.integers(1, 5000))
def test_a_mixed_part_of_many_is_the_same_whatever_else_there_is(count: int) -> None:
    ids = np.arange(count)
    assert len(mixed(ids, 100)) == min(count, 100)
    assert set(mixed(ids, 100).tolist()) <= set(mixed(ids[: count // 2 + 100], 200).tolist()) | set(
        range(count // 2 + 100, count)
    )


def test_words_stand_on_the_map_by_themselves_and_ask_for_no_pictures(qapp: QApplication) -> None:
    words = Thumbnails(("king", "a word that is much too long for a map of words"))
    words.shown = [0, 1]
    assert words.ask(lambda ids: np.zeros((len(ids), 2)), np.zeros(2)) == []
    assert words.has(1)
    short, long = words.drawn(0, 40, 2.0), words.drawn(1, 40, 2.0)
    assert short is not None
    assert long is not None
    assert 10 < short.deviceIndependentSize().width() < long.deviceIndependentSize().width() < 90
    assert words.pixmap(0, 40, 2.0) is None
    assert words.drawn(0, 40, 2.0) is short
