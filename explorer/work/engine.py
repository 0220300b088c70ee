"""The engine as the window sees it: orders go in without waiting, answers come as signals, a crash is mended."""

from __future__ import annotations

import atexit
import logging
import time
import weakref
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.latents.arrays import Images
from explorer.latents.priors import ChosenPrior
from explorer.work.engine_main import Factory
from explorer.work.job import JobBoard
from explorer.work.link import Link
from explorer.work.messages import (
    Decoded,
    DeviceChanged,
    Drafted,
    Encoded,
    Failed,
    Found,
    Measured,
    Opened,
    Purpose,
    Redrawn,
    Request,
    Sampled,
)
from explorer.work.orders import (
    DeviceOrder,
    DraftOrder,
    EncodeOrder,
    Forget,
    Loaded,
    OpenOrder,
    Progress,
    RedrawOrder,
    Report,
    SampleOrder,
    SearchOrder,
    TwinOrder,
)
from explorer.work.source import FolderSource

STARTING_S = 120.0  # a process may take so long to speak first, on a busy machine with a cold disk
LOADING = 6.0  # times longer than a live request may take, for a model to load
DEATHS = 3  # on one model, within ...
WITHIN_S = 60.0
IDLE_S = 2.0  # before a twin is made in the background

log = logging.getLogger(__name__)


class Engine(QObject):
    """Models in a process of their own. Lives in the window's thread; no method blocks, signals come in that thread.

    What is computed is delivered, the newest live request waits; a result is refused only when it is another model's.
    """

    opened = Signal(object)  # messages.Opened; again, with a new key, after a restart
    decoded = Signal(object)  # messages.Decoded
    measured = Signal(object)  # messages.Measured
    found = Signal(object)  # messages.Found
    sampled = Signal(object)  # messages.Sampled
    redrawn = Signal(object)  # messages.Redrawn
    encoded = Signal(object)  # messages.Encoded
    drafted = Signal(object)  # messages.Drafted
    failed = Signal(object)  # messages.Failed
    progress = Signal(str, float)  # what is being done, and how far: 0..1, or -1 for unknown
    restarted = Signal(str)  # why, in words; the model is opened again by itself
    device_changed = Signal(object)  # messages.DeviceChanged
    _heard = Signal(object, object)
    _ended = Signal(object, str)

    def __init__(
        self, factory: Factory = FolderSource, hang_after_s: float = 20.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._factory = factory
        self._hang_after_s = hang_after_s
        self._link: Link | None = None
        self._last_key = 0
        self._key = 0  # of the model in force; 0 for none
        self._wanted: OpenOrder | None = None
        self._good: OpenOrder | None = None  # opened last
        self._loading = False
        self._lacks_twin = False
        self._deaths: list[float] = []
        self._why = ""
        self._is_closed = False
        self._jobs = JobBoard(self)
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._mourn, Qt.ConnectionType.QueuedConnection)
        self._watch = QTimer(self, interval=max(50, int(min(hang_after_s / 4, 1.0) * 1000)))
        self._watch.timeout.connect(self._look)
        _close_at_exit(self)

    # What the window asks

    @property
    def key(self) -> int:
        """Of the model in force; requests carry it. 0 while none is open."""
        return self._key

    @property
    def pid(self) -> int | None:
        """The engine process, for measuring and for tests."""
        return self._link.pid if self._link else None

    def start(self) -> None:
        """Start the engine process, which takes a while; returns at once."""
        if self._link is None and not self._is_closed:
            self._link = Link(self._factory, self._heard.emit, self._ended.emit)
            self._link.start()
            self._watch.start()

    def open(self, path: str, device: str = "") -> int:
        """Open a model, on the device that fits best where none is named. What was open serves until then.

        Returns the key that `opened` or `failed` will carry, 0 from a closed engine.
        """
        if self._is_closed:
            return 0
        if self._wanted is None or self._wanted.path != path:
            self._deaths.clear()
        self.start()
        self._send_open(path, device)
        return self._last_key

    def ask(self, request: Request) -> None:
        """Pictures or numbers. 'live': the newest waits; other purposes: the newest list replaces the older one."""
        if self._link is not None and request.key == self._key != 0:
            self._link.put(request)

    def forget(self, purpose: Purpose) -> None:
        """Drop the list that waits for this purpose."""
        if self._link is not None:
            self._link.put(Forget(purpose))

    def sample(self, n: int, seed: int, space: str, prior: ChosenPrior | None = None, temperature: float = 1.0) -> None:
        """Draw latents from the prior that was chosen, or from the model's own."""
        if self._link is not None:
            self._link.put(SampleOrder(self._key, n, seed, space, prior, temperature))

    def redraw(self, prior: ChosenPrior | None, temperature: float) -> None:
        """Draw samples for the map; `redrawn` brings them."""
        if self._link is not None:
            self._link.put(RedrawOrder(self._key, prior, temperature))

    def search(self, order: SearchOrder) -> None:
        """Search for a path; `found` tells better and better courses."""
        if self._link is not None and order.key == self._key != 0:
            self._link.put(order)

    def encode(self, images: Images) -> None:
        """Latents of pictures, uint8 (n, height, width, channels) of the model's own size."""
        if self._link is not None:
            self._link.put(EncodeOrder(self._key, images))

    def draft(self, order: DraftOrder) -> None:
        """Draft weights of others; `drafted` answers the newest order, whatever model is open, or none."""
        self.start()
        if self._link is not None:
            self._link.put(order)

    def set_device(self, name: str) -> None:
        """Move the open model; `device_changed` or `failed` tells. Opens it again there after it was given up."""
        if self._link is None and self._good is not None:
            self.open(self._good.path, name)
            return
        if self._link is not None:
            self._link.put(DeviceOrder(self._key, name))

    def close(self) -> None:
        """End the process and its threads, quickly; may be called again, and is at exit."""
        if self._is_closed:
            return
        self._is_closed = True
        self._watch.stop()
        self._jobs.close()
        if (link := self._link) is not None:
            self._link = None
            link.kill()
            link.join()

    # What the process says, in the window's thread

    def _take(self, link: Link, report: Report) -> None:
        body = report.body
        if isinstance(body, Decoded) and body.purpose == "live":
            link.seen()
        if link is not self._link:
            return  # of a process that is gone
        match body:
            case Progress():
                self.progress.emit(body.text, body.fraction)
            case Opened():
                self._take_opened(body)
            case Loaded():
                self._loading &= body.key != self._last_key
                self._lacks_twin = body.lacks_twin and body.key == self._key
                self.progress.emit("", 1.0)
            case Failed():
                self._take_failed(body)
            case Drafted():
                self.drafted.emit(body)
            case DeviceChanged() | Decoded() | Measured() | Found() | Sampled() | Redrawn() | Encoded():
                self._deliver(body)

    def _take_opened(self, opened: Opened) -> None:
        if opened.key != self._last_key:
            return  # a newer one is on its way
        self._key = opened.key
        self._good = self._wanted
        self.opened.emit(opened)

    def _take_failed(self, failed: Failed) -> None:
        if failed.key == self._last_key:
            self._loading = False
            self.progress.emit("", 1.0)
            if failed.key != self._key:
                self._wanted = self._good  # what was open goes on
        if failed.key in (0, self._key, self._last_key):
            self.failed.emit(failed)

    def _deliver(self, body: DeviceChanged | Decoded | Measured | Found | Sampled | Redrawn | Encoded) -> None:
        if body.key != self._key:
            return
        if isinstance(body, DeviceChanged) and self._wanted is not None and self._wanted.key == body.key:
            self._wanted = replace(self._wanted, device=body.device)  # where it goes on after a crash
        signals = {
            DeviceChanged: self.device_changed,
            Decoded: self.decoded,
            Measured: self.measured,
            Found: self.found,
            Sampled: self.sampled,
            Redrawn: self.redrawn,
            Encoded: self.encoded,
        }
        signals[type(body)].emit(body)

    # Crashes, hangs and the twin

    def _look(self) -> None:
        if self._link is None:
            return
        limit = self._hang_after_s * (LOADING if self._loading else 1.0)
        if self._link.silent_for > (limit if self._link.has_spoken else max(limit, STARTING_S)):
            self._why = "The engine did not answer any more."
            self._link.kill()
        elif self._lacks_twin and self._wanted is not None and self._link.rested_for > IDLE_S:
            self._make_twin(self._wanted.path, self._key)

    def _make_twin(self, path: str, key: int) -> None:
        from explorer.models.twin import make_twin

        self._lacks_twin = False
        job = self._jobs.run_apart("twin", make_twin, path)
        job.finished.connect(lambda _made: self._link.put(TwinOrder(key)) if self._link else None)
        job.failed.connect(lambda failed: log.debug("No twin of %s: %s %s", path, failed.hint, failed.report))

    def _mourn(self, link: Link, end: str) -> None:
        if link is not self._link:
            return
        why, self._why = self._why or "The engine stopped.", ""
        log.warning("%s (%s)", why, end)
        self._link, self._key, self._lacks_twin = None, 0, False
        now = time.monotonic()
        self._deaths = [*(death for death in self._deaths if now - death < WITHIN_S), now]
        if len(self._deaths) >= DEATHS:
            self._give_up(why)
        if self._wanted is not None:
            self.start()
            self._send_open(self._wanted.path, self._wanted.device)
            self.restarted.emit(f"{why} It was started again and opens the model.")

    def _give_up(self, why: str) -> None:
        bad, self._wanted = self._wanted, None
        self._deaths.clear()
        self._loading = False
        if bad is not None and self._good is not None and self._good.path != bad.path:
            self._wanted = self._good
        name = bad.path if bad is not None else "The engine"
        hint = "It happened three times within a minute. Open another model, or choose another device."
        self.failed.emit(Failed(self._last_key, f"{name} cannot be used. {why}", hint))

    def _send_open(self, path: str, device: str) -> None:
        assert self._link is not None
        self._last_key += 1
        self._wanted = OpenOrder(self._last_key, path, device)
        self._loading = True
        self._lacks_twin = False
        self._jobs.cancel("twin")
        self._link.put(self._wanted)


def _close_at_exit(engine: Engine) -> None:
    """A program that ends without closing its window leaves no process behind; and an engine nobody holds may go."""
    reference = weakref.ref(engine)

    def close() -> None:
        if (left := reference()) is not None:
            left.close()

    atexit.register(close)
    engine.destroyed.connect(lambda: atexit.unregister(close))
