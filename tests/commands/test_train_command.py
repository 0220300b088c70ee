"""`train` on a folder of pictures: interrupted, resumed, finished, and then opened."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import cli
from explorer.commands import train
from explorer.models.recipes import RECIPES


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    random = np.random.default_rng(0)
    for kind in ("dark", "light"):
        (folder / kind).mkdir(parents=True)
        for index in range(12):
            shade = random.integers(0, 100) + (120 if kind == "light" else 0)
            Image.new("RGB", (70, 64), (int(shade), 90, 120)).save(folder / kind / f"{index}.png")
    return folder


def test_an_interrupted_training_goes_on_and_gives_a_model(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "mine"
    words = ["train", "pictures", "--data", str(pictures), "--out", str(out), "--steps", "3", "--device", "cpu"]

    class Interrupting(train.Bar):
        def __call__(self, done: int, total: int, text: str) -> None:
            super().__call__(done, total, text)
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(train, "Bar", Interrupting)
        assert cli.main(words) == train.INTERRUPTED
    assert "Stopped after 1 of 3 steps" in capsys.readouterr().out
    assert cli.main(words) == 0
    assert cli.main(["inspect", str(out)]) == 0
    assert "vae" in capsys.readouterr().out
    assert cli.main(words) == 2  # a model is there: it is not overwritten
    assert "holds a model already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "epochs", "steps", "changed"),
    [
        ("pictures", 3, None, {"epochs": 3, "least_steps": 1}),
        ("pictures", None, 50, {"least_steps": 50, "most_steps": 50}),
        ("digits-flow", None, 50, {"steps": 50}),
        ("pixelfaces-gan", None, None, {}),
    ],
)
def test_a_training_is_as_long_as_was_asked_for(
    name: str, epochs: int | None, steps: int | None, changed: dict[str, int]
) -> None:
    recipe = RECIPES[name]
    plan = train.with_length(recipe, epochs, steps).plan
    before, after = vars(recipe.plan), vars(plan)
    assert {key: after[key] for key in changed} == changed
    if not changed:
        assert after == before


def test_the_recipes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(argparse.Namespace(list=True, recipe=None)) == 0
    said = capsys.readouterr().out
    assert "toonfaces-vae" in said
    assert "pictures" in said
