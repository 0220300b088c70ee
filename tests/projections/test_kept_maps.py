from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from explorer import places
from explorer.projections import kept

POINTS = np.random.default_rng(0).standard_normal((30, 2)).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "cache", lambda: tmp_path)
    return tmp_path / "maps"


def test_what_was_kept_comes_back_and_nothing_else_does() -> None:
    kept.save("a", POINTS)
    assert np.array_equal(kept.load("a", 30), POINTS)  # type: ignore[arg-type]
    assert kept.load("b", 30) is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY", None])
def test_a_damaged_file_is_thrown_away(folder: Path, damage: bytes | None) -> None:
    kept.save("a", POINTS)
    file = folder / "a.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[:150] + b"\xff" * 40 + whole[190:] if damage is None else damage)
    assert kept.load("a", 30) is None
    assert not file.exists()


def test_objects_are_never_unpickled(folder: Path) -> None:
    folder.mkdir()
    np.savez(folder / "a.npz", points=np.array([[object()] * 2] * 30))
    assert kept.load("a", 30) is None


@pytest.mark.parametrize("points", [POINTS[:29], POINTS.astype(np.float64), np.full((30, 2), np.nan, np.float32)])
def test_places_of_another_kind_are_not_taken(points: np.ndarray) -> None:
    kept.save("a", points)
    assert kept.load("a", 30) is None


def test_the_maps_not_seen_for_longest_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    for age, name in enumerate("abc"):
        kept.save(name, POINTS)
        os.utime(folder / f"{name}.npz", (age, age))
    assert kept.load("a", 30) is not None  # seen just now
    kept.save("d", POINTS)
    assert sorted(file.stem for file in folder.iterdir()) == ["a", "c", "d"]


def test_a_name_tells_latents_and_parameters_apart() -> None:
    other = POINTS.copy()
    other[3, 1] += 1
    names = {
        kept.name_of(latents, parameters)
        for latents in (POINTS, other, POINTS.reshape(20, 3))
        for parameters in ({"seed": 0}, {"seed": 1}, {"other": 0})
    }
    assert len(names) == 9
    assert kept.name_of(POINTS.copy(), {"a": 1, "b": 2}) == kept.name_of(POINTS, {"b": 2, "a": 1})


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "maps").write_text("a file is in the way")
    kept.save("a", POINTS)
    assert kept.load("a", 30) is None
