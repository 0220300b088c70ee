"""A picture dropped on a model without an encoder: a search that is watched, stopped, kept or given up."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import searching_jobs
import torch
from desk_scene import WAIT, opens
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

import explorer
from explorer.desk.desk import Desk
from explorer.errors import InputError
from explorer.models import bringing, gan
from explorer.models.checkpoint import build, save_model
from explorer.models.config import Config
from explorer.models.inversion import jobs
from explorer.session import document, preferences
from explorer.ui.inversion.page import SearchPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(0)
    parameters = {"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [2]}
    save_model(build(Config(gan.new_card("tiny", parameters, (8, 8, 3)), parameters)), path)
    return path


@pytest.fixture
def real(qtbot: QtBot, on_folders: Desk, generator: Path) -> Desk:
    """On a GAN with weights, which is really searched."""
    on_folders.begin(str(generator))
    qtbot.waitUntil(lambda: on_folders.window.map.shown is not None, timeout=WAIT)
    return on_folders


@pytest.fixture
def half_way(qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """On a GAN without torch, a search for a picture of it at its middle."""
    monkeypatch.setattr(jobs, "find", searching_jobs.half)
    opens(qtbot, desk, "gan")
    drops(desk, pictured(tmp_path / "me.png", np.full((4, 4, 3), 90, np.uint8)))
    qtbot.waitUntil(lambda: desk.inverting.page is not None and desk.inverting.page.found is not None, timeout=WAIT)
    return desk


def pictured(path: Path, image: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)
    return path


def drops(desk: Desk, path: Path) -> None:
    """A real drop in the middle of the window."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    at, rest = desk.window.rect().center(), (Qt.DropAction.CopyAction, carried, LEFT, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(at, *rest), QDropEvent(QPointF(at), *rest)):
        QApplication.sendEvent(desk.window, event)


def page_of(desk: Desk) -> SearchPage:
    assert desk.inverting.page is not None
    return desk.inverting.page


def jobs_running() -> int:
    return sum(child.name == "latent-explorer job" for child in multiprocessing.active_children())


def test_a_dropped_picture_is_searched_for_and_kept_in_one_step_of_undo(
    qtbot: QtBot, real: Desk, generator: Path, tmp_path: Path
) -> None:
    model = explorer.open(generator, device="cpu")
    target = model.decode(model.sample(1, seed=4))
    before = real.store.state
    drops(real, pictured(tmp_path / "me.png", target[0]))
    qtbot.waitUntil(lambda: real.inverting.page is not None, timeout=WAIT)
    page = page_of(real)
    assert not page.isModal()
    qtbot.waitUntil(page.again.isEnabled, timeout=WAIT)
    assert page.found is not None
    assert page.curves.best is not None
    assert "Done: 300 steps from 8 starts" in page.step.text()
    assert real.store.state is before
    qtbot.mouseClick(page.keep, LEFT)
    place = real.store.state.place
    assert real.inverting.page is None
    assert place.picture is not None
    assert place.picture.name == "me.png"
    assert real.store.undo_title == "Find me.png"
    off = np.abs(model.decode(place.base[None], space="w").astype(float) - target).mean() / 255
    assert place.picture.error == pytest.approx(off, abs=1e-6)
    assert off < 0.03
    assert [one.place for one in real.store.state.shelf] == [place]
    assert "from picture me.png" in real.window.shelf.tiles.item(0).toolTip()
    real.do("undo")
    assert real.store.state is before


def test_a_search_on_begins_where_the_last_one_ended(qtbot: QtBot, real: Desk, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    drops(real, pictured(tmp_path / "noise.png", noise))
    qtbot.waitUntil(lambda: real.inverting.page is not None, timeout=WAIT)
    page = page_of(real)
    qtbot.waitUntil(page.again.isEnabled, timeout=WAIT)
    first = page.found
    page.steps.setValue(40)
    page.starts.setValue(2)
    qtbot.mouseClick(page.again, LEFT)
    qtbot.waitUntil(lambda: page.found is not first and page.again.isEnabled(), timeout=WAIT)
    assert first is not None
    assert page.found is not None
    assert np.nanmin(page.found.losses) <= np.nanmin(first.losses) * 1.001
    assert preferences.load().search == preferences.SearchChoice("", 40, 2)


def test_a_search_that_is_stopped_keeps_the_best_so_far_and_ends(qtbot: QtBot, half_way: Desk) -> None:
    page = page_of(half_way)
    assert jobs_running() == 1
    qtbot.mouseClick(page.stop, LEFT)
    qtbot.waitUntil(lambda: jobs_running() == 0, timeout=WAIT)
    assert page.step.text() == "Stopped at step 150 of 300"
    assert not page.stop.isEnabled()
    qtbot.mouseClick(page.keep, LEFT)
    assert half_way.store.state.place.base.tolist() == [3, 3, 3, 3]


def test_a_search_can_be_kept_while_it_goes_on(qtbot: QtBot, half_way: Desk) -> None:
    qtbot.keyClick(page_of(half_way), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: jobs_running() == 0, timeout=WAIT)
    assert half_way.store.state.place.base.tolist() == [3, 3, 3, 3]
    assert half_way.window.messages.text.startswith("This is the nearest that was found to me.png, off by 25.0 %")


def test_a_search_that_is_given_up_leaves_all_as_it_was_and_nothing_running(qtbot: QtBot, half_way: Desk) -> None:
    before = half_way.store.state
    qtbot.mouseClick(page_of(half_way).cancel, LEFT)
    qtbot.waitUntil(lambda: jobs_running() == 0, timeout=WAIT)
    assert half_way.inverting.page is None
    assert half_way.store.state is before


def test_another_model_ends_the_search(qtbot: QtBot, half_way: Desk) -> None:
    opens(qtbot, half_way, "two")
    qtbot.waitUntil(lambda: jobs_running() == 0, timeout=WAIT)
    assert half_way.inverting.page is None


def test_the_window_answers_while_it_searches(qtbot: QtBot, half_way: Desk) -> None:
    half_way.store.move("Move smile", strengths={"smile": 2.0})
    wanted = int(np.clip(100 + 10 * half_way.model.latent()[0], 0, 255))

    def shown() -> bool:
        picture = half_way.window.stage.picture_shown
        return picture is not None and int(picture[0, 0, 0]) == wanted

    qtbot.waitUntil(shown, timeout=WAIT)
    assert page_of(half_way).stop.isEnabled()


def test_a_moved_latent_is_no_more_of_the_picture_and_copied_text_tells_it(qtbot: QtBot, half_way: Desk) -> None:
    qtbot.mouseClick(page_of(half_way).keep, LEFT)
    text = document.to_text(half_way.store.state, "gan", "x")
    picture = document.from_text(text).state.place.picture
    assert picture is not None
    assert (picture.name, picture.error) == ("me.png", 0.25)
    python = document.place_to_python(half_way.store.state.place, "gan")
    assert "# the latent that was found for 'me.png'\n" in python
    half_way.do("zero")
    assert half_way.store.state.place.picture is None
    assert '"picture"' not in document.to_text(half_way.store.state, "gan", "x").partition('"shelf"')[0]


def test_an_encoding_can_be_refined(qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "find", searching_jobs.half)
    drops(desk, pictured(tmp_path / "me.png", np.full((4, 4, 3), 90, np.uint8)))
    qtbot.waitUntil(desk.window.messages.act.isVisible, timeout=WAIT)
    assert desk.store.state.place.picture is not None
    assert desk.store.undo_title == "Bring me.png"
    qtbot.mouseClick(desk.window.messages.act, LEFT)
    assert "goes on from the encoding" in page_of(desk).text
    qtbot.waitUntil(lambda: page_of(desk).found is not None, timeout=WAIT)


def test_a_folder_is_searched_for_and_its_errors_colour_the_map(
    qtbot: QtBot, real: Desk, generator: Path, tmp_path: Path
) -> None:
    model = explorer.open(generator, device="cpu")
    for number, image in enumerate(model.decode(model.sample(20, seed=4))):
        pictured(tmp_path / "mine" / f"{number:02}.png", image)
    drops(real, tmp_path / "mine")
    qtbot.waitUntil(lambda: len(real.window.map.canvas.layers.points) == 20, timeout=WAIT)
    samples = real.model.samples()
    assert samples is not None
    assert samples.label(bringing.ERROR) is not None
    assert "20 pictures of mine, by inversion, mean error" in real.window.messages.text
    real.store.change("Colour", colour=bringing.ERROR)
    qtbot.waitUntil(lambda: real.window.map.shown is not None, timeout=WAIT)


def test_several_pictures_are_samples_too(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "encoded_folder", searching_jobs.as_many)
    files = [pictured(tmp_path / f"{name}.png", np.zeros((4, 4, 3), np.uint8)) for name in "abc"]
    desk.window.several_dropped.emit([str(file) for file in files])
    qtbot.waitUntil(lambda: len(desk.window.map.canvas.layers.points) == 3, timeout=WAIT)
    assert desk.store.state.brought == "3 pictures"


@pytest.mark.parametrize("model", ["gan", "one"])
def test_a_picture_can_be_searched_for_from_the_menu(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setattr(jobs, "find", searching_jobs.half)
    path = pictured(tmp_path / "me.png", np.full((4, 4, 3), 90, np.uint8))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_told: (str(path), ""))
    if model != "one":
        opens(qtbot, desk, model)
    desk.window.actions_by_name["encode" if model == "gan" else "search"].trigger()
    qtbot.waitUntil(lambda: desk.inverting.page is not None and desk.inverting.page.found is not None, timeout=WAIT)


def test_where_encoding_is_exact_there_is_nothing_to_search_for(desk: Desk, tmp_path: Path) -> None:
    opened = desk.model.opened
    assert opened is not None
    desk.model.opened = replace(opened, card=replace(opened.card, likelihood="exact"))
    with pytest.raises(InputError, match="exactly"):
        desk.inverting.search(str(tmp_path / "me.png"))


def test_a_folder_that_is_stopped_keeps_what_was_found(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "encoded_folder", searching_jobs.half_a_folder)
    opens(qtbot, desk, "gan")
    pictured(tmp_path / "mine" / "a.png", np.zeros((4, 4, 3), np.uint8))
    drops(desk, tmp_path / "mine")
    stop = next(one for one in desk.window.status.findChildren(QToolButton) if one.text() == "Stop here")
    qtbot.waitUntil(stop.isVisible, timeout=WAIT)
    qtbot.mouseClick(stop, LEFT)
    qtbot.waitUntil(lambda: len(desk.window.map.canvas.layers.points) == 6, timeout=WAIT)
    qtbot.waitUntil(lambda: jobs_running() == 0, timeout=WAIT)
    assert not stop.isVisible()
    assert desk.store.state.brought == "mine"
