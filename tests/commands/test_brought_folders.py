from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_models import DIM, written_model, written_pictures

from explorer.errors import InputError
from explorer.models.bringing import encoded_folder, has_pictures


def quiet(_done: int, _total: int, _text: str = "", _partial: object = None) -> None:
    pass


def test_a_folder_of_pictures_is_encoded_with_its_subfolders_as_labels(tmp_path: Path) -> None:
    model = written_model(tmp_path / "model")
    written_pictures(tmp_path / "mine" / "cats", 2)
    written_pictures(tmp_path / "mine" / "dogs", 3)
    (tmp_path / "mine" / "dogs" / "damaged.png").write_bytes(b"no picture")
    told: list[str] = []
    samples = encoded_folder(
        str(model), tmp_path / "mine", "cpu", step=lambda _d, _t, text="", _p=None: told.append(text)
    )
    assert samples.latents.shape == (5, DIM)
    assert samples.log_variances is not None
    groups, files = samples.labels
    assert (groups.name, groups.names, groups.values.tolist()) == ("folder", ("cats", "dogs"), [0, 0, 1, 1, 1])
    assert files.text(4) == "dogs/2.png"
    assert samples.provenance == "5 pictures of mine, 1 unreadable left out"
    assert "Encoding 6 pictures" in told
    assert np.array_equal(samples.latents[0], samples.latents[2])  # the same picture


def test_a_folder_where_nothing_can_be_read_says_so(tmp_path: Path) -> None:
    model = written_model(tmp_path / "model")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="No picture of mine can be read"):
        encoded_folder(str(model), tmp_path / "mine", "cpu", step=quiet)


def test_a_folder_of_pictures_is_told_from_a_model(tmp_path: Path) -> None:
    model = written_model(tmp_path / "model")
    written_pictures(model / "pictures", 1)
    written_pictures(tmp_path / "mine" / "deep", 1)
    assert not has_pictures(model)
    assert has_pictures(tmp_path / "mine")
    assert not has_pictures(tmp_path / "nowhere")
