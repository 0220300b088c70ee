"""The class in a latent: set without touching the rest, and told in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents import classes

NAMES = ("wren", "rook", "kite", "crow")
WHERE = slice(2, 6)
numbers = st.lists(st.floats(-3, 3, width=32), min_size=7, max_size=7)


@given(numbers, st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_under_each_class_the_rest_of_the_latent_stays(latent: list[float], codes: list[int]) -> None:
    base = np.array(latent, np.float32)
    made = classes.under_each(base, WHERE, codes)
    assert np.array_equal(made[:, WHERE], np.eye(4, dtype=np.float32)[codes])
    assert np.array_equal(
        np.delete(made, np.r_[WHERE], axis=1), np.tile(np.delete(base, np.r_[WHERE]), (len(codes), 1))
    )


@given(numbers, numbers, st.integers(0, 3))
def test_with_sliders_moved_the_edited_latent_is_of_the_class(one: list[float], other: list[float], code: int) -> None:
    base, edit = np.array(one, np.float32), np.array(other, np.float32)
    moved = classes.moved_to(base, base + edit, WHERE, code)
    np.testing.assert_allclose((moved + edit)[WHERE], np.eye(4)[code], atol=2e-6)
    assert np.array_equal(np.delete(moved, np.r_[WHERE]), np.delete(base, np.r_[WHERE]))


@given(numbers, st.integers(0, 3))
def test_without_sliders_a_chosen_class_is_exactly_one_among_zeros(latent: list[float], code: int) -> None:
    base = np.array(latent, np.float32)
    moved = classes.moved_to(base, base, WHERE, code)
    assert np.array_equal(moved[WHERE], np.eye(4, dtype=np.float32)[code])
    assert classes.pure(moved[WHERE]) == code


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((0, 1, 0, 0), "rook"),
        ((0, 0, 0, 0), "no class: all of its numbers are 0"),
        ((0.02, 0.98, 0, 0), "mostly rook (98 %)"),
        ((0.4, 0, 0.6, 0), "between kite and wren (60 : 40)"),
        ((0.7071, 0.7071, 0, 0), "between wren and rook (50 : 50, adding up to 1.41)"),
        ((0.4, 0.3, 0.2, 0.1), "a blend of 4 classes, most of it wren (40 %)"),
        ((0.4, -0.3, 0.9, 0), "outside the classes, nearest kite"),
        ((2, 0, 0, 0), "mostly wren (100 %, adding up to 2.00)"),
    ],
)
def test_a_blend_of_classes_says_what_it_is(weights: tuple[float, ...], words: str) -> None:
    assert classes.told(np.array(weights, np.float32), NAMES) == words
    assert (classes.pure(np.array(weights, np.float32)) is None) == (words != "rook")


def test_one_class_alone_is_told_as_well() -> None:
    assert classes.told(np.array([0.5], np.float32), ("only",)) == "mostly only (100 %, adding up to 0.50)"
