from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.concepts import Concept, auc, cohens_d, held_out_auc, mean_difference, of_masks, scored
from explorer.latents.samples import Labels, LatentSet


def planted(n: int = 400, dim: int = 8, shift: float = 2.0, seed: int = 0) -> tuple[LatentSet, np.ndarray, np.ndarray]:
    """Samples, which of them carry a planted concept, and its true unit direction."""
    random = np.random.default_rng(seed)
    truth = random.standard_normal(dim)
    truth /= np.linalg.norm(truth)
    with_ = random.random(n) < 0.4
    latents = random.standard_normal((n, dim)) + shift * with_[:, None] * truth
    return LatentSet("z", latents.astype(np.float32)), with_, truth


def test_mean_difference_finds_a_planted_direction_and_points_towards_with() -> None:
    samples, with_, truth = planted(n=4000)
    concept = mean_difference(samples, with_, ~with_, "smile")
    assert concept.direction @ truth > 0.98
    opposite = mean_difference(samples, ~with_, with_, "no smile")
    np.testing.assert_allclose(opposite.direction, -concept.direction, atol=1e-6)


def test_the_unit_of_a_concept_is_the_spread_of_all_samples() -> None:
    samples, with_, _ = planted()
    concept = mean_difference(samples, with_ & (np.arange(400) < 200), ~with_, "smile")
    coordinates = concept.coordinate(samples.latents)
    assert np.linalg.norm(concept.direction) == pytest.approx(1, abs=1e-6)
    assert coordinates.mean() == pytest.approx(0, abs=1e-5)
    assert coordinates.std() == pytest.approx(1, abs=1e-5)


def test_the_provenance_of_a_mean_difference_says_method_label_counts_and_scores() -> None:
    samples, with_, _ = planted()
    concept = scored(mean_difference(samples, with_, ~with_, "smile", label="mouth"), samples, with_, ~with_)
    assert concept.space == "z"
    assert concept.provenance["method"] == "mean difference"
    assert concept.provenance["label"] == "mouth"
    assert (concept.provenance["with"], concept.provenance["without"]) == (with_.sum(), (~with_).sum())
    assert set(concept.provenance) >= {"cohens_d", "length_in_sigma", "held_out_auc"}


def test_held_out_auc_is_high_for_a_planted_concept_and_chance_for_noise() -> None:
    samples, with_, _ = planted(shift=3.0)
    assert held_out_auc(of_masks(samples, with_, ~with_)) > 0.95
    noise, any_, _ = planted(n=3000, shift=0.0)
    assert held_out_auc(of_masks(noise, any_, ~any_)) == pytest.approx(0.5, abs=0.05)


def test_groups_keep_the_same_person_from_being_learned_and_tested() -> None:
    random = np.random.default_rng(1)
    people = np.repeat(np.arange(20), 20)
    latents = 5 * random.standard_normal((20, 64))[people] + random.standard_normal((400, 64))
    with_ = random.permutation(np.arange(20) % 2 == 0)[people]  # the concept is nothing but the person
    samples = LatentSet(
        "z", latents.astype(np.float32), labels=(Labels("person", people, tuple("abcdefghijklmnopqrst")),)
    )
    assert held_out_auc(of_masks(samples, with_, ~with_)) > 0.95
    assert held_out_auc(of_masks(replace(samples, grouped_by="person"), with_, ~with_)) < 0.8


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8), st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_auc_is_the_share_of_pairs_ranked_right_with_ties_at_half(above: list[int], below: list[int]) -> None:
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in above for b in below]
    assert auc(np.array(above, float), np.array(below, float)) == pytest.approx(np.mean(pairs))


def test_cohens_d_of_two_unit_bells_a_distance_apart_is_that_distance() -> None:
    random = np.random.default_rng(2)
    a, b = random.standard_normal(20_000) + 1.5, random.standard_normal(20_000)
    assert cohens_d(a, b) == pytest.approx(1.5, abs=0.05)
    assert cohens_d(b, a) == pytest.approx(-cohens_d(a, b))
    assert cohens_d(np.zeros(3), np.zeros(3)) == 0
    assert cohens_d(np.ones(1), np.zeros(1)) == np.inf


def masks(n: int, with_: list[int], without: list[int]) -> tuple[np.ndarray, np.ndarray]:
    index = np.arange(n)
    return np.isin(index, with_), np.isin(index, without)


@pytest.mark.parametrize(
    ("latents", "buckets"),
    [
        (np.eye(4), masks(4, [], [0])),
        (np.eye(4), masks(4, [0], [])),
        (np.eye(4), masks(4, [0, 1], [1, 2])),
        (np.eye(4), masks(3, [0], [1])),
        (np.ones((4, 3)), masks(4, [0, 1], [2, 3])),
        (np.full((4, 3), np.nan), masks(4, [0, 1], [2, 3])),
    ],
    ids=["nothing with", "nothing without", "overlap", "other length", "equal means", "NaN"],
)
def test_buckets_that_give_no_direction_are_refused_with_a_hint(
    latents: np.ndarray, buckets: tuple[np.ndarray, np.ndarray]
) -> None:
    with pytest.raises(InputError) as refusal:
        mean_difference(LatentSet("z", latents.astype(np.float32)), *buckets, "smile")
    assert refusal.value.hint


def test_one_example_a_bucket_makes_a_concept_but_no_score() -> None:
    samples = LatentSet("z", np.eye(4, dtype=np.float32))
    buckets = masks(4, [0], [1])
    assert isinstance(mean_difference(samples, *buckets, "smile"), Concept)
    with pytest.raises(InputError):
        held_out_auc(of_masks(samples, *buckets))
