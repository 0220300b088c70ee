"""Pictures, sheets, films and maps: what is written is what was decoded, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.errors import InputError, StorageError
from explorer.export import film, pictures
from explorer.export.lettering import DARK, shortened, width
from explorer.export.map_picture import MapContent, MapPicture, Thumbnails, spread_out
from explorer.export.palette import colours_of, legend_colours
from explorer.export.sheet import Words, sheet
from explorer.latents.palette import CLASSES, rgb
from explorer.latents.samples import Labels

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 12, 10, 3), dtype=np.uint8)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_is_written_as_it_was_decoded(tmp_path: Path, channels: int) -> None:
    image, path = IMAGES[0, ..., :channels], tmp_path / "new" / "a.png"
    pictures.save_png(pictures.picture(image), path)
    assert np.array_equal(read(path), np.broadcast_to(image, (12, 10, 3)))


def test_hard_pixels_are_enlarged_by_a_whole_factor() -> None:
    large = np.asarray(pictures.enlarged(IMAGES[0], 40))
    assert large.shape == (36, 30, 3)
    assert np.array_equal(large[::3, ::3], IMAGES[0])


def test_smooth_pictures_take_the_exact_size() -> None:
    assert pictures.enlarged(IMAGES[0], 40, smooth=True).size == (33, 40)


@pytest.mark.parametrize("wrong", [IMAGES, IMAGES[0].astype(np.float32), IMAGES[0][..., :2]])
def test_what_is_no_image_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(InputError):
        pictures.picture(wrong)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        pictures.save_png(pictures.picture(IMAGES[0]), tmp_path / "file" / "x.png")


def test_a_sheet_holds_every_image_and_frames_the_chosen_one() -> None:
    words = Words("title", "subtitle", rows=("one", "two"), columns="abcd", captions=[str(at) for at in range(7)])
    drawn = np.asarray(sheet(IMAGES, words, columns=4, cell=24, framed=[2]))
    large = [np.asarray(pictures.enlarged(image, 24)) for image in IMAGES]
    windows = np.lib.stride_tricks.sliding_window_view(drawn, (24, 20, 3))[:, :, 0]
    for image in large:
        assert (windows[:, :, 0, 0] == image[0, 0]).all(axis=-1).any()
    assert (drawn == DARK.accent).all(axis=-1).any()


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(InputError):
        sheet(IMAGES[:0], Words())


def test_a_film_has_every_frame_in_its_colours_and_lasts_as_long_as_it_should(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    calls: list[tuple[int, int]] = []
    images = np.stack([np.full((12, 10, 3), shade, np.uint8) for shade in range(0, 240, 10)])
    assert film.save_film(images, path, rate=24, longest=12, progress=lambda *call: calls.append(call))
    assert calls[-1] == (24, 24)
    with Image.open(path) as opened:
        assert getattr(opened, "n_frames", 1) == 24
        length = 0
        for index in range(24):
            opened.seek(index)
            length += opened.info["duration"]
            shown = np.asarray(opened.convert("RGB")).astype(int)
            assert abs(shown - images[index][:12, :10]).max() <= 8
        assert opened.info["loop"] == 0
    assert length == 1000


def test_a_film_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    assert not film.save_film(IMAGES, tmp_path / "film.gif", stopped=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_film_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        film.save_film(IMAGES[:0], tmp_path / "film.gif")


@given(st.integers(1, 300), st.floats(1, 60))
def test_roundings_of_frames_do_not_add_up(count: int, rate: float) -> None:
    lengths = film.durations(count, rate)
    assert len(lengths) == count
    assert abs(sum(lengths) - 1000 * count / min(rate, film.FASTEST)) <= 5.0001
    assert min(lengths) >= 20


def test_classes_have_the_colours_of_the_set_and_names_of_colours_show_themselves() -> None:
    codes = np.array([0, 1, 1])
    assert tuple(colours_of(Labels("kind", codes, ("a", "b")))[1]) == rgb(CLASSES[1])
    skin = Labels("skin", codes, ("#77311d", "#9287ff"))
    assert np.array_equal(legend_colours(skin), [[0x77, 0x31, 0x1D], [0x92, 0x87, 0xFF]])


def test_numbers_go_from_dark_to_bright() -> None:
    colours = colours_of(Labels("size", np.linspace(0, 1, 50, dtype=np.float32))).astype(int)
    brightness = colours @ [3, 6, 1]
    assert (np.diff(brightness) >= 0).all()


@pytest.mark.parametrize("names", [("a", "b", "c"), (), tuple(f"class {at}" for at in range(30))])
def test_a_map_shows_points_where_it_says_they_are(names: tuple[str, ...]) -> None:
    random = np.random.default_rng(1)
    points = random.standard_normal((200, 2)).astype(np.float32)
    values = random.integers(0, len(names), 200) if names else points[:, 0]
    content = MapContent(points, "title", "subtitle", ("PC 1", "PC 2"), Labels("label", values, names))
    drawn = MapPicture(content, size=(600, 400))
    places = drawn.pixels(points)
    left, top, right, bottom = drawn.box
    inside = (places > (left + 4, top + 4)).all(axis=1) & (places < (right - 4, bottom - 4)).all(axis=1)
    assert inside.mean() > 0.95
    shown = np.asarray(drawn.image)
    x, y = places[inside].round().astype(int).T
    assert (shown[y, x] != DARK.panel).any(axis=-1).all()


def test_a_path_lies_on_the_map_whole_and_its_bead_moves() -> None:
    points = np.random.default_rng(1).standard_normal((50, 2)).astype(np.float32)
    path = np.array([[-9, -9], [0, 0], [9, 9]], np.float32)
    thumbnails = Thumbnails(IMAGES[:2], points[:2], 24)
    drawn = MapPicture(MapContent(points, thumbnails=thumbnails, path=path), size=(400, 300))
    left, top, right, bottom = drawn.box
    x, y = drawn.pixels(path).T
    assert ((x > left) & (x < right) & (y > top) & (y < bottom)).all()
    first, second = (np.asarray(drawn.with_bead(point)) for point in path[:2])
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.asarray(drawn.image))


def test_points_spread_out_are_far_from_one_another() -> None:
    points = np.random.default_rng(2).standard_normal((500, 2)).astype(np.float32)
    chosen = points[spread_out(points, 12)]
    distances = np.linalg.norm(chosen[:, None] - chosen[None], axis=-1) + 9 * np.eye(12)
    assert distances.min() > 0.5
    assert len(set(spread_out(points[:5], 12).tolist())) <= 5


@given(st.text(max_size=60), st.integers(20, 200))
def test_a_shortened_text_fits(text: str, room: int) -> None:
    assert width(shortened(text, 15, room), 15) <= max(room, width("…", 15))
