"""What was opened lately: the last of each kind stays; what has gone is said to have gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.models import folder
from explorer.models.foreign.copies import copy_of, drop_copies
from explorer.models.words import bytes_in_words
from explorer.ui import recent_menu
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step


class Recents(QObject):
    """Fills the menus. `forgotten` carries the paths that are to be taken off the list."""

    forgotten = Signal(object)

    def __init__(self, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._model, self._window, self._jobs = model, window, jobs
        self.table: Mapping[str, Callable[[], None]] = {"drop_copies": self._drop_copies}
        window.tool_bar.model_wanted.connect(self.choose)

    def show_paths(self, paths: Sequence[str], kinds: Mapping[str, str]) -> None:
        """These, newest first; ours are listed anyway."""
        bundled = [(name, str(folder.resolve(name))) for name in folder.bundled()]
        ours = {word for pair in bundled for word in pair}
        recent = [path for path in paths if path not in ours]
        self._window.tool_bar.show_models(bundled, recent, kinds)
        menu = self._window.recent
        menu.clear()
        recent_menu.fill(menu, recent, kinds, self.choose)
        menu.addSeparator()
        menu.addAction("Clear list").triggered.connect(lambda _=False: self.forgotten.emit(recent))
        menu.setEnabled(bool(recent))

    def choose(self, path: str) -> None:
        """Open it; where it has gone, the copy that was kept of it, or a word."""
        if Path(path).exists():
            self._window.dropped.emit(path)
        elif copy := copy_of(path):
            self._model.switch(copy)
            self._window.messages.show_note(f"{Path(path).name} has gone: this is the copy that was kept of it.")
        else:
            self.forgotten.emit([path])
            where = Path(path).parent
            self._window.messages.show_error(
                f"{Path(path).name} is no longer in {where}.", "It was taken off the list."
            )

    def _drop_copies(self) -> None:
        opened = self._model.opened
        self._jobs.run("drop copies", dropped, opened.path if opened else "", done=self._show_dropped)

    def _show_dropped(self, gone: tuple[int, int]) -> None:
        count, size = gone
        said = f"Removed {count} kept copies, {bytes_in_words(size)}." if count else "No other copies are kept."
        self._window.messages.show_note(f"{said} Your files stay as they are.")


def dropped(but: str, *, step: Step) -> tuple[int, int]:
    """Remove the copies that are kept of checkpoints of others, but the open one: the job."""
    step(0, 1, "Removing kept copies")
    return drop_copies(but)
