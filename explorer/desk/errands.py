"""What keys, menus and buttons ask for, where no file is touched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.models.base import Choice
from explorer.models.scope import Scope, mixed
from explorer.session.scoped import led_to, titled
from explorer.session.state import NOTHING, Place, State, frozen
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Opened, Sampled

SEED_LIMIT = 1_000_000
NO_PRIOR = (
    "Nothing pulled its latents to a known distribution, so random points would be noise. Bring a folder of pictures "
    "(File menu), then fit a prior to them (Ctrl+Shift+F)."
)
NEED_MODEL = (
    *("random", "zero", "reset", "snapshot", "pin", "play", "step_back", "step_on"),
    *("side_by_side", "analogy", "original", "put_with", "put_without"),
)


class Errands(QObject):
    """`table` maps the name of a deed to what is done."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window = store, engine, model, window
        self.table: Mapping[str, Callable[[], None]] = {
            "undo": store.undo,
            "redo": store.redo,
            "random": self._random,
            "zero": self._zero,
            "reset": window.sliders.reset_all,
            "snapshot": self._snapshot,
            "put_with": lambda: window.studio.wishes.put_current("with"),
            "put_without": lambda: window.studio.wishes.put_current("without"),
            "pin": window.path.pin,
            "play": window.path.toggle,
            "step_back": lambda: window.path.step(-1),
            "step_on": lambda: window.path.step(1),
            "leave": self._leave,
            "reset_view": window.maps.reset_view,
            "grid": window.maps.toggle_grid,
            "second_map": window.maps.toggle,
        }
        self._drawing: Scope | None = None  # of the latent that is being drawn, where it is not that of the state
        window.sliders.shape.draw_wanted.connect(self._random)
        engine.sampled.connect(self._take_sample)
        window.map.space_wanted.connect(self._change_space)
        window.maps.pin_wanted.connect(window.path.pin)
        store.listen(self._show_history)
        model.changed.connect(self._show_model)
        self._show_history(store.state, store.state)
        self._show_model(None)

    def _random(self, scope: Scope | None = None) -> None:
        """A random latent, of which as much is taken as gestures change, or what is in another scope."""
        opened, state = self._model.opened, self._store.state
        if opened is None:
            return
        if not opened.card.spaces[0].has_prior and opened.card.encodes:
            raise InputError("This model has no prior to draw from.", NO_PRIOR)
        self._drawing = scope
        self._draw(secrets.randbelow(SEED_LIMIT), state.place.space)

    def _draw(self, seed: int, space: str) -> None:
        self._engine.sample(1, seed, space, self._store.state.prior, self._store.state.place.temperature)

    def _take_sample(self, sampled: Sampled) -> None:
        opened = self._model.opened
        if opened is not None and sampled.key == opened.key:
            self._go(f"Random latent {sampled.seed}", *self._taken(sampled))
            self._drawing = None

    def _taken(self, sampled: Sampled) -> tuple[Place, str]:
        """The place of a latent that was drawn, or of the part of it that gestures change; and the words for that."""
        latent, place, opened = sampled.latents[0], self._store.state.place, self._model.opened
        if sampled.space != place.space or opened is None:
            moved = replace(place, space=sampled.space, base=frozen(latent), strengths=NOTHING)
            return replace(moved, sample=None, seed=sampled.seed), ""
        held, scope = self._model.latent(), self._drawing or self._store.state.scope
        moving, words = opened.moving(place.space, scope), opened.scope_words(place.space, scope)
        return led_to(place, held, latent, moving, seed=sampled.seed), words

    def _zero(self) -> None:
        """The centre of the prior, of the class one is in; in w the mean of the samples, which is what truncation leads
        to."""
        state, opened = self._store.state, self._model.opened
        if opened is None:
            return
        base, samples = self._model.latent(), self._model.samples()
        at_mean = state.place.space in ("w", "w+") and samples is not None
        zero = samples.latents.mean(axis=0) if at_mean and samples is not None else np.zeros_like(base)
        for choice in self._choices():  # there is no middle of the classes
            zero[choice.where] = base[choice.where]
        zero = mixed(opened.moving(state.place.space, state.scope), base, zero)
        self._store.move("Zero", base=frozen(zero), strengths=NOTHING, sample=None, seed=None)

    def _choices(self) -> tuple[Choice, ...]:
        """The classes in a latent of the space one is in."""
        opened, space = self._model.opened, self._store.state.place.space
        return next((one.choices for one in opened.card.spaces if one.name == space), ()) if opened else ()

    def _leave(self) -> None:
        self._store.show_preview(None)
        self._window.path.leave()
        if self._window.welcome.isVisible():
            self._window.welcome.dismiss()

    def _snapshot(self) -> None:
        if self._model.opened is None:
            return
        self._window.shelf.snapshot()
        count = len(self._store.state.shelf)
        self._window.messages.show_note(f"Kept on the shelf ({count}). Click it there to come back to exactly this.")

    def _change_space(self, space: str) -> None:
        """The same sample, or the same seed, in the other space; nothing leads from w back to z."""
        opened, place = self._model.opened, self._store.state.place
        if opened is None or space == place.space or space not in opened.samples:
            return
        if place.sample is None and place.seed is not None:
            self._draw(place.seed, space)
            return
        index = min(place.sample or 0, len(opened.samples[space]) - 1)
        if place.sample is None or place.strengths:
            self._window.messages.show_note(
                f"An edited latent has no counterpart in {space}: you start at the unedited sample. Undo goes back."
            )
        base = frozen(opened.samples[space].latents[index])
        self._go(f"Go to space {space}", Place(space, base, truncation=place.truncation, sample=index))

    def _go(self, title: str, place: Place, words: str = "") -> None:
        self._store.change(titled(title, words), **self._store.state.going(place))

    def _show_model(self, opened: Opened | None) -> None:
        for name in NEED_MODEL:
            self._window.actions_by_name[name].setEnabled(opened is not None)

    def _show_history(self, _old: State, _new: State) -> None:
        for name, title in (("undo", self._store.undo_title), ("redo", self._store.redo_title)):
            action = self._window.actions_by_name[name]
            word = name.capitalize()
            action.setEnabled(title is not None)
            action.setText(f"{word}: {title}" if title else word)
            action.setToolTip(f"{word}: {title}" if title else f"Nothing to {name}")
