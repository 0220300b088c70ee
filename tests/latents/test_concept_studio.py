"""Measures and mends of concepts: what moved, how far one may go, how steady the arrow is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.concepts import (
    METHODS,
    Concept,
    Examples,
    angle_in_words,
    cohens_d,
    in_units_of,
    made,
    normal,
    split_half_angle,
)
from explorer.latents.concepts import tested as with_scores
from explorer.latents.concepts.effects import Effect, counted, effects, moved, once_a_label, readable, readouts
from explorer.latents.concepts.mends import balanced, freed, joint, matched, without_components
from explorer.latents.concepts.reach import safe_range
from explorer.latents.samples import Labels, LatentSet

DIFFERENCE = METHODS["difference"].fit


def biased(n: int = 2000, dim: int = 6) -> tuple[LatentSet, np.ndarray, np.ndarray]:
    """Smile is the first number, glasses the second; four of five who smile wear glasses."""
    random = np.random.default_rng(0)
    smile = random.random(n) < 0.5
    glasses = random.random(n) < np.where(smile, 0.8, 0.2)
    latents = random.standard_normal((n, dim)) * 0.5
    latents[:, 0] += 2.0 * smile
    latents[:, 1] += 2.0 * glasses
    labels = (Labels("smile", smile.astype(np.int64), ("no", "yes")), Labels("glasses", glasses * 1, ("none", "round")))
    return LatentSet("z", latents.astype(np.float32), labels=labels), smile, glasses


def examples_of(samples: LatentSet, smile: np.ndarray) -> tuple[Examples, np.ndarray]:
    order = np.concatenate([np.flatnonzero(smile), np.flatnonzero(~smile)])
    latents = samples.latents.astype(np.float64)
    return Examples(latents[smile], latents[~smile]), order


def concept_of(samples: LatentSet, examples: Examples) -> Concept:
    return made(examples, samples.latents, "smile", "z", DIFFERENCE, {"method": "mean difference"})


def change_of(samples: LatentSet, concept: Concept, name: str) -> float:
    found = effects(readouts(samples), samples.latents, moved(concept, samples.latents))
    return next(effect.change for effect in found if effect.name == name)


def test_a_biased_concept_adds_what_came_with_its_examples_and_says_so() -> None:
    samples, smile, _glasses = biased()
    concept = concept_of(samples, examples_of(samples, smile)[0])
    found = effects(readouts(samples), samples.latents, moved(concept, samples.latents))
    assert [effect.name for effect in found] == ["smile", "glasses: round"]
    assert found[1].words.startswith("also adds glasses: round: +")
    assert found[1].up == 1


@pytest.mark.parametrize("mend", ["balance", "match", "remove"])
def test_each_mend_keeps_the_smile_and_takes_the_glasses_away(mend: str) -> None:
    samples, smile, glasses = biased()
    examples, order = examples_of(samples, smile)
    before = concept_of(samples, examples)
    if mend == "balance":
        after = concept_of(samples, balanced(examples, glasses[order]))
    elif mend == "match":
        after = concept_of(samples, matched(examples, glasses[order]))
    else:
        wearing = Examples(
            samples.latents[glasses & ~smile].astype(float), samples.latents[~glasses & ~smile].astype(float)
        )
        after = freed(before, [made(wearing, samples.latents, "glasses", "z", DIFFERENCE, {})], samples.latents)
    assert abs(change_of(samples, after, "glasses: round")) < 0.25 * change_of(samples, before, "glasses: round")
    assert change_of(samples, after, "smile") > 0.8 * change_of(samples, before, "smile")


@given(st.integers(0, 1000))
def test_what_is_left_of_a_direction_is_orthogonal_to_what_was_removed(seed: int) -> None:
    random = np.random.default_rng(seed)
    direction, *others = random.standard_normal((4, 10))
    left = without_components(direction, others)
    np.testing.assert_allclose(np.stack(others) @ left, 0, atol=1e-9)
    assert np.linalg.norm(left) == pytest.approx(1)


def test_a_concept_along_a_removed_one_leaves_nothing() -> None:
    with pytest.raises(InputError, match="Nothing is left"):
        without_components(np.array([1.0, 0]), [np.array([2.0, 0])])


def test_strata_on_one_side_only_count_on_neither() -> None:
    examples = Examples(np.arange(6.0).reshape(3, 2), 10 + np.arange(4.0).reshape(2, 2))
    kept = balanced(examples, np.array([0, 0, 7, 0, 8]))
    assert (len(kept.with_), len(kept.without)) == (2, 1)
    with pytest.raises(InputError, match="nothing to balance"):
        balanced(examples, np.array([0, 0, 0, 1, 1]))


def test_joint_strata_tell_every_combination_apart() -> None:
    assert len(set(joint([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]).tolist())) == 4


def test_matched_pairs_are_nearest_and_of_one_kind() -> None:
    examples = Examples(np.array([[0.0], [10.0]]), np.array([[9.0], [1.0], [50.0]]))
    pairs = matched(examples)
    np.testing.assert_array_equal(pairs.without - pairs.with_, [[1.0], [-1.0]])
    only = matched(examples, np.array([0, 1, 2, 2, 1]))
    np.testing.assert_array_equal((only.with_, only.without), ([[10.0]], [[50.0]]))
    with pytest.raises(InputError):
        matched(examples, np.arange(5))


def test_the_split_half_angle_is_what_other_examples_turn_the_arrow_by() -> None:
    """Compared with arrows from fresh examples."""

    def drawn(seed: int) -> Examples:
        random = np.random.default_rng(seed)
        with_ = random.standard_normal((40, 30))
        with_[:, 0] += 1.5
        return Examples(with_, random.standard_normal((40, 30)))

    arrows = [DIFFERENCE(drawn(seed)) for seed in range(20)]
    cosines = [a @ b for i, a in enumerate(arrows) for b in arrows[:i]]
    told = np.mean([angle for seed in range(20) if (angle := split_half_angle(drawn(seed))) is not None])
    assert told == pytest.approx(np.degrees(np.arccos(np.mean(cosines))), abs=4)
    assert "about 24 degrees" in angle_in_words(24.2)
    assert split_half_angle(Examples(np.eye(2)[:1], np.eye(2)[1:])) is None
    assert "too few" in angle_in_words(None)


def test_one_example_a_bucket_has_no_score_but_is_told() -> None:
    samples = LatentSet("z", np.eye(6, dtype=np.float32))
    examples = Examples(np.eye(6)[:1], np.eye(6)[1:2])
    concept = with_scores(concept_of(samples, examples), examples, DIFFERENCE)
    assert concept.provenance["held_out_auc"] is None
    assert concept.provenance["split_half_angle"] is None
    assert (concept.provenance["with"], concept.provenance["without"]) == (1, 1)


def test_the_safe_range_ends_where_the_samples_end() -> None:
    random = np.random.default_rng(0)
    latents = random.uniform(-1, 1, (4000, 2)).astype(np.float32)
    concept = in_units_of(latents, np.array([1.0, 0.0]), "across", "z", {})
    low, high = safe_range(concept, latents)
    assert 1.0 <= high <= 2.5  # half of them reach the wall after a way of 1, which is 1.7 sigma
    assert -2.5 <= low <= -1.0
    assert safe_range(concept, latents[:3]) == (0.0, 0.0)


def test_counts_say_how_many_examples_have_what_else_moved() -> None:
    samples, smile, _glasses = biased()
    with_, without = np.flatnonzero(smile), np.flatnonzero(~smile)
    one = counted(samples, with_, without, Effect("glasses: round", "glasses", 0.6, 0.9))
    assert (one.of_with, one.of_without) == (len(with_), len(without))
    assert one.with_ / one.of_with == pytest.approx(0.8, abs=0.05)
    assert one.gap == pytest.approx(0.6, abs=0.08)
    yes = counted(samples, with_, without, Effect("smile", "smile", 1.0, 1.0))
    assert (yes.with_, yes.without) == (len(with_), 0)


def test_of_each_label_one_class_is_told_and_the_concepts_own_first() -> None:
    found = [
        Effect("smile: sad", "smile", -0.5, 0.0),
        Effect("smile: smiling", "smile", 0.4, 1.0),
        Effect("glasses: none", "glasses", -0.3, 0.1),
        Effect("glasses: round", "glasses", 0.2, 0.9),
        Effect("glasses: square", "glasses", 0.1, 0.9),
        Effect("hat", "hat", 0.25, 0.7),
    ]
    assert [one.name for one in once_a_label(found)] == ["smile: smiling", "hat", "glasses: round"]
    assert once_a_label([]) == []


def test_a_unit_needs_samples_that_vary_along_it() -> None:
    with pytest.raises(InputError, match="No sample varies"):
        in_units_of(np.zeros((5, 2), np.float32), np.array([1.0, 0]), "smile", "z", {})
    with pytest.raises(InputError, match="no direction"):
        in_units_of(np.eye(2, dtype=np.float32), np.zeros(2), "smile", "z", {})
    assert cohens_d(np.array([1.0, 2.0]), np.array([0.0, 1.0])) == pytest.approx(np.sqrt(2))


def test_what_cannot_be_read_is_not_told() -> None:
    samples, _smile, _glasses = biased()
    chance = Labels("chance", np.random.default_rng(5).integers(0, 2, 2000), ("no", "yes"))
    known = LatentSet("z", samples.latents, labels=(*samples.labels, chance))
    assert [reader.name for reader in readable(known)] == ["smile", "glasses: round"]


def test_matching_takes_the_nearest_free_pair_again_and_again() -> None:
    random = np.random.default_rng(3)
    examples = Examples(random.standard_normal((30, 3)), random.standard_normal((20, 3)))
    squares = np.square(examples.with_[:, None] - examples.without[None]).sum(axis=2)
    slow = []
    while np.isfinite(squares).any():
        one, other = np.unravel_index(squares.argmin(), squares.shape)
        slow.append((one, other))
        squares[one], squares[:, other] = np.inf, np.inf
    pairs = matched(examples)
    np.testing.assert_array_equal(pairs.with_, examples.with_[[one for one, _ in slow]])
    np.testing.assert_array_equal(pairs.without, examples.without[[other for _, other in slow]])


@pytest.mark.parametrize("method", ["logistic", "support"])
def test_in_many_dimensions_the_plane_is_the_one_that_exact_steps_find(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(4)
    rows = random.standard_normal((400, 240))
    rows[:200, 0] += 1.5
    examples = Examples(rows[:200], rows[200:])
    quick = METHODS[method].fit(examples)
    monkeypatch.setattr(normal, "MANY", 1000)
    assert quick @ METHODS[method].fit(examples) > 0.999
