"""A checkpoint of others arrives: a process of its own reads it, the card shows it, then it opens like any model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.drafting import Drafting
from explorer.desk.open_model import OpenModel
from explorer.latents.priors import ChosenPrior
from explorer.models.base import Fact
from explorer.models.foreign.kept import Glance, Kept, Samples, Unknown, explored, keep, keep_for_draft
from explorer.models.foreign.prior_rows import kind_of
from explorer.models.prior_files import keep_prior
from explorer.ui.arrival import Arrival
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step


@dataclass(eq=False)
class Visit:
    """A file and its card: which of its networks is read, the model, once it stands, the prior that was chosen for it,
    and whether the user went on."""

    card: Arrival
    path: Path
    network: str = ""
    kept: Kept | None = None
    prior: str = ""
    explored: bool = False
    adapter: Path | None = None  # a Python file of the user's that builds it
    plain: bool = False  # without the Python file beside it


class Arriving(QObject):
    """One file at a time; the newest counts. Nothing changes in the window until the user explores it.

    `ends` says what is done with what a reading comes to, or tells on its way, by its type. `pictures_chosen` carries a
    folder of pictures for the model that is about to open.
    """

    pictures_chosen = Signal(object)

    def __init__(self, model: OpenModel, engine: Engine, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._model, self._window, self._jobs = model, window, jobs
        self.drafting = Drafting(model, engine, window, jobs)
        self.ends: dict[type, Callable[[Visit, Any], None]] = {
            Glance: self._show_glance,
            Kept: self._show_kept,
            Samples: self._show_samples,
            Unknown: self._show_unknown,
        }
        self._visit: Visit | None = None
        self._reading = 0  # counts the readings: one that was superseded does not close the card

    @property
    def card(self) -> Arrival | None:
        """The card on show."""
        return self._visit.card if self._visit else None

    def open(self, path: Path, adapter: Path | None = None, *, plain: bool = False) -> None:
        """Show the card, and read the file.

        `adapter`: a Python file that builds it; `plain`: not by the one beside it.
        """
        visit = self._receive(path)
        visit.adapter, visit.plain = adapter, plain
        self._read(visit)

    def draft(self, path: Path) -> None:
        """Draft a file anew, though it is known."""
        self._draft(self._receive(path))

    def _receive(self, path: Path) -> Visit:
        """Show the card of a file."""
        self._give_up()
        card = Arrival(path.name, self._window)
        self._visit = visit = Visit(card, path)
        card.rejected.connect(self._give_up)
        card.network_wanted.connect(lambda name: self._read(visit, name))
        card.draft_wanted.connect(lambda: self._draft(visit))
        card.prior_chosen.connect(lambda kind: setattr(visit, "prior", kind))
        card.pictures_wanted.connect(lambda: self._ask_pictures(visit))
        card.explore.connect(lambda: self._explore(visit))
        card.open()
        return visit

    def _read(self, visit: Visit, network: str = "") -> None:
        visit.network, visit.kept = network, None
        by_itself = visit.adapter is None and not visit.plain
        self._run(visit, keep if by_itself else partial(keep, adapter=visit.adapter, plain=visit.plain))

    def _draft(self, visit: Visit) -> None:
        self._run(visit, keep_for_draft)

    def _run(self, visit: Visit, reading: Callable[..., object]) -> None:
        """Read the file of a card in the background: what comes of it is taken as its type says."""
        visit.card.wait_again()
        self._reading += 1
        mine = self._reading
        self._jobs.run(
            "keep",
            reading,
            visit.path,
            visit.network,
            done=lambda found: self._end(visit, found),
            seen=lambda found: self._take(visit, found),
            given_up=lambda: self._close(visit) if mine == self._reading else None,
            title=f"Reading {visit.path.name}",
            apart=True,
            told=lambda _text, done, _total: visit.card.show_stage(done),
        )

    def _take(self, visit: Visit, found: object) -> None:
        if visit is self._visit:
            self.ends[type(found)](visit, found)

    def _end(self, visit: Visit, found: object) -> None:
        visit.card.end()
        self._take(visit, found)

    def _show_glance(self, visit: Visit, seen: Glance) -> None:
        code = "no code in the file"
        if seen.named:
            code = f"the file also names {', '.join(seen.named[:3])}; not created, and nothing of it was run"
        what = f"{seen.container}, {seen.tensors} tensors, {seen.numbers / 1e6:.2f} M numbers, {code}."
        visit.card.show_contents(what, [Fact(note, "read") for note in seen.notes], seen.networks)

    def _show_kept(self, visit: Visit, kept: Kept) -> None:
        """It can be explored; what was explored before is, without a question."""
        if visit.kept is None:
            visit.prior = kept.taken
        visit.kept = kept
        if kept.known:
            visit.card.leave()
        else:
            visit.card.show_model(kept.card)

    def _show_samples(self, visit: Visit, samples: Samples) -> None:
        visit.card.show_samples(samples.images, samples.says, samples.by_prior, visit.prior)

    def _show_unknown(self, visit: Visit, unknown: Unknown) -> None:
        self._give_up()
        self.drafting.open(visit.path, visit.network, unknown)

    def _explore(self, visit: Visit) -> None:
        """Open it, with the prior that was chosen from the rows: from now on, whenever it opens.

        Measures that are still to come go on being made: they are kept for the next time.
        """
        kept = visit.kept
        assert kept is not None
        self._visit, visit.explored = None, True
        prior = "" if visit.prior == kept.taken else visit.prior
        if kept.note:
            self._window.messages.show_note(kept.note)
        self._jobs.run("explore", settle, kept, prior, done=lambda _none: self._model.switch(kept.folder))

    def _ask_pictures(self, visit: Visit) -> None:
        path = QFileDialog.getExistingDirectory(visit.card, "Pictures for the map")
        if path:
            self.pictures_chosen.emit(Path(path))
            visit.card.leave()

    def _close(self, visit: Visit) -> None:
        """Its reading ended without a model: the message bar says why, and the first model is ours then."""
        if visit is self._visit:
            self._visit = None
            visit.card.close()
        if self._model.opened is None and not visit.explored:
            self._model.missing.emit(str(visit.path))

    def leave(self, visit: Visit) -> None:
        """The file is asked about elsewhere: its card goes."""
        if visit is self._visit:
            self._give_up()

    def end_without(self, visit: Visit) -> None:
        """It will not be opened: the first model is ours then."""
        self._close(visit)

    def _give_up(self) -> None:
        visit, self._visit = self._visit, None
        self._jobs.cancel("keep")
        if visit is not None:
            visit.card.close()


def settle(kept: Kept, prior: str, *, step: Step) -> None:
    """Write that it was explored, and which prior it opens with, '' for the one in force: the job."""
    step(0, 1, "Keeping the prior")
    explored(kept.folder)
    if prior:
        keep_prior(kept.card, None if prior == kind_of(kept.card) else ChosenPrior(prior))
