"""A latent in its own shape, parts or channels of cells: seen as colours, and what of it gestures change is chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.latents.arrays import Latent
from explorer.latents.moments import spread
from explorer.models.base import Space
from explorer.models.scope import WHOLE, Cells, Scope, is_spatial, mask_of, told, with_parts
from explorer.projections import KINDS
from explorer.session.shown import shown_latent
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.widgets import ink
from explorer.ui.widgets.heat_rows import HeatRows
from explorer.ui.widgets.heat_tiles import HeatTiles
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.section import Section
from explorer.work.messages import Opened

ENOUGH, ENOUGH_NUMBERS = 300, 2_000_000  # samples that say what is usual, and numbers of them
FEW = 6  # parts
MOST_CHANNELS = 96  # that are drawn
HINT = "Choose a part: the map, samples, R and drags on the picture then change it alone."
CELLS_HINT = "Drag over cells, or click a channel's number: the map, samples and R then change those alone."
ONE_HINT = "Drag over some: the map, samples and R then change those alone."


class ShapeSection(Section):
    """Shown where a latent has parts or a grid of cells; asks the store for another scope.

    `draw_wanted(scope)`: what is in that scope is to be drawn anew, the rest kept.
    """

    draw_wanted = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Parts", "Let everything change", parent)
        self._store = store
        self._opened: Opened | None = None
        self._space: Space | None = None
        self._usual: tuple[NDArray[np.float64], NDArray[np.float64]] = (np.zeros(0), np.ones(0))  # mean and deviation
        self.hint = Quiet("", self)
        self.hint.setWordWrap(True)
        self.rows, self.tiles = HeatRows("Parts of the latent", self), HeatTiles("Channels of the latent", self)
        self.body.addWidget(self.hint)
        self.body.addSpacing(ink.GRID // 2)
        self.map = QPushButton(self)
        self.map.setFlat(True)
        self.map.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # it may go when it is clicked: the focus stays elsewhere
        self.map.clicked.connect(self._ask_map)
        for part in (self.rows, self.tiles):
            self.body.addWidget(part)
        self.body.addSpacing(ink.GRID // 2)
        self.body.addWidget(self.map, 0, Qt.AlignmentFlag.AlignLeft)
        self.rows.chosen.connect(self._ask_part)
        self.rows.drawn_wanted.connect(self._ask_draw)
        self.tiles.cells_chosen.connect(self._ask_cells)
        self.tiles.let_go.connect(store.end_gesture)
        self.tiles.channel_chosen.connect(self._ask_channel)
        self.reset_wanted.connect(lambda: self._ask(WHOLE))
        self.setVisible(False)
        store.listen(self._show_change)
        store.listen_preview(lambda _latent: self._show_values())

    def show_model(self, opened: Opened | None) -> None:
        """The same model once more leaves all as it is."""
        if opened is None or not opened.is_same_as(self._opened):
            self._opened = opened
            self._show_space()

    # out

    def _ask(self, scope: Scope, stroke: int | None = None) -> None:
        state, space = self._store.state, self._space
        if space is None or scope == state.scope:
            return
        words = told(scope, space)
        gesture = None if stroke is None else ("cells", stroke)
        title = "Choose cells" if stroke is not None else f"Change {words} alone" if words else "Change everything"
        self._store.change(title, gesture=gesture, scope=scope)

    def _ask_part(self, row: int, is_added: bool) -> None:
        """This part alone; the one that is alone already: all again."""
        if self._space is None:
            return
        now = self._own.parts
        wanted = tuple(set(now) ^ {row}) if is_added else () if now == (row,) else (row,)
        self._ask(with_parts(self._own, self._space, wanted))

    def _ask_channel(self, channel: int, is_added: bool) -> None:
        now = self._own.channels
        wanted = tuple(sorted(set(now) ^ {channel})) if is_added else () if now == (channel,) else (channel,)
        self._ask(self._spatial(wanted, self._own.cells))

    def _ask_cells(self, top: int, left: int, bottom: int, right: int, stroke: int) -> None:
        self._ask(self._spatial(self._own.channels, (top, left, bottom, right)), stroke)

    def _ask_map(self) -> None:
        """A map of what may change, fitted to that alone; or of whole latents again."""
        state, space = self._store.state, self._space
        if space is None:
            return
        scope = self._wanted_map()
        words = told(scope, space)
        title = f"Map of {words}" if words else "Map of whole latents"
        self._store.change(title, projection=replace(state.projection, scope=scope, stopped=0))

    def _wanted_map(self) -> Scope:
        """What the button asks for: a map of what may change, of whole latents where that is on show."""
        scope, shown = self._own, self._store.state.projection.scope
        return WHOLE if scope == shown else scope

    def _show_map(self) -> None:
        state, space = self._store.state, self._space
        if space is None:
            return
        shown, kind = told(state.projection.scope, space), KINDS[state.projection.kind]
        wanted = told(self._wanted_map(), space)
        self.map.setVisible(bool(shown or wanted))
        self.map.setText(f"Map of {wanted}" if wanted else "Map of whole latents")
        self.map.setEnabled(kind.has_parts or not wanted)
        why_not = "" if self.map.isEnabled() else f"{kind.name}: a map of whole latents. Choose another kind."
        self.map.setToolTip(why_not or f"Fits the map to {wanted or 'all numbers'}.")

    def _spatial(self, channels: tuple[int, ...], cells: Cells | None) -> Scope:
        if self._space is None:
            return WHOLE
        scope = Scope(self._space.name, channels=channels, cells=cells)
        return scope if mask_of(scope, self._space) is not None else WHOLE

    def _ask_draw(self, row: int) -> None:
        if self._space is not None:
            self.draw_wanted.emit(Scope(self._space.name, (row,)))

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space or new.model != old.model:
            self._show_space()
            return
        if new.scope != old.scope:
            self._show_scope()
        if new.scope != old.scope or new.projection != old.projection:
            self._show_map()
        if new.place is not old.place or new.path is not old.path or new.studio is not old.studio:
            self._show_values()

    def _show_space(self) -> None:
        place = self._store.state.place
        space = None if self._opened is None else self._opened.space(place.space)
        fits = space is not None and (bool(space.pieces) or is_spatial(space))
        self._space = space if fits else None
        if self._space is None:
            self.setVisible(False)
            return
        self._usual = self._measured(self._space)
        spatial = is_spatial(self._space)
        self.title.setText("Parts" if not spatial else "Channels" if self._space.shape[0] > 1 else "Cells")
        self.rows.setVisible(not spatial)
        self.tiles.setVisible(spatial)
        if spatial:
            channels, rows, columns = self._space.shape
            self.tiles.show_shape((min(channels, MOST_CHANNELS), rows, columns))
        else:
            pieces = self._space.pieces
            self.rows.show_rows([name for name, _a, _b in pieces], [stop - start for _name, start, stop in pieces])
        self._show_scope()
        self._show_map()
        self.setVisible(True)
        self._show_values()
        self.rows_changed.emit()

    def _show_scope(self) -> None:
        if self._space is None:
            return
        words = told(self._store.state.scope, self._space)
        spatial = is_spatial(self._space)
        self.hint.setText(f"{_named(words)} may change, the rest stays as it is." if words else self._invitation())
        self.reset.setEnabled(bool(words))
        own = self._own
        self.rows.show_moving(own.parts if words and not spatial else (), self.hint.text())
        self.tiles.show_chosen(own.channels, own.cells, self.hint.text())

    def _invitation(self) -> str:
        """What can be done here."""
        if self._space is None or not is_spatial(self._space):
            return HINT
        channels, rows, columns = self._space.shape
        shown = f", {MOST_CHANNELS} of them are drawn" if channels > MOST_CHANNELS else ""
        if channels == 1:
            return f"{rows} x {columns} cells. {ONE_HINT}"
        return f"{channels} channels of {rows} x {columns}{shown}. {CELLS_HINT}"

    def _show_values(self) -> None:
        if self._space is None or not self.isVisible():
            return
        latent = self._latent()
        if len(latent) != self._space.dim:
            return
        mean, deviation = self._usual
        unusual = (latent - mean) / deviation
        if is_spatial(self._space):
            self.tiles.show_values(unusual.reshape(self._space.shape)[:MOST_CHANNELS])
        else:
            self.rows.show_values([unusual[start:stop] for _name, start, stop in self._space.pieces])

    def _latent(self) -> Latent:
        """What is on the stage: under the cursor, under the bead, or committed to."""
        preview, state = self._store.preview, self._store.state
        if preview is not None or self._opened is None:
            return state.place.base if preview is None else preview
        return shown_latent(state, self._opened.concepts_of(state.place.space, *state.studio.known))

    def _measured(self, space: Space) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and standard deviation of each number among the samples, (d,)."""
        samples = None if self._opened is None else self._opened.samples.get(space.name)
        if samples is None or samples.dim != space.dim or len(samples) < 2:
            return np.zeros(space.dim), np.ones(space.dim)
        count = max(2, min(ENOUGH, ENOUGH_NUMBERS // space.dim))
        some = np.asarray(samples.latents[spread(len(samples), count)], np.float64)
        deviation = some.std(axis=0)
        return some.mean(axis=0), np.where(deviation > 0, deviation, 1.0)

    @property
    def is_short(self) -> bool:
        """Whether it leaves room for others below."""
        return self._space is not None and 0 < len(self._space.pieces) <= FEW

    @property
    def _own(self) -> Scope:
        """The scope, where it is of this space."""
        scope = self._store.state.scope
        return scope if self._space is not None and scope.space == self._space.name else WHOLE

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_values()


def _named(words: str) -> str:
    """'Only coarse', 'All but class'."""
    return f"All but {words.removeprefix('all but ')}" if words.startswith("all but ") else f"Only {words}"
