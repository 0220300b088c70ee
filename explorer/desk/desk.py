"""The desk: store, engine and window joined. The file that knows everyone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from explorer.desk.background import Background
from explorer.desk.bringing import Bringing
from explorer.desk.choosing import Choosing
from explorer.desk.classes import Classes
from explorer.desk.costing import Costing
from explorer.desk.courses import Courses
from explorer.desk.demos import Demos
from explorer.desk.discovery import Discovery
from explorer.desk.ends import Ends
from explorer.desk.errands import Errands
from explorer.desk.filming import Filming
from explorer.desk.gallery import Gallery
from explorer.desk.greeting import Greeting
from explorer.desk.grid_paper import GridPaper
from explorer.desk.habits import Habits
from explorer.desk.honesty import Honesty
from explorer.desk.inverting import Inverting
from explorer.desk.live import Live
from explorer.desk.losses import Losses
from explorer.desk.measuring import Measuring
from explorer.desk.open_model import OpenModel
from explorer.desk.papers import Papers
from explorer.desk.perceiving import Perceiving
from explorer.desk.pictures import Pictures
from explorer.desk.priors import Priors
from explorer.desk.projecting import Projecting
from explorer.desk.recents import Recents
from explorer.desk.sending import Sending
from explorer.desk.studio import Studio
from explorer.desk.trusting import Trusting
from explorer.desk.using import Using
from explorer.desk.wayfaring import Wayfaring
from explorer.errors import ExplorerError
from explorer.models import folder
from explorer.session.preferences import Preferences
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Failed


class Desk(QObject):
    """One furnished window, one engine, one store, joined. `close` ends every thread and process.

    `model` listens to the store since before the window was furnished: it must hear first that the model changes.
    """

    def __init__(
        self, window: MainWindow, store: Store, model: OpenModel, engine: Engine, kept: Preferences, *, greet: bool
    ) -> None:
        super().__init__()
        self.window, self.store, self.model, self.engine = window, store, model, engine
        self.jobs = Background(self.window)
        self._parts = (
            Projecting(self.store, self.model, self.window, self.jobs),
            Projecting(self.store, self.model, self.window, self.jobs, "second"),
            Pictures(self.store, self.engine, self.model, self.window),
            Gallery(self.engine, self.model, self.window),
            Honesty(self.store, self.model, self.window, self.jobs),
            Honesty(self.store, self.model, self.window, self.jobs, "second"),
            Losses(self.store, self.model, self.window, self.jobs, "first"),
            Losses(self.store, self.model, self.window, self.jobs, "second"),
            *self._path_parts(),
            Measuring(self.store, self.engine, self.model, self.window, self.jobs),
        )
        self.studio = Studio(self.store, self.engine, self.model, self.window, self.jobs)
        self.using = Using(self.store, self.engine, self.model, self.window)
        self.discovery = Discovery(self.engine, self.model, self.window, self.jobs)
        self.errands = Errands(self.store, self.engine, self.model, self.window)
        self.priors = Priors(self.store, self.engine, self.model, self.window, self.jobs)
        self.choosing = Choosing(self.store, self.model, self.window)
        self.classes = Classes(self.store, self.engine, self.model, self.window)
        self.demos = Demos(self.store, self.model, self.window, self.jobs)
        self.sending = Sending(self.store, self.model, self.window, self.jobs, self.demos.text)
        self.inverting = Inverting(self.store, self.engine, self.model, self.window, self.jobs, kept.search)
        self.papers = Papers(self.store, self.engine, self.model, self.window, self.jobs, self.demos, self.inverting)
        self.grid_paper = GridPaper(self.engine, self.model, self.window, self.jobs, self.demos.text)
        self.bringing = Bringing(self.store, self.model, self.window, self.jobs)
        self.recents = Recents(self.model, self.window, self.jobs)
        self.habits = Habits(kept, self.store, self.engine, self.model, self.window, self.recents)
        self.live = Live(self.store, self.engine, self.model, self.window)
        self.filming = Filming(
            self.store, self.engine, self.model, self.window, self.jobs, self.live, self.demos.texts_of
        )
        self._greeting = Greeting(self.store, self.model) if greet else None
        self._deeds = self._tables()
        self._join()

    def _tables(self) -> Mapping[str, Callable[[], None]]:
        """What answers to the name of each deed."""
        return {
            **self.errands.table,
            **self.priors.table,
            **self.using.table,
            **self.choosing.table,
            **self.classes.table,
            **self.sending.table,
            **self.papers.table,
            **self.inverting.table,
            **self.bringing.table,
            **self.filming.table,
            **self.demos.table,
            **self.grid_paper.table,
            **self.habits.table,
            **self.recents.table,
        }

    def _join(self) -> None:
        self.window.done.connect(self.do)
        self.window.stage.save_wanted.connect(lambda: self.do("save_picture"))
        self.window.path.export_wanted.connect(lambda: self.do("export_film"))
        self.window.path.controls.record_wanted.connect(lambda: self.do("record"))
        self.window.dropped.connect(lambda path: self._attempt(lambda: self._take_dropped([path])))
        self.window.several_dropped.connect(lambda paths: self._attempt(lambda: self._take_dropped(paths)))
        self.window.closing.connect(self.close)
        self.engine.failed.connect(self._show_failure)
        self.engine.restarted.connect(self.window.messages.show_note)
        self.engine.progress.connect(self._show_progress)
        self.model.changed.connect(lambda _opened: self.window.status.show_rest())
        self.trusting = Trusting(self.papers.arriving, self.window, self.jobs)
        self.papers.arriving.pictures_chosen.connect(lambda folder: self.bringing.take_when_open([folder]))
        self.habits.draft_wanted.connect(self.papers.arriving.draft)
        self.demos.opened.connect(self.habits.remember_demo)
        self.window.maps.pictures_wanted.connect(lambda: self.do("bring_folder"))
        self.priors.pictures_wanted.connect(lambda: self.do("bring_folder"))
        self.model.told.connect(self.window.messages.show_note)
        self.inverting.chosen.connect(self.habits.keep_search)
        self.model.missing.connect(self._open_ours)

    def _path_parts(self) -> tuple[QObject, ...]:
        """What joins the path to map, engine and numbers."""
        courses = Courses(self.store, self.engine, self.model, self.window)
        costing = Costing(self.store, self.engine, self.model, self.window, self.jobs, courses)
        self.perceiving = Perceiving(self.window, self.jobs, costing)
        way = Wayfaring(self.store, self.engine, self.model, self.window)
        return courses, way, Ends(self.store, self.engine, self.model, self.window), costing

    def do(self, name: str) -> None:
        """Do what a menu, a button or a key asked for; the user's errors go to the message bar."""
        self._attempt(self._deeds[name])

    def _take_dropped(self, paths: Sequence[str]) -> None:
        """Samples for the open model; else the first of them is a model, a picture or a demo."""
        if self.bringing.wants(paths):
            self.bringing.take([Path(path) for path in paths])
        else:
            self.papers.take(paths[0])

    def _attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except ExplorerError as error:
            self.window.messages.show_error(error.title, error.hint)

    def begin(self, path: str, adapter: Path | None = None) -> None:
        """Open the first model, or the first demo; where that one cannot be opened, say so and open ours.

        `adapter`: a Python file that builds it.
        """
        try:
            if adapter is None:
                self.papers.take(path)
            else:
                self.papers.arriving.open(Path(path), adapter)
        except ExplorerError as error:
            self._open_ours(path)
            self.window.messages.show_error(error.title, error.hint)

    def _open_ours(self, missing: str) -> None:
        """The first model did not open: the message says why, and ours is there to work with."""
        ours = next(iter(folder.bundled()), None)
        path = str(folder.resolve(ours)) if ours else missing
        if path != missing:
            self.model.switch(path)
        else:
            self.window.tool_bar.show_model(None, is_opening=False)

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
