"""Jobs: long, rare work with progress and cancel; light ones in a thread, heavy ones in a process of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Event, Thread
from typing import Any, cast

from PySide6.QtCore import QObject, Qt, Signal

from explorer.work import wire
from explorer.work.faults import defect, failure
from explorer.work.messages import Failed

NICENESS = 5  # of a job's process: the picture under the hand comes first


class Cancelled(Exception):  # noqa: N818 - no error: it was wished
    """Raised inside a job at its next step after it was cancelled."""


class Step:
    """Given to a job's function as `step`: `step(done, total, text, partial)` tells progress and what there is to see
    already, and raises Cancelled."""

    def __init__(self, tell: Callable[[int, int, str, Any], None], is_cancelled: Callable[[], bool]) -> None:
        self._tell = tell
        self._is_cancelled = is_cancelled

    def __call__(self, done: int, total: int, text: str = "", partial: Any = None) -> None:
        self.check()
        self._tell(done, total, text, partial)

    def check(self) -> None:
        """Raise Cancelled where it was wished, and tell nothing."""
        if self._is_cancelled():
            raise Cancelled


class Job(QObject):
    """One run of a function. Exactly one of `finished`, `failed`, `cancelled` comes, in the thread of its maker."""

    finished = Signal(object)  # what the function returned
    failed = Signal(object)  # messages.Failed
    cancelled = Signal()
    progress = Signal(int, int, str)  # done, total, what
    partial = Signal(object)  # what there is to see before the end
    _told = Signal(int, int, str, object)
    _ended = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.is_over = False
        self._cancel = Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._thread: Thread | None = None
        # By way of the queue: who connects right after the start hears everything, and hears it in the maker's thread.
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Callable[[], tuple[str, object]]) -> None:
        """Run `work` in a thread; it returns ('finished', result), ('failed', Failed) or ('cancelled', None)."""
        self._thread = Thread(target=self._run, args=(work,), name="job", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """A process ends at once, a thread at its next step. Without effect on a job that is over."""
        self._cancel.set()
        if self._process is not None and self._process.pid is not None:
            self._process.kill()

    def join(self, timeout: float) -> None:
        if self._thread is not None:
            self._thread.join(timeout)

    def run_here(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> tuple[str, object]:
        """The work of a light job: in this thread."""
        try:
            return "finished", function(*arguments, step=Step(self._told.emit, self._cancel.is_set))
        except Cancelled:
            return "cancelled", None
        except Exception as error:
            return "failed", failure(0, error)

    def run_there(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> tuple[str, object]:
        """The work of a heavy job: in a new process, which this thread listens to."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_run_apart, args=(theirs,), name="latent-explorer job", daemon=True)
        try:
            self._process.start()
            theirs.close()
            wire.send(ours, (function, arguments))  # large arrays go beside the pickle, without the GIL
            return self._listen(ours)
        except (EOFError, OSError):
            return ("cancelled", None) if self._cancel.is_set() else ("failed", self._crash())
        finally:
            if self._process.pid is not None:
                self._process.kill()
                self._process.join()
            ours.close()

    def _listen(self, pipe: Connection) -> tuple[str, object]:
        while not self._cancel.is_set():
            how, told = cast(tuple[str, Any], wire.receive(pipe))
            if how != "progress":
                return how, told
            self._told.emit(*told)
        return "cancelled", None

    def _crash(self) -> Failed:
        assert self._process is not None
        if self._process.pid is not None:
            self._process.join(1.0)
        why = f"It took more memory or time than it may, or crashed (code {self._process.exitcode})."
        hint = f"{why} The rest of the program goes on."
        return Failed(0, "This work had to be ended.", hint, defect=True, report=why)

    def _tell(self, done: int, total: int, text: str, partial: object) -> None:
        """Nothing is heard any more of a job that was cancelled."""
        if self.is_over or self._cancel.is_set():
            return
        self.progress.emit(done, total, text)
        if partial is not None:
            self.partial.emit(partial)

    def _run(self, work: Callable[[], tuple[str, object]]) -> None:
        try:
            how, told = work()
        except Exception as error:
            how, told = "failed", defect(0, error)
        try:
            self._ended.emit(how, told)
        except RuntimeError:  # the window is gone, nobody wants to know
            return

    def _end(self, how: str, told: object) -> None:
        self.is_over = True
        if self._cancel.is_set() or how == "cancelled":
            self.cancelled.emit()
        elif how == "finished":
            self.finished.emit(told)
        else:
            self.failed.emit(told)


class JobBoard(QObject):
    """The jobs of a window, by slot: a new job cancels the former one in its slot."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}  # the newest of each slot
        self._running: set[Job] = set()

    def run(self, slot: str, function: Callable[..., object], *arguments: object) -> Job:
        """In a thread: `function(*arguments, step=step)`, for work that is numpy and short of a few seconds."""
        job = self._new(slot)
        job.start(lambda: job.run_here(function, arguments))
        return job

    def run_apart(self, slot: str, function: Callable[..., object], *arguments: object) -> Job:
        """In a process: as `run`; function, arguments and result are pickled, so the function is one of a module."""
        job = self._new(slot)
        job.start(lambda: job.run_there(function, arguments))
        return job

    def cancel(self, slot: str) -> None:
        """Stop the job in a slot, if there is one."""
        if (job := self._jobs.pop(slot, None)) is not None:
            job.cancel()

    def close(self) -> None:
        """End them all and wait for their threads; processes end at once, threads at their next step."""
        for job in self._running:
            job.cancel()
        for job in self._running:
            job.join(5.0)

    def _new(self, slot: str) -> Job:
        self.cancel(slot)
        job = Job()
        self._jobs[slot] = job
        self._running.add(job)
        for over in (job.finished, job.failed, job.cancelled):
            over.connect(lambda *_: self._running.discard(job))
        return job


def _run_apart(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        function, arguments = cast(tuple[Callable[..., object], tuple[Any, ...]], wire.receive(pipe))
    except (EOFError, OSError):
        return  # the window is gone
    Thread(target=_end_with_window, args=(pipe,), name="window's end", daemon=True).start()
    try:
        step = Step(lambda *told: wire.send(pipe, ("progress", told)), lambda: False)
        wire.send(pipe, ("finished", function(*arguments, step=step)))
    except Exception as error:
        wire.send(pipe, ("failed", failure(0, error)))


def _end_with_window(pipe: Connection) -> None:
    try:
        pipe.recv_bytes()  # nothing more is sent down: this returns when the window is gone
    except (EOFError, OSError):
        os._exit(0)
