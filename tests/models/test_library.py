from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer import places
from explorer.latents.concepts import Concept
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
