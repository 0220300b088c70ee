"""The window's end of one engine process: its pipe, the thread that reads from it and the thread that writes to it."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Lock, Thread

from explorer.work import wire
from explorer.work.engine_main import Factory, run_engine
from explorer.work.faults import defect
from explorer.work.messages import Decoded, DecodeRequest
from explorer.work.orders import RANK, Order, Report
from explorer.work.seats import Seats

UNSEEN = 2  # live pictures the window may be behind; more would pile up in its event queue
BUT_LIVE = tuple(name for name in RANK if name != "live")


class Link:
    """One child process. `heard(link, report)` and `ended(link, why)` are called in the reading thread.

    No method blocks: the reading thread starts the process, orders wait in seats, and only threads touch the pipe.
    Of the live requests one is in flight; the answer's arrival sends the newest, with no turn of the window between.
    """

    def __init__(
        self, factory: Factory, heard: Callable[[Link, Report], None], ended: Callable[[Link, str], None]
    ) -> None:
        self._factory = factory
        self._heard = heard
        self._ended = ended
        self._seats = Seats()
        self._sending = Lock()
        self._pipe: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._live_flies = False
        self._arrived = 0  # live pictures: counted by the reading thread ...
        self._shown = 0  # ... and by the window's
        self._sent = 0
        self._rested = -1  # the newest order after which the process had nothing left to do
        self._over = False
        self._heard_at = time.monotonic()
        self.has_spoken = False
        self._reader = Thread(target=self._read, name="engine reader", daemon=True)
        self._writer = Thread(target=self._write, name="engine writer", daemon=True)

    def start(self) -> None:
        self._reader.start()

    def put(self, order: Order) -> None:
        """Order something; what waits in the same seat is replaced."""
        self._seats.put(order)

    def seen(self) -> None:
        """A live picture has reached the window: one more may come."""
        self._shown += 1
        self._seats.wake()

    @property
    def silent_for(self) -> float:
        """Seconds since the process last spoke, while it owes something; 0 while it rests."""
        return 0.0 if self._rested == self._sent else time.monotonic() - self._heard_at

    @property
    def rested_for(self) -> float:
        """Seconds since the last thing was done; 0 while something is."""
        return time.monotonic() - self._heard_at if self._rested == self._sent else 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def kill(self) -> None:
        """End the process at once; `ended` is called when it is gone."""
        self._over = True
        self._seats.wake()
        if self._process is not None and self._process.pid is not None:
            self._process.kill()

    def join(self, timeout: float = 5.0) -> None:
        """After `kill`: wait for the threads."""
        for thread in (self._reader, self._writer):
            if thread.ident is not None:
                thread.join(timeout)

    # The two threads

    def _read(self) -> None:
        why = ""
        try:
            pipe = self._spawn()
            self._writer.start()
            while True:
                self._take(wire.receive(pipe))
        except (EOFError, OSError):
            pass
        except Exception as error:  # a message that cannot be read: whatever follows in the pipe is lost with it
            why = f"{type(error).__name__}: {error}"
        self._end(why)

    def _spawn(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._pipe = ours
        self._process = context.Process(
            target=run_engine, args=(theirs, self._factory), name="latent-explorer engine", daemon=True
        )
        self._process.start()
        theirs.close()  # or the end of the child would not be heard
        if self._over:
            self._process.kill()
        return ours

    def _take(self, report: object) -> None:
        assert isinstance(report, Report)
        self.has_spoken = True
        self._heard_at = time.monotonic()
        self._rested = report.serial if report.resting else -1
        if report.answers_live:
            self._live_flies = False
            self._arrived += isinstance(report.body, Decoded)
            self._send_waiting()
        if report.body is not None:
            self._heard(self, report)

    def _end(self, why: str) -> None:
        self._over = True
        self._seats.wake()
        code = None
        if self._process is not None and self._process.pid is not None:
            self._process.kill()
            self._process.join()
            code = self._process.exitcode
        if self._writer.ident is not None:
            self._writer.join()
        if self._pipe is not None:
            self._pipe.close()
        with contextlib.suppress(RuntimeError):  # the window's object is gone already
            self._ended(self, why or f"exit code {code}")

    def _write(self) -> None:
        while not self._over:
            self._seats.wait(self._open_seats)
            with self._sending:
                self._send_all()

    def _send_waiting(self) -> None:
        if self._sending.acquire(blocking=False):  # else the writing thread is at it, and looks again
            try:
                self._send_all()
            finally:
                self._sending.release()

    def _send_all(self) -> None:
        while not self._over and (order := self._seats.take(self._open_seats())) is not None:
            self._send(order)

    def _send(self, order: Order) -> None:
        live = isinstance(order, DecodeRequest) and order.purpose == "live"
        if self._rested == self._sent:
            self._heard_at = time.monotonic()
        self._live_flies |= live
        self._sent += 1
        assert self._pipe is not None  # the threads start with the process
        try:
            wire.send(self._pipe, (self._sent, order))
        except OSError:
            self._over = True  # the reading thread hears the end of the pipe, and says so
        except Exception as error:  # it cannot be pickled, and nothing of it was sent
            self._sent -= 1
            self._live_flies &= not live
            self._heard(self, Report(self._sent, False, defect(getattr(order, "key", 0), error)))

    def _open_seats(self) -> tuple[str, ...]:
        return BUT_LIVE if self._live_flies or self._arrived - self._shown >= UNSEEN else RANK
