"""What a person does in the studio: each wish is one change of the state, with the draft that comes of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latent, Latents
from explorer.latents.concepts import Concept, in_units_of
from explorer.latents.concepts.record import MOST_KEPT, Record, places_of
from explorer.latents.edits import edited
from explorer.latents.samples import LatentSet
from explorer.session.drafts import Draft, draft, free_name, unmended
from explorer.session.shown import shown_place
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.session.studio import Bucket, Making, Side, Studio
from explorer.ui.carried import Carried
from explorer.work.messages import Opened


class StudioWishes:
    """`why`: why the buckets make no concept just now; '' while they do. `opened` is set by the panel."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.opened: Opened | None = None
        self.why = ""
        self.last: Draft | None = None  # whose concept is the state's draft, while it is this session's
        self.before: Concept | None = None  # the same without its mends, where there are any

    # what there is

    @property
    def studio(self) -> Studio:
        return self._store.state.studio

    @property
    def samples(self) -> LatentSet | None:
        return self.opened.samples.get(self._store.state.place.space) if self.opened else None

    @property
    def making(self) -> Making:
        """The buckets of this space; those of another one stay in the state until something is put in here."""
        space = self._store.state.place.space
        return self.studio.making if self.studio.making.space == space else Making(space=space)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """All concepts of this space, without the one in the making."""
        if self.opened is None:
            return ()
        return self.opened.concepts_of(self._store.state.place.space, self.studio.own)

    @property
    def pieces(self) -> tuple[tuple[str, int, int], ...]:
        """The layers of this space; none where it has one part only."""
        return self.opened.pieces(self._store.state.place.space) if self.opened else ()

    def latent(self, place: Place) -> Latent:
        """The latent of a place, its concepts added once."""
        concepts = self.opened.concepts_of(place.space, *self.studio.known) if self.opened else ()
        return frozen(edited(place.base, concepts, place.strengths))

    # the buckets

    def put(self, side: Side, carried: Carried) -> None:
        """Samples and snapshots into a bucket; a sample leaves the other one."""
        state = self._store.state
        snapshots = [one.place for one in state.shelf if one.number in carried.snapshots]
        latents = tuple(self.latent(place) for place in snapshots if place.space == state.place.space)
        count = len(self.samples) if self.samples is not None else 0
        self._add(side, tuple(one for one in carried.samples if one < count), latents)

    def put_current(self, side: Side) -> None:
        """What stands on the stage: the sample itself, or the latent it was moved to."""
        place = shown_place(self._store.state)
        if self.opened is None:
            return
        if place.sample is not None and not any(place.strengths.values()):
            self._add(side, (place.sample,))
        else:
            self._add(side, (), (self.latent(place),))

    def put_selection(self, side: Side) -> None:
        """All samples that are selected on the map."""
        self._add(side, tuple(int(one) for one in self._store.state.selection))

    def fill(self, label: str, name: str) -> None:
        """By a label: the samples of one class with, all others without."""
        samples = self.samples
        known = samples.label(label) if samples is not None else None
        if samples is None or known is None:
            return
        if known.is_category:
            has = known.values == known.names.index(name)
            rest = ~has
        else:
            low, high = np.quantile(known.values.astype(np.float64), (1 / 3, 2 / 3))
            has, rest = known.values >= high, known.values <= low
        making = replace(
            self.making,
            with_=Bucket(tuple(np.flatnonzero(has).tolist())),
            without=Bucket(tuple(np.flatnonzero(rest).tolist())),
            name=self.making.name or (label if name in ("yes", "high") else name),
        )
        self.make(f"Fill the buckets by {label}", making)

    def take_out(self, side: Side, places: Iterable[int]) -> None:
        """Examples out of a bucket, by their place in it: samples first, then latents."""
        bucket, gone = self.making.bucket(side), set(places)
        n = len(bucket.samples)
        kept = Bucket(
            tuple(one for place, one in enumerate(bucket.samples) if place not in gone),
            tuple(one for place, one in enumerate(bucket.latents, n) if place not in gone),
        )
        if len(kept) < len(bucket):
            self.make(f"Take out of '{side}'", self.making.putting(side, kept))

    def clear(self) -> None:
        """Both buckets empty."""
        if not self.making.is_empty:
            self.make("Empty the buckets", Making(space=self.making.space))

    def make(self, title: str, making: Making, *, gesture: Hashable | None = None) -> None:
        """Other buckets, another method or mend: the draft follows."""
        before, studio = self.studio.draft, self.studio
        found = self.drafted(making)
        fields: dict[str, object] = {"studio": replace(studio, making=making, draft=found)}
        if before is not None and (found is None or found.name != before.name):
            arrangement = studio.arrangement.renamed(before.name, found.name if found else None)
            fields["studio"] = replace(studio, making=making, draft=found, arrangement=arrangement)
            fields["place"] = _renamed(self._store.state.place, before.name, found.name if found else None)
        self._store.change(title, gesture=gesture, **fields)

    def drafted(self, making: Making) -> Concept | None:
        """The concept of the buckets, and in `why` what keeps them from making one."""
        self.why, self.last, self.before = "", None, None
        samples = self.samples
        try:
            self.last = draft(making, samples, self.concepts, self.pieces) if samples is not None else None
            is_mended = samples is not None and making.is_mended
            before = draft(unmended(making), samples, pieces=self.pieces) if samples and is_mended else None
            self.before = before.concept if before else None
        except InputError as error:
            self.why = f"{error} {error.hint}".strip()
        return self.last.concept if self.last else None

    def current(self) -> Draft | None:
        """The draft of the state with its examples: made anew where undo or another file brought it back."""
        drafted = self.studio.draft
        if drafted is None:
            self.last = self.before = None
        elif self.last is None or self.last.concept is not drafted:
            self.drafted(self.making)
            self.last = replace(self.last, concept=drafted) if self.last else None
        return self.last

    def _add(self, side: Side, samples: tuple[int, ...], latents: tuple[Latent, ...] = ()) -> None:
        if samples or latents:
            making = self.making.putting(side, self.making.bucket(side).adding(samples, latents))
            self.make(f"Put into '{side}'", making)

    # the concepts

    def keep(self, numbers: dict[str, object], strip: Images | None = None) -> str:
        """The draft into the library, with its numbers, examples and strip, uint8 (5, h, w, c); the buckets are empty
        again. Its name, '' without a draft."""
        drafted = self.studio.draft
        if drafted is None:
            return ""
        name = drafted.name
        record = Record(self._rows("with"), self._rows("without"), strip)
        told = {**drafted.provenance, **numbers, "examples": _examples(self.making), "hashes": record.hashes}
        kept = replace(drafted, provenance=told, record=record)
        studio = replace(self.studio, own=(*self.studio.own, kept), draft=None, making=Making(space=self.making.space))
        self._store.change(f"Keep {name}", studio=studio)
        return name

    def make_again(self, name: str) -> None:
        """The examples that a concept was made from, back into the buckets: samples where they are the very same."""
        concept, samples = self._named(name), self.samples
        if concept is None or concept.record is None or samples is None:
            return
        buckets = [self._bucket(part, samples) for part in (concept.record.with_, concept.record.without)]
        making = Making(space=self._store.state.place.space, with_=buckets[0], without=buckets[1], name=name)
        self.make(f"Take the examples of {name}", making)

    @staticmethod
    def _bucket(latents: Latents, samples: LatentSet) -> Bucket:
        found = places_of(latents, samples.latents)
        rest = tuple(frozen(latents[place]) for place in range(len(latents)) if place not in found)
        return Bucket(tuple(dict.fromkeys(found.values())), rest)

    def _rows(self, side: Side) -> Latents:
        """The latents of a bucket, float32 (n, d), the first of very many."""
        bucket, samples = self.making.bucket(side), self.samples
        rows = [samples.latents[one] for one in bucket.samples] if samples is not None else []
        kept = [*rows, *bucket.latents][:MOST_KEPT]
        dim = self._store.state.place.base.size
        return np.stack(kept).astype(np.float32) if kept else np.zeros((0, dim), np.float32)

    def add(self, concepts: Sequence[Concept], title: str) -> None:
        """Concepts from elsewhere into the library, under free names."""
        own = list(self.studio.own)
        for concept in concepts:
            taken = {one.name for one in (*self.concepts, *own)}
            own.append(replace(concept, name=free_name(concept.name, taken)))
        self._store.change(title, studio=replace(self.studio, own=tuple(own)))

    def rename(self, name: str, new: str) -> None:
        """One of the user's concepts under another name, in the places too."""
        new = new.strip()
        if not new or new == name or new in {concept.name for concept in self.concepts}:
            return
        own = tuple(replace(one, name=new) if one.name == name else one for one in self.studio.own)
        locked = tuple(new if one == name else one for one in self.studio.locked)
        arrangement = self.studio.arrangement.renamed(name, new)
        muted = {new if key == name else key: value for key, value in self.studio.muted.items()}
        studio = replace(self.studio, own=own, locked=locked, muted=MappingProxyType(muted), arrangement=arrangement)
        self._change_all(f"Rename {name}", studio, name, new)

    def drop(self, name: str) -> None:
        """One of the user's concepts away. What it had moved stays moved: its share goes into the latents."""
        own = tuple(one for one in self.studio.own if one.name != name)
        locked = tuple(one for one in self.studio.locked if one != name)
        state = self._store.state
        place = self._baked(state.place, name)
        shelf = tuple(replace(one, place=self._baked(one.place, name)) for one in state.shelf)
        self._store.change(
            f"Remove {name}", studio=replace(self.studio, own=own, locked=locked), place=place, shelf=shelf
        )

    def invert(self, name: str) -> None:
        """The other way round: without becomes with. The picture stays."""
        concept = self._named(name)
        if concept is None:
            return
        record = None if concept.record is None else concept.record.turned
        turned = replace(concept, direction=frozen(-concept.direction), centre=-concept.centre, record=record)
        own = tuple(one for one in self.studio.own if one.name != name)
        place = self._store.state.place
        strengths = {key: -value if key == name else value for key, value in place.strengths.items()}
        self._store.change(
            f"Invert {name}",
            studio=replace(self.studio, own=(*own, turned)),
            place=replace(place, strengths=MappingProxyType(strengths)),
        )

    def toggle_lock(self, name: str) -> None:
        """Locked: the others leave it alone."""
        locked = self.studio.locked
        now = tuple(one for one in locked if one != name) if name in locked else (*locked, name)
        title = f"Unlock {name}" if name in locked else f"Lock {name}"
        self._store.change(title, studio=replace(self.studio, locked=now))

    def toggle_mute(self, name: str) -> None:
        """Its strength set aside, and back."""
        place, muted = self._store.state.place, dict(self.studio.muted)
        strengths = dict(place.strengths)
        if name in muted:
            strengths[name] = muted.pop(name)
            title = f"Unmute {name}"
        elif strengths.get(name):
            muted[name] = strengths.pop(name)
            title = f"Mute {name}"
        else:
            return
        self._store.change(
            title,
            studio=replace(self.studio, muted=MappingProxyType(muted)),
            place=replace(place, strengths=MappingProxyType(strengths)),
        )

    def combine(self) -> None:
        """The sliders as they stand, as one new concept."""
        state, samples = self._store.state, self.samples
        moved = {name: value for name, value in state.place.strengths.items() if value}
        if samples is None or not moved:
            raise InputError("No slider is moved.", "Move two or more concepts, then combine them into one.")
        way = self.latent(state.place).astype(np.float64) - state.place.base
        name = free_name(" + ".join(moved)[:40], {concept.name for concept in self.concepts})
        told = {"method": "combination", "of": ", ".join(f"{key} {value:+.2f}" for key, value in moved.items())}
        one = in_units_of(samples.latents, way, name, samples.space, told)
        self._store.change(f"Combine into {name}", studio=replace(self.studio, own=(*self.studio.own, one)))

    def _named(self, name: str) -> Concept | None:
        return next((concept for concept in self.concepts if concept.name == name), None)

    def _baked(self, place: Place, name: str) -> Place:
        if not place.strengths.get(name) or self.opened is None:
            return place
        concepts = [one for one in self.opened.concepts_of(place.space, *self.studio.known) if one.name == name]
        kept = {key: value for key, value in place.strengths.items() if key != name}
        base = frozen(edited(place.base, concepts, place.strengths))
        return replace(place, base=base, strengths=MappingProxyType(kept), sample=None, seed=None)

    def _change_all(self, title: str, studio: Studio, name: str, new: str) -> None:
        state: State = self._store.state
        shelf = tuple(replace(one, place=_renamed(one.place, name, new)) for one in state.shelf)
        self._store.change(title, studio=studio, place=_renamed(state.place, name, new), shelf=shelf)


def _renamed(place: Place, name: str, new: str | None) -> Place:
    """A place whose strength of one concept has another name, or is gone."""
    if name not in place.strengths:
        return place
    strengths = {key: value for key, value in place.strengths.items() if key != name}
    if new is not None:
        strengths[new] = place.strengths[name]
    return replace(place, strengths=MappingProxyType(strengths))


def _examples(making: Making) -> dict[str, list[int]]:
    """The first samples of each bucket, for the record."""
    return {side: list(making.bucket(side).samples[:200]) for side in ("with", "without")}
