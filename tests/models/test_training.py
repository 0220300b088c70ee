"""Training: seeded, interrupted and resumed as if nothing had happened, and at the end a whole model folder."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.errors import CheckpointError, InputError, StorageError
from explorer.models import folder
from explorer.models.checkpoint import open_model
from explorer.models.recipes import RECIPES
from explorer.models.training import datasets, directions, loop
from explorer.models.training.loop import STATE, Trained, train
from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_vae import VaePlan, VaeTraining, contours, cross_entropy, squares

PLAN = VaePlan(epochs=2, batch=8, beta=1.0, sigma=0.2)
SMALL = {"latent_dim": 3, "widths": [4, 6], "encoder_depth": 1, "decoder_depth": 1, "tail": 4}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 faces of noise, half of them bright and smiling."""
    path = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    smile = np.arange(60) % 2
    images = random.integers(0, 60, (60, 16, 16, 3)) + 150 * smile[:, None, None, None]
    codes = {"mouth": smile.astype(np.int8), "mouth_names": np.array(["sad", "smile"])}
    np.savez(path / "toonfaces64.npz", images=images.astype(np.uint8), smile=2 * smile - 1, **codes)
    return path


@pytest.fixture
def recipe() -> Recipe:
    hyperparameters = {**RECIPES["toonfaces-vae"].hyperparameters, **SMALL, "size": 16}
    smile = (Direction("smile", "mouth", ("smile",)), Direction("beard", "facial hair", ("beard",)))
    return replace(RECIPES["toonfaces-vae"], hyperparameters=hyperparameters, plan=PLAN, directions=smile, samples=40)


def stopping_after(steps: int) -> Callable[[], bool]:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > steps

    return stop


def weights(path: Path) -> bytes:
    return (path / folder.WEIGHTS).read_bytes()


def test_a_training_leaves_a_whole_model(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    done = train(recipe, data, tmp_path / "out", progress=lambda *told: seen.append(told))
    assert done == Trained(tmp_path / "out", True, 12, 12)
    assert [one[0] for one in seen] == list(range(1, 13))
    assert "KL" in seen[-1][2]
    names = (folder.README, folder.CONFIG, folder.SAMPLES, folder.CONCEPTS, folder.WEIGHTS)
    assert sorted(path.name for path in done.path.iterdir()) == sorted(names)
    model = open_model(done.path)
    assert model.card.name == "toonfaces-vae"
    assert model.card.parameters > 0
    figures = model.card.measures
    assert {"reconstruction_rmse", "kl_nats", "active_units", "bits_per_dimension", "sample_diversity"} <= set(figures)
    assert (figures["seed"], figures["pictures"], figures["held_out_pictures"]) == (0, 54, 6)


def test_the_model_card_for_people_holds_figures_terms_and_the_command(
    data: Path, recipe: Recipe, tmp_path: Path
) -> None:
    text = (train(recipe, data, tmp_path / "out").path / folder.README).read_text()
    for part in (
        "active units",
        "sha256",
        "CC BY 4.0",
        "Micah Lanier",
        "latent-explorer train toonfaces-vae",
        "| smile",
    ):
        assert part in text
    assert "beard" not in text.split("## Concepts")[1].split("##")[0]


def test_samples_and_concepts_come_with_it(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    out = train(recipe, data, tmp_path / "out").path
    samples = folder.read_samples(out)["z"]
    assert len(samples) == 40
    assert {labels.name for labels in samples.labels} == {"smile", "mouth", "held out"}
    assert samples.log_variances is not None
    assert samples.log_likelihoods is not None
    assert samples.effects is not None
    assert (samples.effects >= 0).all()
    (smile,) = folder.read_concepts(out)
    assert smile.provenance["method"] == "mean difference"
    assert float(smile.provenance["held_out_auc"]) > 0.9  # type: ignore[arg-type]


def test_the_same_seed_makes_the_same_weights_and_another_seed_others(
    data: Path, recipe: Recipe, tmp_path: Path
) -> None:
    first, again, other = (
        train(recipe, data, tmp_path / name, seed=seed).path for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert weights(first) == weights(again) != weights(other)


@pytest.mark.parametrize("steps", [0, 1, 7, 11])
def test_an_interrupted_training_goes_on_as_if_it_had_not_been(
    data: Path, recipe: Recipe, tmp_path: Path, steps: int
) -> None:
    whole = train(recipe, data, tmp_path / "whole").path
    out = tmp_path / "parts"
    stopped = train(recipe, data, out, stop=stopping_after(steps))
    assert stopped == Trained(out, False, steps, 12)
    assert [path.name for path in out.iterdir()] == [STATE]
    assert train(recipe, data, out).finished
    assert weights(out) == weights(whole)
    assert not (out / STATE).exists()


def test_ctrl_c_stops_after_a_whole_step(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    def press(done: int, _total: int, _text: str) -> None:
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    assert train(recipe, data, tmp_path / "out", progress=press) == Trained(tmp_path / "out", False, 3, 12)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_ctrl_c_is_not_held_back(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    def press(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(recipe, data, tmp_path / "out", progress=press)


def test_the_state_is_saved_on_the_way(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    def fall(done: int, *_: object) -> None:
        if done == 5:
            raise RuntimeError("the power went out")

    out = tmp_path / "out"
    with pytest.raises(RuntimeError):
        train(recipe, data, out, progress=fall, save_every=0)
    seen: list[int] = []
    train(recipe, data, out, progress=lambda done, *_: seen.append(done))
    assert seen[0] == 5  # the fourth step was the last one saved
    assert weights(out) == weights(train(recipe, data, tmp_path / "whole").path)


def test_a_training_can_start_anew(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, data, tmp_path, stop=stopping_after(4))
    seen: list[int] = []
    train(recipe, data, tmp_path, resume=False, progress=lambda done, *_: seen.append(done))
    assert seen[0] == 1


def test_a_state_of_another_training_is_refused(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, data, tmp_path, stop=stopping_after(1))
    before = (tmp_path / STATE).read_bytes()
    with pytest.raises(InputError):
        train(recipe, data, tmp_path, seed=5)
    assert (tmp_path / STATE).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04"])
def test_a_damaged_state_is_refused(data: Path, recipe: Recipe, tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATE).write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        train(recipe, data, tmp_path)
    assert caught.value.hint


def test_a_finished_model_is_not_written_over(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, data, tmp_path)
    before = weights(tmp_path)
    with pytest.raises(InputError):
        train(recipe, data, tmp_path, seed=1)
    assert weights(tmp_path) == before


def test_a_full_disk_is_told_and_keeps_the_state(
    data: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(recipe, data, tmp_path, stop=stopping_after(4))
    before = (tmp_path / STATE).read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageError, match="No space left"):
        train(recipe, data, tmp_path, save_every=0)
    assert (tmp_path / STATE).read_bytes() == before


def test_a_disk_that_is_full_at_the_end_costs_no_training(
    data: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(loop, "finish", full)
        with pytest.raises(StorageError):
            train(recipe, data, tmp_path)
    seen: list[int] = []
    assert train(recipe, data, tmp_path, progress=lambda done, *_: seen.append(done)).finished
    assert seen == []
    assert folder.read_card(tmp_path).measures["steps"] == 12


def test_a_place_that_cannot_be_written_is_told(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        train(recipe, data, tmp_path / "file" / "out")


def test_unknown_recipes_and_missing_data_are_refused(tmp_path: Path) -> None:
    for recipe, data in (("nothing", tmp_path), ("toonfaces-vae", tmp_path), ("toonfaces-vae", tmp_path / "gone")):
        with pytest.raises(InputError) as caught:
            train(recipe, data, tmp_path / "out")
        assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_damaged_data_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mnist.npz").write_bytes(content)
    with pytest.raises(InputError):
        train("digits-vae-2d", tmp_path, tmp_path / "out")


# Pictures of one's own


def paint(path: Path, count: int, size: tuple[int, int], colour: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        Image.new("RGB", size, (colour, 5 * index, 0)).save(path / f"{index}.png")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    paint(tmp_path / "album" / "red", 15, (90, 70), 200)
    paint(tmp_path / "album" / "green", 15, (20, 30), 0)
    (tmp_path / "album" / "red" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "album" / "notes.txt").write_text("no picture either")
    return tmp_path / "album"


def test_any_folder_of_pictures_makes_a_model(album: Path, tmp_path: Path) -> None:
    own = RECIPES["pictures"]
    plan = replace(PLAN, epochs=40, least_steps=0)
    small = replace(own, hyperparameters={**own.hyperparameters, **SMALL}, plan=plan)
    out = train(small, album, tmp_path / "out").path
    card = folder.read_card(out)
    assert card.image_shape == (64, 64, 3)
    assert card.measures["skipped_files"] == 1
    assert folder.read_samples(out)["z"].label("folder").names == ("green", "red")  # type: ignore[union-attr]


def test_too_few_pictures_are_refused(album: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="15 pictures"):
        train("pictures", album / "red", tmp_path / "out")


def test_steps_scale_with_the_pictures_within_bounds(album: Path) -> None:
    plan = RECIPES["pictures"].plan
    assert isinstance(plan, VaePlan)
    dataset = datasets.load("pictures", album)
    training = loop.begin(RECIPES["pictures"], dataset, 0, "cpu")
    assert training.steps == plan.least_steps


# The VAE's own


def test_beta_waits_grows_and_stays(data: Path, recipe: Recipe) -> None:
    plan = replace(PLAN, quiet=0.25, warm_up=0.75)
    training = loop.begin(replace(recipe, plan=plan), datasets.load("toonfaces64", data), 0, "cpu")
    assert isinstance(training, VaeTraining)
    shares = []
    for taken in (0, 3, 6, 9, 12):
        training.taken = taken
        shares.append(training.warmth())
    assert shares == [0, 0, 0.5, 1, 1]


def test_cross_entropy_is_lowest_where_the_picture_is() -> None:
    picture = torch.rand(2, 1, 4, 4, generator=torch.Generator().manual_seed(0)) * 0.8 + 0.1
    logits = torch.logit(picture).requires_grad_()
    cross_entropy(logits, picture).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert float(logits.grad.abs().max()) < 1e-6


def test_contours_of_an_even_error_are_nothing() -> None:
    assert float(contours(torch.full((2, 3, 8, 8), 0.3))) == 0
    assert float(squares(torch.full((2, 3, 8, 8), 0.5))) == 48


# Data


def test_the_split_is_the_same_every_time_and_keeps_groups_together() -> None:
    np.testing.assert_array_equal(datasets.split(100), datasets.split(100))
    assert datasets.split(100).sum() == 10
    groups = np.repeat(np.arange(30), 4)
    held_out = datasets.split(120, groups)
    assert held_out.sum() == 12
    assert all(len(set(held_out[groups == group])) == 1 for group in range(30))


def test_thickness_and_slant_are_measured() -> None:
    rows, columns = np.mgrid[:28, :28]
    upright = np.abs(columns - 14) <= 1
    leaning = np.abs(columns - 14 - 0.5 * (14 - rows)) <= 3
    images = (255 * np.stack([upright, leaning])[..., None]).astype(np.uint8)
    thickness, slant = (labels.values for labels in datasets.strokes(images))
    assert 2 < thickness[0] < 4 < thickness[1] < 9
    assert abs(slant[0]) < 1
    assert 20 < slant[1] < 32  # atan(1/2) is 27 degrees


def test_a_direction_that_cannot_be_told_is_left_out(data: Path, recipe: Recipe, tmp_path: Path) -> None:
    samples = folder.read_samples(train(recipe, data, tmp_path).path)["z"]
    noise = replace(samples, latents=np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32))
    assert directions.concepts(noise, (Direction("smile", "mouth", ("smile",)),)) == []
