"""Samples as tables that can be brought back, and the map as a drawing."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.export.map_svg import MOST_CIRCLES, PLOT, MapDrawing, places, svg_of
from explorer.export.sample_table import ENDINGS, save_samples
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Space
from explorer.models.bringing.brought import read_samples_of

RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.standard_normal((6, 4)).astype(np.float32)
POINTS = LATENTS[:, :2].copy()
KINDS = Labels("kind of hat", np.array([0, 1, 0, -1, 1, 0]), ("none", 'tall, "black"'))
AGES = Labels("age", np.array([1.5, 2.25, 9.125, 0.1, 7.75, 3.5], np.float32))
SAMPLES = LatentSet("z", LATENTS, labels=(KINDS, AGES))
CHOSEN = np.array([1, 3, 5])


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".npz"])
def test_what_was_written_comes_back_with_its_labels(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"mine{ending}"
    save_samples(path, SAMPLES, CHOSEN, POINTS)
    back = read_samples_of([path], Space("z", 4, (4,), ""))
    np.testing.assert_array_equal(back.latents, LATENTS[CHOSEN])
    hats, ages = back.label("kind of hat"), back.label("age")
    assert hats is not None
    assert ages is not None
    assert [hats.names[code] if code >= 0 else "" for code in hats.values] == ['tall, "black"', "", "none"]
    assert [float(ages.text(row)) for row in range(3)] == pytest.approx(AGES.values[CHOSEN], abs=0.01)


def test_latents_alone_are_exact(tmp_path: Path) -> None:
    save_samples(tmp_path / "mine.npy", SAMPLES, CHOSEN)
    np.testing.assert_array_equal(np.load(tmp_path / "mine.npy"), LATENTS[CHOSEN])


def test_a_table_says_number_place_and_latent(tmp_path: Path) -> None:
    save_samples(tmp_path / "mine.csv", SAMPLES, CHOSEN, POINTS)
    lines = (tmp_path / "mine.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "sample,kind of hat,age,map x,map y,z1,z2,z3,z4"
    assert lines[2].startswith("3,,0.1,")
    assert len(lines) == 4


def test_another_ending_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        save_samples(tmp_path / "mine.xls", SAMPLES, CHOSEN)
    assert all(ending in told.value.hint for ending in ENDINGS)
    assert not list(tmp_path.iterdir())


def drawing(count: int) -> MapDrawing:
    points = RANDOM.uniform(0, 10, (count, 2)).astype(np.float32)
    colours = np.tile(np.array([[1, 2, 255]], np.uint8), (count, 1))
    return MapDrawing(
        points,
        colours,
        (0, 0, 10, 10),
        "Faces & <hats>",
        ("PC 1", "PC 2"),
        ([(5, "5")], [(5, "5")]),
        "hat",
        [("#000000", "a  3")],
    )


def test_the_drawing_has_a_circle_for_each_point_in_view_and_all_words() -> None:
    made = drawing(50)
    tree = ElementTree.fromstring(svg_of(made))
    circles = [one for one in tree.iter() if one.tag.endswith("circle")]
    assert len(circles) == 50 + 1  # and one of the legend
    words = [one.text for one in tree.iter() if one.tag.endswith("text")]
    assert {"Faces & <hats>", "PC 1", "PC 2", "hat", "a  3"} <= set(words)
    np.testing.assert_allclose(
        [float(circles[0].attrib["cx"]), float(circles[0].attrib["cy"])], places(made, made.points[:1])[0], atol=0.01
    )


def test_a_place_goes_right_and_up() -> None:
    left, top, width, height = PLOT
    corners = places(drawing(1), np.array([[0.0, 0.0], [10.0, 10.0]]))
    np.testing.assert_allclose(corners, [[left, top + height], [left + width, top]])


def test_very_many_points_are_one_picture_in_the_drawing() -> None:
    text = svg_of(drawing(MOST_CIRCLES + 1))
    assert text.count("<circle") == 1
    assert f'data-points="{MOST_CIRCLES + 1}"' in text
    assert len(text) < 3_000_000
