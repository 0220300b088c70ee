"""A newcomer's way to a concept of ten examples, by real clicks and keys in the window alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from desk_scene import WAIT, joined, opens
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.session.preferences import Preferences
from explorer.ui.studio.flipping import Flipping

SECONDS = 1.5  # that a person takes for a click or a key, with a look at the picture before it: KLM, Card et al. 1980
MOST_ACTS = 30


class Newcomer:
    """A hand that counts what it does."""

    def __init__(self) -> None:
        self.acts = 0

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.acts += 1
        assert widget.isVisible()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or QPoint())

    def key(self, widget: QWidget, key: Qt.Key) -> None:
        self.acts += 1
        QTest.keyClick(widget, key)

    def write(self, widget: QWidget, text: str) -> None:
        """A word and Return: as much as two acts."""
        self.acts += 2
        QTest.keyClicks(widget, text)
        QTest.keyClick(widget, Qt.Key.Key_Return)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.window.show()
    opens(qtbot, made, "one")
    yield made
    made.close()


def test_ten_examples_make_a_kept_concept_within_a_minute_and_everything_is_live_from_the_first(
    qtbot: QtBot, desk: Desk
) -> None:
    hand, window, parts = Newcomer(), desk.window, desk.window.studio.parts
    samples = desk.model.samples()
    assert samples is not None
    bar = window.tools.tabBar()
    tab = next(place for place in range(bar.count()) if bar.tabText(place) == "Concepts")
    hand.click(bar, bar.tabRect(tab).center())
    hand.click(parts.flip)
    flip = window.studio._flip
    assert isinstance(flip, Flipping)
    decided = 0
    while decided < 10:  # the model paints the first number: bright ones are what is looked for
        sample = flip.sample
        assert sample is not None
        qtbot.waitUntil(lambda: not flip.picture.image.isNull(), timeout=WAIT)
        hand.key(flip, Qt.Key.Key_Right if samples.latents[sample, 0] > 0 else Qt.Key.Key_Left)
        decided += 1
        if decided == 1:  # the arrow, the strip and the slider are there from the first example
            assert desk.store.state.studio.draft is not None
            assert parts.slider.isVisible()
            qtbot.waitUntil(lambda: len(parts.strip.images) == 5, timeout=WAIT)
    hand.key(flip, Qt.Key.Key_Escape)
    hand.click(parts.name)
    hand.write(parts.name, "bright")
    hand.click(parts.keep)
    (kept,) = desk.store.state.studio.own
    assert kept.name == "bright"
    assert int(np.abs(kept.direction).argmax()) == 0
    assert "bright" in window.sliders.concepts.rows
    assert hand.acts <= MOST_ACTS
    assert hand.acts * SECONDS < 60
    print(f"{hand.acts} acts, about {hand.acts * SECONDS:.0f} s")
