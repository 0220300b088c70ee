"""Weights are written as the library writes them, without a second copy in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from explorer.errors import StorageError
from explorer.models.weights_file import write_weights


def test_the_file_is_the_librarys_to_the_last_byte(tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights = {
        "b.weight": torch.randn(3, 4),
        "a.weight": torch.randn(2, 5).to(memory_format=torch.contiguous_format),
        "größe": torch.tensor(3),
        "half": torch.randn(3).half(),
        "short": torch.randn(2, 2).bfloat16(),
        "empty": torch.zeros(0, 4),
        "yes": torch.tensor([True, False, True]),
        "picture": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
        "turned": torch.randn(3, 5).t(),
    }
    write_weights(tmp_path / "w.safetensors", weights)
    wanted = save({key: value.contiguous() for key, value in weights.items()}, {"format": "pt"})
    assert (tmp_path / "w.safetensors").read_bytes() == wanted


def test_a_disk_that_cannot_be_written_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_weights(tmp_path / "file" / "w.safetensors", {"a": torch.zeros(2)})
    assert (tmp_path / "file").read_text() == "in the way"
