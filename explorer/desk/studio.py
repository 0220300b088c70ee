"""The studio's errands: thumbnails and strips from the engine, numbers and side effects in the background, the library
on disk, concepts from and to files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept, tested
from explorer.latents.concepts.effects import TRIED, Effect, ReadOut, effects, moved, readable, telling
from explorer.latents.concepts.reach import safe_range
from explorer.latents.samples import LatentSet
from explorer.models import library
from explorer.session.drafts import Draft
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.studio import Studio as StudioState
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, Opened

TAUGHT = 1500  # decoded samples that the read-outs learn from
FILES = "Concepts (*.safetensors *.npz *.npy *.pt *.csv)"


@dataclass(frozen=True, eq=False)
class Reader:
    """What pictures say of attributes: a way from pictures to a few numbers, and the read-outs of those."""

    middle: np.ndarray
    axes: np.ndarray  # (pixels, k)
    readouts: list[ReadOut]

    def rows(self, images: Images) -> np.ndarray:
        return np.asarray((small(images) - self.middle) @ self.axes)


class Studio(QObject):
    """Joins the studio's panel with the engine and the jobs."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._panel = window.studio
        self._reader: tuple[object, Reader] | None = None
        self._pile: dict[int, np.ndarray] = {}  # decoded pictures that are being gathered, by their place
        self._tried: tuple[Concept, Concept | None, int] | None = None
        panel = self._panel
        panel.pictures_wanted.connect(lambda marks, latents: self._model.ask_pictures("examples", latents, marks))
        panel.strip_wanted.connect(lambda latents: self._model.ask_pictures("strip", latents, range(len(latents))))
        panel.numbers_wanted.connect(self._ask_numbers)
        panel.effects_wanted.connect(self._ask_effects)
        panel.import_wanted.connect(self._ask_import)
        panel.export_wanted.connect(self._ask_export)
        panel.kept.connect(self._tell_kept)
        panel.refused.connect(window.messages.show_error)
        window.sliders.concepts.asked.connect(panel.parts.library.asked)
        engine.decoded.connect(self._show)
        store.listen(self._follow)
        model.changed.connect(self._forget)

    # pictures

    def _show(self, decoded: Decoded) -> None:
        opened = self._model.opened
        if opened is None or decoded.key != opened.key:
            return
        if decoded.purpose == "examples":
            self._panel.show_pictures(decoded.marks, decoded.images)
        elif decoded.purpose == "strip":
            self._panel.show_strip(decoded.marks, decoded.images)  # type: ignore[arg-type]
        elif decoded.purpose in ("reading", "effects"):
            self._gather(decoded)

    # numbers

    def _ask_numbers(self) -> None:
        found, samples = self._panel.wishes.current(), self._model.samples()
        if found is not None and samples is not None:
            self._jobs.run(
                "numbers of a concept",
                numbers,
                found,
                samples.latents,
                done=lambda told: self._panel.show_numbers(found, told),
            )

    # side effects: pictures are decoded, read by what was learned of decoded samples, and compared

    def _ask_effects(self) -> None:
        samples, concept = self._model.samples(), self._store.state.studio.draft
        if samples is None or concept is None:
            return
        if self._reader is not None and self._reader[0] is samples:
            self._try(samples, concept)
            return
        self._panel.show_busy("Learning to read pictures…")
        self._pile.clear()
        count = min(TAUGHT, len(samples))
        self._model.ask_pictures("reading", samples.latents[:count], range(count))

    def _try(self, samples: LatentSet, concept: Concept) -> None:
        """The same samples as they are, moved by +1, and moved by +1 without the mends."""
        before = self._panel.wishes.before
        start = samples.latents[-min(TRIED, len(samples)) :]
        parts = [start, moved(concept, start)] + ([moved(before, start)] if before else [])
        self._tried = concept, before, len(start)
        self._pile.clear()
        self._panel.show_busy("Moving 200 samples…")
        latents = np.concatenate(parts)
        self._model.ask_pictures("effects", latents, range(len(latents)))

    def _gather(self, decoded: Decoded) -> None:
        self._pile.update(zip(decoded.marks, decoded.images, strict=True))  # type: ignore[arg-type]
        samples, tried = self._model.samples(), self._tried
        if samples is None:
            return
        if decoded.purpose == "reading" and len(self._pile) == min(TAUGHT, len(samples)):
            images = self._gathered()
            self._jobs.run(
                "reading pictures", learned, images, samples, done=lambda one: self._take_reader(samples, one)
            )
        elif decoded.purpose == "effects" and tried and len(self._pile) == tried[2] * (3 if tried[1] else 2):
            self._compare(tried, self._gathered())

    def _gathered(self) -> Images:
        images = np.stack([self._pile[place] for place in sorted(self._pile)])
        self._pile.clear()
        return images

    def _take_reader(self, samples: LatentSet, reader: Reader) -> None:
        self._reader = samples, reader
        concept = self._store.state.studio.draft
        self._panel.show_busy("")
        if concept is not None and self._model.samples() is samples:
            self._try(samples, concept)

    def _compare(self, tried: tuple[Concept, Concept | None, int], images: Images) -> None:
        assert self._reader is not None
        reader, count = self._reader[1], tried[2]
        rows = [reader.rows(images[start : start + count]) for start in range(0, len(images), count)]
        found = effects(reader.readouts, rows[0], rows[1])
        before = effects(reader.readouts, rows[0], rows[2]) if len(rows) > 2 else []
        self._panel.show_busy("")
        if tried[0] is self._store.state.studio.draft:
            self._panel.show_effects(found, before, self._counts(found))
        self._tried = None

    def _counts(self, found: Sequence[Effect]) -> list[str]:
        """What the buckets hold of each attribute that moved."""
        samples, making = self._model.samples(), self._panel.wishes.making
        every = np.arange(len(samples)) if samples is not None else np.zeros(0, np.int64)
        with_, without = (np.array(bucket.samples, dtype=np.int64) for bucket in (making.with_, making.without))
        with_ = with_ if len(making.with_) else np.setdiff1d(every, without)
        without = without if len(making.without) else np.setdiff1d(every, with_)
        if samples is None:
            return []
        return [telling(samples, with_, without, effect.label, effect.name) for effect in found]

    def _forget(self, _opened: Opened | None) -> None:
        self._reader = self._tried = None
        self._pile.clear()
        self._panel.show_busy("")

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
        concepts, note = told
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


SIDE = 32  # pixels a picture is read at, at most


def small(images: Images) -> np.ndarray:
    """Pictures as rows of at most 32 x 32 pixels, float64 (n, values)."""
    n, height, width, channels = images.shape
    step = max(1, -(-max(height, width) // SIDE))
    cut = images[:, : height // step * step, : width // step * step].astype(np.float32) / 255
    pooled = cut.reshape(n, height // step, step, width // step, step, channels).mean(axis=(2, 4))
    return np.asarray(pooled.reshape(n, -1), dtype=np.float64)


def learned(images: Images, samples: LatentSet, *, step: Step) -> Reader:
    """The read-outs of decoded samples: their first 128 principal components, and what labels add to them: the job."""
    step(0, 1, "Learning to read pictures")
    rows = small(images)
    middle = rows.mean(axis=0)
    axes = np.linalg.svd(rows - middle, full_matrices=False)[2][:128].T
    return Reader(middle, axes, readable(samples, (rows - middle) @ axes))


def numbers(found: Draft, latents: Latents, *, step: Step) -> dict[str, object]:
    """Held-out AUC, split-half angle and safe range of a draft: the job."""
    step(0, 1, "Measuring the concept")
    told = tested(found.concept, found.examples, found.method).provenance
    return {
        "held_out_auc": told["held_out_auc"],
        "split_half_angle": told["split_half_angle"],
        "safe_range": list(safe_range(found.concept, latents)),
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
