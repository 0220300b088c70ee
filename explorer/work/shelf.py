"""One open model in the engine process: loaded by a thread while its twin serves, decoded where it is fastest."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from threading import Lock, Thread

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models.base import LatentModel
from explorer.work.messages import DeviceChanged, Opened
from explorer.work.orders import LoadedOrder, OpenOrder
from explorer.work.source import Source, Twin, drawn, warm

ONE_AT_A_TIME = Lock()


class OpenModel:
    """Reads what needs no torch at once, and the weights in a thread, which calls `tell(LoadedOrder)` at its end.

    All methods are for the engine's main thread. Raises CheckpointError when card, samples or concepts cannot be read.
    """

    def __init__(self, order: OpenOrder, source: Source, tell: Callable[[LoadedOrder], None]) -> None:
        self.key = order.key
        self.order = order
        self.note = ""
        self.is_announced = False
        self._source = source
        self._tell = tell
        self._model: LatentModel | None = None
        self._devices: tuple[str, ...] = ("cpu",)
        self._error: BaseException | None = None
        self.card = source.card(order.path)
        self.samples = source.samples(order.path, self.card)
        self.concepts = source.concepts(order.path, self.card)
        self._prior = source.prior(self.card)
        must_wait = order.device not in ("", "cpu") or not self.samples  # which the model has to draw
        self._twin: Twin | None = None if must_wait else source.twin(self.card)
        self._loader = Thread(target=self._load, name="model loader", daemon=True)
        self._loader.start()

    @property
    def has_twin(self) -> bool:
        return self._twin is not None

    @property
    def model(self) -> LatentModel:
        """The model itself; waits for the loader, and raises what it raised."""
        self._loader.join()
        if self._error is not None:
            raise self._error
        assert self._model is not None
        return self._model

    @property
    def is_loaded(self) -> bool:
        """Whether `model` answers without waiting."""
        return not self._loader.is_alive()

    def opened(self) -> Opened:
        """What the window shows first."""
        self.is_announced = True
        return Opened(
            self.key,
            self.order.path,
            self.card,
            self.samples,
            self.concepts,
            self._model.device if self._model else "cpu",
            self._devices,
            self._model.precision if self._model else "float32",
            self.note,
            self._prior,
        )

    def device_changed(self) -> DeviceChanged:
        return DeviceChanged(self.key, self.model.device, self._devices, self.model.precision, self.note)

    def decode(self, latents: Latents, space: str, truncation: float) -> tuple[Images, str]:
        """Pictures and what made them: 'onnxruntime' or 'torch'."""
        if self._twin is not None and self._may_twin(space) and self._twin.fits(latents):
            try:
                return self._twin.decode(latents, truncation), "onnxruntime"
            except Exception:  # torch can do it as well
                self._twin = None
        return self._decode_by_torch(latents, space, truncation), "torch"

    def move(self, device: str) -> None:
        """To another device. Raises DeviceError, and stays where it was."""
        self.model.to(device)
        self.note = ""
        warm(self.model)
        self.fetch_twin()

    def fetch_twin(self) -> None:
        """Use the exported twin if there is one by now."""
        if self._twin is None and self._model is not None and self._model.device == "cpu":
            self._twin = self._source.twin(self.card)

    @property
    def lacks_twin(self) -> bool:
        return self._twin is None and self._model is not None and self._source.wants_twin(self._model)

    def _may_twin(self, space: str) -> bool:
        on_cpu = self._model is None or self._model.device == "cpu"
        return on_cpu and self._twin is not None and space == self._twin.space

    def _decode_by_torch(self, latents: Latents, space: str, truncation: float) -> Images:
        try:
            return self.model.decode(latents, space=space, truncation=truncation)
        except InputError:
            raise
        except Exception as error:
            if self.model.device == "cpu":
                raise
            self._flee(error)
            return self.model.decode(latents, space=space, truncation=truncation)

    def _flee(self, error: Exception) -> None:
        """To the CPU, after a device failed in the middle of work."""
        was = self.model.device
        try:
            self.model.to("cpu")
        except Exception:  # a device may fail so that not even the weights can be had back
            self._model, _ = self._source.model(self.order.path, "cpu")
        what = "ran out of memory" if "out of memory" in str(error).lower() else "failed"
        self.note = f"{was} {what}. The CPU is used."
        self.fetch_twin()

    def _load(self) -> None:
        try:
            with ONE_AT_A_TIME:
                model, self.note = self._source.model(self.order.path, self.order.device)
                self._devices = self._source.devices()
                self.samples = self.samples or drawn(model)
                self._model = model
        except BaseException as error:  # looked at by `model`
            self._error = error
        with contextlib.suppress(Exception):
            self._tell(LoadedOrder(self.key))


def milliseconds_since(start: float) -> float:
    return 1e3 * (time.perf_counter() - start)
