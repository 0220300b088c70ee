"""A demo leads elsewhere to exactly the same latents, whatever the model there knows of concepts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.session import demo, document
from explorer.session.state import Place, Snapshot, State, frozen

FLOATS = st.floats(-4, 4, width=32, allow_subnormal=False)
LATENTS = st.lists(FLOATS, min_size=3, max_size=3).map(lambda numbers: frozen(np.array(numbers, dtype=np.float32)))


def concept(name: str, direction: np.ndarray, sigma: float = 1.5) -> Concept:
    return Concept(name, direction.astype(np.float32), sigma, centre=0.25)


SMILE, HAT = concept("smile", np.array([0.6, 0.8, 0.0])), concept("hat", np.array([0.0, 0.6, -0.8]), 0.7)
STATE = State(
    "models/little",
    Place("z", frozen(np.array([1.0, -2.0, 0.1], dtype=np.float32)), {"smile": 1.3, "hat": -0.4}, sample=2),
    shelf=(Snapshot(1, Place("z", frozen(np.zeros(3, dtype=np.float32)), {"hat": 2.0})),),
)


def made(state: State = STATE) -> demo.Demo:
    return demo.demo_of(state, "little", "f00d", [SMILE, HAT])


@given(base=LATENTS, smile=FLOATS, hat=FLOATS)
def test_where_concepts_are_missing_the_latents_are_the_same_to_the_last_bit(
    base: np.ndarray, smile: float, hat: float
) -> None:
    state = STATE.moved(base=base, strengths={"smile": smile, "hat": hat})
    read = demo.from_text(demo.to_text(made(state)))
    for known in ([SMILE, HAT], [SMILE], []):
        place = demo.settled(read, known)[0].state.place
        there = edited(place.base, known, place.strengths)
        assert there.tobytes() == edited(base, [SMILE, HAT], state.place.strengths).tobytes()


def test_a_model_that_has_the_concepts_keeps_their_sliders() -> None:
    settled, lost = demo.settled(demo.from_text(demo.to_text(made())), [SMILE, HAT])
    assert lost == ()
    assert dict(settled.state.place.strengths) == {"smile": 1.3, "hat": -0.4}
    assert settled.state.place.sample == 2


def test_a_concept_of_the_same_name_and_another_direction_is_not_the_same() -> None:
    other = replace(SMILE, direction=HAT.direction)
    settled, lost = demo.settled(made(), [other, HAT])
    assert lost == ("smile",)
    assert dict(settled.state.place.strengths) == {}
    assert dict(settled.state.shelf[0].place.strengths) == {"hat": 2.0}  # that one is known


def test_only_the_concepts_that_are_moved_travel() -> None:
    state = replace(STATE.moved(strengths={"smile": 1.0, "hat": 0.0}), shelf=())
    assert [one.name for one in demo.demo_of(state, "little", "", [SMILE, HAT]).concepts] == ["smile"]


def test_words_travel_and_a_bare_state_is_a_demo_too() -> None:
    told = replace(made(), title="Two moods", notes="Move the hat.", where="example.org")
    read = demo.from_text(demo.to_text(told))
    assert (read.title, read.notes, read.where) == ("Two moods", "Move the hat.", "example.org")
    bare = demo.from_text(document.to_text(STATE, "little", "f00d"))
    assert bare.document.model_name == "little"
    assert bare.concepts == ()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"format": "latent-explorer demo", "version": 1}', "[" * 9999]
)
def test_other_texts_are_told_from_demos(text: str) -> None:
    with pytest.raises(InputError):
        demo.from_text(text)


def test_a_demo_of_a_newer_version_says_so() -> None:
    text = demo.to_text(made()).replace('"version": 1, "title"', '"version": 2, "title"')
    with pytest.raises(InputError, match="newer"):
        demo.from_text(text)
