from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.latents.concepts import Concept
from explorer.latents.edits import coordinates, edited

NAMES = ("smile", "glasses", "beard")


def concept(name: str, seed: int, dim: int = 6) -> Concept:
    random = np.random.default_rng(seed)
    direction = random.standard_normal(dim)
    return Concept(name, (direction / np.linalg.norm(direction)).astype(np.float32), 0.5 + seed, float(seed - 1))


CONCEPTS = [concept(name, seed) for seed, name in enumerate(NAMES)]
base_latent = arrays(np.float32, 6, elements=st.floats(-10, 10, width=32))
strength = st.floats(-6, 6)


@given(base=base_latent, strengths=st.fixed_dictionaries(dict.fromkeys(NAMES, strength)), order=st.permutations(NAMES))
def test_the_order_of_concepts_and_strengths_never_matters(
    base: np.ndarray, strengths: dict[str, float], order: list[str]
) -> None:
    shuffled = sorted(CONCEPTS, key=lambda concept: order.index(concept.name))
    edit = edited(base, shuffled, {name: strengths[name] for name in order})
    assert edit.tobytes() == edited(base, CONCEPTS, strengths).tobytes()


@given(base=base_latent)
def test_strengths_of_zero_and_no_strengths_leave_the_latent_as_it_is(base: np.ndarray) -> None:
    assert np.array_equal(edited(base, CONCEPTS, dict.fromkeys(NAMES, 0.0)), base)
    assert np.array_equal(edited(base, CONCEPTS, {}), base)


@given(base=base_latent, name=st.sampled_from(NAMES), moved=strength)
def test_a_strength_of_s_moves_the_concepts_own_coordinate_by_s(base: np.ndarray, name: str, moved: float) -> None:
    before, after = coordinates(base, CONCEPTS), coordinates(edited(base, CONCEPTS, {name: moved}), CONCEPTS)
    assert after[name] - before[name] == pytest.approx(moved, abs=2e-5)


@given(base=base_latent, moved=strength)
def test_a_strength_and_its_opposite_come_back(base: np.ndarray, moved: float) -> None:
    there = edited(base, CONCEPTS, {"smile": moved})
    np.testing.assert_allclose(edited(there, CONCEPTS, {"smile": -moved}), base, atol=1e-5)


def test_concepts_of_another_space_move_nothing_and_have_no_coordinate() -> None:
    base, other = np.ones(6, np.float32), concept("tall", 5, dim=4)
    assert np.array_equal(edited(base, [other], {"tall": 2.0}), base)
    assert coordinates(base, [other, CONCEPTS[0]]).keys() == {"smile"}


def test_an_edit_never_writes_into_its_base() -> None:
    base = np.ones(6, np.float32)
    base.setflags(write=False)
    assert edited(base, CONCEPTS, {"smile": 1.0}) is not base
    assert edited(base, CONCEPTS, {}).dtype == np.float32
