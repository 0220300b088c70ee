"""What stands on the stage: the place, or the frame under the bead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.latents.concepts import Concept
from explorer.latents.paths import points
from explorer.session.shown import shown_latent, shown_place
from explorer.session.state import Keyframe, PathSetting, Pin, Place, State, frozen

A, B = (frozen(np.array(latent, dtype=np.float32)) for latent in ([1.0, 0.0], [0.0, 3.0]))
SMILE = Concept("smile", np.array([0.0, 1.0], dtype=np.float32), 2.0)
STATE = State("little", Place("z", A, {"smile": 1.0}, truncation=0.5, sample=7, seed=1))


def on_path(**path: object) -> State:
    return replace(STATE, path=replace(PathSetting((Pin(A), Pin(B))), **path))  # type: ignore[arg-type]


def test_without_a_bead_the_very_place_is_shown() -> None:
    assert shown_place(on_path()) is STATE.place
    assert shown_latent(STATE, [SMILE]).tolist() == [1.0, 2.0]


def test_under_a_bead_the_latent_of_the_path_is_shown() -> None:
    state = on_path(position=0.3)
    place = shown_place(state)
    assert np.array_equal(place.base, points("spherical", [A, B], [0.3])[0])
    assert (dict(place.strengths), place.sample, place.seed, place.truncation) == ({}, None, None, 0.5)
    assert not place.base.flags.writeable
    assert np.array_equal(shown_latent(state, [SMILE]), place.base)


@pytest.mark.parametrize(
    "path", [{"waypoints": ()}, {"waypoints": (Pin(B),)}, {"waypoints": (Pin(A), Pin(np.zeros(5, dtype=np.float32)))}]
)
def test_a_path_that_is_none_shows_the_place(path: dict[str, object]) -> None:
    assert shown_place(on_path(position=0.5, **path)) is STATE.place


def test_keyframes_move_concepts_on_the_way() -> None:
    keyframes = (Keyframe(0.25, {"smile": 0.0}), Keyframe(0.75, {"smile": 3.0}))
    state = on_path(position=0.5, kind="linear", keyframes=keyframes)
    assert shown_place(state).strengths == {"smile": 1.5}
    assert shown_latent(state, [SMILE]).tolist() == [0.5, 1.5 + 1.5 * 2]
    past = replace(state, path=replace(state.path, position=1.0))
    assert shown_place(past).strengths == {"smile": 3.0}
