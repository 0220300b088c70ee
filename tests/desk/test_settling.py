"""A map while it is being made: seen, stopped, cancelled, tuned. The library is a stand-in that waits to be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk_scene import joined
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer import projections
from explorer.desk import projecting
from explorer.desk.desk import Desk
from explorer.desk.fits import Fitted, places
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.projections import Partial, ProjectionChoice
from explorer.session.preferences import Preferences
from explorer.ui.map.tuning import TuningPopup
from explorer.work.job import Step

WAIT = 60_000  # ms
DONE = 40


def endless(
    samples: LatentSet, choice: ProjectionChoice, concepts: tuple[Concept, ...], part: object, *, step: Step
) -> Fitted:  # pragma: no cover - in a process of its own
    """A fit that shows one map that is not done, notes its process, and never ends by itself."""
    points = samples.latents[:, 2:4].copy()
    step(DONE, 100, "t-SNE", Partial(points, None, DONE, 100))
    (Path(os.environ["XDG_CACHE_HOME"]).parent / "process").write_text(str(os.getpid()))
    while True:
        sum(range(1000))


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(projections, "find_spec", lambda _: True)
    monkeypatch.setattr(projecting, "fitted", endless)
    monkeypatch.setattr(TuningPopup, "open_under", lambda *_: None)  # the platform of the tests has no popups
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    desk.model.switch("one")
    qtbot.waitUntil(lambda: desk.window.map.shown is not None, timeout=WAIT)
    desk.window.map.canvas.motion = False
    yield desk
    desk.close()


@pytest.fixture
def settling(qtbot: QtBot, desk: Desk) -> Desk:
    change(desk, kind="tsne", seed=3)
    qtbot.waitUntil(desk.window.map.settling.stop.isVisible, timeout=WAIT)
    return desk


def change(desk: Desk, **fields: object) -> None:
    choice = replace(desk.store.state.projection, **fields)  # type: ignore[arg-type]
    desk.store.change("Change the projection", projection=choice)


def is_running() -> bool:
    note = Path(os.environ["XDG_CACHE_HOME"]).parent / "process"
    return note.exists() and Path(f"/proc/{note.read_text()}").exists()


def test_a_map_is_seen_while_it_settles_and_nothing_is_decoded_from_it(settling: Desk) -> None:
    panel, samples = settling.window.map, settling.model.samples()
    assert samples is not None
    np.testing.assert_array_equal(panel.canvas.seen, samples.latents[:, 2:4])
    assert panel.settling.text.text() == f"t-SNE \N{MIDDLE DOT} {DONE} of 100"
    assert panel._footer.words[0] == "preliminary"
    before = settling.store.state.place
    middle = QPointF(panel.canvas.width() / 2, panel.canvas.height() / 2)
    panel.canvas.hover(middle)
    panel.canvas.choose(middle)
    assert settling.store.preview is None
    assert settling.store.state.place is before


def test_cancel_brings_back_the_map_before_and_leaves_nothing_running(qtbot: QtBot, settling: Desk) -> None:
    qtbot.waitUntil(is_running, timeout=WAIT)
    settling.window.map.settling.cancel.click()
    qtbot.waitUntil(lambda: settling.store.state.projection.kind == "pca", timeout=WAIT)
    qtbot.waitUntil(lambda: not is_running(), timeout=WAIT)
    assert not settling.window.map.settling.isVisible()
    assert settling.window.map.shown is not None
    assert settling.window.map._footer.words[0] == "plane through the current latent"


def test_stop_here_keeps_what_is_seen_and_says_at_which_iteration(qtbot: QtBot, settling: Desk) -> None:
    panel, samples = settling.window.map, settling.model.samples()
    assert samples is not None
    panel.settling.stop.click()
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT)
    assert settling.store.state.projection == ProjectionChoice("tsne", seed=3, stopped=DONE)
    np.testing.assert_array_equal(panel.canvas.layers.points, samples.latents[:, 2:4])
    assert settling.store.undo_title == "Change the projection"
    settling.store.undo()
    assert settling.store.state.projection.kind == "pca"
    settling.store.redo()
    qtbot.waitUntil(lambda: panel.shown is not None and panel.shown.choice.stopped == DONE, timeout=WAIT)


def test_undo_while_a_map_settles_ends_it_and_brings_the_former_one_back_at_once(qtbot: QtBot, settling: Desk) -> None:
    qtbot.waitUntil(is_running, timeout=WAIT)
    settling.store.undo()
    assert settling.window.map.shown is not None
    assert settling.window.map.shown.choice.kind == "pca"
    assert not settling.window.map.settling.isVisible()
    qtbot.waitUntil(lambda: not is_running(), timeout=WAIT)
    settling.store.redo()  # what the ended job says of itself takes nothing back
    qtbot.waitUntil(settling.window.map.settling.stop.isVisible, timeout=WAIT)
    assert settling.store.state.projection.kind == "tsne"


def test_samples_that_a_fit_does_not_take_have_no_place_while_it_settles() -> None:
    partial = Partial(np.ones((2, 2), np.float32), np.array([1, 3]), 1, 2)
    spread = places(partial, 5)
    assert np.isnan(spread[[0, 2, 4]]).all()
    assert (spread[[1, 3]] == 1).all()


def test_parameters_are_on_show_and_are_changed_together_as_one_step(settling: Desk) -> None:
    tuning = settling.window.map.bar.besides.tuning
    assert "seed 3" in tuning.text() or tuning.text().endswith("3")
    assert "Perplexity: 30" in tuning.toolTip()
    tuning.click()
    tuning.popup.fields["perplexity"].setValue(50)
    tuning.popup.fields["metric"].setCurrentText("cosine")
    tuning.popup.seed.setValue(8)
    draw = next(b for b in tuning.popup.findChildren(QPushButton) if b.accessibleName() == "Draw the map")
    draw.click()
    choice = settling.store.state.projection
    assert choice == ProjectionChoice("tsne", seed=8, tuned=(("metric", "cosine"), ("perplexity", 50.0)))
    settling.store.undo()
    assert settling.store.state.projection == ProjectionChoice("tsne", seed=3)


def test_parameters_as_usual_are_none_at_all(settling: Desk) -> None:
    change(settling, tuned=(("perplexity", 5.0),))
    tuning = settling.window.map.bar.besides.tuning
    tuning.click()
    for name in ("As usual", "Draw the map"):
        next(b for b in tuning.popup.findChildren(QPushButton) if b.accessibleName() == name).click()
    assert settling.store.state.projection == ProjectionChoice("tsne")
