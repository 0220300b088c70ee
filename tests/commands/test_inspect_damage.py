"""`inspect` looks at the weights too, and tells what is wrong with a model in a person's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_models import written_model
from safetensors.numpy import load_file, save_file

from explorer import cli
from explorer.models import folder

JARGON = ("Expecting", "deserializing", "Error", "codec", "Traceback")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return written_model(tmp_path / "tiny")


def refusal(capsys: Captured, *words: object) -> str:
    """What is said of a command that the user can mend: one line, and nothing printed before it."""
    assert cli.main(["inspect", *map(str, words)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert not [word for word in JARGON if word in captured.err]
    return captured.err


def test_weights_that_are_missing_are_told(model: Path, capsys: Captured) -> None:
    (model / folder.WEIGHTS).unlink()
    assert "tiny/model.safetensors is missing" in refusal(capsys, model)


@pytest.mark.parametrize("kept", [0, 5, 300, -1])
def test_weights_that_are_cut_short_are_told_with_their_size(model: Path, capsys: Captured, kept: int) -> None:
    content = (model / folder.WEIGHTS).read_bytes()[:kept]
    (model / folder.WEIGHTS).write_bytes(content)
    said = refusal(capsys, model)
    assert f"tiny/model.safetensors is damaged or cut short ({len(content):,} bytes). Copy the whole" in said


def test_a_weight_that_is_no_number_is_named(model: Path, capsys: Captured) -> None:
    weights = load_file(model / folder.WEIGHTS)
    name = sorted(weights)[0]
    weights[name].flat[-1] = np.nan
    save_file(weights, model / folder.WEIGHTS)
    assert f"'{name}' holds values that are no numbers" in refusal(capsys, model, "--json")


@pytest.mark.parametrize("count", [3, 200_000])
def test_weights_of_another_model_are_told(model: Path, capsys: Captured, count: int) -> None:
    save_file({"foreign": np.zeros(count, np.float32)}, model / folder.WEIGHTS)
    assert f"it holds {count:,} numbers for" in refusal(capsys, model)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{\n"format": "latent-explorer",\n}\n', "tiny/config.json is no valid JSON (line 3)."),
        (b"\xff\xfe\x00", "tiny/config.json is no valid JSON."),
    ],
)
def test_a_config_that_is_no_json_is_told_with_its_line(
    model: Path, capsys: Captured, content: bytes, told: str
) -> None:
    (model / folder.CONFIG).write_bytes(content)
    assert told in refusal(capsys, model)


@pytest.mark.parametrize("name", [folder.SAMPLES, folder.CONCEPTS])
def test_companions_that_are_cut_short_are_told(model: Path, capsys: Captured, name: str) -> None:
    (model / name).write_bytes((model / name).read_bytes()[:40])
    assert f"tiny/{name} is damaged or cut short (40 bytes)." in refusal(capsys, model)


def test_a_file_that_is_no_model_is_called_by_its_name(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text("no model")
    monkeypatch.chdir(tmp_path)
    assert f"'README.md' is no model, and its folder '{tmp_path.name}' is none" in refusal(capsys, "README.md")
    assert f"'{tmp_path.name}' is no model folder" in refusal(capsys, ".")


@pytest.mark.parametrize("word", [".", "config.json"])
def test_the_folder_one_is_in_has_a_name(
    model: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    (model / folder.WEIGHTS).unlink()
    monkeypatch.chdir(model)
    assert "tiny/model.safetensors" in refusal(capsys, word)


@pytest.mark.parametrize("name", folder.bundled())
def test_every_bundled_model_passes(name: str, capsys: Captured) -> None:
    assert cli.main(["inspect", name]) == 0
    assert name in capsys.readouterr().out
