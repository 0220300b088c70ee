"""The composition root: builds store, engine and window and joins them. The only file that knows everyone."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from explorer.desk.background import Background
from explorer.desk.errands import Errands
from explorer.desk.greeting import Greeting
from explorer.desk.habits import Habits
from explorer.desk.live import Live
from explorer.desk.open_model import OpenModel
from explorer.desk.papers import Papers
from explorer.desk.pictures import Pictures
from explorer.desk.projecting import Projecting
from explorer.errors import ExplorerError
from explorer.models import folder
from explorer.session import preferences
from explorer.session.preferences import Preferences
from explorer.session.state import empty
from explorer.session.store import Store
from explorer.ui import theme
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Failed

FIRST_MODEL = "toonfaces-vae"
log = logging.getLogger(__name__)


class Desk(QObject):
    """One window, one engine, one store, joined. `close` ends every thread and process."""

    def __init__(self, kept: Preferences, engine: Engine, *, greet: bool = True) -> None:
        super().__init__()
        self.store = Store(empty())
        self.engine = engine
        self.model = OpenModel(self.store, self.engine, kept.device)
        self.window = MainWindow(self.store)
        self.jobs = Background(self.window)
        self._parts = (
            Projecting(self.store, self.model, self.window, self.jobs),
            Pictures(self.store, self.engine, self.model, self.window),
        )
        self.errands = Errands(self.store, self.engine, self.model, self.window)
        self.papers = Papers(self.store, self.engine, self.model, self.window, self.jobs)
        self.habits = Habits(kept, self.store, self.engine, self.model, self.window)
        self.live = Live(self.store, self.engine, self.model, self.window)
        self._greeting = Greeting(self.store, self.model) if greet else None
        self._deeds: Mapping[str, Callable[[], None]] = {
            **self.errands.table,
            **self.papers.table,
            **self.habits.table,
        }
        self._join()

    def _join(self) -> None:
        self.window.done.connect(self.do)
        self.window.stage.save_wanted.connect(lambda: self.do("save_picture"))
        self.window.path.export_wanted.connect(lambda: self.do("export_film"))
        self.window.dropped.connect(lambda path: self._attempt(lambda: self.papers.take(path)))
        self.window.closing.connect(self.close)
        self.engine.failed.connect(self._show_failure)
        self.engine.restarted.connect(self.window.messages.show_note)
        self.engine.progress.connect(self._show_progress)
        self.model.changed.connect(lambda _opened: self.window.status.show_rest())

    def do(self, name: str) -> None:
        """Do what a menu, a button or a key asked for; the user's errors go to the message bar."""
        self._attempt(self._deeds[name])

    def _attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except ExplorerError as error:
            self.window.messages.show_error(error.title, error.hint)

    def _show_failure(self, failed: Failed) -> None:
        self.window.status.show_rest()
        self.jobs.show_failure(failed)

    def close(self) -> None:
        """End every thread and process; twice does no harm."""
        self.jobs.close()
        self.engine.close()

    def _show_progress(self, text: str, share: float) -> None:
        if text:
            self.window.status.show_progress(text, share)
        else:
            self.window.status.show_rest()


def run(model: str | None = None, *, measure_start: bool = False) -> int:
    """Open the window on `model` (a path or a bundled name), on the last one, or on ours. Returns the exit code."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("latent-explorer")
    app.setApplicationDisplayName("Latent Explorer")
    kept = preferences.load()
    path = _first_path(model, kept)
    theme.load_fonts()
    theme.apply(app, kept.theme)
    desk = Desk(kept, Engine(), greet=model is None and Path(path).name == FIRST_MODEL)
    sys.excepthook = _reporter(desk)
    desk.window.show_icons()
    if measure_start:
        desk.window.first_painted.connect(lambda: (print(f"first paint {time.time():.6f}", flush=True), app.quit()))
    else:
        desk.window.first_painted.connect(lambda: _begin(desk, path))
    desk.window.show()
    code = app.exec()
    desk.close()
    return code


def _begin(desk: Desk, path: str) -> None:
    """After the first paint: start the engine and open the model."""
    desk.engine.start()
    QTimer.singleShot(0, lambda: desk.model.switch(path))


def _first_path(model: str | None, kept: Preferences) -> str:
    if model is not None:
        return str(folder.resolve(model))
    for name in (kept.last_model, FIRST_MODEL):
        try:
            return str(folder.resolve(name))
        except ExplorerError:
            log.debug("%s is not there", name)
    return str(folder.resolve(FIRST_MODEL))


def _reporter(desk: Desk) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What nobody caught: the user's error goes to the message bar, a defect too with a report; the program goes on."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, ExplorerError):
            desk.window.messages.show_error(error.title, error.hint)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("defect: %s", text)
        desk.window.messages.show_error("Something went wrong in the program itself.", "Your work is still here.", text)

    return report
