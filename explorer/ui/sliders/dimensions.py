"""One slider a latent dimension, those that change the picture most first, shown a page at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.latents.arrays import Latent
from explorer.latents.edits import edited
from explorer.latents.measures import by_effect
from explorer.latents.moments import spread
from explorer.latents.samples import LatentSet
from explorer.models.base import Space
from explorer.models.scope import mask_of
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.ui.sliders.origins import Origins
from explorer.ui.widgets.row import SliderRow
from explorer.ui.widgets.section import Section
from explorer.work.messages import Opened

FIRST = 12
PAGE = 24
SETTLE = 80  # milliseconds without another choice of what may change
_ENOUGH = 500
_MOST = 100_000  # samples that say how far a slider goes
_UNCHANGED = 1e-5  # float32 leaves about 1e-6 when concepts are added and taken away


class DimensionSection(Section):
    """Shows the edited latent; asks the store for a base whose edit has the wanted value."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Latent dimensions", "Reset all dimensions", parent)
        self._store = store
        self._opened: Opened | None = None
        self._shown: tuple[object, str] = (None, "")
        self._samples: LatentSet | None = None
        self._order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # without the numbers of a class
        self._whole: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # all of them
        self._dim = 0
        self._drag = 0
        self._later = QTimer(self, singleShot=True, interval=SETTLE)  # rows are slow to build
        self._later.timeout.connect(self._show_scope)
        self._origins = Origins()
        self.rows: dict[int, SliderRow] = {}
        self.more = QPushButton(self)
        self.more.setFlat(True)
        self.more.clicked.connect(self.show_more)
        self.body.addWidget(self.more)
        self.reset_wanted.connect(self._ask_reset_all)
        self.setVisible(False)
        store.listen(self._show_change)

    def show_model(self, opened: Opened | None) -> None:
        """The same model once more leaves the rows as they are: a hand may be on one."""
        if opened is None or not opened.is_same_as(self._opened):
            self._opened = opened
            self._show_dimensions()

    def show_more(self) -> None:
        """One more page of dimensions."""
        self._add_rows(PAGE)
        self._show_place(self._store.state.place)

    def own(self, place: Place) -> Latent:
        """What the dimensions reset to: the chosen sample's own latent, or the one that was moved by hand."""
        samples, sample = self._samples, place.sample
        if samples is None or sample is None or sample >= len(samples) or samples.dim != len(place.base):
            return self._origins.of(place.base)
        own: Latent = samples.latents[sample]
        return own

    def is_moved(self, place: Place) -> bool:
        """Whether there is anything to reset."""
        return bool(np.any(np.abs(place.base - self.own(place)) > _UNCHANGED))

    # out

    def _begin(self) -> None:
        self._drag += 1

    def _ask(self, dim: int, value: float) -> None:
        self._store.move(
            f"Move dimension {dim + 1}", gesture=("dimension", dim, self._drag), base=self._moved(dim, value), seed=None
        )

    def _ask_reset(self, dim: int) -> None:
        place = self._store.state.place
        base = place.base.copy()
        base[dim] = self.own(place)[dim]
        self._store.move(f"Reset dimension {dim + 1}", base=self._noted(base), seed=None)

    def _ask_reset_all(self) -> None:
        place = self._store.state.place
        self._store.move("Reset all dimensions", base=frozen(self.own(place)), seed=None)

    def _moved(self, dim: int, value: float) -> Latent:
        """The base whose edited latent has `value` in dimension `dim`."""
        place = self._store.state.place
        base = place.base.copy()
        base[dim] += value - float(self._edited(place)[dim])
        return self._noted(base)

    def _noted(self, base: Latent) -> Latent:
        moved = frozen(base)
        self._origins.note(moved, self._store.state.place.base)
        return moved

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != self._shown[1] or self._dim != len(new.place.base):
            self._show_dimensions()
        elif new.scope != old.scope:
            self._later.start()
        elif new.place is not old.place:
            self._show_place(new.place)

    def _show_dimensions(self) -> None:
        """Begin anew with the first page for this model and space."""
        place = self._store.state.place
        if (self._opened, place.space) != self._shown or self._dim != len(place.base):
            self._shown, self._dim = (self._opened, place.space), len(place.base)
            self._samples = self._opened.samples.get(place.space) if self._opened else None
            self._whole = self._ordered(place)
            self._order = self._changing()
            self._begin_rows()
        self._show_place(place)

    def _show_scope(self) -> None:
        """Others of the dimensions may change now, and the hand that chose them rests."""
        place = self._store.state.place
        order = self._changing()
        if not np.array_equal(order, self._order):
            self._order = order
            self._begin_rows()
        self._show_place(place)

    def _begin_rows(self) -> None:
        self.forget(list(self.rows.values()))
        self.rows = {}
        self.setVisible(self._opened is not None and len(self._order) > 0)
        self._add_rows(FIRST)

    def _ordered(self, place: Place) -> NDArray[np.int64]:
        if self._samples is not None and self._samples.dim == len(place.base) and len(self._samples):
            return by_effect(_few(self._samples))
        return np.arange(len(place.base))

    def _changing(self) -> NDArray[np.int64]:
        """Those that gestures change and that are no numbers of a class, in their order."""
        space = self._space()
        if space is None:
            return self._whole
        moving = mask_of(self._store.state.scope, space)
        there = np.ones(space.dim, dtype=np.bool_) if moving is None else moving
        for choice in space.choices:
            there[choice.where] = False
        return self._whole[there[self._whole]]

    def _add_rows(self, count: int) -> None:
        if self._opened is None:
            return
        start = len(self.rows)
        effects = self._effects()
        for rank, dim in enumerate(self._order[start : start + count].tolist(), start):
            row = self._row(dim, effects)
            self.rows[dim] = row
            self.body.insertWidget(self.body.count() - 1, row)
            row.show_hint(self._told(dim, rank, effects))
        self._show_rest()
        self.rows_changed.emit()

    def _row(self, dim: int, effects: NDArray[np.floating] | None) -> SliderRow:
        low, high = self._range(dim)
        row = SliderRow(self._called(dim), low, high, self)
        if effects is not None:
            row.show_share(float(effects[dim]))
        row.began.connect(self._begin)
        row.moved.connect(partial(self._ask, dim))
        row.ended.connect(self._store.end_gesture)
        row.reset_wanted.connect(partial(self._ask_reset, dim))
        return row

    def _called(self, dim: int) -> str:
        space = self._space()
        return space.called(dim) if space is not None else f"{self._store.state.place.space} {dim + 1}"

    def _space(self) -> Space | None:
        """The space on show, where the latent is of it."""
        place, spaces = self._store.state.place, self._opened.card.spaces if self._opened is not None else ()
        return next((one for one in spaces if (one.name, one.dim) == (place.space, len(place.base))), None)

    def _show_rest(self) -> None:
        rest = len(self._order) - len(self.rows)
        self.more.setVisible(rest > 0)
        self.more.setText(f"Show {min(rest, PAGE)} more of {rest}")
        self.title.setToolTip(f"{len(self._order)} dimensions, those that change the picture most first.")

    def _range(self, dim: int) -> tuple[float, float]:
        """+-3, or as far as the samples go."""
        reach = 3.0
        if self._samples is not None and self._samples.dim == self._dim and len(self._samples):
            some = spread(len(self._samples), _MOST)
            reach = max(reach, float(np.abs(self._samples.latents[some, dim]).max()))
        return -reach, reach

    def _effects(self) -> NDArray[np.floating] | None:
        """What each dimension does, as a share of the most effective one, (d,)."""
        if self._samples is None or self._samples.effects is None or len(self._samples.effects) != self._dim:
            return None
        most = float(self._samples.effects.max())
        return self._samples.effects / most if most > 0 else None

    def _told(self, dim: int, rank: int, effects: NDArray[np.floating] | None) -> str:
        if effects is None or self._samples is None or self._samples.effects is None:
            return f"Dimension {dim + 1} of {self._dim}, in the model's own unit; number {rank + 1} by effect."
        return (
            f"Dimension {dim + 1} of {self._dim}, in the model's own unit. One standard deviation changes a "
            f"pixel by {float(self._samples.effects[dim]):.3f} of 0..1 on average."
        )

    def _show_place(self, place: Place) -> None:
        if self._opened is None or self._dim != len(place.base):
            return
        # A reset takes back what was done to a dimension, not what concepts add to it: the tick stands where it leads.
        values, moved = self._edited(place), place.base - self.own(place)
        for dim, row in self.rows.items():
            value, way = float(values[dim]), float(moved[dim])
            row.show_place(value, value - way, changed=abs(way) > _UNCHANGED)
        self.reset.setEnabled(self.is_moved(place))

    def _edited(self, place: Place) -> Latent:
        concepts = self._opened.concepts_of(place.space, *self._store.state.studio.known) if self._opened else ()
        return edited(place.base, concepts, place.strengths)


def _few(samples: LatentSet) -> LatentSet:
    """Enough samples to order dimensions by: where no effect was measured, a large set would stall the window."""
    if samples.effects is not None or len(samples) <= _ENOUGH:
        return samples
    every = slice(None, None, len(samples) // _ENOUGH)
    variances = None if samples.log_variances is None else samples.log_variances[every]
    return replace(samples, latents=samples.latents[every], log_variances=variances)
