"""The named data sets, read from tiny files of the same form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.models.training import datasets

RANDOM = np.random.default_rng(0)


def noise(*shape: int) -> np.ndarray:
    return RANDOM.integers(0, 256, shape).astype(np.uint8)


def test_faces_have_a_label_for_every_attribute_with_names(tmp_path: Path) -> None:
    codes = {"facialHair": np.array([0, 1, 0, 1], np.int8), "facialHair_names": np.array(["none", "beard"])}
    smile = np.array([-1, 0, 1, 1], np.int8)
    np.savez(tmp_path / "toonfaces64.npz", images=noise(4, 8, 8, 3), smile=smile, **codes)
    found = datasets.load("toonfaces64", tmp_path)
    assert [labels.name for labels in found.labels] == ["smile", "facial hair"]
    assert [found.labels[0].text(index) for index in range(4)] == ["sad", "neutral", "smiling", "smiling"]
    assert found.labels[1].text(1) == "beard"
    assert len(found.sha256) == 64
    assert len(found.learned) + len(found.tested) == len(found) == 4


def test_digits_are_tested_on_their_own_test_set(tmp_path: Path) -> None:
    arrays = {"x_train": noise(6, 28, 28), "y_train": np.arange(6), "x_test": noise(2, 28, 28), "y_test": np.arange(2)}
    np.savez(tmp_path / "mnist.npz", **arrays)
    found = datasets.load("mnist", tmp_path)
    assert found.images.shape == (8, 28, 28, 1)
    np.testing.assert_array_equal(found.tested[..., 0], arrays["x_test"])
    assert [labels.name for labels in found.labels] == ["digit", "thickness", "slant"]


def glyphs(path: Path) -> dict[str, np.ndarray]:
    arrays = {
        "images": noise(4, 3, 8, 8),
        "chars": np.array(["A", "b", "C"]),
        "family": np.array(["one", "one", "two", "three"]),
        "weight": np.array([400, 700, 300, 400], np.int16),
        "weight_consistent": np.array([True, True, True, False]),
        "italic": np.array([False, True, False, False]),
        "mono": np.array([False, False, True, False]),
        "category": np.array([0, 0, 1, 1], np.int8),
        "category_names": np.array(["serif", "sans"]),
        "stroke_px": np.array([3, 5, 2, 4], np.float32),
    }
    np.savez(path / "glyphs64.npz", **arrays)
    return arrays


def test_glyphs_are_capitals_held_out_by_family(tmp_path: Path) -> None:
    arrays = glyphs(tmp_path)
    found = datasets.load("glyphs64", tmp_path)
    assert found.images.shape == (8, 8, 8, 1)
    np.testing.assert_array_equal(found.images[1, ..., 0], arrays["images"][0, 2])
    by_name = {labels.name: labels for labels in found.labels}
    assert [by_name["character"].text(index) for index in range(3)] == ["A", "C", "A"]
    assert [by_name["weight"].text(index) for index in (0, 2, 4, 6)] == ["regular", "bold", "light", "other"]
    assert [by_name["category"].text(index) for index in (0, 7)] == ["serif", "sans"]
    family = by_name[found.grouped_by]
    assert family.names == ("one", "three", "two")
    held_out = [set(found.held_out[family.values == group]) for group in range(3)]
    assert all(len(values) == 1 for values in held_out)


def test_another_data_set_under_that_name_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "glyphs64.npz", images=noise(3, 8, 8, 3))
    np.savez(tmp_path / "toonfaces64.npz", images=RANDOM.random((3, 8, 8, 3)))
    for name in ("glyphs64", "toonfaces64"):
        with pytest.raises(InputError) as caught:
            datasets.load(name, tmp_path)
        assert caught.value.hint
