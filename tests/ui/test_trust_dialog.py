"""The question before a program is run: what is in it is seen without scrolling where that is not much."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from explorer.models.foreign.trusted.seal import Held, Inside
from explorer.ui.trust import MOST, TrustDialog

FILES = (Held("/models/decoder.pt", 58_000, 64 * "a"),)


def shown(qtbot: QtBot, names: int) -> TrustDialog:
    inside = Inside("TorchScript", FILES, (), (("Operations", tuple(f"operation_{one}" for one in range(names))),))
    dialog = TrustDialog("decoder.pt", inside, "")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grab()
    return dialog


def test_it_is_as_tall_as_its_lines_and_scrolls_only_where_they_are_many(qtbot: QtBot) -> None:
    few, many = shown(qtbot, 8), shown(qtbot, 60)
    assert few.height() < many.height() <= MOST
    assert few._lines.verticalScrollBar().maximum() == 0
