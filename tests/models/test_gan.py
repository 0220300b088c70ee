"""The GAN: its two spaces, the mapping between them, truncation."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.errors import CheckpointError, InputError
from explorer.latents.samples import Labels
from explorer.models import training_gan
from explorer.models.adversarial import Critic, Mapping
from explorer.models.base import CanEncode, CanMap, CanScore
from explorer.models.checkpoint import open_model, save_model
from explorer.models.config import Config
from explorer.models.gan import GanModel, GanNet, build, new_card
from explorer.models.lesson import WARM_UP, Lesson
from explorer.models.readout import frechet_distance, train_readout, yes_or_no
from explorer.models.training.datasets import Dataset, split
from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_gan import GanPlan


def tiny(**changes: object) -> GanModel:
    hyperparameters = {"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [2], **changes}
    torch.manual_seed(0)
    model = build(Config(new_card("tiny", hyperparameters, (8, 8, 3)), hyperparameters))
    assert isinstance(model.net, GanNet)
    model.net.w_mean.copy_(torch.randn(6))
    model.ready()
    return model


def test_a_picture_of_z_is_the_picture_of_its_w() -> None:
    model = tiny()
    z = model.sample(5, seed=1, space="z")
    np.testing.assert_allclose(model.decode_float(z, space="z"), model.decode_float(model.map(z)), atol=1e-6)


def test_samples_of_w_are_the_mapped_samples_of_z() -> None:
    model = tiny()
    np.testing.assert_array_equal(model.sample(4, seed=2, space="w"), model.map(model.sample(4, seed=2, space="z")))


def test_only_the_direction_of_z_matters() -> None:
    model = tiny()
    z = model.sample(4, seed=3, space="z")
    np.testing.assert_allclose(model.map(3 * z), model.map(z), atol=1e-5)


@pytest.mark.parametrize("space", ["z", "w"])
def test_truncation_zero_gives_the_mean_picture(space: str) -> None:
    model = tiny()
    pictures = model.decode_float(model.sample(5, seed=4, space=space), space=space, truncation=0)
    mean = model.decode_float(model.w_mean[None])
    np.testing.assert_allclose(pictures, np.repeat(mean, 5, axis=0), atol=1e-6)


@pytest.mark.parametrize("space", ["z", "w"])
def test_truncation_one_is_none(space: str) -> None:
    model = tiny()
    latents = model.sample(5, seed=4, space=space)
    np.testing.assert_array_equal(
        model.decode_float(latents, space=space, truncation=1), model.decode_float(latents, space=space)
    )


def test_a_fresh_mapping_only_scales_z_to_the_length_of_the_prior() -> None:
    mapping = Mapping(6, 8)
    w = mapping(torch.randn(5, 6)).detach()
    torch.testing.assert_close(w.norm(dim=1), torch.full((5,), 6**0.5), atol=1e-4, rtol=0)


def test_truncation_moves_w_along_a_straight_line_through_the_mean() -> None:
    model = tiny()
    w = model.sample(3, seed=5)
    for amount in (-1.0, 0.5, 2.0):
        moved = (model.w_mean + amount * (w - model.w_mean)).astype(np.float32)
        np.testing.assert_allclose(model.decode_float(w, truncation=amount), model.decode_float(moved), atol=1e-6)


def test_a_gan_can_map_but_has_no_encoder_and_no_density() -> None:
    model = tiny()
    assert isinstance(model, CanMap)
    assert not isinstance(model, CanEncode)
    assert not isinstance(model, CanScore)


def test_mapping_refuses_latents_of_another_shape() -> None:
    with pytest.raises(InputError):
        tiny().map(np.zeros((2, 5), np.float32))


def test_a_saved_gan_opens_with_its_mean_of_w(tmp_path: Path) -> None:
    model = tiny()
    save_model(model, tmp_path)
    opened = open_model(tmp_path, "cpu")
    assert isinstance(opened, GanModel)
    np.testing.assert_array_equal(opened.w_mean, model.w_mean)
    z = model.sample(3, seed=6, space="z")
    np.testing.assert_array_equal(opened.map(z), model.map(z))


def test_widths_that_do_not_lead_to_the_picture_are_refused() -> None:
    with pytest.raises(CheckpointError):
        tiny(widths=[8, 6, 4], depths=[1, 1])


def test_the_critic_sees_the_variety_of_a_batch() -> None:
    torch.manual_seed(0)
    critic, picture = Critic(8, 3, (4, 6), 8), torch.randn(1, 3, 8, 8)
    with torch.no_grad():
        alone = critic(picture.repeat(4, 1, 1, 1))
        among = critic(torch.cat([picture, torch.randn(3, 3, 8, 8)]))
    assert abs(float(alone[0] - among[0])) > 1e-6


def test_the_frechet_distance_is_zero_to_itself_and_the_squared_shift_in_deviations_to_a_copy() -> None:
    features = np.random.default_rng(0).standard_normal((400, 5)).astype(np.float32)
    assert abs(frechet_distance(features, features)) < 1e-6
    shifted = features + features.std(0) * np.array([3, 4, 0, 0, 0], np.float32)
    assert frechet_distance(features, shifted) == pytest.approx(25, rel=1e-4)


@pytest.fixture(scope="module")
def faces() -> Dataset:
    """80 pictures, dark or bright; what is bright counts as happy."""
    random = np.random.default_rng(0)
    happy = np.arange(80) % 2
    images = (random.integers(0, 90, (80, 8, 8, 3)) + 150 * happy[:, None, None, None]).astype(np.uint8)
    return Dataset("faces", images, split(80), (Labels("happy", happy, ("no", "yes")),), "0")


RECIPE = Recipe(
    name="tiny",
    family="gan",
    data="faces",
    summary="",
    hyperparameters={"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [1]},
    plan=GanPlan(steps=6, critic_widths=(4, 6), critic_hidden=8, batch=8, lesson_from=4),
    directions=(Direction("happy", "happy", ("yes",)),),
    samples=30,
)


def test_a_training_that_was_interrupted_goes_on_as_if_it_had_not_been(faces: Dataset) -> None:
    whole, first, second = (training_gan.begin(RECIPE, faces, 0, "cpu") for _ in range(3))
    for training, steps in ((whole, 6), (first, 3)):
        for _ in range(steps):
            training.advance()
    stream = io.BytesIO()
    torch.save(first.state(), stream)
    second.go_on(torch.load(io.BytesIO(stream.getvalue()), weights_only=True))
    for _ in range(3):
        second.advance()
    z = whole.finished().sample(4, seed=0, space="z")
    np.testing.assert_array_equal(second.finished().decode(z, space="z"), whole.finished().decode(z, space="z"))


def test_a_trained_gan_comes_with_labelled_samples_in_both_spaces_and_tried_concepts(
    faces: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = training_gan.begin(RECIPE, faces, 0, "cpu")
    training.advance()
    model = training.finished()
    z, w = training.samples(model, faces, RECIPE)
    assert isinstance(model, GanModel)
    np.testing.assert_array_equal(model.map(z.latents), w.latents)
    happy = Labels("happy", np.arange(30) % 2, ("no", "yes"))  # an untrained generator is all of one mood
    monkeypatch.setattr(training_gan, "READ_WELL", 0.0)
    monkeypatch.setattr(training_gan, "ACTS", -2.0)
    (concept,) = training.tried(model, [], replace(w, labels=(happy,)))
    assert concept.space == "w"
    assert concept.provenance["method"] in ("mean difference", "steered through the read-out")
    assert {"read_unmoved", "read_at_plus_2_sigma", "held_out_auc"} <= set(concept.provenance)
    assert set(training.measures(model, faces)) >= {"frechet_distance_in_readout_features", "readout_balanced_accuracy"}


def test_the_read_out_reads_what_is_plain_to_see(faces: Dataset) -> None:
    reader = train_readout(faces, yes_or_no(faces.labels, ("happy",)), ("happy",), seed=0, epochs=100)
    assert reader.accuracy["happy"] == 1.0


def test_the_lesson_wants_an_attribute_as_often_as_the_data_have_it() -> None:
    torch.manual_seed(0)
    lesson, w = Lesson(6, torch.tensor([0.25, 0.5]), "cpu"), torch.randn(16, 6)
    for _ in range(3):
        lesson.loss(w, torch.randn(16, 2), step=0)
    seen = torch.zeros(16, 2, requires_grad=True)
    lesson.loss(w, seen, step=WARM_UP).backward()  # type: ignore[no-untyped-call]
    assert seen.grad is not None
    assert (seen.grad < 0).sum(0).tolist() == [4, 8]  # to be drawn more; all others less


def test_at_first_only_the_head_learns_the_lesson() -> None:
    lesson, w = Lesson(6, torch.tensor([0.5]), "cpu"), torch.randn(64, 6, generator=torch.Generator().manual_seed(0))
    for step in range(WARM_UP):
        assert float(lesson.loss(w, 9 * w[:, :1], step)) == 0
    with torch.no_grad():
        assert ((lesson.head(w)[:, 0] > 0) == (w[:, 0] > 0)).float().mean() > 0.9
