"""The studio as a panel: buckets, what comes of them, its numbers and side effects, the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.latents.concepts import Concept
from explorer.latents.concepts.effects import Count, Effect
from explorer.latents.pictures import shrunk
from explorer.latents.samples import HELD_OUT
from explorer.session.drafts import Draft
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.studio import Side
from explorer.ui.carried import Carried
from explorer.ui.studio.bucket import MOST_SHOWN, BucketView
from explorer.ui.studio.flipping import Flipping
from explorer.ui.studio.layout import Parts
from explorer.ui.studio.numbers import numerals
from explorer.ui.studio.wishes import StudioWishes
from explorer.ui.widgets.picture import image_of
from explorer.work.messages import Opened

KEPT_SIDE = 64  # pixels of a picture in a kept strip
STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)


class StudioPanel(QWidget):
    """`pictures_wanted([samples], [latents])`: thumbnails; `strip_wanted(latents)`; `numbers_wanted()`: the draft is
    another one; `effects_wanted()`: what else moves; `import_wanted`, `export_wanted`."""

    pictures_wanted = Signal(object, object)
    strip_wanted = Signal(object)
    numbers_wanted = Signal()
    effects_wanted = Signal()
    discovery_wanted = Signal()
    import_wanted = Signal()
    export_wanted = Signal()
    library_wanted = Signal(object, object)
    kept = Signal(str)
    refused = Signal(str, str)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.wishes = StudioWishes(store)
        self._images: dict[object, QImage] = {}
        self._strip: dict[int, np.ndarray] = {}  # the pictures of the strip as they came
        self._tested: Mapping[str, object] = {}
        self._flip: Flipping | None = None
        self._asked_strips: set[Concept] = set()
        self.parts = Parts(self)
        self._connect()
        self.show_model(None)
        store.listen(self._show_change)

    @property
    def buckets(self) -> tuple[tuple[Side, BucketView], ...]:
        return ("without", self.parts.without), ("with", self.parts.with_)

    # in, from the desk

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, has other pictures."""
        if opened is None or not opened.is_same_as(self.wishes.opened):
            self._images, self._tested, self._strip = {}, {}, {}
            self._asked_strips = set()
            self.parts.library.forget_strips()
            self.parts.strip.forget_images()
            self.parts.effects.show_effects((), (), (), "", ())
        self.wishes.opened = opened
        self.parts.show_labels(self._labels(numbers=True) if opened else {})
        self.wishes.current()
        self._show_all()
        if opened is not None and self.wishes.studio.draft is not None and not self._tested:
            self.numbers_wanted.emit()

    def show_pictures(self, marks: Sequence[object], images: Images) -> None:
        """Thumbnails by mark: the place of a sample, or ('latent', place in its bucket, side)."""
        found = {mark: image_of(image) for mark, image in zip(marks, images, strict=True)}
        self._images.update(found)
        self._show_images()
        if self._flip is not None:
            self._flip.show_images({mark: one for mark, one in found.items() if isinstance(mark, int)})

    def show_strip(self, marks: Sequence[int], images: Images) -> None:
        """The latent of now, -2 to +2 along the draft, and then along the draft without its mends."""
        count = len(STEPS)
        for mark, image in zip(marks, images, strict=True):
            if mark < count:
                self._strip[mark] = image
            strip = self.parts.strip if mark < count else self.parts.strip_before
            strip.show_images({mark % count: image_of(image)})

    def show_numbers(self, draft: Draft, tested: Mapping[str, object]) -> None:
        """What was measured of a draft in the background; too late for another one."""
        if draft.concept is self._store.state.studio.draft:
            self._tested = {**self._tested, **tested}
            self._show_slider()
            self._show_numbers()

    def show_effects(
        self, effects: Sequence[Effect], before: Sequence[Effect], counts: Sequence[Count], how: str
    ) -> None:
        """What else moved, the concept's own attribute first; before: the same without the mends; counts: why; how
        pictures were read."""
        self.parts.effects.show_effects(effects, before, counts, how, self.wishes.making.balance)

    def show_busy(self, text: str) -> None:
        """What is being measured; '' when it is done."""
        self.parts.measure.setText(text or "Effects")
        self.parts.measure.setEnabled(not text and self._store.state.studio.draft is not None)

    # in, from the store

    def _show_change(self, old: State, new: State) -> None:
        if new.studio is not old.studio or new.place.space != old.place.space:
            if new.studio.draft is not old.studio.draft:
                self._tested = {}
                self.wishes.current()
                self.numbers_wanted.emit()
            self._show_all()
        elif new.place.base is not old.place.base or new.place.strengths is not old.place.strengths:
            self._show_slider()
            self._ask_strip()
        if new.selection is not old.selection:
            self._show_selection()

    def _show_all(self) -> None:
        making, studio = self.wishes.making, self.wishes.studio
        self.parts.show_making(making, studio.draft is not None, self.wishes.why if not making.is_empty else "")
        concepts = self.wishes.concepts
        self.parts.mends.show_choices(list(self._labels()), [one.name for one in concepts], making)
        self.parts.layers.show_layers(self.wishes.pieces, making.layers)
        self.parts.library.show_concepts(concepts, studio)
        self.parts.show_opened(self.wishes.opened is not None)
        for side, view in self.buckets:
            bucket = making.bucket(side)
            shown: list[int | None] = [*bucket.samples[-MOST_SHOWN:], *([None] * len(bucket.latents))]
            view.show_examples(shown, len(bucket))
        self._show_selection()
        self._show_images()
        self._ask_pictures()
        self._ask_library()
        self._show_slider()
        self._show_numbers()
        self._ask_strip()

    def _show_selection(self) -> None:
        for _side, view in self.buckets:
            view.show_selection(len(self._store.state.selection))

    def _show_images(self) -> None:
        making = self.wishes.making
        for side, view in self.buckets:
            bucket = making.bucket(side)
            first = len(bucket.samples[-MOST_SHOWN:])
            latents = {("latent", first + i): self._images.get((side, id(one))) for i, one in enumerate(bucket.latents)}
            view.show_images({**self._images, **{key: image for key, image in latents.items() if image is not None}})

    def _show_slider(self) -> None:
        draft, place = self.wishes.studio.draft, self._store.state.place
        if draft is None or draft.direction.shape != place.base.shape:
            return
        own, strength = float(draft.coordinate(place.base)), place.strengths.get(draft.name, 0.0)
        self.parts.slider.show_place(own + strength, own, changed=strength != 0.0)
        safe = self._tested.get("safe_range")
        self.parts.slider.slider.show_bounds((own + safe[0], own + safe[1]) if isinstance(safe, list) else None)

    def _show_numbers(self) -> None:
        draft = self.wishes.studio.draft
        self.parts.show_numbers(numerals(draft, self._tested, self.wishes.concepts) if draft else [])
        samples = self.wishes.samples
        if draft is None or samples is None:
            self.parts.slider.slider.show_piles(())
            return
        making = self.wishes.making
        piles = [draft.coordinate(samples.latents[list(making.bucket(side).samples)]) for side, _view in self.buckets]
        self.parts.slider.slider.show_piles([_histogram(pile, self.parts.slider.slider.range) for pile in piles])

    # out

    def _ask_pictures(self) -> None:
        making, samples = self.wishes.making, self.wishes.samples
        wanted: dict[object, np.ndarray] = {}
        for side, _view in self.buckets:
            bucket = making.bucket(side)
            if samples is not None:
                wanted |= {one: samples.latents[one] for one in bucket.samples[-MOST_SHOWN:] if one not in self._images}
            wanted |= {(side, id(one)): one for one in bucket.latents if (side, id(one)) not in self._images}
        if wanted:
            self.pictures_wanted.emit(tuple(wanted), np.stack(list(wanted.values())))

    def _ask_library(self) -> None:
        """Strips for the concepts of the library that were kept without one, around the latent of now."""
        base, lacking = self._store.state.place.base, self.parts.library.lacking()
        lacking = [one for one in lacking if one.direction.shape == base.shape]
        if lacking and self.isVisible() and {*lacking} != self._asked_strips:
            self._asked_strips = {*lacking}
            steps = np.array(STEPS, np.float32)[:, None]
            rows = [base + steps * np.float32(one.sigma) * one.direction for one in lacking]
            marks = [(one, step) for one in lacking for step in range(len(STEPS))]
            self.library_wanted.emit(np.concatenate(rows).astype(np.float32), marks)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_library()

    def _ask_strip(self) -> None:
        draft, before = self.wishes.studio.draft, self.wishes.before
        rows = [rows for concept in (draft, before) if (rows := self._steps(concept)) is not None]
        if rows:
            self.strip_wanted.emit(np.concatenate(rows))

    def _steps(self, draft: Concept | None) -> Latents | None:
        place = self._store.state.place
        if draft is None or draft.direction.shape != place.base.shape:
            return None
        rest = {key: value for key, value in place.strengths.items() if key != draft.name}
        start = self.wishes.latent(replace(place, strengths=rest))
        steps = np.array(STEPS, np.float32)[:, None] * np.float32(draft.sigma)
        return (start + steps * draft.direction).astype(np.float32)

    def _ask_strength(self, value: float) -> None:
        draft, place = self.wishes.studio.draft, self._store.state.place
        if draft is not None and draft.direction.shape == place.base.shape:
            strength = value - float(draft.coordinate(place.base))
            strengths = {**place.strengths, draft.name: strength}
            self._store.move(f"Move {draft.name}", gesture=("draft", self.parts.drag), strengths=strengths)

    def _take_step(self, place: int) -> None:
        draft = self.wishes.studio.draft
        if draft is not None:
            strengths = {**self._store.state.place.strengths, draft.name: STEPS[place]}
            self._store.move(f"Go to {STEPS[place]:+.0f} along {draft.name}", strengths=strengths)

    def _keep(self) -> None:
        whole = (
            np.stack([self._strip[step] for step in sorted(self._strip)]) if len(self._strip) == len(STEPS) else None
        )
        name = self.wishes.keep(dict(self._tested), None if whole is None else shrunk(whole, KEPT_SIDE))
        if name:
            self.kept.emit(name)

    def _make(self, title: str, **fields: object) -> None:
        self.wishes.make(title, replace(self.wishes.making, **fields))  # type: ignore[arg-type]

    def begin_flipping(self) -> Flipping | None:
        """Ask about one sample after the other, in a random order that is the same every time."""
        samples = self.wishes.samples
        if samples is None or not len(samples):
            return None
        flip = Flipping(np.random.default_rng(0).permutation(len(samples)).tolist(), self)
        flip.show_images({mark: image for mark, image in self._images.items() if isinstance(mark, int)})
        flip.decided.connect(lambda side, one: self.wishes.put(side, Carried((one,))))
        flip.pictures_wanted.connect(
            lambda wanted: self.pictures_wanted.emit(tuple(wanted), samples.latents[list(wanted)])
        )
        flip.finished.connect(self._end_flipping)
        self._flip = flip
        flip.begin()
        flip.open()
        return flip

    def _end_flipping(self) -> None:
        self._flip = None

    def _labels(self, *, numbers: bool = False) -> dict[str, tuple[str, ...]]:
        """The labels of the samples and their classes; 'high' alone for numbers."""
        samples = self.wishes.samples
        known = samples.labels if samples is not None else ()
        return {
            one.name: one.names if one.is_category else ("high",)
            for one in known
            if one.name != HELD_OUT and (one.is_category or numbers)
        }

    def _connect(self) -> None:
        parts, wishes = self.parts, self.wishes
        for side, view in self.buckets:
            view.dropped.connect(lambda carried, side=side: wishes.put(side, carried))
            view.removed.connect(lambda places, side=side: self._take_out(side, places))
            view.put_wanted.connect(lambda side=side: wishes.put_current(side))
            view.selection_wanted.connect(lambda side=side: wishes.put_selection(side))
        parts.named.connect(lambda name: self._make("Name the concept", name=name))
        parts.method_chosen.connect(lambda method: self._make("Change the method", method=method))
        parts.filled.connect(wishes.fill)
        parts.cleared.connect(wishes.clear)
        parts.flip_wanted.connect(self.begin_flipping)
        parts.keep_wanted.connect(self._keep)
        parts.measure.clicked.connect(self.effects_wanted)
        parts.strip.chosen.connect(self._take_step)
        parts.slider.moved.connect(self._ask_strength)
        parts.slider.ended.connect(self._store.end_gesture)
        parts.slider.reset_wanted.connect(lambda: self._ask_strength(parts.slider.slider.tick or 0.0))
        parts.effects.balance_wanted.connect(
            lambda name: self._make("Balance the examples", balance=(*wishes.making.balance, name))
        )
        parts.mends.balanced.connect(lambda names: self._make("Balance the examples", balance=tuple(names)))
        parts.layers.chosen.connect(lambda layers: self._make("Choose layers", layers=layers))
        parts.mends.matched.connect(lambda on: self._make("Match pairs", match=on))
        parts.mends.removed.connect(lambda names: self._make("Remove components", remove=tuple(names)))
        self._connect_library()

    def _connect_library(self) -> None:
        library, wishes = self.parts.library, self.wishes
        verbs = {"lock": wishes.toggle_lock, "mute": wishes.toggle_mute, "invert": wishes.invert, "remove": wishes.drop}
        verbs["again"] = wishes.make_again
        library.asked.connect(lambda verb, name: verbs[verb](name))
        library.renamed.connect(wishes.rename)
        library.combine_wanted.connect(self._combine)
        library.import_wanted.connect(self.import_wanted)
        library.export_wanted.connect(self.export_wanted)
        library.discovery_wanted.connect(self.discovery_wanted)

    def _combine(self) -> None:
        try:
            self.wishes.combine()
        except InputError as error:
            self.refused.emit(error.title, error.hint)

    def _take_out(self, side: Side, places: Sequence[int]) -> None:
        """Places among the thumbnails are places in the bucket, but for the samples that are not shown."""
        hidden = max(0, len(self.wishes.making.bucket(side).samples) - MOST_SHOWN)
        self.wishes.take_out(side, [place + hidden for place in places])


def _histogram(values: np.ndarray, ends: tuple[float, float], bins: int = 32) -> list[float]:
    """Shares of the values in equal parts of a range, the fullest one 1."""
    counts = np.histogram(np.clip(values, *ends), bins=bins, range=ends)[0].astype(float)
    return (counts / counts.max()).tolist() if counts.size and counts.max() > 0 else []
