"""A checkpoint of others arrives: a process of its own reads it, the card shows it, then it opens like any model."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.drafting import Drafting
from explorer.desk.open_model import OpenModel
from explorer.latents.priors import ChosenPrior
from explorer.models.base import Card, Fact
from explorer.models.foreign.kept import Glance, Kept, Unknown, glance, keep, keep_for_draft
from explorer.models.foreign.prior_rows import kind_of
from explorer.models.prior_files import keep_prior
from explorer.ui.arrival import Arrival
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step


class Arriving(QObject):
    """One file at a time; the newest counts. Nothing changes in the window until the user explores it.

    `pictures_chosen` carries a folder of pictures for the model that is about to open.
    """

    pictures_chosen = Signal(object)

    def __init__(self, model: OpenModel, engine: Engine, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._model, self._window, self._jobs = model, window, jobs
        self.drafting = Drafting(model, engine, window, jobs)
        self.card: Arrival | None = None
        self._prior = ""  # what the model on the card is to be drawn from
        self._reading = 0  # counts the readings: one that was superseded does not close the card

    def open(self, path: Path) -> None:
        """Show the card, and read the file twice at once: a quick look for the card, and the model."""
        self._give_up()
        self.card = card = Arrival(path.name, self._window)
        card.rejected.connect(self._give_up)
        card.network_wanted.connect(lambda name: self._read(path, name))
        card.open()
        self._jobs.run("glance", glance, path, done=lambda seen: self._show_glance(card, seen), apart=True)
        self._read(path)

    def _read(self, path: Path, network: str = "") -> None:
        card = self.card
        assert card is not None
        card.wait_again()
        card.draft_wanted.connect(lambda: self._draft(card, path, network))
        self._reading += 1
        mine = self._reading
        self._jobs.run(
            "keep",
            keep,
            path,
            network,
            done=lambda kept: self._show_read(card, path, network, kept),
            given_up=lambda: self._close(card, path) if mine == self._reading else None,
            title=f"Reading {path.name}",
            apart=True,
            told=card.show_step,
        )

    def _show_glance(self, card: Arrival, seen: Glance) -> None:
        if card is self.card:
            code = "no code in the file"
            if seen.named:
                code = f"the file also names {', '.join(seen.named[:3])}; not created, and nothing of it was run"
            what = f"{seen.container}, {seen.tensors} tensors, {seen.numbers / 1e6:.2f} M numbers, {code}."
            card.show_contents(what, [Fact(note, "read") for note in seen.notes], seen.networks)

    def _show_read(self, card: Arrival, path: Path, network: str, read: Kept | Unknown) -> None:
        if isinstance(read, Kept):
            self._show_kept(card, read)
        elif card is self.card:
            self._give_up()
            self.drafting.open(path, network, read)

    def _draft(self, card: Arrival, path: Path, network: str) -> None:
        card.wait_again()
        self._jobs.run(
            "keep",
            keep_for_draft,
            path,
            network,
            done=lambda unknown: self._show_read(card, path, network, unknown),
            given_up=lambda: self._close(card, path),
            title=f"Reading {path.name}",
            apart=True,
        )

    def _show_kept(self, card: Arrival, kept: Kept) -> None:
        if card is not self.card:
            return
        self._prior = kept.taken
        card.explore.connect(lambda: self._explore(kept))
        if kept.known:
            card.leave()
            return
        card.prior_chosen.connect(self._take_prior)
        card.pictures_wanted.connect(lambda: self._ask_pictures(card))
        card.show_model(kept.card, kept.samples)
        if kept.by_prior:
            card.show_priors(kept.by_prior, kept.taken)

    def _take_prior(self, kind: str) -> None:
        self._prior = kind

    def _ask_pictures(self, card: Arrival) -> None:
        path = QFileDialog.getExistingDirectory(card, "Pictures for the map")
        if path:
            self.pictures_chosen.emit(Path(path))
            card.leave()

    def _explore(self, kept: Kept) -> None:
        """Open it, with the prior that was chosen from the rows: from now on, whenever it opens."""
        if self._prior == kept.taken:
            self._model.switch(kept.folder)
            return
        chosen = None if self._prior == kind_of(kept.card) else ChosenPrior(self._prior)
        done = partial(self._model.switch, kept.folder)
        self._jobs.run("keep prior", keep_chosen, kept.card, chosen, done=lambda _none: done())

    def _close(self, card: Arrival, path: Path) -> None:
        """Its reading ended without a model: the message bar says why, and the first model is ours then."""
        if card is self.card:
            self.card = None
            card.close()
        if self._model.opened is None:
            self._model.missing.emit(str(path))

    def _give_up(self) -> None:
        card, self.card = self.card, None
        self._jobs.cancel("glance")
        self._jobs.cancel("keep")
        if card is not None:
            card.close()


def keep_chosen(card: Card, chosen: ChosenPrior | None, *, step: Step) -> None:
    """Write which prior a model opens with: the job."""
    step(0, 1, "Keeping the prior")
    keep_prior(card, chosen)
