"""Does a concept act, and how far does it reach: read again from what pictures say."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latents.concepts import Concept
from explorer.latents.concepts.acting import STARTS, STRENGTHS, act, pictured_range, probe, trials
from explorer.latents.concepts.reach import narrower
from explorer.latents.pictures import shrunk

LATENTS = np.random.default_rng(0).standard_normal((500, 4)).astype(np.float32)
ACROSS = Concept("across", np.array([1, 0, 0, 0], np.float32), 1.0)


def read(latents: np.ndarray) -> np.ndarray:
    return np.asarray(ACROSS.coordinate(latents.astype(np.float64)))


def test_trials_are_some_samples_at_every_strength() -> None:
    moved = trials(ACROSS, LATENTS).reshape(len(STRENGTHS), STARTS, 4)
    for strength, rows in zip(STRENGTHS, moved, strict=True):
        np.testing.assert_allclose(rows - moved[0], np.broadcast_to([strength, 0, 0, 0], rows.shape), atol=1e-5)


def test_a_faithful_decoder_acts_by_what_was_asked_and_a_deaf_one_not_at_all() -> None:
    moved = trials(ACROSS, LATENTS)
    faithful = act(read(moved))
    assert (faithful.read, faithful.up, faithful.count) == (pytest.approx(2.0, abs=1e-5), 1.0, STARTS)
    deaf = act(np.tile(read(moved)[:STARTS], len(STRENGTHS)))
    assert (deaf.read, deaf.up) == (0.0, 0.0)


def test_a_probe_reads_a_coordinate_and_knows_how_well() -> None:
    random = np.random.default_rng(1)
    rows = LATENTS.astype(np.float64) @ random.standard_normal((4, 12))
    weights, offset, trust = probe(rows, read(LATENTS))
    np.testing.assert_allclose(rows @ weights + offset, read(LATENTS), atol=0.2)
    assert trust > 0.97
    assert probe(random.standard_normal((500, 12)), read(LATENTS))[2] < 0.1


def test_the_range_ends_where_pictures_leave_the_data() -> None:
    box = np.random.default_rng(2).uniform(-1, 1, (4000, 2)).astype(np.float32)
    concept = Concept("across", np.array([1, 0], np.float32), float(box[:, 0].std()))
    moved = trials(concept, box).astype(np.float64)
    low, high = pictured_range(moved, box.astype(np.float64))
    assert -2.7 <= low <= -1.0  # half of them reach the wall after a way of 1, which is 1.7 sigma
    assert 1.0 <= high <= 2.7


def test_the_range_ends_where_pictures_no_longer_follow() -> None:
    moved = trials(ACROSS, LATENTS).astype(np.float64)
    stuck = moved.copy()
    stuck[:, 0] = np.minimum(moved[:, 0], np.tile(moved[:STARTS, 0], len(STRENGTHS)) + 1)  # decodes no more than +1
    low, high = pictured_range(stuck, LATENTS.astype(np.float64), moved)
    assert 1.0 <= high <= 2.0
    assert low < -high


def test_a_decoder_that_follows_everywhere_ends_at_the_last_trial() -> None:
    wide = (LATENTS * np.array([9, 1, 1, 1], np.float32)).astype(np.float32)
    moved = trials(ACROSS, wide).astype(np.float64)
    assert pictured_range(moved, wide.astype(np.float64), moved) == (-4.0, 4.0)


def test_of_two_ranges_what_lies_in_both_counts_and_one_that_is_not_known_says_nothing() -> None:
    assert narrower((-3.0, 2.0), (-2.0, 4.0)) == (-2.0, 2.0)
    assert narrower((0.0, 0.0), (-2.0, 4.0)) == (-2.0, 4.0)
    assert narrower((0.0, 0.0), (0.0, 0.0)) == (0.0, 0.0)


def test_pictures_shrink_to_the_mean_of_their_blocks() -> None:
    pictures = np.zeros((2, 65, 64, 1), np.uint8)
    pictures[:, :, ::2] = 100
    small = shrunk(pictures, 32)
    assert small.shape == (2, 21, 21, 1)
    assert shrunk(pictures[:, :64], 32).shape == (2, 32, 32, 1)
    assert set(np.unique(shrunk(pictures[:, :64], 32))) == {50}
    assert shrunk(pictures, 100) is pictures
