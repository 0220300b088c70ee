"""The dialogs: about a model, keys and gestures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from panel_scene import opened
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.ui.about import About
from explorer.ui.deeds import DEEDS
from explorer.ui.keys import GESTURES, Keys, columns, groups

LONG = "drawn with a library that has many words to say about what it drew, for whom, and when. " * 3


@pytest.mark.parametrize("width", [560, 640, 900])
def test_long_texts_of_a_card_wrap_instead_of_being_cut(qtbot: QtBot, width: int) -> None:
    card = replace(opened().card, trained_on=LONG, summary=LONG, measures={"a_long_name_of_a_measure": [0.5] * 20})
    about = About(card)
    qtbot.addWidget(about)
    about.resize(width, 560)
    about.show()
    QApplication.processEvents()
    area = about.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.widget().width() <= area.viewport().width()
    for label in about.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())


def test_the_keys_of_every_menu_stand_under_its_name_and_the_mouse_last() -> None:
    told = groups()
    assert told[0][0] == "File"
    assert told[-1] == ("Mouse", GESTURES)
    assert sum(len(rows) for _name, rows in told[:-1]) == sum(bool(deed.keys or deed.key_text) for deed in DEEDS)


def test_the_two_columns_are_broken_where_they_are_most_alike() -> None:
    row = ("Ctrl+X", "do it")
    left, right = columns([("a", [row] * 9), ("b", [row] * 2), ("c", [row] * 8)])
    assert ([name for name, _ in left], [name for name, _ in right]) == (["a"], ["b", "c"])


def test_the_help_fits_a_small_screen(qtbot: QtBot) -> None:
    keys = Keys()
    qtbot.addWidget(keys)
    assert keys.sizeHint().height() <= 800


def test_no_two_deeds_have_one_key() -> None:
    keys = [deed.keys or deed.key_text for deed in DEEDS if deed.keys or deed.key_text]
    assert sorted(keys) == sorted(set(keys))
