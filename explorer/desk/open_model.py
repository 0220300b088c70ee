"""Which model is open: switching, coming back to an earlier one by undo, and where one starts in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer import projections
from explorer.desk.drawn_samples import DrawnSamples
from explorer.errors import CheckpointError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.measures import typical
from explorer.latents.samples import LatentSet
from explorer.models import folder, library
from explorer.models.base import Card
from explorer.models.quantities import QUANTITIES
from explorer.projections import KINDS, ProjectionChoice
from explorer.session.demo import Demo, settled
from explorer.session.document import Document
from explorer.session.preferences import MapChoice
from explorer.session.state import PathSetting, Place, State, frozen
from explorer.session.store import Store
from explorer.session.studio import Studio
from explorer.work.engine import Engine
from explorer.work.messages import DecodeRequest, Failed, Opened, Purpose, Redrawn


@dataclass(frozen=True, eq=False)
class Errand:
    """A model that was sent for. `demo`: to be taken when it is there. `back`: where one was, before an undo."""

    key: int
    path: str
    demo: Demo | None = None
    back: tuple[Opened, State] | None = None


class OpenModel(QObject):
    """Holds what the engine said of the open model, and sends for others. One errand at a time, the newest counts.

    `changed` carries the `Opened`, or None while an undo waits for another model; `told` something worth knowing;
    `missing` that there is no model at all, since the first did not open.
    """

    changed = Signal(object)
    told = Signal(str)
    missing = Signal(str)

    def __init__(self, store: Store, engine: Engine, device: str = "") -> None:
        super().__init__()
        self._store, self._engine = store, engine
        self._errand: Errand | None = None
        self._kept: dict[str, dict[str, Any]] = {}  # shelf, subsets and studio of the models one was in, by path
        self.device = device
        self.choice_of: Callable[[str], MapChoice | None] = lambda _path: None
        self.opened: Opened | None = None  # with the samples on show, which may be the user's
        self._plain: Opened | None = None  # as the engine said it
        self.drawn = DrawnSamples()
        self._brought: dict[tuple[str, str], LatentSet] = {}  # by the model's path and what they are kept under
        self.has_choice = False  # whether the user has chosen how the map of this model is shown
        engine.opened.connect(self._show_opened)
        engine.failed.connect(self._show_failed)
        store.listen(self._follow)

    def switch(self, path: str) -> None:
        """Open another model; the state changes when it is there, so a failure loses nothing."""
        path = str(Path(path))
        self._errand = Errand(self._engine.open(path, self.device), path)

    def restore(self, demo: Demo, beside: Path | None = None) -> None:
        """Take a pasted state or a demo: at once in the model that it was made in, else when that one has been opened.

        `beside`: the folder that a demo file lies in, where its model may lie too. Raises InputError for a state that
        its model cannot show, CheckpointError when the model is not on this machine.
        """
        opened = self.opened
        if opened is not None and demo.document.fingerprint == opened.card.fingerprint:
            self._take(demo, opened)
        else:
            path = _whereabouts(demo, beside)
            self._errand = Errand(self._engine.open(path, self.device), path, demo)

    def latent(self) -> Latent:
        """The current latent: the base, and every concept added once."""
        return self.latent_of(self._store.state.place)

    def latent_of(self, place: Place) -> Latent:
        concepts = self.opened.concepts_of(place.space, *self._store.state.studio.known) if self.opened else ()
        return edited(place.base, concepts, place.strengths)

    def samples(self) -> LatentSet | None:
        """The samples of the space one is in."""
        return self.opened.samples.get(self._store.state.place.space) if self.opened else None

    def own_samples(self) -> LatentSet | None:
        """Those that came with the model, of the space one is in."""
        state = replace(self._store.state, brought="")
        return self.drawn.of(self._plain, state).get(state.place.space) if self._plain else None

    def own_card(self) -> Card | None:
        """The card that the model came with: without the prior that was chosen."""
        return self._plain.card if self._plain else None

    def keep(self, name: str, samples: LatentSet) -> str:
        """Keep samples of the user's while the program runs; what `State.brought` has to be to show them."""
        assert self._plain is not None
        return self._keep_under(self._plain.path, name, samples)

    def _keep_under(self, path: str, name: str, samples: LatentSet) -> str:
        key, number = name, 1
        while (path, key) in self._brought:
            number += 1
            key = f"{name} {number}"
        self._brought[path, key] = samples
        return key

    def _keep_own(self, path: str, name: str, samples: LatentSet) -> str:
        """Keep samples that a demo brought; under which name they are there: others of that name stay."""
        for (where, key), known in self._brought.items():
            if where == path and key.startswith(name) and np.array_equal(known.latents, samples.latents):
                return key
        return self._keep_under(path, name, samples)

    def _showing(self, plain: Opened, state: State) -> Opened:
        """The model as a state has it: with the prior that was chosen, and the samples on show."""
        self.drawn.learn(state.prior)
        samples = self._brought.get((plain.path, state.brought))
        known = self.drawn.of(plain, state) if samples is None else {**plain.samples, samples.space: samples}
        return replace(plain, card=plain.card.under(state.prior), samples=known)

    @property
    def on_show(self) -> str:
        """What tells the samples on show from all others of the model."""
        state = self._store.state
        return state.brought or (self.drawn.name(self._plain, state) if self._plain is not None else "")

    def lacks_samples(self) -> bool:
        """Whether samples of the prior in force, at its temperature, have to be drawn."""
        return (
            self._plain is not None
            and self.fits(self._store.state)
            and self.drawn.wants(self._plain, self._store.state)
        )

    def take_drawn(self, redrawn: Redrawn) -> None:
        """Samples of a prior have come: on show now, where the state still wants them."""
        if self._plain is not None:
            self.drawn.take(self._plain, redrawn)
            self._show_again()

    def _show_again(self) -> None:
        """The same model, with other samples or another prior."""
        if self._plain is not None and self._store.state.model == self._plain.path:
            self.opened = self._showing(self._plain, self._store.state)
            self.changed.emit(self.opened)

    def ask_pictures(
        self, purpose: Purpose, latents: Latents, marks: Sequence[object], first: int = 0, side: int = 0
    ) -> None:
        """Pictures of latents (n, d) of the space one is in, each with its mark, the `first` ones together, no larger
        than `side` pixels (0: as they are); nothing while no model is open."""
        place = self._store.state.place
        if self.opened is not None:
            told = self.opened.key, purpose, latents, place.space, place.truncation, tuple(marks)
            self._engine.ask(DecodeRequest(*told, side=side, first=first))

    def fits(self, state: State) -> bool:
        """Whether the open model can show this state."""
        if self.opened is None or state.model != self.opened.path:
            return False
        return any(s.name == state.place.space and (s.dim,) == state.place.base.shape for s in self.opened.card.spaces)

    def _show_opened(self, opened: Opened) -> None:
        errand, self._errand = self._errand, None
        state = self._store.state
        if errand is not None and errand.back is not None and opened.path != state.model:
            self._errand = errand  # of a model that undo has left again
            return
        self._plain = opened
        shown = state if state.model == opened.path else replace(state, brought="", prior=opened.prior)
        self.opened = opened = self._showing(opened, shown)
        try:
            self._take_opened(opened, errand.demo if errand else None)
        finally:
            self.has_choice = self.choice_of(opened.path) is not None
            self.changed.emit(self.opened)

    def _take_opened(self, opened: Opened, demo: Demo | None) -> None:
        state = self._store.state
        if not state.model:
            self._store.begin(self._first(opened))
        elif not self.fits(state):
            subsets = () if state.brought else state.subsets
            self._kept[state.model] = {"shelf": state.shelf, "subsets": subsets, "studio": state.studio}
            kept = self._kept.get(opened.path, {"shelf": (), "subsets": ()})
            self._store.change(f"Open {opened.card.name}", **{**vars(self._first(opened)), **kept})
            if state.shelf and not kept["shelf"]:
                self.told.emit("Each model has a shelf of its own. The other one comes back with its model.")
        if demo is not None:
            self._take(demo, opened)

    def _first(self, opened: Opened) -> State:
        return first_state(opened, self.choice_of(opened.path))

    def _take(self, demo: Demo, opened: Opened) -> None:
        document, lost = settled(demo, every_concept(opened, demo.document.state.studio))
        document.check({space.name: space.dim for space in opened.card.spaces})
        state = self._with_prior(document, opened)
        if state.brought and demo.samples is not None:
            state = replace(state, brought=self._keep_own(opened.path, state.brought, demo.samples))
        if state.brought and (opened.path, state.brought) not in self._brought:
            self.told.emit("The state was made on samples that are not here: you see the model's own.")
            state = replace(state.within(0), brought="", colour="")
        samples = self._showing(self._plain or opened, state).samples.get(state.place.space)
        state = state.within(len(samples) if samples is not None else 0)  # it may have had other samples
        studio = with_others(state.studio, self._store.state.studio).fitting(
            {space.name: space.dim for space in opened.card.spaces}
        )
        self._store.change(demo.deed, **{**vars(state), "model": opened.path, "studio": studio})
        if document.fingerprint != opened.card.fingerprint:
            self.told.emit(f"The weights of {opened.card.name} are others than those the state was copied from.")
        elif lost:
            self.told.emit(f"The picture is exact, but this model lacks the concept {lost[0]!r} that it was made with.")
        elif demo.title or demo.notes:
            self.told.emit(". ".join(words for words in (demo.title, demo.notes) if words))

    def _with_prior(self, document: Document, opened: Opened) -> State:
        """The state of a document with its prior: a fitted one whose numbers it lacks is looked for among those known
        here."""
        state, kept = document.state, self._store.state
        if not document.says_prior:
            return replace(state, prior=kept.prior if kept.model == opened.path else opened.prior)
        if not document.digest:
            fits = state.prior is None or state.prior.fits(opened.card.spaces[0].dim)
            return state if fits else replace(state, prior=None)
        known = self.drawn.known(document.digest)
        if known is None:
            self.told.emit("The prior it was made with is not here: the picture is the same, random latents are not.")
        return replace(state, prior=known)

    def _follow(self, old: State, new: State) -> None:
        """Undo led to a state of another model: bring that one back, or the one after it when it was undone too."""
        if self._plain is not None and new.model == old.model == self._plain.path:
            other = new.brought != old.brought or new.prior is not old.prior
            if other or self._are_others(self._plain, old, new):
                self._show_again()
        errand, opened = self._errand, self.opened
        coming = errand.path if errand is not None and errand.back is not None else opened.path if opened else ""
        if not coming or new.model == coming:
            return
        back = errand.back if errand is not None and errand.back is not None else (opened, old) if opened else None
        self.opened = None
        self.changed.emit(None)
        self._errand = Errand(self._engine.open(new.model, self.device), new.model, back=back)

    def _are_others(self, plain: Opened, old: State, new: State) -> bool:
        """Whether a temperature that was moved leads to samples that are there already."""
        moved = new.place.temperature != old.place.temperature
        return moved and self.drawn.name(plain, new) != self.drawn.name(plain, old)

    def _show_failed(self, failed: Failed) -> None:
        """What was sent for did not come: stay in what there was."""
        errand = self._errand
        if errand is None or failed.key != errand.key:
            return
        self._errand = None
        if errand.back is not None:
            self.opened, state = errand.back
            self._store.change(f"Stay in {self.opened.card.name}", **vars(state))
            self.changed.emit(self.opened)
        elif self.opened is None:
            self.missing.emit(errand.path)


def every_concept(opened: Opened, studio: Studio) -> tuple[Concept, ...]:
    """The concepts of all spaces of a model, as they act with a studio."""
    return tuple(one for space in opened.card.spaces for one in opened.concepts_of(space.name, *studio.known))


def with_others(studio: Studio, mine: Studio) -> Studio:
    """A studio that came from elsewhere, and the user's own concepts that it does not have: none is lost."""
    names = {concept.name for concept in studio.own}
    recorded = {one.name: one for one in mine.own if one.record is not None}
    own = tuple(
        replace(one, record=known.record)
        if (known := recorded.get(one.name)) is not None and np.array_equal(known.direction, one.direction)
        else one
        for one in studio.own
    )
    return replace(studio, own=(*own, *(one for one in mine.own if one.name not in names)))


def _whereabouts(demo: Demo, beside: Path | None) -> str:
    """Where the model of a demo is here: beside the demo, at the path it had, or among ours by its name."""
    had, name = Path(demo.document.state.model), demo.document.model_name
    places = (*(beside / one for one in (had.name, name) if beside is not None and one), had)
    if (found := next((place for place in places if place.exists()), None)) is not None:
        return str(found)
    if name in folder.bundled():
        return str(folder.resolve(name))
    where = f"Find it at {demo.where}." if demo.where else "Ask whoever made this for it."
    known = f"(Its weights have the sha256 {demo.document.fingerprint[:12]}….)"
    raise CheckpointError(
        f"The model '{name}' is not on this machine.", f"{where} Put it beside the demo, then open that again. {known}"
    )


def first_state(opened: Opened, choice: MapChoice | None = None) -> State:
    """Where one starts in a model: at its most typical sample, or at zero; with the map as it was last shown."""
    space = opened.card.default_space
    samples = opened.samples.get(space.name)
    known = {*QUANTITIES, *(labels.name for labels in samples.labels)} if samples else set()
    colour = choice.colour if choice is not None and choice.colour in known else ""
    return State(
        model=opened.path,
        place=first_place(space.name, space.dim, samples),
        projection=chosen_projection(choice) if choice is not None else usual(samples),
        second=chosen_projection(choice.beside) if choice is not None and choice.beside is not None else None,
        colour=colour,
        path=PathSetting(),
        studio=Studio(own=library.kept(opened.card), arrangement=library.arrangement(opened.card)),
        prior=opened.prior,
    )


def usual(samples: LatentSet | None) -> ProjectionChoice:
    """What a map of these samples begins with."""
    known = projections.choices(samples.dim) if samples is not None else ()
    return known[0] if known else ProjectionChoice()


def chosen_projection(choice: MapChoice) -> ProjectionChoice:
    """The projection a map was last shown in; principal components for a kind that this program does not know."""
    fields = {name: value for name, value in vars(choice).items() if name not in ("colour", "beside")}
    return ProjectionChoice(**fields) if choice.kind in KINDS else ProjectionChoice()


def remembered(seen: ProjectionChoice, colour: str = "", beside: MapChoice | None = None) -> MapChoice:
    """What is remembered of a map. Where it was stopped is not: the next time it runs to its end, of whole latents."""
    fields = {name: value for name, value in vars(seen).items() if name not in ("stopped", "scope")}
    return MapChoice(**fields, colour=colour, beside=beside)


def first_place(space: str, dim: int, samples: LatentSet | None) -> Place:
    """A typical sample, or the zero latent of a model without samples."""
    if samples is None or not len(samples):
        return Place(space=space, base=frozen(np.zeros(dim, dtype=np.float32)))
    index = typical(samples)
    return Place(space=space, base=frozen(samples.latents[index]), sample=index)


def with_strength(place: Place, name: str, strength: float) -> MappingProxyType[str, float]:
    """The strengths of a place with one of them replaced."""
    return MappingProxyType({**place.strengths, name: strength})
