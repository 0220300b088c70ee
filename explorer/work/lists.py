"""What the background still has to decode: a list for each purpose, worked off in chunks short enough to wait for."""

from __future__ import annotations

from collections.abc import Collection

from explorer.work.messages import DecodeRequest, MeasureRequest, Request

ORDER = (
    "reconstruction",
    "glance",
    "priors",
    "classes",
    "strip",
    "side by side",
    "examples",
    "candidates",
    "shelf",
    "gallery",
    "waypoints",
    "film",
    "ends",
    "rows",
    "export",
    "grid",
    "second grid",
    "sheet",
    "film values",
    "first values",
    "tile values",
    "second tile values",
    "effects",
    "library",
    "reading",
    "reach",
    "thumbnails",
    "sample values",
)
IDLE = frozenset(  # wait while the hand is at work
    {
        *("first values", "tile values", "second tile values", "library"),
        *("reading", "reach", "thumbnails", "sample values"),
    }
)
MEASURES = frozenset(  # need the weights, not only a twin
    {
        *("ends", "film values", "first values", "tile values", "second tile values"),
        *("effects", "reach", "sample values"),
    }
)
CHUNK_MS = 15.0  # a live request waits for one chunk at most; or for one latent, where that takes longer
IDLE_CHUNK_MS = 45.0  # the first picture of a drag may wait for one of these; while the hand moves there are none
LARGEST = 32  # batches of 16 to 32 are 2.2 to 2.9 times cheaper a picture than single ones, larger ones no more


class Lists:
    """For one thread. The newest request of a purpose replaces the older one."""

    def __init__(self) -> None:
        self._requests: dict[str, tuple[Request, int]] = {}
        self._sizes: dict[tuple[str, str], int] = {}  # by kind

    def __bool__(self) -> bool:
        return bool(self._requests)

    def put(self, request: Request) -> None:
        self._requests.pop(request.purpose, None)
        if len(request.latents):
            self._requests[request.purpose] = (request, 0)

    def forget(self, purpose: str) -> None:
        self._requests.pop(purpose, None)

    def clear(self) -> None:
        """Another model: other pictures, of another cost."""
        self._requests.clear()
        self._sizes.clear()

    def take(self, resting: Collection[str] = ()) -> tuple[Request, slice] | None:
        """The next chunk, as a request and the part of it that comes now; none of the purposes that are `resting`."""
        for purpose in ORDER:
            if purpose in self._requests and purpose not in resting:
                request, start = self._requests.pop(purpose)
                stop = start + self._sizes.get(_kind(request), 1)
                if isinstance(request, DecodeRequest) and start < request.first:
                    stop = min(stop, request.first)
                if stop < len(request.latents):
                    self._requests[purpose] = (request, stop)
                return request, slice(start, stop)
        return None

    def learn(self, request: Request, latent_ms: float, room_ms: float = CHUNK_MS) -> None:
        """How long a latent of its last chunk took. A chunk at most doubles, since the first of a kind tells little."""
        fits = int(room_ms / max(latent_ms, 1e-3))
        kind = _kind(request)
        self._sizes[kind] = max(1, min(fits, 2 * self._sizes.get(kind, 1), LARGEST))


def _kind(request: Request) -> tuple[str, str]:
    """Requests of one kind cost the same a latent: of a picture, whatever it is for."""
    if isinstance(request, MeasureRequest):
        return request.purpose, request.quantity
    return "read again" if request.reread else "picture", request.space
