"""The dialog of the priors: its pictures keep their size, however many rows come."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.ui.prior_dialog import PriorDialog


def test_rows_that_come_while_it_is_open_make_it_taller_and_not_the_pictures_smaller(qtbot: QtBot) -> None:
    dialog = PriorDialog("generator")
    qtbot.addWidget(dialog)
    images = np.zeros((8, 4, 4, 1), np.uint8)
    dialog.show_prior("standard normal", [("normal", images)], "normal")
    dialog.show()
    before = dialog.height()
    dialog.show_ways(
        "To fit a prior, bring a folder of pictures, and read a line that is a little long.", can_fit=False
    )
    dialog.show_prior("standard normal", [(name, images) for name in ("normal", "uniform", "sphere")], "normal")
    dialog.grab()
    rows = [row.geometry() for _button, row in dialog.rows.rows.values()]
    assert dialog.height() >= before + 2 * rows[0].height()
    assert not any(upper.intersects(lower) for upper, lower in pairwise(rows))
