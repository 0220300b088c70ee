"""Pictures to latents where the model has no encoder: `encode`, and folders of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from command_models import DIM, written_model, written_pictures
from PIL import Image

import explorer
from explorer import cli
from explorer.latents.samples import LatentSet
from explorer.models import gan
from explorer.models.bringing import encoded_folder
from explorer.models.bringing.folders import ERROR
from explorer.models.checkpoint import build, save_model
from explorer.models.config import Config
from explorer.models.inversion import Wish

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GAN of 8 x 8 colour pictures, six numbers in z and in w."""
    path = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(0)
    parameters = {"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [2]}
    save_model(build(Config(gan.new_card("tiny", parameters, (8, 8, 3)), parameters)), path)
    return path


@pytest.fixture(scope="module")
def own(generator: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty pictures of its own, in two folders."""
    path = tmp_path_factory.mktemp("pictures") / "mine"
    model = explorer.open(generator, device="cpu")
    for number, image in enumerate(model.decode(model.sample(20, seed=4))):
        (path / "ab"[number % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path / "ab"[number % 2] / f"{number:02}.png")
    (path / "b" / "damaged.png").write_bytes(b"no picture")
    return path


def test_encode_finds_latents_by_inversion_and_prints_the_errors(
    generator: Path, own: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "latents.npy"
    pictures = [str(own / "a" / "00.png"), str(own / "a" / "02.png")]
    assert cli.main(["encode", str(generator), *pictures, "--steps", "80", "--starts", "4", "--out", str(out)]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{pictures[0]}: mean error ")
    assert second.startswith(f"{pictures[1]}: mean error ")
    assert last == f"{out}: 2 latents of tiny"
    model = explorer.open(generator, device="cpu")
    target = np.asarray(Image.open(pictures[0]), np.float32) / 255
    error = np.abs(model.decode_float(np.load(out)[:1], space="w")[0] - target).mean()
    assert abs(error - float(first.split()[3]) / 100) < 3e-3  # what is told is of the rounded picture
    assert error < 0.05


def test_encode_takes_the_space_and_refuses_what_is_not_there(
    generator: Path, own: Path, tmp_path: Path, capsys: Captured
) -> None:
    out, picture = str(tmp_path / "z.npy"), str(own / "a" / "00.png")
    assert cli.main(["encode", str(generator), picture, "--space", "z", "--steps", "5", "--out", out]) == 0
    assert np.load(out).shape == (1, 6)
    assert cli.main(["encode", str(generator), picture, "--space", "x", "--out", out]) == 2
    assert "It has: z, w." in capsys.readouterr().err
    assert cli.main(["encode", str(generator), picture, "--starts", "999", "--out", out]) == 2
    assert "1 to 64 starts" in capsys.readouterr().err


def test_an_encoding_is_refined_where_that_is_asked(tmp_path: Path) -> None:
    model = written_model(tmp_path / "model")
    pictures, latents = written_pictures(tmp_path / "pictures"), []
    for more in ([], ["--refine", "--steps", "50"]):
        assert cli.main(["encode", str(model), str(pictures), *more, "--out", str(tmp_path / "x.npy")]) == 0
        latents.append(np.load(tmp_path / "x.npy"))
    encoded, refined = latents
    assert refined.shape == (3, DIM)
    opened = explorer.open(model, device="cpu")
    seen = np.stack([np.asarray(Image.open(one).resize((16, 16))) for one in sorted(pictures.iterdir())]) / 255
    off = [np.abs(opened.decode_float(one) - seen).mean() for one in (encoded, refined)]
    assert off[1] < off[0]


def test_several_pictures_are_encoded_as_a_folder_of_them(generator: Path, own: Path) -> None:
    names = [own / "a" / "00.png", own / "b" / "01.png"]
    samples = encoded_folder(str(generator), names, "cpu", Wish("w", steps=3, starts=1), step=lambda *_told: None)
    files = samples.label("file")
    assert files is not None
    assert files.names == ("a/00.png", "b/01.png")
    assert samples.provenance.startswith("2 pictures of mine, by inversion")


def test_a_folder_is_inverted_with_the_error_of_each_picture_as_a_label(generator: Path, own: Path) -> None:
    told: list[tuple[int, int, str]] = []
    partial: list[LatentSet] = []

    def step(done: int, total: int, text: str = "", samples: LatentSet | None = None) -> None:
        told.append((done, total, text))
        partial.extend([samples] if samples is not None else [])

    samples = encoded_folder(str(generator), own, "cpu", Wish("w", steps=10, starts=2), step=step)
    assert (samples.space, samples.latents.shape) == ("w", (20, 6))
    error, folder = samples.label(ERROR), samples.label("folder")
    assert error is not None
    assert folder is not None
    model = explorer.open(generator, device="cpu")
    files = samples.label("file")
    assert files is not None
    targets = np.stack([np.asarray(Image.open(own / name), np.float32) for name in files.names])
    apart = np.abs(model.decode(samples.latents, space="w") - targets).mean(axis=(1, 2, 3)) / 2.55
    np.testing.assert_allclose(error.values, apart, atol=0.02)
    assert samples.provenance == (
        f"20 pictures of mine, 1 unreadable left out, by inversion, mean error {apart.mean():.1f} %"
    )
    assert "of 21 pictures, " in told[-1][2]
    assert [done for done, _total, _text in told] == sorted(done for done, _total, _text in told)
    assert all(len(one) == 16 for one in partial)  # the first batch, while the second is on its way
    assert partial
