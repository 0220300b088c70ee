"""Jobs with a face: progress and cancel in the status bar, failures in the message bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from explorer.errors import ExplorerError
from explorer.ui.main_window import MainWindow
from explorer.work.job import Job, JobBoard
from explorer.work.messages import Failed


class Background(QObject):
    """Runs jobs, one a slot. A job with a `title` shows its progress and can be cancelled."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._board = JobBoard(self)
        self._shown: tuple[str, Job, str] | None = None  # slot, whose progress stands in the status bar, and its title
        window.status.cancel_wanted.connect(self._cancel)

    def run(
        self,
        slot: str,
        function: Callable[..., object],
        *arguments: object,
        done: Callable[[Any], None],
        given_up: Callable[[], None] = lambda: None,
        told: Callable[[str, int, int], None] = lambda *_told: None,
        seen: Callable[[Any], None] = lambda _partial: None,
        title: str = "",
        apart: bool = False,
    ) -> None:
        """`function(*arguments, step=...)` in a thread, or `apart` in a process; then `done(result)` here.

        The newest job of a slot wins. The user's errors in `done` go to the message bar. `given_up()` when this one
        failed, or was cancelled by the user or a newer one. `told(text, done, total)` hears of progress, and
        `seen(partial)` gets what there is before the end.
        """
        run = self._board.run_apart if apart else self._board.run
        job = run(slot, function, *arguments)
        for over in (job.finished, job.failed, job.cancelled):
            over.connect(lambda *_told: self._rest(job))
        job.progress.connect(lambda part, whole, text: told(text or title, part, whole))
        job.partial.connect(seen)
        job.finished.connect(lambda result: self._hand_over(result, done))
        job.failed.connect(self.show_failure)
        for lost in (job.failed, job.cancelled):
            lost.connect(lambda *_told: given_up())
        if title:
            self._shown = slot, job, title
            self._window.status.show_progress(title, -1, can_cancel=True)
            job.progress.connect(lambda part, whole, text: self._show(job, text or title, part, whole))

    def show_failure(self, failed: Failed) -> None:
        """Something in the background did not work: say so, and go on with what there is."""
        self._window.messages.show_error(failed.title, failed.hint, failed.report if failed.defect else "")

    def cancel(self, slot: str) -> None:
        """Stop the job in a slot, if there is one."""
        self._board.cancel(slot)

    def close(self) -> None:
        self._board.close()

    def _hand_over(self, result: object, done: Callable[[Any], None]) -> None:
        try:
            done(result)
        except ExplorerError as error:
            self._window.messages.show_error(error.title, error.hint)

    def _cancel(self) -> None:
        if self._shown is not None:
            slot, _job, title = self._shown
            self.cancel(slot)
            self._window.messages.show_note(f"{title}: cancelled. Nothing was changed.")

    def _show(self, job: Job, text: str, part: int, whole: int) -> None:
        if self._is_shown(job):
            self._window.status.show_progress(text, part / whole if whole else -1, can_cancel=True)

    def _rest(self, job: Job) -> None:
        """A former job of the same slot may end after the next one has begun: that one stays on show."""
        if self._is_shown(job):
            self._shown = None
            self._window.status.show_rest()

    def _is_shown(self, job: Job) -> bool:
        return self._shown is not None and self._shown[1] is job
