"""Weights that are no numbers: of a large tensor a quick look sees some, and a picture of them is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.errors import CheckpointError, InputError
from explorer.models.foreign import rebuilt
from explorer.models.foreign.opening import convert, open_foreign

WIDTH = 64


def saved(folder: Path, place: int | None) -> Path:
    """A fully connected generator of a well-known spelling; `place` counts a weight of its last layer that is NaN."""
    torch.manual_seed(0)
    net = nn.Module()
    net.model = nn.Sequential(
        nn.Linear(8, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.BatchNorm1d(WIDTH, 0.8), nn.LeakyReLU(0.2)
    )
    net.model.append(nn.Linear(WIDTH, 28 * 28))
    net.model.append(nn.Tanh())
    if place is not None:
        with torch.no_grad():
            net.model[5].weight.view(-1)[place] = torch.nan
    save_file(net.state_dict(), folder / "generator.safetensors")
    return folder / "generator.safetensors"


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilt, "LARGE", 1000)
    monkeypatch.setattr(rebuilt, "SPOTS", 5)
    monkeypatch.setattr(rebuilt, "WIDTH", 10)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("place", [0, 9, -1, -10])
def test_a_quick_look_sees_both_ends_of_a_large_tensor(tmp_path: Path, place: int) -> None:
    with pytest.raises(CheckpointError, match="no numbers"):
        open_foreign(saved(tmp_path, place))


@pytest.mark.usefixtures("_small")
def test_what_escapes_a_quick_look_is_told_at_the_first_picture(tmp_path: Path) -> None:
    model = open_foreign(saved(tmp_path, 5000))
    with pytest.raises(InputError, match="makes no picture of this latent"):
        model.decode(model.sample(2, seed=0))


@pytest.mark.usefixtures("_small")
def test_what_is_kept_was_looked_at_whole(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no numbers"):
        convert(saved(tmp_path, 5000), tmp_path / "out")


@pytest.mark.usefixtures("_small")
def test_sound_weights_pass_a_quick_look(tmp_path: Path) -> None:
    model = open_foreign(saved(tmp_path, None))
    assert np.ptp(model.decode(model.sample(2, seed=0))) > 0


def test_where_some_latents_overflow_the_other_pictures_are_seen(tmp_path: Path) -> None:
    model = open_foreign(saved(tmp_path, None))
    latents = model.sample(3, seed=0)
    latents[1] = np.finfo(np.float32).max
    pictures = model.decode_float(latents)
    assert not pictures[1].any()
    np.testing.assert_array_equal(pictures[[0, 2]], model.decode_float(latents[[0, 2]]))
    with pytest.raises(InputError, match="makes no picture of this latent"):
        model.decode(latents[1:2])
