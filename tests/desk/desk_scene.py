"""The whole window, joined as the program joins it, on models that need no torch."""

from __future__ import annotations

from desk_models import DeskSource
from pytestqt.qtbot import QtBot

from explorer.desk.desk import Desk
from explorer.desk.open_model import OpenModel
from explorer.session.preferences import Preferences
from explorer.session.state import empty
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.engine_main import Factory


def joined(kept: Preferences, *, greet: bool, source: Factory = DeskSource) -> Desk:
    """A furnished window on these models, or on those of another source, as the program starts it."""
    window, store, engine = MainWindow(), Store(empty()), Engine(source)
    model = OpenModel(store, engine)
    for _step in window.furnish(store):
        pass
    return Desk(window, store, model, engine, kept, greet=greet)


WAIT = 60_000  # ms, for what takes a fraction of a second on a free machine


def opens(qtbot: QtBot, desk: Desk, path: str) -> None:
    """Open one of these models, and wait until it is there."""
    with qtbot.waitSignal(
        desk.model.changed, timeout=WAIT, check_params_cb=lambda opened: opened is not None and opened.path == path
    ):
        desk.model.switch(path)
