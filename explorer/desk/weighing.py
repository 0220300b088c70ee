"""What a concept in the making does to pictures: does it act, how far does it reach, what else moves.

Samples are moved and decoded by the engine, and the pictures read again: encoded, or by a probe that learned from
decoded samples what pictures say, where the model has no encoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.concepts.acting import OTHERS, act, pictured_range, probe, trials
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.effects import (
    TRIED,
    Count,
    Effect,
    ReadOut,
    counted,
    effects,
    moved,
    once_a_label,
    readable,
)
from explorer.latents.concepts.reach import narrower, safe_range, some_of
from explorer.latents.samples import LatentSet
from explorer.session.drafts import Draft
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, DecodeRequest, Opened, Purpose

TAUGHT = 1500  # decoded samples that a probe learns from
SIDE = 32  # pixels a picture is read at, at most
COMPONENTS = 128  # numbers a picture is read as
ENCODED, PROBED = "encoded again", "read by a probe"


@dataclass(frozen=True, eq=False)
class Reader:
    """From pictures to rows: the latents they are encoded to, or their components along `axes` (values, k).

    `readouts` read attributes from rows; `data` (n, k) are the rows of samples.
    """

    readouts: list[ReadOut]
    data: Numbers
    middle: np.ndarray | None = None
    axes: np.ndarray | None = None

    @property
    def how(self) -> str:
        return ENCODED if self.axes is None else PROBED

    def rows(self, seen: np.ndarray) -> Numbers:
        """Rows of what the engine sent: latents, or pictures uint8 (n, h, w, c)."""
        return np.asarray(seen, np.float64) if self.axes is None else (flat(seen) - self.middle) @ self.axes


class Weighing(QObject):
    """Asks the engine for pictures of moved samples, and tells the studio's panel what they say."""

    def __init__(self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._jobs = store, engine, model, jobs
        self._panel = window.studio
        self._reader: tuple[object, Reader] | None = None
        self._pile: dict[tuple[str, int], np.ndarray] = {}  # what is being gathered, by purpose and place
        self._counts: dict[str, int] = {}  # how much is to be gathered
        self._reached: Draft | None = None
        self._tried: tuple[Concept, bool] | None = None
        self._follows = False  # whether side effects are measured again for every other draft
        self._panel.effects_wanted.connect(self._ask_effects)
        engine.decoded.connect(self._gather)
        model.changed.connect(self._forget)

    def weigh(self, draft: Draft) -> None:
        """Of a draft whose numbers are known: does it act, how far does it reach, and what else moves if that is on
        show."""
        self._reached = draft
        if self._read_with() is not None:
            self._ask_reach()
            if self._follows:
                self._ask_effects()

    # a reader first

    def _read_with(self) -> Reader | None:
        """The reader of these samples; None where it is being taught."""
        samples = self._model.samples()
        if samples is None or not len(samples):
            return None
        if self._reader is not None and self._reader[0] is samples:
            return self._reader[1]
        if self._encodes(samples):
            self._teach(samples, None)
        elif "reading" not in self._counts:
            count = min(TAUGHT, len(samples))
            self._ask("reading", samples.latents[:count])
        return None

    def _encodes(self, samples: LatentSet) -> bool:
        card = self._model.opened.card if self._model.opened else None
        return card is not None and card.encodes and card.spaces[0].name == samples.space

    def _teach(self, samples: LatentSet, images: Images | None) -> None:
        self._jobs.run("reading pictures", taught, images, samples, done=lambda one: self._take_reader(samples, one))

    def _take_reader(self, samples: LatentSet, reader: Reader) -> None:
        if self._model.samples() is samples:
            self._reader = samples, reader
            self._panel.show_busy("")
            self._ask_reach()
            if self._follows:
                self._ask_effects()

    # does it act, how far does it reach

    def _ask_reach(self) -> None:
        draft, samples = self._reached, self._model.samples()
        if draft is not None and samples is not None and draft.concept.space == samples.space:
            self._ask("reach", trials(draft.concept, samples.latents))

    def _take_reach(self, seen: np.ndarray) -> None:
        draft, samples = self._reached, self._model.samples()
        if draft is None or samples is None or self._reader is None:
            return
        self._jobs.run(
            "reach of a concept",
            reached,
            draft.concept,
            self._reader[1],
            seen,
            samples.latents,
            done=lambda told: self._panel.show_numbers(draft, told),
        )

    # what else moves

    def _ask_effects(self) -> None:
        """The same samples as they are, moved by +1, and moved by +1 without the mends."""
        self._follows = True
        samples, concept, before = self._model.samples(), self._store.state.studio.draft, self._panel.wishes.before
        if samples is None or concept is None:
            return
        if self._read_with() is None:
            self._panel.show_busy("Learning to read pictures…")
            return
        start = samples.latents[-min(TRIED, len(samples)) :]
        parts = [start, moved(concept, start)] + ([moved(before, start)] if before else [])
        self._tried = concept, before is not None
        self._panel.show_busy(f"Moving {len(start)} samples…")
        self._ask("effects", np.concatenate(parts))

    def _compare(self, seen: np.ndarray) -> None:
        tried, samples = self._tried, self._model.samples()
        if tried is None or samples is None or self._reader is None:
            return
        reader, making = self._reader[1], self._panel.wishes.making
        buckets = making.with_.samples, making.without.samples
        parts = np.split(seen, 3 if tried[1] else 2)

        def show(told: tuple[list[Effect], list[Effect], list[Count]]) -> None:
            self._panel.show_busy("")
            if tried[0] is self._store.state.studio.draft:
                self._panel.show_effects(*told, how=reader.how)

        self._jobs.run("side effects", compared, reader, parts, samples, buckets, done=show)

    # pictures, as they come

    def _ask(self, purpose: Purpose, latents: Latents) -> None:
        opened, place = self._model.opened, self._store.state.place
        self._drop(purpose)
        if opened is not None:
            self._counts[purpose] = len(latents)
            marks = tuple(range(len(latents)))
            told = opened.key, purpose, latents, place.space, place.truncation, marks
            self._engine.ask(DecodeRequest(*told, side=SIDE, reread=purpose != "reading"))

    def _gather(self, decoded: Decoded) -> None:
        opened, purpose = self._model.opened, decoded.purpose
        if purpose not in self._counts or opened is None or decoded.key != opened.key:
            return
        seen = decoded.images if decoded.reread is None else decoded.reread
        self._pile.update(zip(((purpose, mark) for mark in decoded.marks), seen, strict=True))  # type: ignore[misc]
        places = sorted(place for place in self._pile if place[0] == purpose)
        if len(places) == self._counts[purpose]:
            whole = np.stack([self._pile[place] for place in places])
            self._drop(purpose)
            self._take(purpose, whole)

    def _take(self, purpose: str, whole: np.ndarray) -> None:
        samples = self._model.samples()
        if purpose == "reach":
            self._take_reach(whole)
        elif purpose == "effects":
            self._compare(whole)
        elif samples is not None:
            self._teach(samples, whole)

    def _drop(self, purpose: str) -> None:
        self._counts.pop(purpose, None)
        self._pile = {place: one for place, one in self._pile.items() if place[0] != purpose}

    def _forget(self, _opened: Opened | None) -> None:
        self._reader = self._reached = self._tried = None
        self._follows = False
        self._pile.clear()
        self._counts.clear()
        self._panel.show_busy("")


def flat(images: Images) -> np.ndarray:
    """Pictures as rows in 0..1, float64 (n, values)."""
    return np.asarray(images.reshape(len(images), -1), np.float64) / 255


def taught(images: Images | None, samples: LatentSet, *, step: Step) -> Reader:
    """The reader of encoded pictures, or one by the principal components of decoded samples (n, h, w, c): the job."""
    step(0, 1, "Learning to read pictures")
    if images is None:
        return Reader(readable(samples), some_of(samples.latents, OTHERS))
    rows = flat(images)
    middle = rows.mean(axis=0)
    axes = np.linalg.svd(rows - middle, full_matrices=False)[2][:COMPONENTS].T
    data = (rows - middle) @ axes
    return Reader(readable(samples, data), data, middle, axes)


def reached(
    concept: Concept, reader: Reader, seen: np.ndarray, latents: Latents, *, step: Step
) -> Mapping[str, object]:
    """What the pictures of `trials` say of a concept, for its provenance: the job."""
    step(0, 1, "Measuring what the concept does")
    rows, asked = reader.rows(seen), trials(concept, latents).astype(np.float64)
    if reader.how == ENCODED:
        done = act(_coordinates(concept, rows))
        found = pictured_range(rows, reader.data, asked)
    else:
        known = _coordinates(concept, latents[: len(reader.data)])
        weights, offset, trust = probe(reader.data, known)
        done, found = act(rows @ weights + offset, trust), pictured_range(rows, reader.data)
    return {
        "acts": {"read": done.read, "up": done.up, "count": done.count, "trust": done.trust, "how": reader.how},
        "safe_range": list(narrower(found, safe_range(concept, latents))),
        "safe_range_of": reader.how,
    }


def _coordinates(concept: Concept, rows: np.ndarray) -> Numbers:
    """Where rows (n, d) stand along a concept, in sigma."""
    return np.asarray((rows @ concept.direction.astype(np.float64) - concept.centre) / concept.sigma)


def compared(
    reader: Reader,
    parts: Sequence[np.ndarray],
    samples: LatentSet,
    buckets: tuple[Sequence[int], Sequence[int]],
    *,
    step: Step,
) -> tuple[list[Effect], list[Effect], list[Count]]:
    """Side effects of a concept, those without its mends, and what the buckets hold of each attribute: the job."""
    step(0, 1, "Comparing the pictures")
    rows = [reader.rows(part) for part in parts]
    found = once_a_label(effects(reader.readouts, rows[0], rows[1]))
    before = effects(reader.readouts, rows[0], rows[2]) if len(rows) > 2 else []
    with_, without = (np.array(bucket, dtype=np.int64) for bucket in buckets)
    every = np.arange(len(samples))
    with_, without = (
        with_ if len(with_) else np.setdiff1d(every, without),
        without if len(without) else np.setdiff1d(every, with_),
    )
    return found, before, [counted(samples, with_, without, effect) for effect in found]
