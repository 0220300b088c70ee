"""What of a latent gestures change: parts, channels, cells; told in words; the rest is held."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.models.base import Part, Space
from explorer.models.scope import WHOLE, Scope, holds, mask_of, mixed, told, with_parts, without

LAYERS = Space("w+", 12, (4, 3), "mapped", tuple(Part(name, 3, "mapped") for name in ("4", "8 up", "8", "colours")))
JOINT = Space("z", 7, (7,), "", (Part("style", 4, "normal"), Part("class", 3, "one-hot")))
SPATIAL = Space("z", 40, (2, 4, 5), "", (Part("z", 40, "none"),))
parts = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(parts)
def test_the_numbers_of_the_parts_change_and_no_others(chosen: tuple[int, ...]) -> None:
    mask = mask_of(Scope("w+", chosen), LAYERS)
    if set(chosen) in (set(), {0, 1, 2, 3}):
        assert mask is None
    else:
        assert mask is not None
        assert set(np.flatnonzero(mask.reshape(4, 3).all(axis=1)).tolist()) == set(chosen)
        assert mask.sum() == 3 * len(set(chosen))


@given(st.lists(st.floats(-2, 2, width=32), min_size=24, max_size=24), parts)
def test_what_is_not_in_the_scope_is_held_exactly(numbers: list[float], chosen: tuple[int, ...]) -> None:
    held, taken = np.array(numbers, np.float32).reshape(2, 12)
    mask = mask_of(Scope("w+", chosen), LAYERS)
    made = mixed(mask, held, taken)
    moving = np.ones(12, bool) if mask is None else mask
    assert np.array_equal(made[moving], taken[moving])
    assert np.array_equal(made[~moving], held[~moving])
    assert np.array_equal(mixed(mask, held, taken[None])[0], made)


def test_channels_and_cells_of_a_spatial_latent() -> None:
    mask = mask_of(Scope("z", channels=(1,), cells=(1, 2, 2, 4)), SPATIAL)
    assert mask is not None
    wanted = np.zeros((2, 4, 5), bool)
    wanted[1, 1:3, 2:5] = True
    assert np.array_equal(mask.reshape(2, 4, 5), wanted)


@pytest.mark.parametrize(
    ("scope", "space", "words"),
    [
        (WHOLE, LAYERS, ""),
        (Scope("z", (0,)), LAYERS, ""),  # of another space
        (Scope("w+", (9,)), LAYERS, ""),  # of another model
        (Scope("w+", (0,)), LAYERS, "4"),
        (Scope("w+", (0, 2)), LAYERS, "4 and 8"),
        (Scope("w+", (0, 1, 2)), LAYERS, "all but colours"),
        (Scope("z", (0,)), JOINT, "all but class"),
        (Scope("z", (1,)), JOINT, "class"),
        (Scope("z", channels=(1,), cells=(1, 2, 1, 4)), SPATIAL, "channel 2, row 2, columns 3 to 5"),
        (Scope("z", cells=(0, 0, 3, 4)), SPATIAL, ""),
    ],
)
def test_a_scope_says_what_changes(scope: Scope, space: Space, words: str) -> None:
    assert told(scope, space) == words
    assert (mask_of(scope, space) is None) == (not words)


def test_a_part_is_kept_and_let_go_beside_others() -> None:
    kept = without(WHOLE, JOINT, 1)
    assert kept == Scope("z", (0,))
    assert holds(kept, JOINT, 1)
    assert not holds(kept, JOINT, 0)
    assert with_parts(kept, JOINT, (*kept.parts, 1)) == WHOLE
    assert without(without(WHOLE, LAYERS, 1), LAYERS, 3).parts == (0, 2)


def test_something_always_changes() -> None:
    assert without(Scope("z", (0,)), JOINT, 0) == WHOLE
    assert mask_of(Scope("z", cells=(7, 7, 9, 9)), SPATIAL) is None
