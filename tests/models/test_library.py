from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer import places
from explorer.latents.concepts import Concept
from explorer.latents.concepts.arrangement import Arrangement
from explorer.latents.concepts.record import Record, places_of
from explorer.models import library
from explorer.models.base import Card, Space

CARD = Card("m", "vae", "", 0, (Space("z", 3, (3,), ""),), (4, 4, 3), (0, 1), "", "", "none", fingerprint="ab" * 32)


def test_concepts_are_kept_by_the_weights_they_are_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "data", lambda: tmp_path)
    assert library.kept(CARD) == ()
    smile = Concept("smile", np.array([0, 1, 0], np.float32), 2.0, 0.5, "z", {"method": "paired differences"})
    library.keep(CARD, [smile])
    (back,) = library.kept(CARD)
    np.testing.assert_array_equal(back.direction, smile.direction)
    assert (back.name, back.sigma, back.centre, back.provenance["method"]) == ("smile", 2.0, 0.5, "paired differences")
    library.keep(CARD, [])
    assert library.kept(CARD) == ()


def test_a_damaged_library_is_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "data", lambda: tmp_path)
    library.keep(CARD, [])
    (library.shelf_of(CARD) / "concepts.safetensors").write_bytes(b"nonsense")
    assert library.kept(CARD) == ()


def test_examples_and_the_strip_are_kept_with_a_concept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "data", lambda: tmp_path)
    random = np.random.default_rng(0)
    rows = random.standard_normal((5, 3)).astype(np.float32)
    strip = random.integers(0, 255, (5, 4, 4, 3), dtype=np.uint8)
    record = Record(rows[:2], rows[2:], strip)
    smile = Concept("smile", np.array([0, 1, 0], np.float32), 2.0, 0.5, "z", {"hashes": record.hashes}, record)
    library.keep(CARD, [smile, replace(smile, name="bare", record=None)])
    back, bare = library.kept(CARD)
    assert back.record is not None
    np.testing.assert_array_equal(back.record.with_, rows[:2])
    np.testing.assert_array_equal(back.record.without, rows[2:])
    np.testing.assert_array_equal(back.record.strip, strip)
    assert back.record.hashes == back.provenance["hashes"]
    assert bare.record is None


def test_how_sliders_stand_is_kept_and_nonsense_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "data", lambda: tmp_path)
    stands = Arrangement(("b", "a"), {"a": "face"}, {"b": "#123456"}, ("face",), {"a": (0, 2)})
    library.keep(CARD, [], stands)
    assert library.arrangement(CARD) == stands
    (library.shelf_of(CARD) / library.ARRANGEMENT).write_text("[]")
    assert library.arrangement(CARD) == Arrangement()


def test_examples_are_found_again_by_their_hashes() -> None:
    rows = np.random.default_rng(1).standard_normal((50, 3)).astype(np.float32)
    wanted = np.stack([rows[7], rows[7] + np.float32(1e-3), rows[31]])
    assert places_of(wanted, rows) == {0: 7, 2: 31}
