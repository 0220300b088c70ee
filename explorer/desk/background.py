"""Jobs with a face: progress and cancel in the status bar, failures in the message bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from explorer.ui.main_window import MainWindow
from explorer.work.job import JobBoard
from explorer.work.messages import Failed


class Background(QObject):
    """Runs jobs, one a slot. A job with a `title` shows its progress and can be cancelled."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._board = JobBoard(self)
        self._shown = ""  # the slot whose progress stands in the status bar
        window.status.cancel_wanted.connect(lambda: self._board.cancel(self._shown))

    def run(
        self,
        slot: str,
        function: Callable[..., object],
        *arguments: object,
        done: Callable[[Any], None],
        title: str = "",
    ) -> None:
        """`function(*arguments, step=...)` in a thread; `done(result)` here. The newest job of a slot wins."""
        job = self._board.run(slot, function, *arguments)
        for over in (job.finished, job.failed, job.cancelled):
            over.connect(lambda *_told: self._rest(slot))
        job.finished.connect(done)
        job.failed.connect(self.show_failure)
        if title:
            self._shown = slot
            self._window.status.show_progress(title, -1, can_cancel=True)
            job.progress.connect(lambda part, whole, text: self._show(slot, text or title, part / max(whole, 1)))

    def show_failure(self, failed: Failed) -> None:
        """Something in the background did not work: say so, and go on with what there is."""
        self._window.messages.show_error(failed.title, failed.hint, failed.report if failed.defect else "")

    def close(self) -> None:
        self._board.close()

    def _show(self, slot: str, text: str, share: float) -> None:
        if slot == self._shown:
            self._window.status.show_progress(text, share, can_cancel=True)

    def _rest(self, slot: str) -> None:
        if slot == self._shown:
            self._shown = ""
            self._window.status.show_rest()
