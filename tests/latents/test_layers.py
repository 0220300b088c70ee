"""Concepts that act on a range of layers."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.latents.concepts import in_units_of
from explorer.latents.concepts.known import known
from explorer.latents.concepts.layers import layered, told_range, within
from explorer.latents.edits import edited
from explorer.latents.samples import LatentSet
from explorer.models.base import Part, Space

SPACE = Space("w+", 12, (4, 3), "mapped", tuple(Part(f"{4 * 2**i} px", 3, "mapped") for i in range(4)))
W = np.random.default_rng(0).standard_normal((200, 3)).astype(np.float32)
SAMPLES = LatentSet("w+", np.tile(W, 4))
SMILE = in_units_of(SAMPLES.latents, np.tile([1.0, 2.0, 0.0], 4), "smile", "w+", {})


def test_a_space_of_several_parts_has_layers_and_one_of_a_single_part_has_none() -> None:
    assert SPACE.pieces[1] == ("8 px", 3, 6)
    assert Space("z", 3, (3,), "N(0, I)").pieces == ()
    assert Space("z", 3, (3,), "", (Part("z", 3, "normal"),)).pieces == ()


def test_in_a_range_of_layers_it_moves_those_alone_and_as_far_as_the_whole_concept_does() -> None:
    coarse = layered(SMILE, (0, 1), SPACE.pieces, SAMPLES.latents)
    base = SAMPLES.latents[0]
    part, whole = (edited(base, [one], {"smile": 1.5}) - base for one in (coarse, SMILE))
    np.testing.assert_allclose(part[:6], whole[:6], atol=1e-5)
    np.testing.assert_array_equal(part[6:], 0)
    assert coarse.coordinate(base + part) - coarse.coordinate(base) == pytest.approx(1.5, abs=1e-5)
    assert coarse.provenance["layers"] == "4 px to 8 px"


def test_the_layers_that_are_chosen_by_name_hold_for_every_use_of_the_concepts() -> None:
    (one,) = known((SMILE,), (), (), SAMPLES, "w+", (("smile", (2, 2)),), SPACE.pieces)
    assert set(np.flatnonzero(one.direction)) <= {6, 7, 8}
    assert known((SMILE,), (), (), SAMPLES, "w+", (("hat", (2, 2)),), SPACE.pieces)[0] is SMILE


def test_all_layers_or_layers_that_are_not_there_leave_the_concept_as_it_is() -> None:
    assert layered(SMILE, (0, 3), SPACE.pieces, SAMPLES.latents) is SMILE
    assert layered(SMILE, (7, 9), SPACE.pieces, SAMPLES.latents) is SMILE
    assert layered(SMILE, (0, 1), (), SAMPLES.latents) is SMILE
    assert told_range((2, 2), SPACE.pieces) == "16 px"


def test_layers_in_which_a_concept_has_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="Nothing of this concept"):
        within(np.array([1.0] * 3 + [0.0] * 9), (1, 2), SPACE.pieces)
