"""Exported twins: the same pictures, a cache that takes care of itself, and no word to anybody."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_laws import TINY, made

from explorer import places
from explorer.models import twin
from explorer.models.base import Card
from explorer.models.checkpoint import open_model, save_model
from explorer.models.folder import bundled, read_card, resolve
from explorer.models.twin import OnnxTwin, make_twin, may_have_twin, read_twin, twin_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny VAE on disk."""
    save_model(made("vae"), tmp_path / "tiny")
    return tmp_path / "tiny"


def made_twin(folder: Path) -> tuple[Card, OnnxTwin]:
    make_twin(str(folder), modest=False)
    card = read_card(folder)
    found = read_twin(card)
    assert found is not None
    return card, found


@pytest.mark.parametrize("name", [*TINY, *bundled()])
def test_a_twin_gives_the_pictures_of_its_model(name: str, tmp_path: Path) -> None:
    if name in TINY:
        save_model(made(name), tmp_path / name)
    model = open_model(tmp_path / name if name in TINY else name, "cpu")
    _, found = made_twin(tmp_path / name if name in TINY else resolve(name))
    for count, truncation in ((1, 1.0), (7, 1.0), (3, 0.3)):
        latents = model.sample(count, seed=count)
        ours, theirs = (one.decode_float(latents, truncation=truncation) for one in (found, model))
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=1 / 512)
    assert found.decode(latents).dtype == np.uint8


def test_a_twin_is_made_once(folder: Path) -> None:
    card = read_card(folder)
    assert may_have_twin(card)
    made_twin(folder)
    assert not may_have_twin(card)


def test_other_weights_have_another_twin(folder: Path) -> None:
    card, _ = made_twin(folder)
    assert read_twin(replace(card, fingerprint="0" * 64)) is None
    assert read_twin(replace(card, fingerprint="")) is None


@pytest.mark.parametrize("damage", [lambda content: content[:-100], lambda content: b"", lambda content: content[::-1]])
def test_a_damaged_twin_is_thrown_away(folder: Path, damage: object) -> None:
    card, _ = made_twin(folder)
    path = twin_path(card)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert read_twin(card) is None
    assert not path.exists()
    assert may_have_twin(card)


def test_a_twin_that_differs_is_refused_and_not_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = made("vae")
    for parameter in other.net.parameters():
        parameter.mul_(1.5)
    graph = twin.export(other)
    monkeypatch.setattr(twin, "export", lambda _model: graph)
    with pytest.raises(ValueError, match="differs"):
        make_twin(str(folder), modest=False)
    card = read_card(folder)
    assert read_twin(card) is None
    assert not may_have_twin(card)


def test_latents_that_do_not_fit_are_left_to_the_model(folder: Path) -> None:
    card, found = made_twin(folder)
    good = np.zeros((2, card.default_space.dim), np.float32)
    assert found.fits(good)
    assert not found.fits(good[0])
    assert not found.fits(good[:, :-1])
    assert not found.fits(good.astype(np.float64))
    assert not found.fits(good + np.float32(np.nan))


def test_the_cache_drops_what_was_not_used_for_longest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, _ = made_twin(folder)
    newest = twin_path(card)
    for age in (1, 2, 3):
        old = newest.with_name(f"old{age}.onnx")
        old.write_bytes(b"0" * 1000)
        os.utime(old, (1000 - age, 1000 - age))
    monkeypatch.setattr(twin, "CACHE_BYTES", newest.stat().st_size + 1500)
    twin._keep_small(newest)
    assert sorted(path.name for path in newest.parent.iterdir()) == sorted([newest.name, "old1.onnx"])


def test_decoding_leaves_nothing_in_the_cache_but_the_twin(folder: Path) -> None:
    """onnxruntime keeps an identifier of the machine beside its reports, unless it is told not to report."""
    card, found = made_twin(folder)
    found.decode(np.zeros((1, card.default_space.dim), np.float32))
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    assert [path.name for path in places.cache().parent.rglob("*") if path.is_file()] == [twin_path(card).name]
