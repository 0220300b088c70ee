"""What the window orders and the engine reports, besides the messages that reach the window. Also pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.latents.arrays import Images, Latents
from explorer.latents.priors import ChosenPrior
from explorer.work.lists import ORDER
from explorer.work.messages import DecodeRequest, MeasureRequest, Purpose


@dataclass(frozen=True)
class OpenOrder:
    """Open a model; '' as `device` chooses by itself."""

    key: int
    path: str
    device: str = ""


@dataclass(frozen=True)
class Forget:
    """Drop what waits for this purpose."""

    purpose: Purpose


@dataclass(frozen=True, eq=False)
class SampleOrder:
    """Draw n latents of the prior that was chosen, or of the model's own, at a temperature."""

    key: int
    n: int
    seed: int
    space: str
    prior: ChosenPrior | None = None
    temperature: float = 1.0


@dataclass(frozen=True, eq=False)
class RedrawOrder:
    """Draw the samples of the map anew."""

    key: int
    prior: ChosenPrior | None
    temperature: float


@dataclass(frozen=True, eq=False)
class EncodeOrder:
    """Encode pictures, uint8 (n, h, w, c)."""

    key: int
    images: Images


@dataclass(frozen=True)
class DeviceOrder:
    """Move the open model to a device."""

    key: int
    device: str


@dataclass(frozen=True)
class TwinOrder:
    """An exported twin of the open model lies in the cache now."""

    key: int


@dataclass(frozen=True, eq=False)
class DraftOrder:
    """Draft weights that are laid out in a folder, and draw samples; no model needs to be open."""

    number: int
    folder: str
    choices: Mapping[str, str]
    seed: int = 0


@dataclass(frozen=True, eq=False)
class SearchOrder:
    """Search for a path of a kind through waypoints (k, d). The newest replaces an older one; '' as `kind` ends it."""

    key: int
    kind: str
    waypoints: Latents
    closed: bool
    space: str
    truncation: float
    mark: object


@dataclass(frozen=True)
class LoadedOrder:
    """From the engine's loading thread to its main thread: the weights of an `OpenOrder` are in place, or failed."""

    key: int


Order = (
    OpenOrder
    | Forget
    | SampleOrder
    | RedrawOrder
    | EncodeOrder
    | DraftOrder
    | DeviceOrder
    | TwinOrder
    | SearchOrder
    | LoadedOrder
    | DecodeRequest
    | MeasureRequest
)

_LISTS = [purpose for purpose in ORDER if purpose != "reconstruction"]  # that one has a seat farther in front
_PATHS = _LISTS.index("film") + 1  # a search goes on when the film in the strip is there
RANK = (
    *("open", "loaded", "device", "twin", "live", "reconstruction", "sample", "redraw", "encode", "draft"),
    *_LISTS[:_PATHS],
    "search",
    *_LISTS[_PATHS:],
)
"""The seats orders wait in, the most urgent first. In each the newest order replaces an older one."""

_SEATS = {
    OpenOrder: "open",
    LoadedOrder: "loaded",
    DeviceOrder: "device",
    TwinOrder: "twin",
    SearchOrder: "search",
    SampleOrder: "sample",
    RedrawOrder: "redraw",
    EncodeOrder: "encode",
    DraftOrder: "draft",
}


def seat_of(order: Order) -> str:
    """Where an order waits."""
    return order.purpose if isinstance(order, DecodeRequest | MeasureRequest | Forget) else _SEATS[type(order)]


@dataclass(frozen=True)
class Progress:
    """What the engine is doing; `fraction` in 0..1, or -1 when it cannot be known."""

    text: str
    fraction: float = -1.0


@dataclass(frozen=True)
class Loaded:
    """The weights are in memory. `lacks_twin`: an exported twin would serve the live loop, and there is none yet."""

    key: int
    lacks_twin: bool


@dataclass(frozen=True, eq=False)
class Report:
    """What travels up: a message or None. `serial`: the last order seen; `resting`: nothing is left to do;
    `answers_live`: the live request in flight is settled by this."""

    serial: int
    resting: bool
    body: object = None
    answers_live: bool = False
