"""A model folder is read without torch and without trust: every damage is told with a title and a hint."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from explorer.errors import CheckpointError, StorageError
from explorer.latents.concepts import Concept
from explorer.latents.mapped import Mapped
from explorer.latents.samples import Labels, LatentSet
from explorer.models import companions, folder
from explorer.models.base import Card, Space

CARD = Card(
    name="tiny",
    family="vae",
    architecture="small",
    parameters=12,
    spaces=(Space("z", 4, (2, 2), "standard normal"),),
    image_shape=(8, 8, 1),
    image_range=(0.0, 1.0),
    trained_on="noise",
    licence="Apache-2.0",
    likelihood="lower bound",
    attribution="nobody",
    summary="for tests",
    measures={"kl_nats": 1.5},
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return written(tmp_path / "tiny")


def written(path: Path) -> Path:
    folder.write_config(path, CARD, {"size": 8})
    random = np.random.default_rng(0)
    numbers = random.standard_normal((6, 4)).astype(np.float32)
    labels = (Labels("kind", np.array([0, 1, 2, 0, 1, 2]), ("a", "b", "c")), Labels("size", numbers[:, 0]))
    samples = LatentSet(
        "z", numbers, numbers - 3, labels, numbers[:, 1], np.abs(numbers[0]), "noise", grouped_by="kind"
    )
    folder.write_samples(path, [samples])
    folder.write_concepts(path, [Concept("smile", np.array([0, 1, 0, 0], np.float32), 2.0, 0.5, "z", {"auc": 0.9})])
    return path


def test_a_card_reads_as_it_was_written(model: Path) -> None:
    assert folder.read_card(model) == CARD
    assert folder.read_config(model).hyperparameters == {"size": 8}


def test_a_file_in_the_folder_names_the_model(model: Path) -> None:
    assert folder.read_card(model / "config.json") == CARD


def test_the_fingerprint_is_the_hash_of_the_weights(model: Path) -> None:
    (model / folder.WEIGHTS).write_bytes(b"abc")
    assert folder.read_card(model).fingerprint.startswith("ba7816bf")


def test_samples_read_as_they_were_written(model: Path) -> None:
    samples = folder.read_samples(model)["z"]
    assert samples.provenance == "noise"
    assert samples.groups is samples.label("kind").values  # type: ignore[union-attr]
    assert [labels.name for labels in samples.labels] == ["kind", "size"]
    assert samples.label("kind").text(1) == "b"  # type: ignore[union-attr]
    assert samples.label("size").names == ()  # type: ignore[union-attr]
    assert samples.log_variances is not None
    np.testing.assert_array_equal(samples.log_variances, samples.latents - 3)
    np.testing.assert_array_equal(samples.effects, np.abs(samples.latents[0]))
    np.testing.assert_array_equal(samples.log_likelihoods, samples.latents[:, 1])


def test_concepts_read_as_they_were_written(model: Path) -> None:
    (concept,) = folder.read_concepts(model)
    assert (concept.name, concept.sigma, concept.centre, concept.space) == ("smile", 2.0, 0.5, "z")
    assert concept.provenance == {"auc": 0.9}
    np.testing.assert_array_equal(concept.direction, [0, 1, 0, 0])


def test_a_model_without_samples_or_concepts_has_none(model: Path) -> None:
    (model / folder.SAMPLES).unlink()
    (model / folder.CONCEPTS).unlink()
    assert folder.read_samples(model) == {}
    assert folder.read_concepts(model) == ()


def refused(read: Callable[[], object]) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        read()
    assert caught.value.title
    assert caught.value.hint
    return caught.value


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    refused(lambda: folder.read_card(tmp_path / "nothing"))
    assert folder.CONFIG in refused(lambda: folder.read_card(tmp_path)).title


def test_a_folder_with_weights_of_others_says_that_they_are_opened_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"")
    assert "without running anything" in refused(lambda: folder.read_card(tmp_path)).hint


CONFIG_DAMAGES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"format": "latent-explorer"}',
    b'{"format": "another"}',
]


@pytest.mark.parametrize("content", CONFIG_DAMAGES, ids=range(len(CONFIG_DAMAGES)))
def test_a_damaged_config_is_refused(model: Path, content: bytes) -> None:
    (model / folder.CONFIG).write_bytes(content)
    refused(lambda: folder.read_card(model))


WRONG_VALUES = [
    ("version", 99),
    ("version", "1"),
    ("family", 3),
    ("name", None),
    ("parameters", -1),
    ("parameters", True),
    ("spaces", []),
    ("spaces", {}),
    ("spaces", [{"name": "z", "dim": 10**12, "shape": [10**12], "prior": ""}]),
    ("spaces", [{"name": "z", "dim": 4, "shape": [2, 3], "prior": ""}]),
    ("spaces", [{"name": "z", "dim": 1, "shape": [1], "prior": ""}] * 2),
    ("image", {"shape": [8, 8], "range": [0, 1]}),
    ("image", {"shape": [8, 8, 2], "range": [0, 1]}),
    ("image", {"shape": [10**9, 8, 3], "range": [0, 1]}),
    ("image", {"shape": [8, 8, 1], "range": [0, float("nan")]}),
    ("image", 4),
    ("likelihood", "perhaps"),
    ("hyperparameters", []),
    ("measures", "good"),
    ("licence", ["MIT"]),
]


@pytest.mark.parametrize(("name", "value"), WRONG_VALUES, ids=range(len(WRONG_VALUES)))
def test_a_wrong_value_in_the_config_is_refused(model: Path, name: str, value: object) -> None:
    raw = json.loads((model / folder.CONFIG).read_text())
    (model / folder.CONFIG).write_text(json.dumps({**raw, name: value}))
    refused(lambda: folder.read_card(model))


@pytest.mark.parametrize(
    "name", ["format", "version", "name", "family", "parameters", "spaces", "image", "likelihood", "hyperparameters"]
)
def test_a_missing_value_is_named(model: Path, name: str) -> None:
    raw = json.loads((model / folder.CONFIG).read_text())
    del raw[name]
    (model / folder.CONFIG).write_text(json.dumps(raw))
    assert name in str(refused(lambda: folder.read_card(model)))


@pytest.mark.parametrize("name", [folder.CONFIG, folder.SAMPLES, folder.CONCEPTS])
def test_a_folder_in_the_place_of_a_file_is_refused(model: Path, name: str) -> None:
    (model / name).unlink()
    (model / name).mkdir()
    refused(lambda: read_all(model))


def test_a_link_to_nothing_is_refused(model: Path) -> None:
    (model / folder.CONFIG).unlink()
    (model / folder.CONFIG).symlink_to(model / "gone")
    refused(lambda: folder.read_card(model))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(model: Path) -> None:
    (model / folder.CONFIG).chmod(0)
    refused(lambda: folder.read_card(model))


def read_all(path: Path) -> None:
    folder.read_card(path)
    folder.read_samples(path)
    folder.read_concepts(path)


def floats(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


KIND = {"labels": json.dumps({"kind": ["a", "b"]})}
SAMPLE_DAMAGES: list[tuple[dict[str, np.ndarray], dict[str, str]]] = [
    ({"other.mean": floats(3, 4)}, {}),
    ({"z.mean": floats(3, 5)}, {}),
    ({"z.mean": floats(3)}, {}),
    ({"z.mean": np.full((3, 4), np.nan, np.float32)}, {}),
    ({"z.mean": np.zeros((3, 4), bool)}, {}),
    ({"z.mean": floats(3, 4), "z.log_variance": floats(2, 4)}, {}),
    ({"z.mean": floats(3, 4), "log_likelihood": floats(4)}, {}),
    ({"z.mean": floats(3, 4), "z.effect": floats(3)}, {}),
    ({"z.mean": floats(3, 4)}, KIND),
    ({"z.mean": floats(3, 4), "label.kind": np.array([0, 1, 2], np.int16)}, KIND),
    ({"z.mean": floats(3, 4), "label.kind": np.array([0, -1, 1], np.int16)}, KIND),
    ({"z.mean": floats(3, 4), "label.kind": floats(3)}, KIND),
    ({"z.mean": floats(3, 4)}, {"labels": "{"}),
    ({"z.mean": floats(3, 4)}, {"labels": "[1]"}),
]


@pytest.mark.parametrize(("arrays", "metadata"), SAMPLE_DAMAGES, ids=range(len(SAMPLE_DAMAGES)))
def test_samples_that_do_not_fit_are_refused(
    model: Path, arrays: dict[str, np.ndarray], metadata: dict[str, str]
) -> None:
    save_file(arrays, model / folder.SAMPLES, metadata)
    refused(lambda: folder.read_samples(model))


CONCEPT = {"name": "smile", "space": "z", "sigma": 1.0, "centre": 0.0}
CONCEPT_DAMAGES: list[tuple[np.ndarray, object]] = [
    (np.ones(3, np.float32), [CONCEPT]),
    (np.zeros(4, np.float32), [CONCEPT]),
    (np.full(4, np.inf, np.float32), [CONCEPT]),
    (np.ones(4, np.float32), [{**CONCEPT, "space": "w"}]),
    (np.ones(4, np.float32), [{**CONCEPT, "name": "frown"}]),
    (np.ones(4, np.float32), [{**CONCEPT, "sigma": 0}]),
    (np.ones(4, np.float32), [{**CONCEPT, "sigma": "1"}]),
    (np.ones(4, np.float32), [{**CONCEPT, "centre": None}]),
    (np.ones(4, np.float32), ["smile"]),
    (np.ones(4, np.float32), None),
]


@pytest.mark.parametrize(("direction", "told"), CONCEPT_DAMAGES, ids=range(len(CONCEPT_DAMAGES)))
def test_concepts_that_do_not_fit_are_refused(model: Path, direction: np.ndarray, told: object) -> None:
    save_file({"smile": direction}, model / folder.CONCEPTS, {"concepts": json.dumps(told)})
    refused(lambda: folder.read_concepts(model))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from([folder.CONFIG, folder.SAMPLES, folder.CONCEPTS]),
    cut=st.floats(0, 1),
    place=st.floats(0, 1),
    junk=st.binary(max_size=24),
)
def test_any_damage_gives_a_user_error_or_a_readable_file(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: float, place: float, junk: bytes
) -> None:
    path = written(tmp_path_factory.mktemp("damage") / "tiny")
    content = (path / name).read_bytes()
    kept = content[: int(cut * len(content))]
    at = int(place * len(kept))
    (path / name).write_bytes(kept[:at] + junk + kept[at + len(junk) :])
    try:
        read_all(path)
    except CheckpointError as error:
        hints = error.hint
    else:
        hints = "none needed"
    assert hints


def test_a_header_that_claims_a_huge_size_is_refused(model: Path) -> None:
    (model / folder.SAMPLES).write_bytes((2**62).to_bytes(8, "little") + b"{}")
    refused(lambda: folder.read_samples(model))


def test_a_write_that_fails_keeps_what_was_there(model: Path) -> None:
    before = (model / folder.CONFIG).read_bytes()
    (model / f"{folder.CONFIG}.part").mkdir()
    with pytest.raises(StorageError):
        folder.write_config(model, CARD, {})
    assert (model / folder.CONFIG).read_bytes() == before


def test_reading_a_card_does_not_import_torch(model: Path) -> None:
    code = (
        "import sys\nfrom explorer.models import folder\n"
        f"path = {str(model)!r}\nfolder.read_card(path), folder.read_samples(path), folder.read_concepts(path)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", folder.bundled())
def test_every_bundled_model_can_be_read_and_says_what_it_is(name: str) -> None:
    card = folder.read_card(name)
    assert card.name == name
    assert card.licence
    assert card.trained_on
    assert card.fingerprint
    samples, concepts = folder.read_samples(name), folder.read_concepts(name)
    assert set(samples) <= {space.name for space in card.spaces}
    assert len(samples[card.default_space.name]) > 500
    assert all(np.isclose(np.linalg.norm(concept.direction), 1, atol=1e-5) for concept in concepts)


def test_many_samples_stay_in_their_file(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are mapped: read where they are looked at, and sent to the window by name."""
    monkeypatch.setattr(companions, "LARGE", 1000)
    latents = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    labels = (Labels("kind", np.arange(500) % 3, ("a", "b", "c")),)
    folder.write_samples(model, [LatentSet("z", latents, labels=labels)])
    read = folder.read_samples(model)["z"]
    assert isinstance(read.latents, Mapped)
    assert np.array_equal(read.latents, latents)
    assert len(pickle.dumps(read, 5)) < 10_000
    assert np.array_equal(pickle.loads(pickle.dumps(read, 5)).latents, latents)
