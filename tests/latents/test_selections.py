from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents import selections
from explorer.latents.selections import Indices, chosen

sets = st.frozensets(st.integers(0, 60))


def members(indices: Indices) -> set[int]:
    """The samples, after a look at what every selection promises."""
    assert indices.dtype == np.int64
    assert not indices.flags.writeable
    assert (np.diff(indices) > 0).all()
    return set(indices.tolist())


@given(one=sets, other=sets)
def test_the_algebra_is_that_of_sets(one: frozenset[int], other: frozenset[int]) -> None:
    first, second = chosen(one), chosen(other)
    assert members(selections.either(first, second)) == one | other
    assert members(selections.both(first, second)) == one & other
    assert members(selections.without(first, second)) == one - other
    assert members(selections.others(first, 61)) == set(range(61)) - one
    assert selections.same(first, second) == (one == other)


@given(one=sets, other=sets)
def test_picking_replaces_adds_or_subtracts(one: frozenset[int], other: frozenset[int]) -> None:
    before, picked = chosen(one), chosen(other)
    assert members(selections.combined(before, picked, "replace")) == other
    assert members(selections.combined(before, picked, "add")) == one | other
    assert members(selections.combined(before, picked, "subtract")) == one - other


@given(one=sets, count=st.integers(0, 61))
def test_a_mask_and_back(one: frozenset[int], count: int) -> None:
    mask = selections.to_mask(chosen(one), count)
    assert mask.shape == (count,)
    assert members(selections.from_mask(mask)) == {index for index in one if index < count}
    assert members(chosen([-3, *one], count)) == {index for index in one if index < count}


@given(one=sets)
def test_a_selection_comes_back_from_its_text(one: frozenset[int]) -> None:
    assert members(selections.from_text(selections.to_text(chosen(one)))) == one


def test_the_text_of_a_million_samples_in_a_row_is_short() -> None:
    assert selections.to_text(np.arange(1_000_000)) == "0-999999"


@pytest.mark.parametrize("text", ["a", "3-", "-3", "5-2", "1,2", "1 - 2", "0-99999999999", "9" * 400])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        selections.from_text(text)
