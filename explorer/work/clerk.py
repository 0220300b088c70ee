"""What the engine process does next: live first, then the lists of the background in short chunks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection
from threading import Lock
from typing import TYPE_CHECKING, Any

from explorer.work import wire
from explorer.work.drawing_board import DrawingBoard
from explorer.work.faults import failure
from explorer.work.lists import CHUNK_MS, IDLE, IDLE_CHUNK_MS, MEASURES, Lists
from explorer.work.messages import Decoded, DecodeRequest, Encoded, Measured, MeasureRequest, Redrawn, Request, Sampled
from explorer.work.orders import (
    DeviceOrder,
    DraftOrder,
    EncodeOrder,
    Forget,
    Loaded,
    LoadedOrder,
    OpenOrder,
    Order,
    Progress,
    RedrawOrder,
    Report,
    SampleOrder,
    SearchOrder,
    TwinOrder,
)
from explorer.work.search import Search
from explorer.work.seats import Seats
from explorer.work.shelf import OpenModel, milliseconds_since
from explorer.work.source import Source, drawn, warm

if TYPE_CHECKING:
    from explorer.latents.arrays import Images, Latents

ENCODED_AT_ONCE = 32
QUIET_S = 0.15  # without a live request for so long, thumbnails and measures may go on


class Clerk:
    """The engine's main thread.

    Every live request gets exactly one answer; whatever goes wrong is reported, and the work goes on.
    """

    def __init__(self, pipe: Connection, source: Source) -> None:
        self._pipe = pipe
        self._source = source
        self._seats = Seats()
        self._lists = Lists()
        self._serial = 0
        self._arriving = Lock()
        self._open: OpenModel | None = None  # serves
        self._next: OpenModel | None = None  # is being loaded
        self._live_at = 0.0
        self._search: Search | None = None
        self._board = DrawingBoard()
        self._doings: dict[type, Callable[[Any], None]] = {
            OpenOrder: self._begin_open,
            LoadedOrder: self._end_open,
            DecodeRequest: self._decode,
            MeasureRequest: self._lists.put,
            Forget: lambda order: self._lists.forget(order.purpose),
            SampleOrder: self._sample,
            RedrawOrder: self._redraw,
            EncodeOrder: self._encode,
            DeviceOrder: self._move,
            TwinOrder: self._fetch_twin,
            SearchOrder: self._begin_search,
            DraftOrder: self._draft,
        }

    def put(self, serial: int, order: Order) -> None:
        """From the thread that reads orders."""
        with self._arriving:
            self._seats.put(order)
            self._serial = serial

    def work(self) -> None:
        """For ever."""
        self._tell(None)
        while True:
            if (order := self._seats.take()) is not None:
                self._do(order)
            elif (chunk := self._lists.take(self._resting())) is not None:
                self._do_chunk(chunk)
                self._search_on()
            elif self._search is not None:
                self._search_on()
            else:
                self._seats.wait(timeout=self._patience())

    def _do(self, order: Order) -> None:
        live = isinstance(order, DecodeRequest) and order.purpose == "live"
        try:
            self._doings[type(order)](order)
        except Exception as error:
            self._tell(failure(getattr(order, "key", 0), error), answers_live=live)
        else:
            if not live:
                self._tell(None)

    def _pause(self) -> float:
        """Seconds that thumbnails have to wait for."""
        return self._live_at + QUIET_S - time.monotonic()

    def _resting(self) -> Collection[str]:
        """The lists that have to wait: for a hand at rest, or for the weights."""
        if self._pause() > 0:
            return IDLE
        return () if self._open is None or self._open.is_loaded else MEASURES

    def _patience(self) -> float | None:
        """How long to wait for orders before the lists are looked at again, seconds; None: there are no lists."""
        if not self._lists:
            return None
        pause = self._pause()
        return pause if pause > 0 else QUIET_S if self._resting() else 0.0

    # Opening

    def _begin_open(self, order: OpenOrder) -> None:
        self._tell(Progress(f"Opening {order.path.replace(chr(92), '/').rstrip('/').rsplit('/', 1)[-1]}"))
        self._next = None  # what is being loaded is not wanted any more
        self._next = OpenModel(order, self._source, self._seats.put)
        if self._next.has_twin:
            self._serve(self._next)

    def _end_open(self, order: LoadedOrder) -> None:
        model = next((model for model in (self._next, self._open) if model and model.key == order.key), None)
        if model is None:
            return  # superseded while it was loading
        if model is self._next:
            self._next = None
        warm(model.model)
        model.fetch_twin()  # one in the cache that could not be used before the weights were there
        if model.is_announced:
            self._tell(model.device_changed())
        else:
            self._serve(model)
        self._tell(Loaded(model.key, model.lacks_twin))

    def _serve(self, model: OpenModel) -> None:
        self._open, self._search = model, None
        self._lists.clear()
        self._tell(model.opened())

    # Work with the open model

    def _decode(self, request: DecodeRequest) -> None:
        if request.purpose != "live":
            self._lists.put(request)
            return
        self._live_at = time.monotonic()
        decoded = self._decoded(request, slice(None)) if self._serves(request.key) else None
        self._tell(decoded, answers_live=True)

    def _do_chunk(self, chunk: tuple[Request, slice]) -> None:
        request, part = chunk
        start, count = time.perf_counter(), len(request.latents[part])
        try:
            made = None
            if self._serves(request.key):
                made = (
                    self._decoded(request, part)
                    if isinstance(request, DecodeRequest)
                    else self._measured(request, part)
                )
                room = CHUNK_MS if self._pause() > 0 else IDLE_CHUNK_MS
                self._lists.learn(request, milliseconds_since(start) / max(1, count), room)
            self._tell(made)
        except Exception as error:
            self._lists.forget(request.purpose)
            self._tell(failure(request.key, error))

    def _decoded(self, request: DecodeRequest, part: slice) -> Decoded:
        model = self._serving()
        device, latents = model.note, request.latents[part]
        start = time.perf_counter()
        images, backend = model.decode(latents, request.space, request.truncation)
        elapsed = milliseconds_since(start)
        if model.note != device:
            self._tell(model.device_changed())
        reread = self._reread(images, request.space) if request.reread else None
        if request.side:
            from explorer.latents.pictures import shrunk

            images = shrunk(images, request.side)
        told = request.key, request.purpose, request.marks[part], latents, images, elapsed, backend, request.born
        return Decoded(*told, reread)

    def _reread(self, images: Images, space: str) -> Latents | None:
        """What pictures are encoded to, (n, d); None where the model does not encode into this space."""
        from explorer.models.base import CanEncode

        model = self._serving().model
        if not model.card.encodes or model.card.spaces[0].name != space or not isinstance(model, CanEncode):
            return None
        return model.encode(images).mean

    def _measured(self, request: MeasureRequest, part: slice) -> Measured:
        from explorer.models.measuring import measure

        model, latents = self._serving().model, request.latents[part]
        values = measure(model, request.quantity, latents, request.space, request.truncation)
        told = request.key, request.purpose, request.quantity, request.space, request.truncation
        return Measured(*told, request.marks[part], values)

    def _sample(self, order: SampleOrder) -> None:
        if self._serves(order.key):
            model = self._serving().model
            model.prior = order.prior
            latents = model.sample(order.n, seed=order.seed, space=order.space, temperature=order.temperature)
            self._tell(Sampled(order.key, latents, order.space, order.seed))

    def _redraw(self, order: RedrawOrder) -> None:
        if self._serves(order.key):
            model = self._serving().model
            model.prior = order.prior
            self._tell(Redrawn(order.key, order.prior, order.temperature, drawn(model, temperature=order.temperature)))

    def _encode(self, order: EncodeOrder) -> None:
        if not self._serves(order.key):
            return
        import numpy as np

        from explorer.errors import InputError
        from explorer.models.base import CanEncode

        model, parts = self._serving().model, []
        if not isinstance(model, CanEncode):
            raise InputError(
                f"{model.card.name} has no encoder.", "Choose a VAE or a flow to see your own pictures in it."
            )
        for start in range(0, len(order.images), ENCODED_AT_ONCE):
            parts.append(model.encode(order.images[start : start + ENCODED_AT_ONCE]).mean)
            self._tell(Progress("Encoding pictures", start / len(order.images)))
            self._live_between()
        self._tell(Progress("", 1.0))
        self._tell(Encoded(order.key, np.concatenate(parts), model.card.spaces[0].name))

    def _draft(self, order: DraftOrder) -> None:
        self._tell(self._board.drafted(order))

    def _begin_search(self, order: SearchOrder) -> None:
        self._search = None
        if order.kind and self._serves(order.key):
            known = self._serving().samples.get(order.space)
            samples = order.waypoints if known is None else known.latents  # of its way, where no samples are known
            self._search = Search(order, self._serving().model, samples)

    def _search_on(self) -> None:
        """One step of the search, if there is one."""
        if self._search is None:
            return
        try:
            found = self._search.step()
            if found is None or found.is_last:
                self._search = None
            self._tell(found)
        except Exception as error:
            self._search = None
            self._tell(failure(0, error))

    def _live_between(self) -> None:
        if (order := self._seats.take(("live",))) is not None:
            self._do(order)

    def _move(self, order: DeviceOrder) -> None:
        if self._serves(order.key):
            self._tell(Progress(f"Moving to {order.device}"))
            self._serving().move(order.device)
            self._tell(self._serving().device_changed())
            self._tell(Loaded(order.key, self._serving().lacks_twin))

    def _fetch_twin(self, order: TwinOrder) -> None:
        if self._serves(order.key):
            self._serving().fetch_twin()

    def _serves(self, key: int) -> bool:
        return self._open is not None and self._open.key == key

    def _serving(self) -> OpenModel:
        assert self._open is not None
        return self._open

    def _tell(self, body: object, *, answers_live: bool = False) -> None:
        with self._arriving:  # 'nothing left to do' has to be true of this very serial
            serial, rests = self._serial, self._is_done()
        wire.send(self._pipe, Report(serial, rests, body, answers_live))

    def _is_done(self) -> bool:
        return self._seats.empty and not self._lists and self._next is None and self._search is None
