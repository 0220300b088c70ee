"""What a model is called beside its name: nobody reads how we build the models of others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.models.base import Card, Part, Space
from explorer.ui.about import facts
from explorer.ui.deeds import DEEDS
from explorer.ui.tool_bar import ToolBar, facts_line
from explorer.ui.widgets.notes import Cut

OURS = Card("m", "vae", "convolutional", 1, (Space("z", 4, (4,), "N(0, I)"),), (8, 8, 3), (0, 1), "", "", "none")
THEIRS = replace(OURS, family="layers", container="torch zip file")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (OURS, "VAE"),
        (replace(OURS, family="flow"), "flow"),
        (replace(THEIRS, architecture="JointVAE"), "JointVAE"),
        (replace(THEIRS, architecture="convolutional autoencoder, 64 latents"), "Convolutional autoencoder"),
        (
            replace(THEIRS, architecture="a very long architecture of many words and letters"),
            "A very long architecture of many words…",
        ),
    ],
)
def test_the_line_beside_the_name_says_what_a_model_is(card: Card, said: str) -> None:
    assert facts_line(card) == f"{said} · 4 latents · 8 × 8 RGB"


def test_the_card_about_a_model_of_others_names_its_architecture() -> None:
    rows = dict(facts(replace(THEIRS, architecture="JointVAE")))
    assert rows["Architecture"] == "JointVAE"
    assert "Family" not in rows
    assert dict(facts(OURS))["Family"] == "VAE, convolutional"


def test_the_numbers_of_a_class_are_not_counted_as_latents() -> None:
    parts = (Part("z", 4, "normal"), Part("class", 3, "one-hot"))
    card = replace(OURS, spaces=(Space("z", 7, (7,), "N(0, I), and one of 3 classes", parts),))
    assert facts_line(card) == "VAE · 4 latents, 3 classes · 8 × 8 RGB"


def test_the_line_gives_way_to_the_buttons_where_there_is_little_room(qtbot: QtBot) -> None:
    bar = ToolBar({name: QAction(name) for name in ("open", *(deed.name for deed in DEEDS))})
    qtbot.addWidget(bar)
    bar.show_model(replace(THEIRS, architecture="a very long architecture of many words"))
    bar.show_device("cpu", ["cpu"])
    bar.show()
    wanted = bar.sizeHint()
    bar.resize(wanted.width() - 120, wanted.height())
    bar.grab()
    line = bar.findChild(Cut)
    assert line is not None
    assert line.toolTip() == line.text()
    assert bar.findChildren(QToolButton)[-1].isVisible()
