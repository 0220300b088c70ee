"""Samples of the user's in the whole window: brought by a drop, beside the model's, and the way back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.latents.samples import LatentSet
from explorer.latents.selections import chosen

WAIT = 60_000
LATENTS = np.random.default_rng(5).normal(size=(12, 4)).astype(np.float32)


def shown(desk: Desk) -> LatentSet:
    samples = desk.model.samples()
    assert samples is not None
    return samples


def brings(qtbot: QtBot, desk: Desk, *paths: Path) -> None:
    before = desk.store.state.brought
    if len(paths) == 1:
        desk.window.dropped.emit(str(paths[0]))
    else:
        desk.window.several_dropped.emit([str(path) for path in paths])
    qtbot.waitUntil(lambda: desk.store.state.brought != before, timeout=WAIT)


def on_the_map(qtbot: QtBot, desk: Desk, count: int) -> None:
    qtbot.waitUntil(lambda: len(desk.window.map.canvas.layers.points) == count, timeout=WAIT)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    np.save(tmp_path / "mine.npy", LATENTS)
    rows = "\n".join("ab"[index % 2] for index in range(12))
    (tmp_path / "labels.csv").write_text(f"mood,\n{rows}".replace("mood,", "mood"))
    return tmp_path / "mine.npy", tmp_path / "labels.csv"


def test_dropped_latents_and_labels_are_on_the_map_and_undo_brings_the_models_back(
    qtbot: QtBot, desk: Desk, files: tuple[Path, Path]
) -> None:
    desk.store.change("Select", selection=chosen([1, 2]))
    brings(qtbot, desk, *files)
    assert np.array_equal(shown(desk).latents, LATENTS)
    assert len(desk.store.state.selection) == 0
    on_the_map(qtbot, desk, 12)
    qtbot.waitUntil(lambda: desk.store.state.colour == "mood", timeout=WAIT)
    desk.do("undo")
    on_the_map(qtbot, desk, 30)
    assert desk.store.state.selection.tolist() == [1, 2]
    desk.do("redo")
    on_the_map(qtbot, desk, 12)


def test_beside_the_models_own_and_the_way_back(qtbot: QtBot, desk: Desk, files: tuple[Path, Path]) -> None:
    assert not desk.window.actions_by_name["own_samples"].isEnabled()
    brings(qtbot, desk, files[0])
    desk.do("beside_samples")
    on_the_map(qtbot, desk, 42)
    assert shown(desk).labels[0].name == "source"
    desk.do("own_samples")
    on_the_map(qtbot, desk, 30)
    assert desk.store.state.brought == ""


def test_labels_alone_are_given_to_the_samples_on_show(qtbot: QtBot, desk: Desk, files: tuple[Path, Path]) -> None:
    brings(qtbot, desk, files[0])
    place = desk.store.state.place
    brings(qtbot, desk, files[1])
    assert [one.name for one in shown(desk).labels] == ["mood"]
    assert desk.store.state.place is place


def test_what_does_not_fit_is_explained_and_nothing_changes(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    np.save(tmp_path / "wide.npy", np.zeros((5, 9)))
    before = desk.store.state
    desk.window.dropped.emit(str(tmp_path / "wide.npy"))
    qtbot.waitUntil(desk.window.messages.isVisible, timeout=WAIT)
    assert desk.store.state is before


def test_a_model_without_encoder_says_so(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "faces" / "a.png")
    assert desk.bringing.wants([str(tmp_path / "faces")])
    desk.window.dropped.emit(str(tmp_path / "faces"))
    qtbot.waitUntil(desk.window.messages.isVisible, timeout=WAIT)


def test_a_model_folder_and_a_picture_are_no_samples(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert not desk.bringing.wants([str(tmp_path)])
    assert not desk.bringing.wants([str(tmp_path / "a.png")])


def test_a_folder_of_weights_with_pictures_in_it_is_a_model(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "epoch_3.png").touch()
    assert desk.bringing.wants([str(tmp_path)])
    (tmp_path / "generator.pth").touch()
    assert not desk.bringing.wants([str(tmp_path)])


def test_an_npz_of_weights_is_a_model_and_one_of_latents_is_not(desk: Desk, tmp_path: Path) -> None:
    np.savez(tmp_path / "vae.npz", **{"fc1.weight": np.zeros((4, 3)), "fc1.bias": np.zeros(4)})
    np.savez(tmp_path / "mine.npz", latents=np.zeros((5, 4), np.float32))
    assert not desk.bringing.wants([str(tmp_path / "vae.npz")])
    assert desk.bringing.wants([str(tmp_path / "mine.npz")])


def test_files_of_the_command_line_wait_for_the_model(qtbot: QtBot, desk: Desk, files: tuple[Path, Path]) -> None:
    desk.bringing.take_when_open(files)
    desk.model.switch("gan")
    qtbot.waitUntil(lambda: desk.store.state.brought != "", timeout=WAIT)
    assert np.array_equal(shown(desk).latents, LATENTS)
