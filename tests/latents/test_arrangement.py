"""Order, groups and colours of sliders, as values."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents.concepts import Concept
from explorer.latents.concepts.arrangement import Arrangement

NAMES = ("smile", "glasses", "beard", "hat")
CONCEPTS = tuple(Concept(name, np.eye(4, dtype=np.float32)[i], 1.0) for i, name in enumerate(NAMES))


def shown(stands: Arrangement) -> dict[str, list[str]]:
    return {group: [one.name for one in members] for group, members in stands.rows(CONCEPTS)}


def test_without_an_arrangement_sliders_stand_as_they_came() -> None:
    assert shown(Arrangement()) == {"": list(NAMES)}


def test_a_step_swaps_with_the_neighbour_and_stops_at_the_ends() -> None:
    assert shown(Arrangement().stepped("glasses", -1, CONCEPTS)) == {"": ["glasses", "smile", "beard", "hat"]}
    assert shown(Arrangement().stepped("smile", -1, CONCEPTS)) == {"": list(NAMES)}
    assert shown(Arrangement().stepped("hat", 1, CONCEPTS)) == {"": list(NAMES)}


def test_a_step_over_the_edge_of_a_group_leads_into_the_next_one() -> None:
    stands = Arrangement().placed("beard", None, "hair", CONCEPTS)
    assert shown(stands) == {"": ["smile", "glasses", "hat"], "hair": ["beard"]}
    assert shown(stands.stepped("hat", 1, CONCEPTS)) == {"": ["smile", "glasses"], "hair": ["hat", "beard"]}
    assert shown(stands.stepped("beard", -1, CONCEPTS)) == {"": ["smile", "glasses", "hat", "beard"]}


def test_every_slider_of_one_group_can_leave_it_upwards() -> None:
    stands = Arrangement()
    for name in NAMES:
        stands = stands.placed(name, None, "all", CONCEPTS)
    assert shown(stands.stepped("smile", -1, CONCEPTS)) == {"": ["smile"], "all": ["glasses", "beard", "hat"]}


def test_a_slider_is_put_before_another_one_into_its_group() -> None:
    stands = Arrangement().placed("beard", None, "hair", CONCEPTS).placed("smile", "beard", "hair", CONCEPTS)
    assert shown(stands) == {"": ["glasses", "hat"], "hair": ["smile", "beard"]}


def test_groups_are_renamed_dissolved_and_folded() -> None:
    stands = Arrangement().placed("beard", None, "hair", CONCEPTS).toggled("hair")
    assert stands.folded == ("hair",)
    renamed = stands.regrouped("hair", "face")
    assert (renamed.folded, shown(renamed)["face"]) == (("face",), ["beard"])
    assert shown(renamed.regrouped("face", "")) == {"": ["smile", "glasses", "hat", "beard"]}
    assert renamed.regrouped("face", "").folded == ()


def test_what_is_known_of_a_name_follows_it_to_another_and_goes_with_it() -> None:
    stands = Arrangement().coloured("smile", "#0072b2").placed("smile", None, "mouth", CONCEPTS)
    renamed = stands.renamed("smile", "grin")
    assert (dict(renamed.colours), dict(renamed.groups)) == ({"grin": "#0072b2"}, {"grin": "mouth"})
    gone = renamed.renamed("grin", None)
    assert (dict(gone.colours), dict(gone.groups)) == ({}, {})
    assert "grin" not in gone.order


STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "a", "b"]), st.sampled_from([-1, 0, 1])), max_size=12
)


@given(STEPS)
def test_whatever_is_moved_every_slider_stands_exactly_once_and_the_text_brings_it_back(
    moves: list[tuple[str, str, int]],
) -> None:
    stands = Arrangement()
    for name, group, step in moves:
        stands = stands.stepped(name, step, CONCEPTS) if step else stands.placed(name, None, group, CONCEPTS)
    assert sorted(name for members in shown(stands).values() for name in members) == sorted(NAMES)
    assert Arrangement.of(json.loads(json.dumps(stands.told()))) == stands


def test_nonsense_in_a_file_of_looks_is_left_out() -> None:
    told = {"order": [1, "smile"], "groups": {"a": 1}, "colours": {"smile": "red", "hat": "#123456"}, "folded": "x"}
    told |= {"layers": {"hat": [1, 2], "smile": [1], "beard": "x"}}
    assert Arrangement.of(told) == Arrangement(("smile",), {}, {"hat": "#123456"}, (), {"hat": (1, 2)})
