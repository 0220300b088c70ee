"""The concept studio's part of the state: the two buckets, how a concept is made of them, and the user's concepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.latents.concepts.arrangement import Arrangement
from explorer.latents.concepts.layers import Range

Side = Literal["with", "without"]
NO_STRENGTHS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Bucket:
    """Examples: places of samples, and latents (d,) that are no samples (snapshots, random ones, edited ones)."""

    samples: tuple[int, ...] = ()
    latents: tuple[Latent, ...] = ()

    def __len__(self) -> int:
        return len(self.samples) + len(self.latents)

    def adding(self, samples: tuple[int, ...], latents: tuple[Latent, ...] = ()) -> Bucket:
        """With more of them; a sample that is there already stays where it is."""
        return Bucket(tuple(dict.fromkeys((*self.samples, *samples))), (*self.latents, *latents))

    def without(self, samples: tuple[int, ...]) -> Bucket:
        gone = set(samples)
        return replace(self, samples=tuple(one for one in self.samples if one not in gone))


@dataclass(frozen=True, eq=False)
class Making:
    """What is being made of which examples, in one space.

    `method` is one of `concepts.METHODS`. The mends: `balance` (labels whose joint strata weigh the same on both
    sides), `match` (pairs of nearest examples), `remove` (concepts along which nothing may be left). `layers`: the only
    ones it acts on, first and last from 0.
    """

    space: str = ""
    name: str = ""
    with_: Bucket = field(default_factory=Bucket)
    without: Bucket = field(default_factory=Bucket)
    method: str = "difference"
    balance: tuple[str, ...] = ()
    match: bool = False
    remove: tuple[str, ...] = ()
    layers: Range | None = None

    @property
    def is_empty(self) -> bool:
        return not len(self.with_) and not len(self.without)

    @property
    def is_mended(self) -> bool:
        return bool(self.balance or self.match or self.remove)

    def bucket(self, side: Side) -> Bucket:
        return self.with_ if side == "with" else self.without

    def putting(self, side: Side, bucket: Bucket) -> Making:
        """The same with another bucket; what is in it leaves the other one."""
        if side == "with":
            return replace(self, with_=bucket, without=self.without.without(bucket.samples))
        return replace(self, without=bucket, with_=self.with_.without(bucket.samples))


@dataclass(frozen=True, eq=False)
class Studio:
    """`own`: the user's concepts of this model. `draft`: what comes of the examples in `making`, while there are any.

    `locked`: names of concepts that the others leave alone. `muted`: strengths that are set aside, by name.
    `arrangement`: how the sliders stand.
    """

    making: Making = field(default_factory=Making)
    draft: Concept | None = None
    own: tuple[Concept, ...] = ()
    locked: tuple[str, ...] = ()
    muted: Mapping[str, float] = field(default_factory=lambda: NO_STRENGTHS)
    arrangement: Arrangement = field(default_factory=Arrangement)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The user's, and the one in the making."""
        return self.own if self.draft is None else (*self.own, self.draft)

    def within(self, count: int) -> Studio:
        """The same without examples that a set of `count` samples does not have."""
        making = self.making
        lost = tuple(one for one in (*making.with_.samples, *making.without.samples) if one >= count)
        kept = replace(making, with_=making.with_.without(lost), without=making.without.without(lost))
        return replace(self, making=kept) if lost else self

    def fitting(self, spaces: Mapping[str, int]) -> Studio:
        """The same without concepts that do not fit a model with these spaces (name to dimension)."""

        def fits(concept: Concept) -> bool:
            return concept.direction.shape == (spaces.get(concept.space),)

        draft = self.draft if self.draft is not None and fits(self.draft) else None
        return replace(self, own=tuple(one for one in self.own if fits(one)), draft=draft)

    @property
    def known(self) -> tuple[tuple[Concept, ...], tuple[str, ...], tuple[tuple[str, Range], ...]]:
        """What `Opened.concepts_of` asks for beside the space."""
        return self.concepts, self.locked, tuple(self.arrangement.layers.items())
