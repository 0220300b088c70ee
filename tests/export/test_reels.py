"""Films written frame by frame, opened again with a decoder that is not ours."""

from __future__ import annotations

import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from explorer.errors import ExplorerError, InputError, StorageError
from explorer.export.reels import FORMS, Setting, open_reel, write_reel

FILMS = (".mp4", ".webm", ".gif", ".webp")
every_form = pytest.mark.parametrize("ending", list(FORMS))
every_film = pytest.mark.parametrize("ending", FILMS)


def frames(count: int, height: int = 32, width: int = 48, channels: int = 3) -> np.ndarray:
    """A bright square that moves over a grey ramp, uint8 (n, h, w, c)."""
    ramp = np.linspace(20, 160, width).astype(np.uint8)
    images = np.broadcast_to(ramp[None, None, :, None], (count, height, width, channels)).copy()
    for index in range(count):
        left = index * (width - 8) // max(count - 1, 1)
        images[index, 8:16, left : left + 8] = 230
    return images


def decoded(path: Path) -> tuple[list[np.ndarray], list[float]]:
    """Frames as uint8 (h, w, 3), and the time of each in seconds, by FFmpeg's or by Pillow's decoder."""
    if path.suffix == ".webp":
        with Image.open(path) as film:
            shown, ends = [], [0.0]
            for index in range(film.n_frames):
                film.seek(index)
                shown.append(np.asarray(film.convert("RGB")))
                ends.append(ends[-1] + film.info["duration"] / 1000)
        return shown, ends[:-1]
    with av.open(str(path)) as film:
        known = list(film.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for frame in known], [float(frame.time) for frame in known]


@every_film
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(5)])
def test_a_film_has_its_frames_its_rate_and_its_ends(tmp_path: Path, ending: str, rate: Fraction) -> None:
    path, images = tmp_path / f"film{ending}", frames(20)
    assert write_reel([images[:7], images[7:]], path, Setting(rate)) == 20
    shown, times = decoded(path)
    assert len(shown) == 20
    assert times == pytest.approx([index / float(rate) for index in range(20)], abs=0.006)
    for place in (0, -1):
        assert shown[place].shape == (32, 48, 3)
        assert np.abs(shown[place].astype(int) - images[place]).mean() < 4


@every_film
@pytest.mark.parametrize(
    ("size", "smooth"), [((96, 64), False), ((97, 63), False), ((200, 100), True), ((24, 16), True)]
)
def test_a_film_has_any_size_exactly(tmp_path: Path, ending: str, size: tuple[int, int], smooth: bool) -> None:
    path = tmp_path / f"film{ending}"
    write_reel([frames(5)], path, Setting(size=size, smooth=smooth))
    shown, _ = decoded(path)
    assert {image.shape for image in shown} == {(size[1], size[0], 3)}


def test_enlarged_pixels_are_crisp_where_they_are_not_smooth(tmp_path: Path) -> None:
    image = np.zeros((1, 4, 4, 3), np.uint8)
    image[:, :, 2:] = 255
    for smooth in (False, True):
        write_reel([image], tmp_path / "film.webp", Setting(size=(64, 64), smooth=smooth))
        row = decoded(tmp_path / "film.webp")[0][0][32, :, 0]
        between = ((row > 30) & (row < 225)).sum()
        assert (between == 0) is not smooth


@every_form
def test_one_channel_is_grey(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"grey{ending}"
    write_reel([frames(3, channels=1)], path, Setting())
    if ending in FILMS:
        assert np.abs(decoded(path)[0][0].astype(int) - frames(3)[0]).mean() < 4


def test_frames_in_a_zip_are_without_loss(tmp_path: Path) -> None:
    write_reel([frames(3)], tmp_path / "film.zip", Setting())
    with zipfile.ZipFile(tmp_path / "film.zip") as archive:
        assert archive.namelist() == [f"frame_0000{index}.png" for index in (1, 2, 3)]
        with archive.open("frame_00003.png") as file, Image.open(file) as image:
            assert np.array_equal(np.asarray(image), frames(3)[2])


def test_a_contact_sheet_has_a_cell_and_a_caption_for_every_frame(tmp_path: Path) -> None:
    plain, told = tmp_path / "plain.png", tmp_path / "told.png"
    write_reel([frames(10)], plain, Setting(captions=("",) * 10))
    write_reel([frames(10)], told, Setting(captions=tuple(f"t = {index}" for index in range(10))))
    with Image.open(plain) as one, Image.open(told) as other:
        assert one.size == other.size
        assert one.width > 8 * 96
        changed = np.asarray(one) != np.asarray(other)
        assert changed.any()
        assert not changed[: one.height // 4].any()


def test_a_gif_of_a_known_palette_writes_frames_at_once_and_others_wait_for_the_first_ones(tmp_path: Path) -> None:
    images = frames(60)
    write_reel([images], tmp_path / "late.gif", Setting())
    write_reel([images], tmp_path / "known.gif", Setting(palette_from=images[::6]))
    for name in ("late.gif", "known.gif"):
        shown, _ = decoded(tmp_path / name)
        assert len(shown) == 60
        assert np.abs(shown[-1].astype(int) - images[-1]).mean() < 4


class Stopped(Exception):  # noqa: N818
    pass


def stop_at(frame: int, done: int) -> None:
    if done == frame:
        raise Stopped


@every_form
@pytest.mark.parametrize("frame", [1, 55])
def test_what_stops_an_export_leaves_what_was_there_and_nothing_else(tmp_path: Path, ending: str, frame: int) -> None:
    path = tmp_path / f"film{ending}"
    path.write_bytes(b"the one before")
    with pytest.raises(Stopped):
        write_reel([frames(60)], path, Setting(), progress=lambda done, _total: stop_at(frame, done))
    assert path.read_bytes() == b"the one before"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond some kilobytes: not for longer than needed, for the tests' own output may be a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are a matter of POSIX")
@every_form
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 64, 64, 3), np.uint8)
    with pytest.raises(StorageError, match="disk is full") as told, full_disk():
        write_reel([noise], tmp_path / f"film{ending}", Setting())
    assert told.value.hint
    assert list(tmp_path.iterdir()) == []


@every_form
def test_a_film_of_no_frames_or_no_rate_is_refused(tmp_path: Path, ending: str) -> None:
    for setting, images in ((Setting(), []), (Setting(Fraction(0)), [frames(1)])):
        with pytest.raises(InputError):
            write_reel(images, tmp_path / f"film{ending}", setting)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_a_huge_size_and_a_place_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.mp4"):
        open_reel(tmp_path / "film.avi", Setting())
    with pytest.raises(InputError):
        write_reel([frames(1)], tmp_path / "film.mp4", Setting(size=(99_999, 2)))
    (tmp_path / "file").write_text("")
    with pytest.raises(ExplorerError):
        write_reel([frames(1)], tmp_path / "file" / "film.mp4", Setting())
