"""Names of classes come from the file, or from what lies beside it, where there are as many as classes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from references import DenseGan, shaken
from torch import nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode, Card, Part, Space
from explorer.models.checkpoint import open_model, save_model
from explorer.models.config import CONFIG, read_card
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.class_names import with_class_names
from explorer.models.foreign.kept import Kept, keep
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.work.source import drawn

BIRDS = ("wren", "rook", "kite")


def card() -> Card:
    space = Space("z", 5, (5,), "", (Part("z", 2, "normal"), Part("class", 3, "one-hot")))
    return Card("birds", "layers", "", 1, (space,), (4, 4, 3), (0, 1), "", "", "none")


@pytest.mark.parametrize(
    "hints",
    [
        {"class_names": list(BIRDS)},
        {"id2label": {"1": "rook", "0": "wren", "2": "kite"}},
        {"class_to_idx": {"kite": 2, "wren": 0, "rook": 1}},
        {"hyper_parameters": {"classes": list(BIRDS)}},
        {"labels": ["too", "few"], "names": [" wren ", "rook", "kite"]},
    ],
)
def test_names_are_found_as_people_keep_them(hints: Mapping[str, object]) -> None:
    named = with_class_names(card(), hints)
    assert named.default_space.choices[0].classes == BIRDS
    assert named.facts[-1].text == "names of the classes: wren, rook, kite"
    assert named.facts[-1].how == "read"


@pytest.mark.parametrize(
    "hints",
    [{}, {"classes": 3}, {"classes": ["a", "b"]}, {"names": ["a", "a", "b"]}, {"id2label": {"0": "a", "7": "b"}}],
)
def test_without_names_that_fit_classes_are_called_by_their_numbers(hints: Mapping[str, object]) -> None:
    plain = with_class_names(card(), hints)
    assert plain.default_space.choices[0].classes == ("0", "1", "2")
    assert not plain.facts


def test_names_beside_the_weights_are_kept_with_the_model_and_colour_its_samples(tmp_path: Path) -> None:
    torch.manual_seed(0)
    names = [f"digit {number}" for number in range(10)]
    torch.save(shaken(DenseGan((1, 32, 32), 60, [32, 64], classes=10)).state_dict(), tmp_path / "cgan.pth")
    (tmp_path / "config.json").write_text(json.dumps({"n_classes": 10, "class_names": names}))
    save_model(open_foreign(tmp_path / "cgan.pth"), tmp_path / "kept")
    model = open_model(tmp_path / "kept", "cpu")
    (choice,) = model.card.default_space.choices
    assert choice.classes == tuple(names)
    samples = drawn(model, 50)["z"]
    (labels,) = samples.labels
    assert (labels.name, labels.names) == ("class", tuple(names))
    assert np.array_equal(samples.latents[:, choice.where], np.eye(10, dtype=np.float32)[labels.values])


def test_names_that_do_not_fit_are_a_damaged_model(tmp_path: Path) -> None:
    torch.manual_seed(0)
    found = recognise(Reading(Path("m.pt"), "torch", DenseGan((1, 32, 32), 60, [32], classes=10).state_dict()))
    assert found is not None
    save_model(rebuilt(found), tmp_path)
    raw = json.loads((tmp_path / CONFIG).read_text())
    raw["spaces"][0]["parts"][1]["names"] = ["one", "two"]
    (tmp_path / CONFIG).write_text(json.dumps(raw))
    with pytest.raises(CheckpointError, match="2 names for 10 classes"):
        read_card(tmp_path)


class TwoChoices(nn.Module):
    """JointVAE with two classes beside three numbers, 32 x 32 grey."""

    def __init__(self) -> None:
        super().__init__()
        self.img_to_features = nn.Sequential(
            *(nn.Conv2d(1, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 4, 2, 1)),
            nn.ReLU(),
        )
        self.features_to_hidden = nn.Sequential(nn.Linear(8 * 16, 12), nn.ReLU())
        self.fc_mean, self.fc_log_var = nn.Linear(12, 3), nn.Linear(12, 3)
        self.fc_alphas = nn.ModuleList([nn.Linear(12, 4), nn.Linear(12, 5)])
        self.latent_to_features = nn.Sequential(nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 8 * 16), nn.ReLU())
        self.features_to_img = nn.Sequential(
            *(nn.ConvTranspose2d(8, 8, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(8, 8, 4, 2, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(8, 1, 4, 2, 1), nn.Sigmoid()),
        )


def test_a_latent_may_hold_several_classes_and_each_is_encoded() -> None:
    torch.manual_seed(0)
    net = shaken(TwoChoices())
    found = recognise(Reading(Path("model.pt"), "torch", net.state_dict()))
    assert found is not None
    model = rebuilt(found)
    assert isinstance(model, CanEncode)
    choices = model.card.default_space.choices
    assert [(one.name, one.where, len(one.classes)) for one in choices] == [
        ("class 1", slice(3, 7), 4),
        ("class 2", slice(7, 12), 5),
    ]
    images = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 1), dtype=np.uint8)
    posterior = model.encode(images)
    pictures = torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255))
    with torch.no_grad():
        hidden = net.features_to_hidden(net.img_to_features(pictures).flatten(1))
        mean, log_var = net.fc_mean(hidden).numpy(), net.fc_log_var(hidden).numpy()
        codes = [head(hidden).argmax(1).numpy() for head in net.fc_alphas]
    np.testing.assert_allclose(posterior.mean[:, :3], mean, atol=1e-4)
    assert posterior.log_variance is not None
    np.testing.assert_allclose(posterior.log_variance[:, :3], log_var, atol=1e-4)
    for choice, code in zip(choices, codes, strict=True):
        assert np.array_equal(posterior.mean[:, choice.where], np.eye(len(choice.classes))[code])
    assert {labels.name for labels in drawn(model, 9)["z"].labels} == {"class 1", "class 2"}


def test_names_laid_beside_known_weights_are_read_at_the_next_opening(tmp_path: Path) -> None:
    torch.manual_seed(0)
    torch.save(shaken(DenseGan((1, 32, 32), 60, [32], classes=10)).state_dict(), tmp_path / "cgan.pth")
    (tmp_path / "config.json").write_text('{"n_classes": 10}')

    def opened() -> Kept:
        kept = keep(tmp_path / "cgan.pth", step=lambda *_told: None)
        assert isinstance(kept, Kept)
        return kept

    assert opened().card.default_space.choices[0].classes[0] == "0"
    (tmp_path / "class_names.json").write_text(json.dumps([f"bird {number}" for number in range(10)]))
    assert opened().card.default_space.choices[0].classes[0] == "bird 0"
