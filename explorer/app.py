"""The start of the program: the window is painted first, then the rest comes in a piece at a time.

The imports at the top are all that the first paint needs; numpy, the panels and the engine come in turns of the loop.
"""

from __future__ import annotations

import gc
import importlib
import logging
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from explorer.errors import ExplorerError
from explorer.session import preferences
from explorer.session.preferences import Preferences
from explorer.ui import theme
from explorer.ui.main_window import MainWindow

if TYPE_CHECKING:
    from explorer.desk.desk import Desk
    from explorer.work.engine import Engine

FIRST_MODEL = "toonfaces-vae"
PIECES = (
    "numpy",
    "explorer.work.engine",
    "explorer.session.state",
    "explorer.projections",
    "explorer.ui.map.canvas",
    "explorer.ui.map.bar",
    "explorer.ui.map.panel",
    "explorer.ui.map.pair",
    "explorer.ui.stage",
    "explorer.ui.sliders",
    "explorer.ui.path.panel",
    "explorer.ui.path.tool",
    "explorer.ui.inspect",
    "explorer.ui.samples",
    "explorer.desk.papers",
    "explorer.desk.desk",
)
"""Modules in the order in which they are brought in, each in a turn of its own: together they take half a second."""
log = logging.getLogger(__name__)


class Start(QObject):
    """Brings the program in behind the painted window: modules, engine process, panels, model."""

    def __init__(
        self,
        window: MainWindow,
        kept: Preferences,
        model: str | None,
        brought: Sequence[Path] = (),
        adapter: Path | None = None,
    ) -> None:
        super().__init__()
        self._brought, self._adapter = brought, adapter
        self._window, self._kept, self._model = window, kept, model
        self._turns = self._steps()
        self._engine: Engine | None = None
        self.desk: Desk | None = None
        window.first_painted.connect(self._go_on)

    def close(self) -> None:
        """End every thread and process."""
        if self.desk is not None:
            self.desk.close()
        elif self._engine is not None:
            self._engine.close()

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What nobody caught: the user's error is told, a defect too with a report to copy; the program goes on."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        if isinstance(error, ExplorerError):
            self._window.messages.show_error(error.title, error.hint)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("defect: %s", text)
        self._window.messages.show_error(
            "Something went wrong in the program itself.", "Your work is still here.", text
        )

    def _go_on(self) -> None:
        """One step, and the next in the next turn of the loop."""
        if next(self._turns, self) is not self:
            QTimer.singleShot(0, self._go_on)

    def _steps(self) -> Iterator[None]:
        """What is brought in stays for good, so nothing of it is looked through for garbage again: with all the modules
        of a window one such look was measured at 70 to 120 ms."""
        gc.disable()
        try:
            yield from self._bring()
        finally:
            gc.freeze()
            gc.enable()

    def _bring(self) -> Iterator[None]:
        for piece in PIECES:
            importlib.import_module(piece)
            yield
        from explorer.desk.desk import Desk
        from explorer.desk.open_model import OpenModel
        from explorer.session.state import empty
        from explorer.session.store import Store
        from explorer.work.engine import Engine

        self._engine = engine = Engine()
        engine.start()  # the process comes up while the panels are built
        yield
        store = Store(empty())
        model = OpenModel(store, engine, self._kept.device)
        yield from self._window.furnish(store)
        demo = self._model if self._model is not None and is_demo(self._model) else None
        path = first_path(None if demo else self._model, self._kept)
        greet = self._model is None and Path(path).name == FIRST_MODEL
        self.desk = Desk(self._window, store, model, engine, self._kept, greet=greet)
        yield
        self._window.show_icons()
        yield
        self.desk.bringing.take_when_open(self._brought)
        self.desk.begin(demo or path, self._adapter)


def run(
    model: str | None = None,
    *,
    measure_start: bool = False,
    brought: Sequence[Path] = (),
    adapter: Path | None = None,
) -> int:
    """Open the window on `model` (a path or a bundled name), on the last one, or on ours. Returns the exit code.

    `brought`: samples of the user's for the map; `adapter`: a Python file that builds the model. With `measure_start`,
    print the time of the first paint (seconds since the epoch) and end.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("latent-explorer")
    app.setApplicationDisplayName("Latent Explorer")
    kept = preferences.load()
    theme.load_fonts()
    theme.apply(app, kept.theme)
    window = MainWindow()
    window.restore_place(kept.layout)
    if measure_start:
        window.first_painted.connect(lambda: (print(f"first paint {time.time():.6f}", flush=True), app.quit()))
        window.show()
        return app.exec()
    start = Start(window, kept, model, brought, adapter)
    sys.excepthook = start.report
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_told: window.close())
    window.show()
    code = app.exec()
    start.close()
    return code


def is_demo(path: str) -> bool:
    """Whether this is a file that leads to a state: a demo, or a picture that may carry one."""
    return Path(path).suffix.lower() in (".latent", ".png") and Path(path).expanduser().is_file()


def first_path(model: str | None, kept: Preferences) -> str:
    """What to open: what was asked for, else the last model that is still there, else ours."""
    from explorer.models import folder
    from explorer.models.foreign.sniff import foreign

    if model is not None:
        return str(foreign(model) or folder.resolve(model))
    for name in (kept.last_model, FIRST_MODEL):
        try:
            return str(folder.resolve(name))
        except ExplorerError:
            log.debug("%s is not there", name)
    return FIRST_MODEL
