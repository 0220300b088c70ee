"""Which model is open: switching, coming back to an earlier one by undo, and where one starts in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.latents.arrays import Latent
from explorer.latents.edits import edited
from explorer.latents.samples import LatentSet
from explorer.models import folder
from explorer.projections import KINDS, ProjectionChoice
from explorer.session.document import Document
from explorer.session.preferences import MapChoice
from explorer.session.state import PathSetting, Place, State, frozen
from explorer.session.store import Store
from explorer.work.engine import Engine
from explorer.work.messages import Opened


class OpenModel(QObject):
    """Holds what the engine said of the open model. `changed` carries it, or None while another one is on its way."""

    changed = Signal(object)

    def __init__(self, store: Store, engine: Engine, device: str = "") -> None:
        super().__init__()
        self._store, self._engine = store, engine
        self._wanted: Document | None = None
        self.device = device
        self.choice_of: Callable[[str], MapChoice | None] = lambda _path: None
        self.opened: Opened | None = None
        self.has_choice = False  # whether the user has chosen how the map of this model is shown
        engine.opened.connect(self._show_opened)
        store.listen(self._follow)

    def switch(self, path: str) -> None:
        """Open another model; the state changes when it is there, so a failure loses nothing."""
        self._wanted = None
        self._engine.open(str(Path(path)), self.device)

    def restore(self, document: Document) -> None:
        """Take a pasted state: at once in the model that it was copied from, else when that one has been opened.

        Raises InputError for a state that its model cannot show, CheckpointError when the model is not on this machine.
        """
        opened = self.opened
        if opened is not None and document.fingerprint == opened.card.fingerprint:
            self._take(document, opened)
        else:
            self._wanted = document
            self._engine.open(_whereabouts(document), self.device)

    def latent(self) -> Latent:
        """The current latent: the base, and every concept added once."""
        return self.latent_of(self._store.state.place)

    def latent_of(self, place: Place) -> Latent:
        concepts = self.opened.concepts_of(place.space) if self.opened else ()
        return edited(place.base, concepts, place.strengths)

    def samples(self) -> LatentSet | None:
        """The samples of the space one is in."""
        return self.opened.samples.get(self._store.state.place.space) if self.opened else None

    def fits(self, state: State) -> bool:
        """Whether the open model can show this state."""
        if self.opened is None or state.model != self.opened.path:
            return False
        return any(s.name == state.place.space and (s.dim,) == state.place.base.shape for s in self.opened.card.spaces)

    def _show_opened(self, opened: Opened) -> None:
        self.opened = opened
        state, wanted = self._store.state, self._wanted
        self._wanted = None
        if wanted is not None:
            self._take(wanted, opened)
        elif not state.model:
            self._store.restart(first_state(opened, self.choice_of(opened.path)))
        elif not self.fits(state):
            self._store.change(f"Open {opened.card.name}", **vars(first_state(opened, self.choice_of(opened.path))))
        self.has_choice = self.choice_of(opened.path) is not None
        self.changed.emit(opened)

    def _take(self, document: Document, opened: Opened) -> None:
        document.check({space.name: space.dim for space in opened.card.spaces})
        state, samples = document.state, opened.samples.get(document.state.place.space)
        if state.place.sample is not None and (samples is None or state.place.sample >= len(samples)):
            state = state.moved(sample=None)  # of a model with other samples
        self._store.change("Paste state", **{**vars(state), "model": opened.path})

    def _follow(self, _old: State, new: State) -> None:
        """Undo led to a state of another model: bring that one back."""
        if self.opened is not None and new.model != self.opened.path:
            self.opened = None
            self.changed.emit(None)
            self._engine.open(new.model, self.device)


def _whereabouts(document: Document) -> str:
    """Where the model of a document is here: at the same path, or among ours by its name."""
    path = document.state.model
    return path if Path(path).is_dir() else str(folder.resolve(document.model_name))


def first_state(opened: Opened, choice: MapChoice | None = None) -> State:
    """Where one starts in a model: at its most typical sample, or at zero; with the map as it was last shown."""
    space = opened.card.default_space
    samples = opened.samples.get(space.name)
    known = {labels.name for labels in samples.labels} if samples else set()
    colour = choice.colour if choice is not None and choice.colour in known else ""
    usual = ProjectionChoice("axes" if space.dim == 2 else "pca")
    return State(
        model=opened.path,
        place=first_place(space.name, space.dim, samples),
        projection=chosen_projection(choice) if choice is not None else usual,
        colour=colour,
        path=PathSetting(),
    )


def chosen_projection(choice: MapChoice) -> ProjectionChoice:
    """The projection a map was last shown in; principal components for a kind that this program does not know."""
    fields = {name: value for name, value in vars(choice).items() if name != "colour"}
    return ProjectionChoice(**fields) if choice.kind in KINDS else ProjectionChoice()


def first_place(space: str, dim: int, samples: LatentSet | None) -> Place:
    """The sample nearest to the mean of all, or the zero latent of a model without samples."""
    if samples is None or not len(samples):
        return Place(space=space, base=frozen(np.zeros(dim, dtype=np.float32)))
    latents = samples.latents
    index = int(np.argmin(np.linalg.norm(latents - latents.mean(axis=0), axis=1)))
    return Place(space=space, base=frozen(latents[index]), sample=index)


def with_strength(place: Place, name: str, strength: float) -> MappingProxyType[str, float]:
    """The strengths of a place with one of them replaced."""
    return MappingProxyType({**place.strengths, name: strength})
