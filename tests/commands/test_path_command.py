"""`latent-explorer path`: films of exact length, the ends of which are the waypoints."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from command_models import DIM, SIDE, written_model
from PIL import Image

import explorer
from explorer import cli
from explorer.latents.paths import KINDS, points, positions
from explorer.models.folder import read_samples
from explorer.session.path_python import path_to_python
from explorer.session.state import PathSetting, Pin, Place, State, frozen


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_model(tmp_path_factory.mktemp("models") / "tiny")


def travel(model: Path, *words: object) -> int:
    return cli.main(["path", str(model), *map(str, words)])


def test_a_film_is_as_asked_for_and_begins_and_ends_at_its_waypoints(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    words = ("--from", 3, "--to", 12, "--kind", "slerp", "--frames", 30, "--fps", "30000/1001", "--size", "128x96")
    assert travel(model, *words, "--smooth", "--out", out) == 0
    with av.open(str(out)) as film:
        stream = film.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(30000 / 1001)
        shown = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    assert len(shown) == 30
    assert {frame.shape for frame in shown} == {(96, 128, 3)}
    ends = explorer.open(model).decode(read_samples(model)["z"].latents[[3, 12]])
    for frame, end in zip((shown[0], shown[-1]), ends, strict=True):
        wanted = np.asarray(Image.fromarray(end).resize((128, 96), Image.Resampling.LANCZOS)).astype(int)
        assert np.abs(frame - wanted).mean() < 5


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_passes_its_waypoints_exactly(model: Path, tmp_path: Path, kind: str) -> None:
    out, stops = tmp_path / "path.npy", tmp_path / "stops.npy"
    np.save(stops, np.eye(DIM, dtype=np.float32)[:2])
    words = ("--from", 5, "--via", stops, "--to", "seed:4", "--frames", 7, "--kind", kind.replace(" ", "-"))
    assert travel(model, *words, "--out", out) == 0
    latents = np.load(out)
    wanted = [read_samples(model)["z"].latents[5], *np.load(stops), explorer.open(model).sample(1, seed=4)[0]]
    assert np.array_equal(latents[::2], np.stack(wanted))


def test_numbers_come_with_what_is_known_of_them(model: Path, tmp_path: Path) -> None:
    assert travel(model, "--from", 1, "--to", 2, "--frames", 5, "--kind", "lerp", "--out", tmp_path / "p.json") == 0
    told = json.loads((tmp_path / "p.json").read_text())
    assert (told["kind"], told["space"], told["positions"]) == ("linear", "z", [0, 0.25, 0.5, 0.75, 1])
    wanted = points("linear", read_samples(model)["z"].latents[[1, 2]], positions(5))
    assert np.array_equal(np.array(told["latents"], np.float32), wanted)


def test_keyframes_move_a_concept_on_the_way(model: Path, tmp_path: Path) -> None:
    words = ("--from", 1, "--to", 1, "--frames", 3, "--keyframe", "0:smile=0", "--keyframe", "1:smile=2")
    assert travel(model, *words, "--out", tmp_path / "p.npy") == 0
    latents = np.load(tmp_path / "p.npy")
    np.testing.assert_allclose(latents[:, 0] - latents[0, 0], [0, 1, 2], atol=1e-5)


@pytest.mark.parametrize("ending", [".gif", ".webp", ".webm", ".zip", ".png"])
def test_every_form_is_written_closed_and_there_and_back(model: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"film{ending}"
    words = ("--from", 1, "--to", 2, "--closed", "--even", "--loop", "ping-pong", "--frames", 6, "--out", out)
    assert travel(model, *words) == 0
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


@pytest.mark.skipif(os.name == "nt", reason="a process is killed otherwise there")
def test_an_export_that_is_killed_leaves_the_film_before_and_the_next_one_clears_up(
    model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    words = ["--from", "3", "--to", "12", "--size", "512", "--out", str(out)]
    assert travel(model, *words, "--frames", 5) == 0
    before = out.read_bytes()
    command = [sys.executable, "-m", "explorer", "path", str(model), *words, "--frames", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while len(list(tmp_path.iterdir())) == 1:
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"It ended by itself: {running.wait(timeout=0.05)}")
        running.send_signal(signal.SIGKILL)
    assert out.read_bytes() == before
    assert travel(model, *words, "--frames", 7) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]
    with av.open(str(out)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 7


def test_the_map_stands_beside_the_picture(model: Path, tmp_path: Path) -> None:
    assert travel(model, "--from", 1, "--to", 2, "--frames", 4, "--map", "--out", tmp_path / "film.webp") == 0
    with Image.open(tmp_path / "film.webp") as film:
        assert (film.size, film.n_frames) == ((1000, 480), 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", 1, "--to", 99), "no sample 99"),
        (("--from", 1), "needs two waypoints"),
        (("--from", 1, "--to", "nowhere.npy"), "no file nowhere.npy"),
        (("--from", 1, "--to", 2, "--kind", "scenic"), "no path called 'scenic'"),
        (("--from", 1, "--to", 2, "--keyframe", "0.5:frown=1"), "no concept 'frown'"),
        (("--from", 1, "--to", 2, "--keyframe", "nonsense"), "no keyframe"),
        (("--from", 1, "--to", 2, "--keyframe", "7:smile=1"), "between 0 and 1"),
    ],
)
def test_a_mistake_is_one_line(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[object, ...], said: str
) -> None:
    assert travel(model, *words, "--out", tmp_path / "film.mp4") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert list(tmp_path.iterdir()) == []


def test_a_size_keeps_the_proportions_and_small_pictures_are_enlarged_in_whole_steps(
    model: Path, tmp_path: Path
) -> None:
    for words, side in (((), 256), (("--size", 40), 40)):
        assert travel(model, "--from", 1, "--to", 2, "--frames", 2, *words, "--out", tmp_path / "film.webp") == 0
        with Image.open(tmp_path / "film.webp") as film:
            assert film.size == (side, side)
            assert side % SIDE == 0 or words


def test_where_somebody_looks_on_progress_and_the_time_left_are_told(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert travel(model, "--from", 1, "--to", 2, "--frames", 60, "--out", tmp_path / "film.mp4") == 0
    told = capsys.readouterr().err
    assert "25 of 60 frames, " in told
    assert " s left" in told


@pytest.mark.parametrize("kind", ["spherical", "catmull-rom"])
def test_the_copied_python_run_in_a_program_of_its_own_writes_the_very_film(
    model: Path, tmp_path: Path, kind: str
) -> None:
    latents = read_samples(model)["z"].latents
    pins = tuple(Pin(frozen(latents[index]), index) for index in (3, 12, 20))
    state = State(str(model), Place("z", frozen(latents[0])), path=PathSetting(pins, kind, frames=7))
    timing = positions(7)
    script = path_to_python(state, timing, ()) + '\nnp.save("images.npy", images)\n'
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wanted = explorer.open(model).decode(points(kind, latents[[3, 12, 20]], timing))
    assert np.array_equal(np.load(tmp_path / "images.npy"), wanted)
    with Image.open(tmp_path / "path.gif") as film:
        assert film.n_frames == 7
