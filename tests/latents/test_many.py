"""Very many latents: sums by blocks, arrays that stay in their file."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents import mapped as module
from explorer.latents.mapped import Mapped, is_same, mapped
from explorer.latents.moments import are_finite, blocks, mean_of, moments


@given(st.integers(0, 100), st.integers(1, 40))
def test_blocks_cover_everything_once(count: int, size: int) -> None:
    assert [row for part in blocks(count, size) for row in range(count)[part]] == list(range(count))


def test_moments_by_blocks_are_those_of_the_whole() -> None:
    latents = (np.random.default_rng(0).normal(size=(40_000, 5)) * (1, 2, 3, 4, 5) + 1000).astype(np.float32)
    mean, covariance = moments(latents)
    whole = latents.astype(np.float64)
    assert mean == pytest.approx(whole.mean(axis=0), rel=1e-12)
    assert mean_of(latents) == pytest.approx(mean)
    assert covariance == pytest.approx(np.cov(whole.T, bias=True), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seat", [0, 20_000, 39_999])
def test_one_number_that_is_none_is_found(seat: int) -> None:
    latents = np.zeros((40_000, 2), np.float32)
    assert are_finite(latents)
    latents[seat, 1] = np.nan
    assert not are_finite(latents)


@pytest.fixture
def array(tmp_path: Path) -> Mapped:
    values = np.arange(60_000, dtype=np.float32)
    (tmp_path / "values").write_bytes(b"head" + values.tobytes())
    return mapped(tmp_path / "values", np.dtype("<f4"), (30_000, 2), 4)


def test_a_mapped_array_is_what_the_file_says_and_cannot_be_written(array: Mapped) -> None:
    assert np.array_equal(array, np.arange(60_000, dtype=np.float32).reshape(-1, 2))
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


def test_pickled_it_is_only_named_and_a_part_of_it_is_copied(array: Mapped) -> None:
    assert len(pickle.dumps(array, 5)) < 1000
    again = pickle.loads(pickle.dumps(array, 5))
    assert np.array_equal(again, array)
    for part in (array[10:20], array * 2, array[[3, 1]], array.T, np.asarray(array)[:5]):
        assert np.array_equal(pickle.loads(pickle.dumps(part, 5)), part)


def test_the_same_file_is_known_without_a_look_at_it(array: Mapped, monkeypatch: pytest.MonkeyPatch) -> None:
    again = pickle.loads(pickle.dumps(array, 5))
    assert is_same(array, np.asarray(array))
    assert not is_same(array, array[:5])
    monkeypatch.setattr(module.np, "array_equal", None)
    assert is_same(array, again)
