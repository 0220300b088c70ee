"""What window and engine say to each other: frozen values that carry all they need. Pickled between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.concepts.known import known
from explorer.latents.concepts.layers import Range
from explorer.latents.paths import Knots
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Space
from explorer.models.foreign.drafts.told import Draft, Drawn
from explorer.models.scope import Mask, Scope, mask_of, told

Purpose = Literal[
    "live",
    "reconstruction",
    "classes",
    "strip",
    "gallery",
    "examples",
    "candidates",
    "side by side",
    "shelf",
    "waypoints",
    "ends",
    "film",
    "rows",
    "export",
    "grid",
    "second grid",
    "sheet",
    "first values",
    "tile values",
    "second tile values",
    "effects",
    "reading",
    "reach",
    "library",
    "glance",
    "thumbnails",
    "sample values",
    "film values",
    "priors",
]
"""Why pictures or numbers are wanted. 'live' goes first, its newest request alone waits; the others are background
lists."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A model is open in the engine. `key` changes with every open and restart: it makes late results meaningless."""

    key: int
    path: str
    card: Card
    samples: Mapping[str, LatentSet]  # by space
    concepts: tuple[Concept, ...]
    device: str
    devices: tuple[str, ...]  # what can be chosen here
    precision: str
    note: str = ""  # what the user should know, e.g. why the device is not the one asked for
    prior: ChosenPrior | None = None  # what the user chose for it, on disk when it was opened

    def concepts_of(
        self,
        space: str,
        own: tuple[Concept, ...] = (),
        locked: tuple[str, ...] = (),
        layers: tuple[tuple[str, Range], ...] = (),
    ) -> tuple[Concept, ...]:
        """The concepts that live in a space, with the user's `own`; the others leave those alone that are `locked`.

        Those in `layers`, by name, act on a range of layers.
        """
        samples = self.samples.get(space) if locked or layers else None
        return known(self.concepts, own, locked, samples, space, layers, self.pieces(space) if layers else ())

    def pieces(self, space: str) -> tuple[tuple[str, int, int], ...]:
        """The layers of a space, by name; none where it has one part only."""
        known = self.space(space)
        return () if known is None else known.pieces

    def space(self, name: str) -> Space | None:
        """The space of this name."""
        return next((one for one in self.card.spaces if one.name == name), None)

    def moving(self, space: str, scope: Scope) -> Mask | None:
        """The numbers of a latent of a space that gestures change, bool (d,); None where they change all."""
        known = self.space(space)
        return None if known is None else mask_of(scope, known)

    def scope_words(self, space: str, scope: Scope) -> str:
        """What gestures change of a latent of a space; '' where they change all of it."""
        known = self.space(space)
        return "" if known is None else told(scope, known)

    def is_same_as(self, other: Opened | None) -> bool:
        """Whether the other is this model, opened once more: after a restart of the engine, on another device."""
        return other is not None and self._told() == other._told()

    def _told(self) -> tuple[object, ...]:
        shapes = [
            (name, known.latents.shape, known.provenance, [(labels.name, labels.names) for labels in known.labels])
            for name, known in self.samples.items()
        ]
        concepts = [(concept.space, concept.name) for concept in self.concepts]
        return self.path, self.card.fingerprint, shapes, concepts


@dataclass(frozen=True, eq=False)
class DecodeRequest:
    """Pictures wanted. `marks` (one for each latent, any picklable value) come back with the pictures.

    `side`: they are wanted no larger than this, in pixels; 0: as they are. `reread`: what they are encoded to is wanted
    too, where the model encodes into this space. `first`: so many of the first make a picture of the whole; no chunk
    goes beyond them.
    """

    key: int
    purpose: Purpose
    latents: Latents
    space: str
    truncation: float = 1.0
    marks: tuple[object, ...] = ()
    born: float = 0.0  # time.perf_counter() of the gesture, for measuring
    side: int = 0
    reread: bool = False
    first: int = 0


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pictures made. A background request comes back in parts: `marks` says which latents these are."""

    key: int
    purpose: Purpose
    marks: tuple[object, ...]
    latents: Latents
    images: Images
    decode_ms: float
    backend: str = "torch"  # or 'onnxruntime'
    born: float = 0.0
    reread: Latents | None = None  # what the pictures are encoded to, where that was wanted and can be


@dataclass(frozen=True, eq=False)
class MeasureRequest:
    """A quantity of `models.quantities` wanted at each latent; otherwise as a `DecodeRequest` of the background."""

    key: int
    purpose: Purpose
    quantity: str
    latents: Latents
    space: str
    truncation: float = 1.0
    marks: tuple[object, ...] = ()


@dataclass(frozen=True, eq=False)
class Measured:
    """Numbers of latents, float32 (n,). A request comes back in parts: `marks` says which latents these are."""

    key: int
    purpose: Purpose
    quantity: str
    space: str
    truncation: float
    marks: tuple[object, ...]
    values: NDArray[np.float32]


Request = DecodeRequest | MeasureRequest


@dataclass(frozen=True, eq=False)
class Found:
    """How far the search for a path has come: a better course than before. `mark` is that of the order."""

    key: int
    mark: object
    course: Knots
    is_last: bool


@dataclass(frozen=True, eq=False)
class Sampled:
    """Latents drawn from the prior on request: float32 (n, d) in `space`."""

    key: int
    latents: Latents
    space: str
    seed: int


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Samples for the map, drawn from a prior that was chosen, or at a temperature. By space."""

    key: int
    prior: ChosenPrior | None
    temperature: float
    samples: Mapping[str, LatentSet]


@dataclass(frozen=True, eq=False)
class Encoded:
    """Pictures encoded on request: posterior means, float32 (n, d) in `space`."""

    key: int
    latents: Latents
    space: str


@dataclass(frozen=True, eq=False)
class Drafted:
    """A draft of weights under some choices, with samples; or why there is none. `number` is that of the order."""

    number: int
    draft: Draft | None = None
    drawn: Drawn | None = None
    title: str = ""
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Failed:
    """Something did not work. `defect` is True for a fault of the program (with `report`, a traceback to copy)."""

    key: int
    title: str
    hint: str
    defect: bool = False
    report: str = ""


@dataclass(frozen=True, eq=False)
class DeviceChanged:
    """Where the open model runs now. `note`: why it moved by itself or where a wish was not met, '' otherwise."""

    key: int
    device: str
    devices: tuple[str, ...]  # what can be chosen here
    precision: str
    note: str = ""
