"""The studio's errands: thumbnails and strips from the engine, numbers in the background, the library on disk, concepts
from and to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.desk.weighing import Weighing
from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept, tested
from explorer.latents.concepts.reach import safe_range
from explorer.latents.samples import LatentSet
from explorer.models import library
from explorer.session.drafts import Draft
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.studio import Studio as StudioState
from explorer.ui.main_window import MainWindow
from explorer.ui.studio.import_dialog import ImportDialog
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, Opened

FILES = "Concepts (*.safetensors *.npz *.npy *.pt *.csv)"


class Studio(QObject):
    """Joins the studio's panel with the engine and the jobs."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._panel = window.studio
        self.importing: ImportDialog | None = None  # while it is open
        self._wanted: list[tuple[Concept, int]] = []  # the strips of the library that are being decoded
        self._weighing = Weighing(store, engine, model, window, jobs)
        panel = self._panel
        panel.pictures_wanted.connect(lambda marks, latents: self._model.ask_pictures("examples", latents, marks))
        panel.strip_wanted.connect(lambda latents: self._model.ask_pictures("strip", latents, range(len(latents))))
        panel.library_wanted.connect(self._ask_library)
        panel.numbers_wanted.connect(self._ask_numbers)
        panel.import_wanted.connect(self._ask_import)
        panel.export_wanted.connect(self._ask_export)
        panel.kept.connect(self._tell_kept)
        panel.refused.connect(window.messages.show_error)
        window.sliders.concepts.asked.connect(panel.parts.library.asked)
        engine.decoded.connect(self._show)
        store.listen(self._follow)

    # pictures

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if opened is None or decoded.key != opened.key:
            return
        if decoded.purpose == "candidates" and self.importing is not None:
            self.importing.show_pictures(decoded.marks, decoded.images)
        elif decoded.purpose == "examples":
            self._panel.show_pictures(decoded.marks, decoded.images)
        elif decoded.purpose == "library":
            self._panel.parts.library.show_strips(self._strips(decoded.marks), decoded.images)
        elif decoded.purpose == "strip":
            self._panel.show_strip(decoded.marks, decoded.images)  # type: ignore[arg-type]

    def _ask_library(self, latents: Latents, marks: list[tuple[Concept, int]]) -> None:
        self._wanted = marks  # a concept that has been to the engine and back is another object
        self._model.ask_pictures("library", latents, range(len(marks)))

    def _strips(self, places: Sequence[object]) -> list[tuple[Concept, int]]:
        return [self._wanted[place] for place in places if isinstance(place, int)]

    # numbers

    def _ask_numbers(self) -> None:
        found, samples = self._panel.wishes.current(), self._model.samples()
        if found is not None and samples is not None:
            self._jobs.run(
                "numbers of a concept",
                numbers,
                found,
                samples.latents,
                done=lambda told: self._take_numbers(found, told),
            )

    def _take_numbers(self, draft: Draft, told: dict[str, object]) -> None:
        """The numbers of latents first; those of pictures follow."""
        self._panel.show_numbers(draft, told)
        if draft.concept is self._store.state.studio.draft:
            self._weighing.weigh(draft)

    # the library

    def _follow(self, old: State, new: State) -> None:
        """The library on disk is what the state says, after undo too."""
        opened = self._model.opened
        changed = new.studio.own is not old.studio.own or new.studio.arrangement is not old.studio.arrangement
        if opened is not None and new.model == opened.path == old.model and changed:
            self._jobs.run("library", keep, opened, new.studio, done=lambda _none: None)

    def _tell_kept(self, name: str) -> None:
        self._window.messages.show_note(
            f"Kept '{name}'. Its slider is among the others, and comes back with this model."
        )

    def _ask_import(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self._window, "Import concepts", "", FILES)
        if path:
            self.take(Path(path))

    def take(self, path: Path) -> None:
        """Read concepts of a file in the background, into the library."""
        opened, samples = self._model.opened, self._model.samples()
        if opened is not None and samples is not None:
            self._jobs.run("import", imported, path, samples, opened, done=self._take_imported)

    def _take_imported(self, told: tuple[list[Concept], str]) -> None:
        """What +1 shall mean is asked of vectors from elsewhere; concepts of our own files say it themselves."""
        concepts, note = told
        if any(concept.provenance.get("method") != "import" for concept in concepts):
            self._add(concepts, note)
            return
        name = str(concepts[0].provenance.get("file", "a file"))
        self.importing = asked = ImportDialog(name, concepts, self._model.latent(), self._window)
        asked.pictures_wanted.connect(lambda wanted, marks: self._model.ask_pictures("candidates", wanted, marks))
        asked.accepted.connect(lambda: self._add(asked.chosen(), note.partition(";")[0].rstrip(".") + "."))
        asked.finished.connect(lambda _code: setattr(self, "importing", None))
        asked.open()
        asked.ask()

    def _add(self, concepts: list[Concept], note: str) -> None:
        self._panel.wishes.add(concepts, f"Import {len(concepts)} concepts")
        self._window.messages.show_note(note)

    def _ask_export(self) -> None:
        concepts = self._store.state.studio.own or self._panel.wishes.concepts
        path, _kind = QFileDialog.getSaveFileName(
            self._window, "Export concepts", "concepts.safetensors", "Concepts (*.safetensors)"
        )
        if path:
            target = Path(path).with_suffix(".safetensors")
            done = f"Saved {len(concepts)} concepts in {target.name}."
            self._jobs.run(
                "export concepts", exported, target, concepts, done=lambda _none: self._window.messages.show_note(done)
            )


def numbers(found: Draft, latents: Latents, *, step: Step) -> dict[str, object]:
    """Held-out AUC, split-half angle and safe range of a draft: the job."""
    step(0, 1, "Measuring the concept")
    told = tested(found.concept, found.examples, found.method).provenance
    return {
        "held_out_auc": told["held_out_auc"],
        "split_half_angle": told["split_half_angle"],
        "safe_range": list(safe_range(found.concept, latents)),
        "safe_range_of": "latents",
    }


def keep(opened: Opened, studio: StudioState, *, step: Step) -> None:
    """Write the library: the job."""
    step(0, 1, "Keeping the concepts")
    library.keep(opened.card, studio.own, studio.arrangement)


def imported(path: Path, samples: LatentSet, opened: Opened, *, step: Step) -> tuple[list[Concept], str]:
    """The concepts of a file, and what is to be said of them: the job."""
    from explorer.models.foreign_concepts import read_directions

    step(0, 1, "Reading concepts")
    return read_directions(path, samples, opened.card)


def exported(path: Path, concepts: Sequence[Concept], *, step: Step) -> None:
    """Write concepts to a file: the job."""
    from explorer.models.companions import write_concepts_to

    step(0, 1, "Writing concepts")
    write_concepts_to(path, concepts)
