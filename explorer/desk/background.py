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
        self._enough: Callable[[], None] | None = None  # takes what that one has so far
        window.status.cancel_wanted.connect(self._cancel)
        window.status.stop_wanted.connect(self._stop)

    def run(
        self,
        slot: str,
        function: Callable[..., object],
        *arguments: object,
        done: Callable[[Any], None],
        given_up: Callable[[], None] = lambda: None,
        told: Callable[[str, int, int], None] = lambda *_told: None,
        seen: Callable[[Any], None] | None = None,
        title: str = "",
        apart: bool = False,
    ) -> None:
        """`function(*arguments, step=...)` in a thread, or `apart` in a process; then `done(result)` here.

        The newest job of a slot wins. The user's errors in `done` go to the message bar. `given_up()` when this one
        failed, or was cancelled by the user or a newer one. `told(text, done, total)` hears of progress, and
        `seen(partial)` gets what there is before the end; without it, a job with a title can be stopped by the user,
        and what there was last is its result.
        """
        run = self._board.run_apart if apart else self._board.run
        job = run(slot, function, *arguments)
        for over in (job.finished, job.failed, job.cancelled):
            over.connect(lambda *_told: self._rest(job))
        job.progress.connect(lambda part, whole, text: told(text or title, part, whole))
        if seen is not None:
            job.partial.connect(seen)
        job.finished.connect(lambda result: self._hand_over(result, done))
        job.failed.connect(self.show_failure)
        for lost in (job.failed, job.cancelled):
            lost.connect(lambda *_told: given_up())
        if title:
            self._shown, self._enough = (slot, job, title), None
            self._window.status.show_rest()  # of another one
            self._window.status.show_progress(title, -1, can_cancel=True)
            job.progress.connect(lambda part, whole, text: self._show(job, text or title, part, whole))
            if seen is None:
                job.partial.connect(lambda partial: self._offer(job, lambda: self._hand_over(partial, done)))

    def show_failure(self, failed: Failed) -> None:
        """Something in the background did not work: say so, and go on with what there is."""
        self._window.messages.show_error(failed.title, failed.hint, failed.report)

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

    def _offer(self, job: Job, take: Callable[[], None]) -> None:
        """There is something to be taken already."""
        if self._is_shown(job):
            self._enough = take
            self._window.status.offer_stop()

    def _stop(self) -> None:
        """Take what there is so far, and give up the rest."""
        take = self._enough
        if self._shown is not None and take is not None:
            self.cancel(self._shown[0])
            take()

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
