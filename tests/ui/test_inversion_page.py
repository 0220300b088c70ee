"""The page of a search: what can be done when, what is told, and the curves that draw themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.models.inversion import Inverse, Wish
from explorer.ui.inversion.curves import LossCurves
from explorer.ui.inversion.page import SearchPage
from explorer.ui.inversion.words import fit_in_words, place_in_words
from explorer.ui.widgets import ink

LEFT = Qt.MouseButton.LeftButton


def found(step: int = 20, **others: object) -> Inverse:
    """Half-way from three starts, one of them dropped."""
    one = np.ones(1, np.float32)
    losses = np.linspace(0.1, 0.01, 3 * step, dtype=np.float32).reshape(1, 3, step)
    losses[0, 0, step // 2 :] = np.nan
    images = np.full((1, 4, 4, 3), 30, np.uint8)
    told = Inverse("w", np.zeros((1, 5), np.float32), images, 0.021 * one, 28 * one, one, 0.5 * one, losses, step, 40)
    return replace(told, **others)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot) -> SearchPage:
    spaces = {"z": "normal", "w": "mapped"}
    made = SearchPage("me.png", np.zeros((4, 4, 3), np.uint8), spaces, Wish("w", 40, 3), refines=False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_asks_for_what_is_set_and_goes_on_from_what_was_found(qtbot: QtBot, page: SearchPage) -> None:
    asked: list[tuple[Wish, object]] = []
    page.wanted.connect(lambda wish, given: asked.append((wish, given)))
    page.begin()
    page.show_end(found(40))
    page.steps.setValue(70)
    qtbot.mouseClick(page.again, LEFT)
    page.show_end(found(40))
    page.space.setCurrentText("z")
    qtbot.mouseClick(page.again, LEFT)
    assert [wish for wish, _given in asked] == [Wish("w", 40, 3, 0), Wish("w", 70, 3, 1), Wish("z", 70, 3, 2)]
    assert asked[0][1] is None
    assert isinstance(asked[1][1], np.ndarray)
    assert asked[2][1] is None  # a latent of w is none of z


def test_what_can_be_done_follows_the_search(page: SearchPage) -> None:
    def ways() -> tuple[bool, ...]:
        return tuple(one.isEnabled() for one in (page.keep, page.stop, page.again, page.steps, page.cancel))

    page.begin()
    assert ways() == (False, False, False, False, True)
    page.show_stage("Choosing where to begin")
    assert page.step.text() == "Choosing where to begin\N{HORIZONTAL ELLIPSIS}"
    page.show_found(found())
    assert ways() == (True, True, False, False, True)
    assert page.step.text().startswith("Step 20 of 40, ")
    page.show_end(found(40))
    assert ways() == (True, False, True, True, True)


def test_a_search_that_fails_at_once_can_be_begun_again(page: SearchPage) -> None:
    page.begin()
    page.show_lost()
    assert page.step.text().startswith("Nothing was found")
    assert not page.keep.isEnabled()
    assert page.again.isEnabled()


def test_keeping_hands_over_the_best_so_far(qtbot: QtBot, page: SearchPage) -> None:
    kept: list[Inverse] = []
    page.kept.connect(kept.append)
    page.begin()
    best = found()
    page.show_found(best)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert kept == [best]
    assert not page.isVisible()


def test_the_difference_is_that_of_the_two_pictures(page: SearchPage) -> None:
    page.begin()
    page.show_found(found())
    assert page.pictures[2].image.pixelColor(1, 1).red() == 30
    assert "Off by 2.10 % a pixel" in page.text


def test_a_latent_that_lies_far_out_is_told() -> None:
    one = np.ones(1, np.float32)
    assert fit_in_words(found()) == "Off by 2.10 % a pixel on average (28.0 dB)."
    assert place_in_words(found()) == "Its latent is 1.00 times as long as a usual sample's."
    assert place_in_words(found(lengths=2 * one, percentiles=one)).endswith(": edits may look wrong.")
    assert place_in_words(found(lengths=np.nan * one)) == ""


def test_the_best_start_is_drawn_in_the_accent_and_a_dropped_one_ends(qtbot: QtBot) -> None:
    curves = LossCurves()
    qtbot.addWidget(curves)
    curves.resize(400, 160)
    assert curves.best is None
    curves.show_losses(found().losses[0], 40)
    assert curves.best == 2
    assert curves.accessibleName() == "Loss of 3 starts, 2 of them left, step 20 of 40"
    image = curves.grab().toImage()
    accent = ink.accent(curves.palette())
    where = [x for x in range(400) for y in range(160) if image.pixelColor(x, y) == accent]
    assert where
    assert 180 < max(where) < 215  # half of the steps are still to come
