"""The command line: what it does, and one line with exit code 2 for every mistake of the user."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_models import DIM, SIDE, written_model, written_pictures
from PIL import Image

import explorer
from explorer import cli
from explorer.commands import table, window
from explorer.errors import ExplorerError

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_model(tmp_path_factory.mktemp("models") / "tiny")


def told(capsys: Captured, *arguments: object) -> str:
    """The one line that a mistake gives."""
    assert cli.main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_every_command_of_the_table_has_a_file_and_a_help(capsys: Captured) -> None:
    for name in table.COMMANDS:
        with pytest.raises(SystemExit) as ended:
            cli.main([name, "--help"])
        assert ended.value.code == 0
    assert "usage: latent-explorer bench" in capsys.readouterr().out


def test_inspect_says_what_a_model_is(model: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(model)]) == 0
    said = capsys.readouterr().out
    assert "16 x 16 colour" in said
    assert "smile, hair" in said


def test_inspect_prints_json(model: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(model), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["family"] == "vae"
    assert said["spaces"] == [{"name": "z", "dim": DIM, "shape": [DIM], "prior": "standard normal"}]
    assert said["samples"]["z"]["count"] == 60
    assert [concept["name"] for concept in said["concepts"]] == ["smile", "hair"]


def test_inspect_does_not_import_torch(model: Path) -> None:
    script = "import sys; from explorer.cli import main; main(sys.argv[1:]); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, "inspect", str(model)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_decode_writes_floats_that_one_seed_repeats(model: Path, tmp_path: Path) -> None:
    for name in ("a.npy", "b.npy"):
        assert cli.main(["decode", str(model), "--seed", "3", "--count", "5", "--out", str(tmp_path / name)]) == 0
    images = np.load(tmp_path / "a.npy")
    assert images.shape == (5, SIDE, SIDE, 3)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert np.array_equal(images, np.load(tmp_path / "b.npy"))


def test_decode_takes_latents_of_a_file_and_gives_the_models_own_pictures(model: Path, tmp_path: Path) -> None:
    latents = np.random.default_rng(1).standard_normal((40, DIM)).astype(np.float32)
    np.save(tmp_path / "latents.npy", latents)
    out = tmp_path / "new" / "images.npy"
    assert cli.main(["decode", str(model), "--latents", str(tmp_path / "latents.npy"), "--out", str(out)]) == 0
    opened = explorer.open(model, device="cpu")
    assert np.allclose(np.load(out), opened.decode_float(latents), atol=1e-6)


def test_decode_writes_a_contact_sheet(model: Path, tmp_path: Path) -> None:
    assert cli.main(["decode", str(model), "--count", "6", "--out", str(tmp_path / "sheet.png")]) == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 128
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_encode_gives_the_posterior_means_of_files_and_folders(model: Path, tmp_path: Path) -> None:
    pictures = written_pictures(tmp_path / "pictures")
    one = pictures / "1.png"
    assert cli.main(["encode", str(model), str(pictures), str(one), "--out", str(tmp_path / "latents.npy")]) == 0
    latents = np.load(tmp_path / "latents.npy")
    assert latents.shape == (4, DIM)
    assert np.allclose(latents[1], latents[3], atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "fill", "expected"),
    [((3, DIM + 1), 0.0, "shape"), ((2, 3, DIM), 0.0, "shape"), ((0, DIM), 0.0, "shape"), ((2, DIM), np.nan, "NaN")],
)
def test_latents_that_do_not_fit_are_told(
    model: Path, tmp_path: Path, capsys: Captured, shape: tuple[int, ...], fill: float, expected: str
) -> None:
    np.save(tmp_path / "wrong.npy", np.full(shape, fill, np.float32))
    said = told(capsys, "decode", model, "--latents", tmp_path / "wrong.npy", "--out", tmp_path / "x.npy")
    assert "wrong.npy" in said
    assert expected in said
    assert not (tmp_path / "x.npy").exists()


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00\xff\xff"])
def test_a_damaged_latent_file_is_told(model: Path, tmp_path: Path, capsys: Captured, content: bytes) -> None:
    (tmp_path / "bad.npy").write_bytes(content)
    assert "bad.npy" in told(capsys, "decode", model, "--latents", tmp_path / "bad.npy", "--out", tmp_path / "x.npy")


def test_a_latent_file_with_python_objects_is_not_unpickled(model: Path, tmp_path: Path, capsys: Captured) -> None:
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "cannot be read" in told(
        capsys, "decode", model, "--latents", tmp_path / "objects.npy", "--out", tmp_path / "x.npy"
    )


def test_an_unreadable_picture_is_named(model: Path, tmp_path: Path, capsys: Captured) -> None:
    pictures = written_pictures(tmp_path / "pictures")
    (pictures / "broken.png").write_bytes((pictures / "0.png").read_bytes()[:40])
    assert "broken.png" in told(capsys, "encode", model, pictures, "--out", tmp_path / "x.npy")


def test_a_picture_of_far_too_many_pixels_is_refused(
    model: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = written_pictures(tmp_path / "pictures")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "far too many pixels" in told(capsys, "encode", model, pictures, "--out", tmp_path / "x.npy")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["inspect", "nowhere"], "nowhere"),
        (["decode", "MODEL", "--out", "x.jpg"], "End it in .png or .npy"),
        (["decode", "MODEL", "--space", "w", "--out", "OUT.npy"], "It has: z"),
        (["decode", "MODEL", "--latents", "none.npy", "--out", "OUT.npy"], "none.npy"),
        (["encode", "MODEL", "none.png", "--out", "OUT.npy"], "none.png"),
        (["train", "toonfaces-vae"], "--data is missing"),
        (["train", "nothing", "--data", ".", "--out", "OUT"], "nothing"),
        (["train", "pictures", "--epochs", "1", "--data", "none", "--out", "OUT"], "none"),
        (["train", "digits-flow", "--epochs", "5", "--data", ".", "--out", "OUT"], "--steps"),
        (["bench", "--only", "luck"], "luck"),
        (["inspct"], "Did you mean inspect?"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_code_two(
    model: Path, tmp_path: Path, capsys: Captured, arguments: list[str], expected: str
) -> None:
    out = str(tmp_path / "out")
    words = [word.replace("MODEL", str(model)).replace("OUT", out) for word in arguments]
    assert expected in told(capsys, *words)


def test_a_wrong_argument_ends_with_code_two(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["decode", "--nonsense"])
    assert ended.value.code == 2


def test_a_place_that_cannot_be_written_is_told_before_anything_slow(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be made" in told(capsys, "decode", model, "--out", tmp_path / "file" / "x.npy")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told_and_leaves_what_was_there(
    model: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "x.npy"
    out.write_bytes(b"what was there")
    real = Path.write_bytes

    def to_a_full_disk(path: Path, content: bytes) -> int:
        return real(Path("/dev/full"), content) if path.parent == tmp_path else real(path, content)

    monkeypatch.setattr(Path, "write_bytes", to_a_full_disk)
    assert "No space left" in told(capsys, "decode", model, "--out", out)
    assert out.read_bytes() == b"what was there"


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "may not be"), (errno.ENOENT, "Check")]
)
def test_trouble_with_files_is_the_users_to_mend(number: int, expected: str, capsys: Captured) -> None:
    def fail() -> int:
        raise OSError(number, "said the system", "some/file")

    assert cli.guarded(fail, debug=False) == 2
    assert expected in capsys.readouterr().err


def test_an_interrupt_ends_with_code_130(capsys: Captured) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert cli.guarded(interrupted, debug=False) == 130


def test_a_defect_ends_with_code_one_and_a_report(capsys: Captured) -> None:
    def broken() -> int:
        return 1 // 0

    assert cli.guarded(broken, debug=False) == 1
    said = capsys.readouterr().err
    report = Path(said.partition("The report is in ")[2].partition(";")[0])
    assert "ZeroDivisionError" in report.read_text()
    with pytest.raises(ZeroDivisionError):
        cli.guarded(broken, debug=True)


def test_without_a_display_the_window_says_so_in_a_sentence(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert "has no display" in told(capsys)
    monkeypatch.setenv("DISPLAY", ":9999")  # set, and nobody answers
    assert "has no display" in told(capsys)


def test_without_a_display_the_tour_is_written_instead(
    model: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "has_display", lambda: False)
    assert cli.main(["--or-tour", str(tmp_path / "tour"), str(model)]) == 0
    said = capsys.readouterr().out
    assert "has no display" in said
    for name in ("samples.png", "sliders.png", "sliders.gif", "map.png", "path.png", "path.gif"):
        assert name in said
        with Image.open(tmp_path / "tour" / name) as picture:
            assert picture.width > 300
            assert getattr(picture, "n_frames", 1) > (40 if name.endswith("gif") else 0)


def test_the_tour_goes_without_samples_and_concepts(tmp_path: Path, capsys: Captured) -> None:
    bare = written_model(tmp_path / "bare", samples=False)
    assert cli.main(["tour", str(bare), "--out", str(tmp_path / "tour")]) == 0
    assert (tmp_path / "tour" / "map.png").exists()
    assert (tmp_path / "tour" / "grid.png").exists()


def test_a_missing_library_of_the_system_is_named_with_what_to_install() -> None:
    error = window.libraries_error("libEGL.so.1")
    assert isinstance(error, ExplorerError)
    assert "libegl1" in error.hint
