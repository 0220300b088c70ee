from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.concepts.known import known
from explorer.latents.samples import Labels, LatentSet
from explorer.session.document import from_text, to_text
from explorer.session.drafts import draft
from explorer.session.state import PathSetting, Pin, Place, Snapshot, State, frozen
from explorer.session.studio import Bucket, Making, Studio

LATENTS = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
SAMPLES = LatentSet("z", LATENTS)


def concept(name: str, *direction: float, space: str = "z") -> Concept:
    unit = np.array(direction, np.float32)
    return Concept(name, unit / np.linalg.norm(unit), 1.25, 0.1, space, {"method": "mean difference", "with": 3})


def studio() -> Studio:
    making = Making(
        "z", "smile", Bucket((3, 1), (frozen(LATENTS[0]),)), Bucket((2,)), "logistic", ("glasses",), True, ("beard",)
    )
    return Studio(
        making, concept("smile", 1, 0, 0), (concept("mine", 1, 2, 3),), ("mine",), MappingProxyType({"a": 1.5})
    )


def test_the_text_of_a_state_brings_the_studio_back_exactly() -> None:
    text = to_text(replace(State("m", Place("z", frozen(LATENTS[1]))), studio=studio()), "m", "f")
    back, was = from_text(text).state.studio, studio()
    assert back.making.with_.samples == (3, 1)
    np.testing.assert_array_equal(back.making.with_.latents[0], LATENTS[0])
    assert replace(back.making, with_=was.making.with_, without=was.making.without).method == "logistic"
    assert (back.making.balance, back.making.match, back.making.remove) == (("glasses",), True, ("beard",))
    np.testing.assert_array_equal(back.own[0].direction, was.own[0].direction)
    assert (back.own[0].sigma, back.own[0].centre, dict(back.own[0].provenance)) == (
        was.own[0].sigma,
        was.own[0].centre,
        dict(was.own[0].provenance),
    )
    assert back.draft is not None
    assert (back.locked, dict(back.muted)) == (("mine",), {"a": 1.5})


def test_a_text_from_before_there_was_a_studio_is_read_with_an_empty_one() -> None:
    lines = to_text(State("m", Place("z", frozen(LATENTS[1]))), "m", "f").splitlines(keepends=True)
    old = "".join(line for line in lines if not line.startswith(' "studio"'))
    assert from_text(old).state.studio.making.is_empty


@pytest.mark.parametrize(
    ("good", "bad"), [('"match": true', '"match": 1'), ('"samples": [3, 1]', '"samples": [-3]'), ('"logistic"', '"?"')]
)
def test_a_damaged_studio_is_refused(good: str, bad: str) -> None:
    text = to_text(replace(State("m", Place("z", frozen(LATENTS[1]))), studio=studio()), "m", "f")
    assert good in text
    with pytest.raises(InputError):
        from_text(text.replace(good, bad))


def test_a_sample_is_in_one_bucket_only_and_once() -> None:
    making = Making().putting("with", Bucket((1, 2))).putting("without", Bucket((2,)))
    assert (making.with_.samples, making.without.samples) == ((1,), (2,))
    assert making.with_.adding((1, 5)).samples == (1, 5)


def test_the_users_concept_stands_in_for_one_of_the_same_name() -> None:
    shipped = (concept("smile", 1, 0, 0), concept("other", 0, 1, 0, space="w"))
    mine = concept("smile", 0, 1, 0)
    assert known(shipped, (mine,), (), None, "z") == (mine,)


def test_what_is_locked_stays_and_the_others_leave_it_alone() -> None:
    shipped = (concept("smile", 1, 0, 0), concept("glasses", 1, 1, 0), concept("beard", 1, 1, 1))
    smile, glasses, beard = known(shipped, (), ("smile",), SAMPLES, "z")
    assert smile is shipped[0]
    for one in (glasses, beard):
        assert one.direction @ smile.direction == pytest.approx(0, abs=1e-6)
        assert one.coordinate(LATENTS).std() == pytest.approx(1, abs=1e-4)
    assert known(shipped, (), ("smile",), SAMPLES, "z")[1] is glasses


def test_concepts_of_other_dimensions_do_not_come_along() -> None:
    own = (concept("b", 1, 0, 0), concept("c", 1, 0), concept("d", 1, 0, space="w"))
    mixed = Studio(draft=concept("a", 1, 0), own=own)
    kept = mixed.fitting({"z": 3, "w": 2})
    assert [one.name for one in kept.own] == ["b", "d"]
    assert kept.draft is None


def test_of_very_many_examples_an_even_part_makes_the_same_arrow() -> None:
    random = np.random.default_rng(0)
    latents = random.standard_normal((60_000, 8)).astype(np.float32)
    latents[:30_000, 2] += 1.0
    samples = LatentSet("z", latents)
    making = Making("z", "much", Bucket(tuple(range(30_000))))
    found = draft(making, samples)
    assert found is not None
    assert len(found.examples.with_) <= 10_000
    assert len(found.examples.without) <= 10_000
    assert found.concept.direction[2] > 0.99


def test_samples_that_come_in_groups_are_held_out_in_groups_and_a_snapshot_alone() -> None:
    random = np.random.default_rng(0)
    fonts = Labels("font", np.arange(40) // 8, ("a", "b", "c", "d", "e"))
    samples = LatentSet("z", random.standard_normal((40, 3)).astype(np.float32), labels=(fonts,), grouped_by="font")
    snapshot = frozen(random.standard_normal(3).astype(np.float32))
    found = draft(Making("z", "bold", Bucket((1, 9, 2), (snapshot,)), Bucket((17,))), samples)
    assert found is not None
    groups = found.examples.groups
    assert groups is not None
    assert groups[0] == groups[2]
    assert len(set(groups[[0, 1, 3, 4]])) == 4
    assert found.concept.provenance["held out by"] == "font"
    assert (
        "held out by"
        not in draft(Making("z", "", Bucket((1,)), Bucket((17,))), replace(samples, grouped_by="")).concept.provenance
    )  # type: ignore[union-attr]


def test_of_samples_that_are_gone_waypoints_and_snapshots_keep_the_latent_and_not_the_number() -> None:
    place = Place("z", frozen(LATENTS[0]), sample=7)
    path = PathSetting(waypoints=(Pin(frozen(LATENTS[1]), 2), Pin(frozen(LATENTS[2]), 9)))
    state = State("m", place, path=path, shelf=(Snapshot(1, place),))
    fewer = state.within(5)
    assert [pin.sample for pin in fewer.path.waypoints] == [2, None]
    assert (fewer.place.sample, fewer.shelf[0].place.sample) == (None, None)
    np.testing.assert_array_equal(fewer.path.waypoints[1].latent, LATENTS[2])
    np.testing.assert_array_equal(fewer.shelf[0].place.base, LATENTS[0])
