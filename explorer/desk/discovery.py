"""Looking for directions that nobody named: in the background, in a process where the weights are needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.concepts import CANDIDATES, Concept, in_units_of
from explorer.latents.samples import LatentSet
from explorer.ui.main_window import MainWindow
from explorer.ui.studio.candidates import COUNT, Candidates
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded

ENOUGH = 20_000  # samples that components are taken from
HEAVY = 500_000  # numbers; more are looked through in a process of its own, which ends at once when it is cancelled


class Discovery(QObject):
    """Opens the page of candidates and feeds it. `page` is the one that is open."""

    def __init__(self, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._model, self._window, self._jobs = model, window, jobs
        self.page: Candidates | None = None
        window.studio.discovery_wanted.connect(self.open)
        engine.decoded.connect(self._show)
        model.changed.connect(lambda _opened: self.page.close() if self.page else None)

    def open(self) -> None:
        """A page, looking for principal components at first."""
        if self._model.samples() is None:
            return
        self.page = page = Candidates(self._window)
        page.found_wanted.connect(self._look)
        page.pictures_wanted.connect(self._ask)
        page.kept.connect(self._keep)
        page.finished.connect(self._forget)
        page.open()
        page.look()

    def _forget(self) -> None:
        self.page = None

    def _look(self, kind: str) -> None:
        opened, samples = self._model.opened, self._model.samples()
        if opened is None or samples is None:
            return
        of_weights = CANDIDATES[kind].of_weights
        page = self.page
        self._jobs.run(
            "directions",
            factorised if of_weights else components,
            opened.path if of_weights else kind,
            samples,
            done=lambda found: (
                page.show_found(kind, found, self._model.latent()) if page is self.page and page else None
            ),
            given_up=lambda: page.show_failure("Nothing was found this way; the message says why.") if page else None,
            title="Looking for directions",
            apart=of_weights or samples.latents.size > HEAVY,
        )

    def _ask(self, latents: np.ndarray, marks: list[object]) -> None:
        self._model.ask_pictures("candidates", latents, marks)

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if decoded.purpose == "candidates" and self.page is not None and opened and decoded.key == opened.key:
            self.page.show_pictures(decoded.marks, decoded.images)  # type: ignore[arg-type]

    def _keep(self, told: tuple[Concept, str]) -> None:
        concept, name = told
        self._window.studio.wishes.add([replace(concept, name=name)], f"Keep {name}")


def components(kind: str, samples: LatentSet, *, step: Step) -> list[Concept]:
    """Directions of the samples, as concepts: the job."""
    step(0, 1, "Looking for directions")
    rows = samples.latents[:: max(1, len(samples) // ENOUGH)].astype(np.float64)
    return _concepts(kind, rows, samples)


def factorised(path: str, samples: LatentSet, *, step: Step) -> list[Concept]:
    """Directions of the weights that take the latent: the job, in a process of its own. Raises InputError."""
    from explorer.models.checkpoint import open_model
    from explorer.models.first_weights import first_weights
    from explorer.models.network import NetworkModel

    step(0, 2, "Reading the weights")
    model = open_model(path, device="cpu")
    if not isinstance(model, NetworkModel):
        raise InputError("This model has no weights that take a latent.", "Choose principal components.")
    step(1, 2, "Factorising")
    return _concepts("factorised", first_weights(model, samples.space), samples)


def _concepts(kind: str, rows: np.ndarray, samples: LatentSet) -> list[Concept]:
    method = CANDIDATES[kind]
    found = method.fit(rows, min(COUNT, samples.dim))
    named = [(f"{method.title.removesuffix('s')} {number}", row) for number, row in enumerate(found, 1)]
    return [
        in_units_of(samples.latents, row, name, samples.space, {"method": method.title, "number": number})
        for number, (name, row) in enumerate(named, 1)
    ]
