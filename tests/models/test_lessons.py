"""Labels that a training teaches, for what is too small for pixels."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.latents.samples import Labels
from explorer.models import folder
from explorer.models.checkpoint import open_model
from explorer.models.recipes import RECIPES
from explorer.models.training.datasets import Dataset
from explorer.models.training.loop import train
from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_vae import Lessons, VaePlan

CODES = np.arange(60) % 3


def dataset() -> Dataset:
    """Noise, with the class in one pixel: too little for pixels to teach."""
    images = np.random.default_rng(0).integers(0, 256, (60, 16, 16, 3)).astype(np.uint8)
    images[:, 8, 8] = 120 * CODES[:, None]
    kind = Labels("kind", CODES, ("a", "b", "c"))
    size = Labels("size", np.arange(60, dtype=np.float32))
    return Dataset("noise", images, np.arange(60) >= 54, (kind, size), "")


def test_a_lesson_is_the_cross_entropy_of_the_labels_of_the_rows_that_are_learned() -> None:
    lessons = Lessons(dataset(), ("kind", "size", "unknown"), 5)
    assert len(lessons.readers) == 1  # numbers and labels that are not there are not taught
    with torch.no_grad():
        for parameter in lessons.parameters():
            parameter.zero_()
        assert float(lessons(torch.zeros(4, 5), np.arange(4))) == pytest.approx(math.log(3))
        lessons.readers[0].bias.copy_(torch.tensor([0.0, 100.0, 0.0]))
        assert float(lessons(torch.zeros(1, 5), np.array([1]))) == pytest.approx(0, abs=1e-6)
        assert float(lessons(torch.zeros(1, 5), np.array([2]))) == pytest.approx(100)


def test_without_lessons_there_is_nothing_to_learn_from_labels() -> None:
    lessons = Lessons(dataset(), (), 5)
    assert float(lessons(torch.zeros(4, 5), np.arange(4))) == 0
    assert list(lessons.parameters()) == []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    known = dataset()
    names = np.array(["sad", "neutral", "smile"])
    smile = CODES.astype(np.int8) - 1
    np.savez(tmp_path / "toonfaces64.npz", images=known.images, smile=smile, mouth=CODES, mouth_names=names)
    return tmp_path


def recipe(taught: tuple[str, ...]) -> Recipe:
    small = {"latent_dim": 3, "widths": [4, 6], "encoder_depth": 1, "decoder_depth": 1, "tail": 4, "size": 16}
    hyperparameters = {**RECIPES["toonfaces-vae"].hyperparameters, **small}
    plan = VaePlan(epochs=2, batch=8, sigma=0.2, taught=taught, lesson=50.0)
    smile = (Direction("smile", "mouth", ("smile",)),)
    return replace(RECIPES["toonfaces-vae"], hyperparameters=hyperparameters, plan=plan, directions=smile, samples=40)


def test_a_taught_training_goes_on_as_if_it_had_not_been_interrupted_and_its_card_says_what_was_taught(
    data: Path, tmp_path: Path
) -> None:
    taught = recipe(("mouth",))
    whole = train(taught, data, tmp_path / "whole").path
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 5

    assert not train(taught, data, tmp_path / "parts", stop=stop).finished
    parts = train(taught, data, tmp_path / "parts").path
    assert (parts / folder.WEIGHTS).read_bytes() == (whole / folder.WEIGHTS).read_bytes()
    plain = train(recipe(()), data, tmp_path / "plain").path
    assert (plain / folder.WEIGHTS).read_bytes() != (whole / folder.WEIGHTS).read_bytes()
    assert open_model(whole).card.measures["taught"] == "mouth"
    assert "taught" not in open_model(plain).card.measures
