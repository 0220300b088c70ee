"""Folders as people drop them: one file of weights in it is meant; of several, which is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model
from explorer.models.foreign.sniff import foreign

MEANT = {
    "model.pt": ("model.pt", "SOURCE.md", "specs.json", "expected.npz"),
    "generator.pt": ("generator.pt", "critic.pt", "losses.pkl"),
    "netG.pth": ("netG.pth", "netD.pth"),
    "my_decoder.pth": ("my_decoder.pth", "my_encoder.pth"),
    "G_ema.pkl": ("G_ema.pkl", "optimizer.pt"),
    "encoder.pt": ("encoder.pt",),
    "weights.npz": ("weights.npz", "README.md"),
}


@pytest.mark.parametrize("name", MEANT)
def test_the_one_file_of_weights_in_a_folder_is_meant(name: str, tmp_path: Path) -> None:
    for file in MEANT[name]:
        (tmp_path / file).write_bytes(b"")
    assert foreign(tmp_path) == tmp_path / name


def test_of_several_files_none_is_taken_and_they_are_named(tmp_path: Path) -> None:
    for file in ("epoch_1.pt", "epoch_2.pt", "notes.txt"):
        (tmp_path / file).write_bytes(b"")
    assert foreign(tmp_path) is None
    with pytest.raises(CheckpointError) as caught:
        open_model(tmp_path)
    assert "epoch_1.pt, epoch_2.pt" in caught.value.hint


def test_a_folder_without_weights_is_none_of_others(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"")
    assert foreign(tmp_path) is None
