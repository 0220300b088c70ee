"""The laws of every way to a concept: scale, sign, order, recovery of what was planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.concepts import CANDIDATES, METHODS, Examples, between
from explorer.latents.concepts.examples import Mask

seeds = st.integers(0, 10_000)
methods = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
candidates = pytest.mark.parametrize("method", CANDIDATES.values(), ids=list(CANDIDATES))


def truth(seed: int, dim: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal(dim)
    return drawn / np.linalg.norm(drawn)


def planted(seed: int, n: int = 60, dim: int = 12, shift: float = 3.0) -> Examples:
    """As many with as without, a known direction apart."""
    random = np.random.default_rng(seed + 1)
    without = random.standard_normal((n, dim))
    return Examples(random.standard_normal((n, dim)) + shift * truth(seed, dim), without)


@methods
@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_method_recovers_a_planted_direction_at_length_one(method, seed: int) -> None:
    direction = method.fit(planted(seed, n=200))
    assert np.linalg.norm(direction) == pytest.approx(1)
    assert direction @ truth(seed, 12) > 0.9


@methods
@given(seed=seeds, scale=st.floats(1e-3, 1e3))
@settings(max_examples=10, deadline=None)
def test_the_scale_and_the_origin_of_latents_do_not_turn_the_arrow(method, seed: int, scale: float) -> None:
    examples = planted(seed)
    moved = Examples(scale * examples.with_ + 3 * scale, scale * examples.without + 3 * scale)
    assert method.fit(moved) @ method.fit(examples) > 1 - 1e-6


@methods
@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_exchanged_buckets_give_the_opposite_arrow(method, seed: int) -> None:
    examples = planted(seed)
    np.testing.assert_allclose(method.fit(Examples(examples.without, examples.with_)), -method.fit(examples), atol=1e-5)


@methods
@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_the_order_of_examples_does_not_matter(method, seed: int) -> None:
    """For pairs: the order of the pairs."""
    examples = planted(seed)
    order = np.random.default_rng(seed).permutation(60)
    shuffled = Examples(examples.with_[order], examples.without[order])
    np.testing.assert_allclose(method.fit(shuffled), method.fit(examples), atol=1e-5)


@methods
def test_an_example_given_twice_counts_as_one_of_twice_the_weight(method) -> None:
    examples = planted(3, n=20)
    twice = Examples(
        np.concatenate([examples.with_, examples.with_[:1]]), np.concatenate([examples.without, examples.without[:1]])
    )
    weights = np.where(np.arange(40) % 20 == 0, 2.0, 1.0)
    weighted = examples.weighted(np.sqrt(weights) if method is METHODS["paired"] else weights)
    assert method.fit(twice) @ method.fit(weighted) > 1 - 1e-6


@methods
def test_more_dimensions_than_examples_are_no_obstacle(method) -> None:
    direction = method.fit(planted(5, n=8, dim=600, shift=60.0))
    assert direction @ truth(5, 600) > 0.8


@methods
def test_examples_all_alike_are_refused_with_a_hint(method) -> None:
    with pytest.raises(InputError) as refusal:
        method.fit(Examples(np.ones((4, 3)), np.ones((4, 3))))
    assert refusal.value.hint


def test_pairs_need_as_many_of_both() -> None:
    with pytest.raises(InputError, match="3 examples with and 2 without"):
        METHODS["paired"].fit(Examples(np.eye(3), np.zeros((2, 3))))


def test_a_direction_between_two_snapshots_leads_from_one_to_the_other() -> None:
    start, end = np.array([1, 1, 1], np.float32), np.array([1, 3, 1], np.float32)
    np.testing.assert_allclose(between.fit(start, end), [0, 1, 0])
    with pytest.raises(InputError):
        between.fit(start, start)
    with pytest.raises(InputError, match="different spaces"):
        between.fit(start, end[:2])


def stretched(seed: int, which: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, d) that vary most, and least like a bell, along one direction."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.standard_normal((6, 6)))[0]
    rows = random.standard_normal((3000, 6))
    rows[:, which] = 4 * np.sign(rows[:, which])
    return rows @ axes.T, axes[:, which]


@candidates
@given(seed=seeds)
@settings(max_examples=8, deadline=None)
def test_what_varies_most_or_is_least_a_bell_comes_first(method, seed: int) -> None:
    rows, axis = stretched(seed)
    found = method.fit(rows, 4)
    assert found.shape == (4, 6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1)
    assert abs(found[0] @ axis) > 0.99


@candidates
@given(seed=seeds, scale=st.floats(1e-3, 1e3))
@settings(max_examples=8, deadline=None)
def test_candidates_keep_their_sign_whatever_the_scale_and_the_order(method, seed: int, scale: float) -> None:
    rows, _axis = stretched(seed)
    shuffled = scale * rows[np.random.default_rng(seed).permutation(len(rows))]
    assert method.fit(shuffled, 1)[0] @ method.fit(rows, 1)[0] > 0.999


def test_components_are_orthogonal() -> None:
    rows, _axis = stretched(1)
    for key in ("principal", "factorised"):
        found = CANDIDATES[key].fit(rows, 6)
        np.testing.assert_allclose(found @ found.T, np.eye(6), atol=1e-9)


def test_independent_components_find_mixed_sources_that_principal_ones_do_not() -> None:
    random = np.random.default_rng(0)
    sources = random.uniform(-1, 1, (4000, 2))
    mixing = np.array([[1.0, 0.9], [0.0, 0.5]])
    truths = mixing / np.linalg.norm(mixing, axis=0)
    found = CANDIDATES["independent"].fit(sources @ mixing.T, 2)
    assert np.abs(found @ truths).max(axis=0).min() > 0.99


def test_a_part_of_the_examples_keeps_each_on_its_side() -> None:
    examples = Examples(np.eye(3), 5 + np.eye(3), np.arange(6.0) + 1, np.arange(6))
    chosen: Mask = np.array([True, False, True, False, True, True])
    part = examples.some(chosen)
    np.testing.assert_array_equal(part.with_, np.eye(3)[[0, 2]])
    assert part.groups is not None
    np.testing.assert_array_equal(part.groups, [0, 2, 4, 5])
    assert part.shares[part.is_with].sum() == pytest.approx(0.5)
