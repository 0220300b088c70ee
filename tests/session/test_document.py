from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import explorer
from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.paths import KINDS as PATH_KINDS
from explorer.latents.selections import Subset, chosen
from explorer.models.scope import Scope
from explorer.projections import KINDS, ProjectionChoice
from explorer.session.document import from_text, place_to_python, to_text
from explorer.session.state import Keyframe, Origin, PathSetting, Pin, Place, PlayMode, Snapshot, State, empty, frozen

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
latents = arrays(np.float32, 3, elements=finite).map(frozen)
strengths = st.dictionaries(st.text(max_size=5), finite, max_size=3).map(MappingProxyType)
maybe_index = st.none() | st.integers(0, 2**63 - 1)
places = st.builds(
    Place,
    space=st.sampled_from(["z", "w"]),
    base=latents,
    strengths=strengths,
    truncation=finite,
    sample=maybe_index,
    seed=maybe_index,
)
pins = st.builds(Pin, latent=latents, sample=maybe_index)
selections = st.lists(st.integers(0, 99)).map(chosen)
scopes = st.builds(
    Scope,
    space=st.sampled_from(["", "z"]),
    parts=st.lists(st.integers(0, 99), max_size=3).map(tuple),
    channels=st.lists(st.integers(0, 99), max_size=3).map(tuple),
    cells=st.none() | st.tuples(*[st.integers(0, 99)] * 4),
)
tuned = st.dictionaries(st.text(max_size=5), finite | st.text(max_size=5), max_size=3)
choices = st.builds(
    ProjectionChoice,
    st.sampled_from(sorted(KINDS)),
    *(st.integers(0, 99),) * 2,
    *(st.text(),) * 3,
    st.integers(0, 2**31 - 1),
    tuned.map(lambda told: tuple(sorted(told.items()))),
    st.integers(0, 9999),
    scopes,
)
states = st.builds(
    State,
    model=st.text(),
    place=places,
    projection=choices,
    second=st.none() | choices,
    colour=st.text(),
    path=st.builds(
        PathSetting,
        waypoints=st.lists(pins, max_size=4).map(tuple),
        kind=st.sampled_from(sorted(PATH_KINDS)),
        closed=st.booleans(),
        keyframes=st.lists(st.builds(Keyframe, st.floats(0, 1), strengths), max_size=2).map(tuple),
        even=st.booleans(),
        compared=st.lists(st.sampled_from(sorted(PATH_KINDS)), unique=True, max_size=3).map(tuple),
        frames=st.integers(1, 1000),
        rate=st.floats(1, 120),
        mode=st.sampled_from(get_args(PlayMode)),
        position=st.none() | st.floats(0, 1),
    ),
    shelf=st.lists(st.builds(Snapshot, number=st.integers(0, 99), place=places), max_size=3).map(tuple),
    selection=selections,
    subsets=st.lists(
        st.builds(Subset, name=st.text(max_size=5), colour=st.just("#0072b2"), indices=selections),
        max_size=3,
        unique_by=lambda subset: subset.name,
    ).map(tuple),
    scope=scopes,
)


def bare(value: Any) -> Any:
    """A state as plain values that can be compared, arrays by their bytes."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, tuple):
        return [bare(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: bare(getattr(value, name)) for name in value.__dataclass_fields__}
    return dict(value) if isinstance(value, MappingProxyType) else value


@given(state=states)
def test_a_state_comes_back_from_its_text_exactly(state: State) -> None:
    document = from_text(to_text(state, "toonfaces", "abc"), {"z": 3, "w": 3})
    assert bare(document.state) == bare(state)
    assert (document.model_name, document.fingerprint) == ("toonfaces", "abc")


def test_every_float32_comes_back_from_its_few_digits() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 50_000, dtype=np.uint32)
    numbers = bits.view(np.float32)
    base = frozen(
        np.concatenate([numbers[np.isfinite(numbers)], np.array([-0.0, 1e-45, 16777216, 3.4e38, 0.1], np.float32)])
    )
    text = to_text(State("", Place("z", base)), "m", "f")
    assert from_text(text).state.place.base.tobytes() == base.tobytes()
    assert "0.1]" in text


def test_what_was_read_cannot_be_written_into() -> None:
    state = from_text(to_text(some_state(), "m", "f")).state
    for latent in (state.place.base, state.path.waypoints[0].latent, state.shelf[0].place.base):
        assert not latent.flags.writeable
    with pytest.raises(TypeError):
        state.place.strengths["smile"] = 2  # type: ignore[index]


def some_state() -> State:
    place = Place("w", frozen(np.array([0.5, -1, 2], np.float32)), MappingProxyType({"smile": 1.5}), 0.7, 4, 11)
    path = PathSetting((Pin(place.base, 4), Pin(frozen(-place.base))), position=0.25)
    return State("models/faces", place, ProjectionChoice("axes", 2, 0), "smile", path, (Snapshot(3, place),))


def test_a_text_from_before_there_were_many_waypoints_is_read() -> None:
    parts = json.loads(to_text(some_state(), "m", "f"))
    path = parts["path"]
    first, last = path.pop("waypoints")
    for name in ("closed", "keyframes", "even", "compared"):
        del path[name]
    old = from_text(json.dumps({**parts, "path": {**path, "a": first, "b": last}})).state
    assert bare(old) == bare(some_state())
    alone = from_text(json.dumps({**parts, "path": {**path, "a": None, "b": last}})).state
    assert [bare(pin) for pin in alone.path.waypoints] == [bare(some_state().path.waypoints[1])]


def test_numbers_of_numpy_are_written_like_any_other() -> None:
    state = some_state().moved(
        sample=np.int64(3), seed=np.int32(4), truncation=np.float32(0.5), strengths={"smile": np.float32(1)}
    )
    place = from_text(to_text(state, "m", "f")).state.place
    assert (place.sample, place.seed, place.truncation, place.strengths) == (3, 4, 0.5, {"smile": 1.0})


def test_a_text_from_before_labels_concepts_and_seeds_is_read_with_none_of_them() -> None:
    parts = json.loads(to_text(some_state(), "m", "f"))
    parts["projection"] = {"kind": "axes", "first": 2, "second": 0}
    del parts["second"]
    state = from_text(json.dumps(parts)).state
    assert state.projection == ProjectionChoice("axes", 2, 0)
    assert state.second is None


def test_the_text_is_json_with_its_marker_in_the_first_lines() -> None:
    text = to_text(some_state(), "m", "f")
    assert text.splitlines()[1] == ' "format": "latent-explorer state",'
    assert json.loads(text)["place"]["base"] == [0.5, -1.0, 2.0]


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "{", "[]", "null", "{}", "[" * 200_000, "9" * 10_000, "x" * 10_000_001, "\ud800"),
        '{"format": "a song", "version": 1}',
        '{"format": "latent-explorer state", "version": NaN}',
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_any_other_text_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        from_text(text)
    assert refusal.value.hint


def test_a_newer_version_says_so() -> None:
    text = to_text(some_state(), "m", "f").replace('"version": 1', '"version": 2')
    with pytest.raises(InputError, match="version 2"):
        from_text(text)


DAMAGES: dict[str, tuple[tuple[str | int, ...], object]] = {
    "NaN": (("place", "base", 0), float("nan")),
    "infinity": (("path", "waypoints", 0, "latent", 1), float("inf")),
    "beyond float32": (("place", "base", 0), 1e39),
    "a huge whole number": (("place", "base", 0), 10**400),
    "a text for a number": (("place", "base", 0), "1"),
    "true for a number": (("place", "base", 0), True),
    "a latent of latents": (("place", "base"), [[1.0, 2.0, 3.0]]),
    "no latent": (("place", "base"), None),
    "an odd path": (("path", "kind"), "scenic"),
    "an odd projection": (("projection", "kind"), "globe"),
    "a negative component": (("projection", "first"), -1),
    "a parameter that is no value": (("projection", "tuned"), {"perplexity": [30]}),
    "a map stopped before it began": (("projection", "stopped"), -1),
    "a second map of nothing": (("second",), {}),
    "a billion frames": (("path", "frames"), 10**9),
    "no frames": (("path", "frames"), 0),
    "no rate": (("path", "rate"), 0),
    "a bead off its path": (("path", "position"), 1.5),
    "half a sample": (("place", "sample"), 0.5),
    "a strength of NaN": (("place", "strengths", "smile"), float("nan")),
    "strengths in a list": (("place", "strengths"), [1]),
    "a shelf of numbers": (("shelf",), [1, 2]),
    "an endless shelf": (("shelf",), [None] * 1001),
    "no path": (("path",), None),
    "no model": (("model",), "faces"),
    "no colour": (("colour",), 3),
}


@pytest.mark.parametrize(("where", "wrong"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_part_is_refused_by_name(where: tuple[str | int, ...], wrong: object) -> None:
    parts = json.loads(to_text(some_state(), "m", "f"))
    inner = parts
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = wrong
    with pytest.raises(InputError, match=str(where[0])) as refusal:
        from_text(json.dumps(parts))
    assert refusal.value.hint


@pytest.mark.parametrize("part", ["format", "model", "place", "projection", "colour", "path", "shelf"])
def test_a_missing_part_is_refused(part: str) -> None:
    parts = json.loads(to_text(some_state(), "m", "f"))
    del parts[part]
    with pytest.raises(InputError):
        from_text(json.dumps(parts))


@settings(max_examples=200)
@given(at=st.integers(0, 10_000), junk=st.text(max_size=3))
def test_a_text_changed_anywhere_is_read_or_refused_and_nothing_else(at: int, junk: str) -> None:
    text = to_text(some_state(), "m", "f")
    at %= len(text)
    with suppress(InputError):
        from_text(text[:at] + junk + text[at + 1 :])


@pytest.mark.parametrize("spaces", [{"w": 4}, {"z": 3}, {}], ids=["other dimension", "other space", "no space"])
def test_a_state_of_another_model_is_refused_and_says_whose_it_is(spaces: dict[str, int]) -> None:
    text = to_text(some_state(), "toonfaces-gan", "f")
    with pytest.raises(InputError, match="toonfaces-gan"):
        from_text(text, spaces)


def test_pins_and_snapshots_of_another_model_are_refused_too() -> None:
    strange = frozen(np.zeros(5, np.float32))
    state = some_state()
    pinned = replace(state, path=replace(state.path, waypoints=(Pin(strange),)))
    shelved = replace(state, shelf=(Snapshot(0, Place("w", strange)),))
    for wrong in (pinned, shelved):
        with pytest.raises(InputError):
            from_text(to_text(wrong, "m", "f"), {"w": 3})


class Recorder:
    """Stands in for a model: keeps what it is asked to decode."""

    def decode(self, latents: np.ndarray, **settings: object) -> np.ndarray:
        self.latents, self.settings = latents, settings
        return np.full((len(latents), 4, 4, 1), 200, np.uint8)


def test_the_script_of_a_place_decodes_exactly_its_latent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = some_state().place
    smile = Concept("smile", np.array([0.6, 0.8, 0], np.float32), 1.3, space="w")
    model = Recorder()
    opened: list[str] = []

    def open_recorder(path: str) -> Recorder:
        opened.append(path)
        return model

    monkeypatch.setattr(explorer, "open", open_recorder)
    monkeypatch.chdir(tmp_path)

    exec(compile(place_to_python(place, 'C:\\my "models"\\faces', [smile]), "script", "exec"), {})

    assert opened == ['C:\\my "models"\\faces']
    assert model.latents.dtype == np.float32
    assert model.latents.tobytes() == edited(place.base, [smile], place.strengths)[None].tobytes()
    assert model.settings == {"space": "w", "truncation": 0.7}
    assert (tmp_path / "picture.png").is_file()


def test_a_concept_name_with_a_line_break_cannot_add_a_line_to_the_script() -> None:
    place = replace(some_state().place, strengths={"a\nraise SystemExit": 1.0})
    odd = Concept("a\nraise SystemExit", np.array([1, 0, 0], np.float32), 1.0, space="w")
    script = place_to_python(place, "m", [odd])
    assert "raise SystemExit" in script
    assert "\nraise" not in script


def test_a_concept_of_another_space_has_no_part_in_the_script() -> None:
    place = some_state().place
    namesake = Concept("smile", np.array([1, 0, 0], np.float32), 1.0, space="z")
    assert place_to_python(place, "m", [namesake]) == place_to_python(place, "m")


def test_before_the_first_model_there_is_no_script() -> None:
    with pytest.raises(InputError):
        place_to_python(empty().place, "")


def test_the_name_of_a_picture_can_be_no_line_of_a_script() -> None:
    base = frozen(np.zeros(3, np.float32))
    place = Place("z", base, origin=Origin("me.png\nraise SystemExit", base, 0.5))
    assert "\nraise" not in place_to_python(place, "model")
