"""`decode --class` and `--classes`: one class for all, or every class in a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import cli
from explorer.models.base import Part, Space
from explorer.models.checkpoint import save_model
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt

BIRDS = ("wren", "rook", "kite", "crow", "swan", "swift", "lark", "gull", "tern", "ibis")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fully connected conditional generator of 28 x 28 grey pictures, its classes named after birds."""
    folder = tmp_path_factory.mktemp("birds") / "birds"
    torch.manual_seed(0)
    shapes = {"model.0": (32, 22), "model.2": (784, 32)}
    weights = {}
    for key, shape in shapes.items():
        weights |= {f"{key}.weight": torch.randn(shape) / 3, f"{key}.bias": torch.zeros(shape[0])}
    found = recognise(Reading(Path("birds.pt"), "torch", weights, {"n_classes": 10}))
    assert found is not None
    made = rebuilt(found)
    parts = (Part("z", 12, "normal"), Part("class", 10, "one-hot", BIRDS))
    made.card = type(made.card)(**{**vars(made.card), "spaces": (Space("z", 22, (22,), "", parts),)})
    save_model(made, folder)
    return folder


def written(model: Path, out: Path, *options: str) -> np.ndarray:
    assert cli.main(["decode", str(model), *options, "--out", str(out)]) == 0
    return np.load(out)


def test_a_class_by_name_or_number_is_that_of_all(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.npy"
    by_name = written(model, out, "--count", "3", "--class", "crow")
    assert np.array_equal(by_name, written(model, out, "--count", "3", "--class", "3"))
    assert not np.allclose(by_name, written(model, out, "--count", "3", "--class", "ibis"))


def test_every_class_is_a_column_and_every_latent_a_row(model: Path, tmp_path: Path) -> None:
    pictures = written(model, tmp_path / "x.npy", "--count", "2", "--classes")
    assert len(pictures) == 20
    again = written(model, tmp_path / "y.npy", "--count", "2", "--class", "crow")
    np.testing.assert_allclose(pictures[13], again[1], atol=1e-5)
    out = tmp_path / "sheet.png"
    assert cli.main(["decode", str(model), "--count", "2", "--classes", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        width, height = picture.size
    assert width > 3 * height


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("birds", ["--class", "emu"], "The 10 classes: wren, rook"),
        ("birds", ["--class", "10"], "There is no class '10'"),
        ("digits-vae-2d", ["--classes"], "digits-vae-2d has no classes"),
    ],
)
def test_a_class_that_is_not_there_is_told(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, options: list[str], said: str
) -> None:
    path = str(model) if name == "birds" else name
    assert cli.main(["decode", path, *options, "--out", str(tmp_path / "x.npy")]) == 2
    assert said in capsys.readouterr().err
