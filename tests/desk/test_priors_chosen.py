"""What random latents are drawn from is chosen, fitted, moved by a temperature, taken back, and kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from desk_scene import WAIT, opens
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.desk.desk import Desk
from explorer.latents.priors import drawn
from explorer.models.config import CONFIG
from explorer.models.foreign.opening import convert
from explorer.models.prior_files import kept_prior
from explorer.session import demo, document
from explorer.ui.about import About

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


def vae(folder: Path, prior: str = "normal") -> str:
    """A small VAE of 8 x 8 pixels and 3 latents that others trained, as a folder of ours."""
    layers = {"fc1": (64, 9), "fc21": (9, 3), "fc22": (9, 3), "fc3": (3, 9), "fc4": (9, 64)}
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(*sizes) for name, sizes in layers.items()})
    torch.save(net.state_dict(), folder / "vae.pth")
    convert(folder / "vae.pth", folder / prior)
    if prior != "normal":
        config = json.loads((folder / prior / CONFIG).read_text())
        config["spaces"][0] |= {"prior": prior, "parts": [{"name": "z", "dim": 3, "prior": prior}]}
        (folder / prior / CONFIG).write_text(json.dumps(config))
    return str(folder / prior)


def pictures(folder: Path) -> Path:
    """Forty pictures at random."""
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(40):
        Image.fromarray(random.integers(0, 256, (8, 8), dtype=np.uint8)).save(folder / f"{number}.png")
    return folder


def sampled(desk: Desk) -> np.ndarray:
    samples = desk.model.samples()
    return np.empty((0, 3), np.float32) if samples is None else samples.latents


def random_latent(desk: Desk, qtbot: QtBot) -> np.ndarray:
    """R."""
    with qtbot.waitSignal(desk.engine.sampled, timeout=WAIT):
        desk.do("random")
    return desk.store.state.place.base


def test_a_click_in_the_dialog_of_the_model_redraws_the_map_and_undo_takes_it_back(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    opens(qtbot, desk, vae(tmp_path))
    own = sampled(desk)
    desk.do("about_model")
    about = desk.window.findChild(About)
    assert about is not None
    qtbot.mouseClick(about.prior, LEFT)
    dialog = desk.priors.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: all(row.count == 8 for _, row in dialog.rows.rows.values()), timeout=WAIT)
    assert dialog.rows.rows["normal"][0].isChecked()
    with qtbot.waitSignal(desk.engine.redrawn, timeout=WAIT):
        qtbot.mouseClick(dialog.rows.rows["uniform"][1], LEFT)
    qtbot.waitUntil(lambda: np.abs(sampled(desk)).max() <= 1, timeout=WAIT)
    assert "uniform in -1..1" in dialog.text
    assert np.abs(random_latent(desk, qtbot)).max() <= 1
    card = desk.model.own_card()
    assert card is not None
    qtbot.waitUntil(lambda: (known := kept_prior(card)) is not None and known.kind == "uniform", timeout=WAIT)
    desk.do("undo")
    desk.do("undo")
    assert desk.store.state.prior is None
    np.testing.assert_array_equal(sampled(desk), own)
    qtbot.waitUntil(lambda: kept_prior(card) is None, timeout=WAIT)


def test_an_autoencoder_asks_for_pictures_and_draws_from_what_is_fitted_to_them(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    opens(qtbot, desk, vae(tmp_path, "none"))
    vacancy = desk.window.map.canvas.vacancy
    assert "random points would be noise" in vacancy.text
    assert vacancy.button.isVisible()
    assert not len(sampled(desk))
    desk.do("random")
    assert "no prior" in desk.window.messages.text
    desk.do("fit_prior")
    assert "nothing here to fit" in desk.window.messages.text
    desk.window.dropped.emit(str(pictures(tmp_path / "mine")))
    qtbot.waitUntil(lambda: len(sampled(desk)) == 40, timeout=WAIT)
    assert "Ctrl+Shift+F" in desk.window.messages.text
    seen = sampled(desk)
    desk.do("fit_prior")
    qtbot.waitUntil(lambda: desk.store.state.prior is not None, timeout=WAIT)
    prior = desk.store.state.prior
    assert prior is not None
    assert prior.words.endswith("fitted to 40 pictures of mine")
    np.testing.assert_array_equal(sampled(desk), seen)
    latent = random_latent(desk, qtbot)
    seed = desk.store.state.place.seed
    assert seed is not None
    np.testing.assert_array_equal(latent, drawn(1, [("none", 3)], seed, chosen=prior)[0])
    desk.do("own_samples")
    qtbot.waitUntil(lambda: len(sampled(desk)) == 2000, timeout=WAIT)
    assert desk.store.state.place.sample is not None
    assert prior.fitted is not None
    widths = np.sqrt(np.diag(prior.fitted.covariance))
    np.testing.assert_allclose(sampled(desk).mean(axis=0) / widths, prior.fitted.mean / widths, atol=0.1)
    for _ in range(3):
        desk.do("undo")
    assert desk.store.state.prior is None


def test_a_temperature_cools_the_random_latent_and_the_samples_as_one_step(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    opens(qtbot, desk, vae(tmp_path))
    own, row = sampled(desk), desk.window.sliders.temperature
    assert row.isVisibleTo(desk.window.sliders)
    unit = random_latent(desk, qtbot)
    row.row.began.emit()
    for value in (0.9, 0.4, 0.5):
        row.row.moved.emit(value)
    row.row.ended.emit()
    np.testing.assert_array_equal(desk.store.state.place.base, unit * np.float32(0.5))
    qtbot.waitUntil(lambda: bool((sampled(desk) == own * np.float32(0.5)).all()), timeout=WAIT)
    next_one = random_latent(desk, qtbot)
    seed = desk.store.state.place.seed
    assert seed is not None
    np.testing.assert_array_equal(next_one, drawn(1, [("normal", 3)], seed, temperature=0.5)[0])
    text = document.to_text(desk.store.state, "vae", "")
    assert document.from_text(text).state.place.temperature == 0.5
    desk.do("undo")
    desk.do("undo")
    assert desk.store.state.place.temperature == 1
    np.testing.assert_array_equal(desk.store.state.place.base, unit)
    np.testing.assert_array_equal(sampled(desk), own)


def test_a_demo_carries_the_numbers_of_a_fitted_prior_and_a_state_its_name(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    opens(qtbot, desk, vae(tmp_path, "none"))
    desk.window.dropped.emit(str(pictures(tmp_path / "mine")))
    qtbot.waitUntil(lambda: len(sampled(desk)) == 40, timeout=WAIT)
    desk.do("fit_prior")
    qtbot.waitUntil(lambda: desk.store.state.prior is not None, timeout=WAIT)
    state = desk.store.state
    prior, text = state.prior, document.to_text(state, "vae", "")
    assert prior is not None
    assert prior.fitted is not None
    read = document.from_text(text)
    assert (read.state.prior, read.digest) == (None, prior.fitted.digest)
    made = demo.from_text(demo.to_text(demo.Demo(replace(read, state=state), fitted=prior.fitted)))
    assert prior.is_same_as(made.document.state.prior)
    desk.do("undo")
    desk.model.restore(
        demo.Demo(document.from_text(text.replace('"fingerprint": ""', f'"fingerprint": "{_hash(desk)}"')))
    )
    assert desk.store.state.prior is prior  # it was seen here


def _hash(desk: Desk) -> str:
    assert desk.model.opened is not None
    return desk.model.opened.card.fingerprint
