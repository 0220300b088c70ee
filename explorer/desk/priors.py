"""What random latents are drawn from: chosen from rows, fitted to the samples on show, kept, and the map drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel, first_place
from explorer.errors import InputError
from explorer.latents import priors
from explorer.latents.arrays import Images
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.latents.selections import NONE
from explorer.models.base import Card
from explorer.models.foreign.prior_rows import OFFERED, kind_of
from explorer.models.prior_files import keep_prior
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.prior_dialog import PriorDialog
from explorer.ui.prior_rows import IN_ROW
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, Opened, Redrawn

OWN = "own"
SETTLE_MS = 150  # a temperature is moved: the map waits for the hand
NO_ENCODER = "To fit a prior, bring a folder of pictures, whose latents are then searched for, or latents of yours."
BRING = "Bring a folder of pictures to fit a prior to them: they are encoded, and fill the map."


class Priors(QObject):
    """`table` maps the name of a deed to what is done; `pictures_wanted`: a folder of pictures should be chosen."""

    pictures_wanted = Signal()

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self.dialog: PriorDialog | None = None
        self._path = ""  # of the model that what follows is of
        self._mine: list[ChosenPrior | None] = []  # were in force by the user's own doing, not by a demo
        self._fitted: ChosenPrior | None = None  # to be offered again
        self._rows: dict[str, dict[int, Images]] = {}
        self._later = QTimer(window, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._draw)
        self.table: Mapping[str, Callable[[], None]] = {"choose_prior": self._open, "fit_prior": self._fit}
        store.listen(self._follow)
        model.changed.connect(self._show_model)
        engine.redrawn.connect(self._take_drawn)
        engine.decoded.connect(self._take_rows)

    # Samples of the prior in force

    def _draw(self) -> None:
        place = self._store.state.place
        if self._model.opened is not None and self._model.lacks_samples():
            self._engine.redraw(self._store.state.prior, place.temperature)

    def _take_drawn(self, redrawn: Redrawn) -> None:
        if self._model.opened is not None and redrawn.key == self._model.opened.key:
            had = self._model.samples() is not None
            self._model.take_drawn(redrawn)
            if not had:
                self._begin_there()

    def _begin_there(self) -> None:
        """From zero, where one stands for want of samples, to a typical sample. No step of undo."""
        state, samples = self._store.state, self._model.samples()
        place = state.place
        nowhere = place.sample is None and place.seed is None and not place.strengths and not place.base.any()
        if nowhere and samples is not None and len(samples):
            there = first_place(place.space, len(place.base), samples)
            self._store.restart(replace(state, place=replace(place, base=there.base, sample=there.sample)))

    def _follow(self, old: State, new: State) -> None:
        drawn = (new.prior is not old.prior, new.place.temperature != old.place.temperature, new.brought != old.brought)
        if any(drawn):
            self._later.start()
        if new.prior is not old.prior and new.model == old.model and any(new.prior is one for one in self._mine):
            self._keep(new.prior)

    def _keep(self, prior: ChosenPrior | None) -> None:
        if self._model.opened is not None:
            self._jobs.run("keep prior", keep, self._model.opened.card, prior, done=lambda _none: None)

    def _show_model(self, opened: Opened | None) -> None:
        for name in self.table:
            self._window.actions_by_name[name].setEnabled(opened is not None)
        prior = self._store.state.prior
        if opened is not None and self._path != opened.path:
            self._path, self._mine, self._fitted = opened.path, [prior], None
        if prior is not None and prior.fitted is not None:
            self._fitted = prior
        if opened is not None and self._model.lacks_samples():
            self._later.start()
        if self.dialog is not None and self.dialog.isVisible():
            self._show_dialog()

    # Choosing

    def choose(self, prior: ChosenPrior | None, title: str) -> None:
        """Draw from another prior: the samples on show go where they were drawn from the one before."""
        state, samples = self._store.state, self._model.samples()
        self._mine.append(prior)
        gone = not state.brought and (samples is None or samples.seed is not None)
        rest = {**vars(state.within(0)), "selection": NONE, "subsets": (), "only": None} if gone else vars(state)
        self._store.change(title, **{**rest, "prior": prior})

    def _open(self) -> None:
        opened = self._model.opened
        if opened is None:
            return
        if len(opened.card.spaces) > 1:
            raise InputError(
                "This model makes its own latents of others, by its mapping network.",
                "It was trained on N(0, I) there; truncation is in the sliders.",
            )
        self.dialog = dialog = PriorDialog(opened.card.name, self._window)
        dialog.chosen.connect(self._take)
        dialog.fit_wanted.connect(self._fit_or_say)
        dialog.pictures_wanted.connect(self._bring)
        self._rows = {}
        dialog.open()
        self._show_dialog()

    def _bring(self) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self.pictures_wanted.emit()

    def _take(self, name: str) -> None:
        prior = None if name == self._own else self._fitted if name == FITTED else ChosenPrior(name)
        now = self._store.state.prior
        if prior is now or (prior is not None and prior.is_same_as(now)):
            return
        words = "the model's own prior" if prior is None else prior.words
        self.choose(prior, f"Draw from: {words}")

    @property
    def _own(self) -> str:
        """What the row of the prior that the model came with is called."""
        card = self._model.own_card()
        kind = kind_of(card) if card is not None else ""
        return kind if kind in OFFERED else OWN

    def _offered(self, card: Card) -> dict[str, ChosenPrior | None]:
        """The priors to choose from, by name."""
        plain: dict[str, ChosenPrior | None] = {}
        if kind_of(card) in OFFERED and card.likelihood != "exact":
            plain = {kind: ChosenPrior(kind) for kind in OFFERED}
        if card.spaces[0].has_prior:
            plain[self._own] = None
        return plain | ({FITTED: self._fitted} if self._fitted is not None else {})

    def _show_dialog(self) -> None:
        opened, card, dialog = self._model.opened, self._model.own_card(), self.dialog
        if opened is None or card is None or dialog is None:
            return
        offered = self._offered(card)
        missing = [name for name in offered if name not in self._rows]
        if missing:
            space = card.spaces[0]
            latents = [priors.drawn(IN_ROW, space.kinds, 0, chosen=offered[name]) for name in missing]
            marks = [(name, number) for name in missing for number in range(IN_ROW)]
            self._rows |= {name: {} for name in missing}
            self._model.ask_pictures("priors", np.concatenate(latents), marks)
        self._show_rows(offered)
        why = why_not(self._model.samples(), opened.card)
        dialog.show_ways(why, can_fit=not why)

    def _show_rows(self, offered: Mapping[str, ChosenPrior | None]) -> None:
        prior, opened = self._store.state.prior, self._model.opened
        if self.dialog is None or opened is None:
            return
        taken = self._own if prior is None else prior.kind
        pictures = [(name, _whole(self._rows.get(name, {}), opened.card)) for name in offered]
        self.dialog.show_prior(opened.card.spaces[0].prior or "a prior that no file names", pictures, taken)

    def _take_rows(self, decoded: Decoded) -> None:
        card = self._model.own_card()
        if decoded.purpose != "priors" or card is None:
            return
        for mark, image in zip(decoded.marks, decoded.images, strict=True):
            if isinstance(mark, tuple) and mark[0] in self._rows:
                self._rows[mark[0]][mark[1]] = image
        self._show_rows(self._offered(card))

    # Fitting

    def _fit_or_say(self) -> None:
        try:
            self._fit()
        except InputError as error:
            self._window.messages.show_error(error.title, error.hint)

    def _fit(self) -> None:
        """Fit the prior to the samples on show: in a process of its own, as scikit-learn is slow to import."""
        opened, samples = self._model.opened, self._model.samples()
        if opened is None:
            return
        if why := why_not(samples, opened.card):
            raise InputError("There is nothing here to fit a prior to.", why)
        self._jobs.run(
            "fit prior",
            fitted,
            samples,
            done=lambda found: self._take_fitted(opened, found),
            title="Fitting a prior",
            apart=True,
        )

    def _take_fitted(self, opened: Opened, found: Fitted) -> None:
        if self._model.opened is None or self._model.opened.path != opened.path:
            return
        self._fitted = chosen = ChosenPrior(FITTED, found)
        self._rows.pop(FITTED, None)
        self.choose(chosen, "Fit the prior")
        self._window.messages.show_note(
            f"{chosen.words[:1].upper()}{chosen.words[1:]}: random latents (R) are drawn from it. Undo goes back."
        )


def why_not(samples: LatentSet | None, card: Card) -> str:
    """Why no prior can be fitted to the samples on show, as what to do; '' where one can."""
    on_show = samples is not None and samples.space == card.spaces[0].name and samples.seed is None
    return "" if on_show else BRING if card.encodes else NO_ENCODER


def _whole(row: Mapping[int, Images], card: Card) -> Images:
    """The pictures of a row that have come, uint8 (n, height, width, channels)."""
    return np.stack([row[number] for number in sorted(row)]) if row else np.empty((0, *card.image_shape), np.uint8)


def keep(card: Card, prior: ChosenPrior | None, *, step: Step) -> None:
    """Write which prior a model opens with: the job."""
    step(0, 1, "Keeping the prior")
    keep_prior(card, prior)


def fitted(samples: LatentSet, *, step: Step) -> Fitted:
    """The prior that fits some samples: the job."""
    from explorer.models.prior_fitting import fit_samples

    return fit_samples(samples, step=step)
