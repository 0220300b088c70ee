"""`inspect --draft` proposes what the window would, takes answers, draws samples and keeps a manifest; `inspect` tells
what random latents show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from explorer import cli
from explorer.models.foreign.opening import open_foreign

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    """A generator in a spelling that nobody knows: 12 latents to 8 x 8 grey pictures."""
    torch.manual_seed(0)
    net = nn.Module()
    net.first, net.norm, net.last = nn.Linear(12, 16), nn.BatchNorm1d(16), nn.Linear(16, 64)
    torch.save({f"painter_{key}": value for key, value in net.state_dict().items()}, tmp_path / "unknown.pth")
    return tmp_path / "unknown.pth"


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """The example VAE of PyTorch, small; the decoder ignores its third latent."""
    layers = {"fc1": (64, 9), "fc21": (9, 3), "fc22": (9, 3), "fc3": (3, 9), "fc4": (9, 64)}
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(*sizes) for name, sizes in layers.items()})
    state = net.state_dict()
    state["fc3.weight"] *= 8  # far from the middle of the sigmoid
    state["fc3.weight"][:, 2] = 0
    torch.save(state, tmp_path / "vae.pth")
    return tmp_path / "vae.pth"


def inspected(path: Path, captured: Captured, *arguments: str) -> dict[str, object]:
    assert cli.main(["inspect", str(path), "--json", *arguments]) == 0
    told: dict[str, object] = json.loads(captured.readouterr().out)
    return told


def by_name(told: dict[str, object]) -> dict[str, dict[str, object]]:
    questions = told["questions"]
    assert isinstance(questions, list)
    return {question["name"]: question for question in questions}


def test_a_draft_tells_layers_and_what_is_guessed_in_text(unknown: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(unknown), "--draft"]) == 0
    told = capsys.readouterr().out
    assert "drafted generator, 12 latents, 8 x 8 grey" in told
    assert "Linear 16 → 64" in told
    assert "(guessed" in told
    assert "measured" in told
    assert "--choose NAME=VALUE" in told


def test_answers_are_taken_one_after_the_other_and_said_to_be_chosen(unknown: Path, capsys: Captured) -> None:
    before = by_name(inspected(unknown, capsys, "--draft"))
    assert before["last"]["how"] == "guessed"
    told = inspected(unknown, capsys, "--draft", "--choose", "last=tanh", "--choose", "classes=10")
    after = by_name(told)
    assert (after["last"]["taken"], after["last"]["how"]) == ("tanh", "chosen")
    assert after["range"]["taken"] == "-1,1"
    manifest = told["manifest"]
    assert isinstance(manifest, dict)
    assert [part["dim"] for part in manifest["latent"]["parts"]] == [2, 10]


def test_a_kept_draft_opens_without_questions(unknown: Path, tmp_path: Path, capsys: Captured) -> None:
    sheet = tmp_path / "sheet.png"
    told = inspected(unknown, capsys, "--draft", "--choose", "last=tanh", "--samples", str(sheet), "--keep")
    assert told["kept"] == str(tmp_path / "unknown.latent.json")
    with Image.open(sheet) as drawn:
        assert min(drawn.size) > 400
    card = open_foreign(unknown).card
    assert card.image_range == (-1.0, 1.0)
    assert any(fact.text == "last nonlinearity: tanh, chosen by eye" for fact in card.facts)
    assert inspected(unknown, capsys)["not_opened_because"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--draft", "--choose", "activatoin=elu"], "does not ask for 'activatoin'"),
        (["--draft", "--choose", "last=sine"], "'sine' is no answer to 'last'"),
        (["--draft", "--choose", "last"], "NAME=VALUE"),
        (["--keep"], "Add --draft"),
        (["--draft", "--samples", "sheet.gif"], "End it in .png"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments: list[str], said: str, unknown: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(unknown), *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not unknown.with_name("unknown.latent.json").exists()


def test_what_nobody_knows_is_pointed_to_the_draft(unknown: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(unknown)]) == 2
    assert "--draft" in capsys.readouterr().err


def test_a_model_of_ours_has_nothing_to_draft(capsys: Captured) -> None:
    assert cli.main(["inspect", "digits-vae-2d", "--draft"]) == 2
    assert "nothing to draft" in capsys.readouterr().err


def test_inspect_tells_what_random_latents_show(known: Path, tmp_path: Path, capsys: Captured) -> None:
    told = inspected(known, capsys, "--samples", str(tmp_path / "sheet.png"))
    model = told["model"]
    assert isinstance(model, dict)
    measured = [fact["text"] for fact in model["facts"] if fact["how"] == "measured"]
    assert any("of 3 latents, 1 changes no pixel by 1 %" in text and "z 3" in text for text in measured)
    assert (tmp_path / "sheet.png").is_file()
    assert cli.main(["convert", str(known), str(tmp_path / "ours")]) == 0
    assert cli.main(["inspect", str(tmp_path / "ours")]) == 0
    assert "inferred  prior" in capsys.readouterr().out.lower()
    assert cli.main(["inspect", str(known)]) == 0
    assert "latent z: 3 numbers, prior: standard normal" in capsys.readouterr().out
