from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import places
from explorer.session.preferences import GridChoice, MapChoice, PointsLook, Preferences, load, save

TUNED = (("metric", "cosine"), ("perplexity", 12.5))
CHOSEN = Preferences(
    theme="projector",
    device="cuda:1",
    recent=("a", "b"),
    last_model="Künstler/a",
    smooth_pictures=True,
    welcome_seen=True,
    layout="AAAA/w==",
    grid=GridChoice(24, 0.5, 0.25, True),
    model_choices={"a": MapChoice("axes", 3, 1, "smile", "hair", "smile", "age", 7, TUNED, MapChoice("tsne"))},
)

one_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert save(CHOSEN, tmp_path / "new folder" / "preferences.json")
    assert load(tmp_path / "new folder" / "preferences.json") == CHOSEN


def test_without_a_path_the_preferences_live_in_the_users_config_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "config", lambda: tmp_path)
    assert save(CHOSEN)
    assert load() == CHOSEN
    assert [entry.parent for entry in tmp_path.iterdir()] == [tmp_path]


def test_a_first_run_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == Preferences()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[1]", b"\xff\xfe\x00", b"[" * 100_000, b" " * 2_000_000 + b"{}"],
    ids=["empty", "cut off", "null", "list", "no text", "deep", "huge"],
)
def test_a_damaged_file_means_the_defaults(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "preferences.json").write_bytes(content)
    assert load(tmp_path / "preferences.json") == Preferences()


def test_a_field_that_does_not_fit_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text(
        '{"theme": "pink", "device": 7, "recent": ["a", 3, "a"], "last_model": "a", "smooth_pictures": "yes",'
        ' "model_choices": {"a": {"kind": "axes", "first": -1, "second": true}, "b": 3}, "new": 1}'
    )
    choices = {"a": MapChoice("axes", 0, 1)}
    assert load(tmp_path / "preferences.json") == Preferences(recent=("a",), last_model="a", model_choices=choices)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@one_path
@given(values=st.fixed_dictionaries(dict.fromkeys(Preferences.__dataclass_fields__, json_values)))
def test_no_file_however_odd_raises_and_what_is_read_can_be_saved(tmp_path: Path, values: dict[str, object]) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps(values))
    read = load(path)
    assert save(read, path)
    assert load(path) == read


def test_saving_where_nothing_can_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not save(CHOSEN, tmp_path / "file" / "preferences.json")


def test_a_failed_save_leaves_the_old_file_whole_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "preferences.json"
    save(CHOSEN, path)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert not save(Preferences(), path)
    assert load(path) == CHOSEN
    assert list(tmp_path.iterdir()) == [path]


@given(opened=st.lists(st.sampled_from([str(number) for number in range(14)]), min_size=1, max_size=40))
def test_recent_models_come_newest_first_ten_at_most_and_each_once(opened: list[str]) -> None:
    preferences = Preferences()
    for path in opened:
        preferences = preferences.with_opened(path)
    assert preferences.last_model == preferences.recent[0] == opened[-1]
    assert list(preferences.recent) == list(dict.fromkeys(reversed(opened)))[:10]


@given(
    opened=st.lists(
        st.tuples(st.sampled_from([str(number) for number in range(40)]), st.sampled_from(["a", "b", "c", "d"])),
        min_size=1,
        max_size=60,
    )
)
def test_the_last_file_of_each_kind_stays_among_the_recent_ones(opened: list[tuple[str, str]]) -> None:
    preferences, last = Preferences(), dict[str, str]()
    for path, kind in opened:
        preferences = preferences.with_opened("copy", path, kind)
        last = {one: known for one, known in last.items() if known != path} | {kind: path}
    assert set(last.values()) <= set(preferences.recent)
    assert len(preferences.recent) <= 14
    assert set(preferences.kinds) == set(preferences.recent)
    assert not set(preferences.without([opened[-1][0]]).recent) & {opened[-1][0]}


def test_what_was_recent_and_its_kinds_come_back_from_the_file(tmp_path: Path) -> None:
    kept = Preferences().with_opened("copy", "/a/vae.pth", "torch zip file").with_recent("/a/talk.latent", "demo")
    assert save(kept, tmp_path / "kept.json")
    back = load(tmp_path / "kept.json")
    assert (back.recent, dict(back.kinds)) == (kept.recent, dict(kept.kinds))


def test_the_map_of_each_model_is_remembered_and_the_oldest_forgotten() -> None:
    preferences = Preferences()
    for number in range(105):
        preferences = preferences.with_choice(str(number), MapChoice(colour=str(number)))
    preferences = preferences.with_choice("104", MapChoice(colour="smile"))
    assert len(preferences.model_choices) == 100
    assert "4" not in preferences.model_choices
    assert preferences.model_choices["104"].colour == "smile"


def test_the_look_of_the_points_is_remembered_and_what_does_not_fit_is_as_usual(tmp_path: Path) -> None:
    look = PointsLook(2.0, shaded=False, contours=True)
    assert save(Preferences(points=look), tmp_path / "file")
    assert load(tmp_path / "file").points == look
    for size in (0, 99, "large", True, None):
        (tmp_path / "file").write_text(json.dumps({"points": {"size": size, "contours": True}}), encoding="utf-8")
        assert load(tmp_path / "file").points == PointsLook(contours=True)
